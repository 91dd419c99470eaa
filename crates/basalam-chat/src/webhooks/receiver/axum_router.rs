//! The receiver as an axum router (feature `webhooks-axum`).

use super::Receiver;
use crate::Error;

impl Receiver {
    /// Returns an axum router that receives deliveries at a path (feature `webhooks-axum`); see
    /// [`service`](Receiver::service). Routers of several logins can be merged.
    ///
    /// `path` starts with a slash, has no parameters and no query, and is percent-encoded where necessary.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the path is invalid.
    ///
    /// # Examples
    ///
    /// ```
    /// # use basalam_chat::UserId;
    /// # use basalam_chat::webhooks::Receiver;
    /// let receiver = Receiver::builder(UserId(430), "Bearer example-of-a-secret").build()?;
    /// let router = receiver.axum_router("/webhooks/430")?;
    /// # let _: axum::Router = router;
    /// # Ok::<(), basalam_chat::Error>(())
    /// ```
    pub fn axum_router(&self, path: &str) -> Result<axum::Router, Error> {
        // What axum would panic on, or would never match.
        let is_path = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_path || path.contains(['{', '}', '*', ':', '?', '#']) {
            return Err(Error::invalid_input(
                "path",
                "does not start with `/`, or has a parameter, a query or characters that are not encoded",
                "pass a path such as `/webhooks/430`",
            ));
        }
        Ok(axum::Router::new().route_service(path, self.service()))
    }
}
