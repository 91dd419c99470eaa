//! Blocking work on a thread of the runtime's pool.

use basalam_chat::state::{StateError, StateErrorKind};
use tokio::runtime::Handle;

/// Runs blocking work.
///
/// # Errors
///
/// Fails with `failure` if there is no tokio runtime, the work panics, or the runtime shuts down before it starts.
pub(crate) async fn spawn_blocking<T: Send + 'static>(
    failure: StateErrorKind,
    work: impl FnOnce() -> Result<T, StateError> + Send + 'static,
) -> Result<T, StateError> {
    let failed = |error: &dyn std::fmt::Display| {
        StateError::new(failure, format!("the blocking work failed: {error}"))
    };
    let runtime = Handle::try_current().map_err(|error| failed(&error))?;
    let result = runtime.spawn_blocking(work).await;
    result.map_err(|error| failed(&error))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reports_a_panic_as_an_error() {
        let work = || -> Result<(), StateError> { panic!("on purpose") };
        let result = spawn_blocking(StateErrorKind::Unknown, work).await;
        assert!(result.unwrap_err().is_unknown());
    }

    #[test]
    fn reports_a_missing_runtime_as_an_error() {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let work = spawn_blocking(StateErrorKind::Unavailable, || Ok(1));
        let result = std::pin::pin!(work).poll(&mut context);
        assert!(matches!(result, std::task::Poll::Ready(Err(_))));
    }
}
