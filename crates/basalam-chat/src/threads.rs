//! Work that blocks, done on a thread where it may.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Does work on a thread where waiting for it holds nothing up. Needs a tokio runtime.
///
/// tokio's task is compiled for each type of work that it is given, so that it gets one type alone.
///
/// # Errors
///
/// Fails where the work panics, or the runtime ends before it began.
pub(crate) async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let place = Arc::new(Mutex::new(None));
    let result = Arc::clone(&place);
    run(Box::new(move || {
        let value = work();
        *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }))
    .await?;
    let value = place.lock().unwrap_or_else(PoisonError::into_inner).take();
    value.ok_or_else(|| io::Error::other("the work was not done"))
}

async fn run(work: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    Ok(tokio::task::spawn_blocking(work).await?)
}

#[cfg(test)]
mod tests {
    use super::on_thread;

    #[tokio::test]
    async fn what_the_work_gives_comes_back_from_another_thread() {
        let here = std::thread::current().id();
        let there = on_thread(|| std::thread::current().id()).await.unwrap();
        assert_ne!(here, there);
    }

    #[tokio::test]
    async fn a_panic_of_the_work_is_an_error() {
        let result = on_thread(|| -> u8 { panic!("on purpose") }).await;
        assert!(result.unwrap_err().to_string().contains("panicked"));
    }
}
