//! Blocking work on a thread of the runtime's pool.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Runs blocking work on a thread of the runtime's pool. Needs a tokio runtime.
///
/// tokio's task is compiled for each type of work, so all work is boxed as one type.
///
/// # Errors
///
/// Fails if the work panics, or the runtime shuts down before it starts.
pub(crate) async fn spawn_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let slot = Arc::new(Mutex::new(None));
    let result = Arc::clone(&slot);
    run(Box::new(move || {
        let value = work();
        *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }))
    .await?;
    let value = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    value.ok_or_else(|| io::Error::other("the blocking work has no result"))
}

async fn run(work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    Ok(tokio::task::spawn_blocking(work).await?)
}

#[cfg(test)]
mod tests {
    use super::spawn_blocking;

    #[tokio::test]
    async fn returns_the_result_from_another_thread() {
        let caller = std::thread::current().id();
        let worker = spawn_blocking(|| std::thread::current().id())
            .await
            .unwrap();
        assert_ne!(caller, worker);
    }

    #[tokio::test]
    async fn reports_a_panic_as_an_error() {
        let result = spawn_blocking(|| -> u8 { panic!("on purpose") }).await;
        assert!(result.unwrap_err().to_string().contains("panicked"));
    }
}
