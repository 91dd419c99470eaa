//! The user that the token belongs to.

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
    /// The errors listed at [`Error`](crate::Error).
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
    pub fn get_current_user(&self) -> GetCurrentUser {
        GetCurrentUser {
            client: self.clone(),
            request: CurrentUserParams {},
        }
    }
}

plain_request! {
    /// Request for the user that the token belongs to; created by [`Client::get_current_user`].
    pub struct GetCurrentUser -> CurrentUser;
    struct CurrentUserParams {}
    GET_CURRENT_USER => |client, _params| {
        let result = client.raw().get_current_user().await;
        client.transport().decode_response(&GET_CURRENT_USER, result)
    }
}
