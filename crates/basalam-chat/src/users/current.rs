//! Request builder that returns the token's user.

use basalam_chat_api::operations::GET_CURRENT_USER;
use basalam_chat_api::types::CurrentUser;

use crate::Client;
use crate::request::plain_request;

impl Client {
    /// Returns the user that the token belongs to.
    ///
    /// Each call sends a request; [`current_user_id`](Client::current_user_id) and
    /// [`is_mine`](Client::is_mine) send one at most. The service returns more fields, which are not read.
    /// Unknown: the scope that the operation needs.
    ///
    /// # Errors
    ///
    /// Fails only with the [errors](crate::Error) of every call.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use basalam_chat::Client;
    /// # async fn run(client: Client) -> Result<(), basalam_chat::Error> {
    /// let user = client.get_current_user().await?;
    /// println!("{} {}", user.id, user.name.as_deref().unwrap_or("-"));
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "me")]
    #[doc(alias = "whoami")]
    #[doc(alias = "get_me")]
    pub fn get_current_user(&self) -> GetCurrentUser {
        GetCurrentUser {
            client: self.clone(),
            request: GetCurrentUserParams {},
        }
    }
}

plain_request! {
    /// Request builder that returns the token's user; returned by [`Client::get_current_user`].
    pub struct GetCurrentUser -> CurrentUser;
    struct GetCurrentUserParams {}
    GET_CURRENT_USER => |client, _params| {
        let result = client.raw().get_current_user().await;
        client.transport().decode_response(&GET_CURRENT_USER, result)
    }
}
