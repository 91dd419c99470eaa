//! Who the token belongs to.

use basalam_chat_api::operation::Operation;
use basalam_chat_api::operations::GET_CURRENT_USER;

use super::CurrentUser;
use crate::request::{self, impl_send};
use crate::{Client, Error, transport};

impl Client {
    /// Tells who the token belongs to.
    ///
    /// It asks the service every time; [`current_user_id`](Client::current_user_id) and
    /// [`is_mine`](Client::is_mine) ask once. The service gives much more about the user, which is not
    /// read. Unknown: the scope that it needs.
    ///
    /// # Errors
    ///
    /// What [`Error`] lists for every call.
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
            request: Request,
        }
    }
}

/// Tells who the token belongs to; made by [`Client::get_current_user`].
#[derive(Clone, Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct GetCurrentUser<C = Client> {
    pub(crate) client: C,
    pub(crate) request: Request,
}

#[derive(Clone, Debug)]
pub(crate) struct Request;

impl_send!(GetCurrentUser -> CurrentUser);

impl request::Request for Request {
    type Response = CurrentUser;

    fn operation() -> &'static Operation {
        &GET_CURRENT_USER
    }

    async fn run(self, client: Client) -> Result<CurrentUser, Error> {
        let result = client.raw().get_current_user().await;
        transport::outcome(&client, &GET_CURRENT_USER, result)
    }
}
