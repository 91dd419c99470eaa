//! The logins of a worker.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use basalam_chat::UserId;
use basalam_chat::watch::{ForwardedDeliveries, Watch, WatchError};
use tokio::sync::OnceCell;
use tokio::time::sleep;

type Find = dyn Fn(UserId) -> Option<Watch> + Send + Sync;

pub(super) struct Logins {
    added: HashMap<i64, Watch>,
    pub(super) find: Option<Arc<Find>>,
    pub(super) reply_timeout: Duration,
    log: String,
    opened: Mutex<HashMap<i64, Arc<Login>>>,
}

struct Login {
    watch: Option<Watch>,
    deliveries: OnceCell<ForwardedDeliveries>,
}

/// A login that is ready.
#[derive(Clone)]
pub(super) struct Ready(Arc<Login>);

impl Ready {
    pub(super) fn deliveries(&self) -> Option<&ForwardedDeliveries> {
        self.0.deliveries.get()
    }
}

impl Logins {
    pub(super) fn new(log: String) -> Logins {
        Logins {
            added: HashMap::new(),
            find: None,
            reply_timeout: Duration::from_secs(10),
            log,
            opened: Mutex::default(),
        }
    }

    pub(super) fn add(&mut self, user: UserId, watch: Watch) {
        self.added.insert(user.0, watch);
    }

    fn login(&self, user: UserId) -> Arc<Login> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let login = opened.entry(user.0).or_insert_with(|| {
            let added = self.added.get(&user.0).cloned();
            let watch = added.or_else(|| self.find.as_ref().and_then(|find| find(user)));
            Arc::new(Login {
                watch,
                deliveries: OnceCell::new(),
            })
        });
        login.clone()
    }

    /// Returns the login of a user. It waits for as long as the store or the service cannot be reached.
    ///
    /// # Errors
    ///
    /// What is wrong with the login.
    pub(super) async fn get(&self, user: UserId) -> Result<Ready, String> {
        let login = self.login(user);
        let Some(watch) = &login.watch else {
            return Err(format!("no login of user {} was added", user.0));
        };
        let mut failures = 0;
        loop {
            let open = || {
                watch
                    .clone()
                    .reply_timeout(self.reply_timeout)
                    .forwarded(&self.log)
            };
            match login.deliveries.get_or_try_init(open).await {
                Ok(deliveries) if deliveries.user_id() == user => return Ok(Ready(login.clone())),
                Ok(deliveries) => {
                    let other = deliveries.user_id().0;
                    return Err(format!(
                        "the login of user {} acts for user {other}",
                        user.0
                    ));
                }
                Err(error) if is_transient(&error) => {
                    failures += 1;
                    tracing::warn!(user = user.0, failures, %error, "a login cannot be opened yet");
                    let pause = Duration::from_millis(200) * 2_u32.pow(failures.min(5));
                    sleep(pause).await;
                }
                Err(error) => return Err(error.to_string()),
            }
        }
    }
}

fn is_transient(error: &WatchError) -> bool {
    let service = error.service().is_some_and(|error| error.is_transient());
    service || error.state().is_some_and(|error| error.is_unavailable())
}
