//! A web service in which sellers log in, for any number of processes behind a load balancer.
//!
//! The tokens are in the store that `STATE_URL` names, such as `sqlite:sellers.db`,
//! `postgres://user:password@host/database` or `redis://host`. Any process serves any seller, and one process at a time
//! refreshes the tokens of a login:
//!
//! ```sh
//! STATE_URL=sqlite:sellers.db PUBLIC_URL=https://shop.example BASALAM_CLIENT_ID=… BASALAM_CLIENT_SECRET=… \
//!     LISTEN=127.0.0.1:3000 cargo run -p basalam-chat-state --example sellers --all-features
//! ```

// Examples print to the terminal.
#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::env::var;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use basalam_chat::auth::{Authentication, AuthorizationCode, Scope, TokenStore};
use basalam_chat::random::{RandomSource, SystemRandom};
use basalam_chat::state::StateStore;
use basalam_chat::{Client, Error};

struct Service {
    app: AuthorizationCode,
    /// The connections, which all sellers share.
    client: Client,
    store: Arc<dyn StateStore>,
    /// The clients of the sessions that this process has served. A larger service drops those that are idle.
    sellers: Mutex<HashMap<String, Client>>,
}

#[tokio::main]
pub(crate) async fn main() -> anyhow::Result<()> {
    let redirect_uri = format!("{}/callback", var("PUBLIC_URL")?);
    let (id, secret) = (var("BASALAM_CLIENT_ID")?, var("BASALAM_CLIENT_SECRET")?);
    let mut app = AuthorizationCode::new(id, secret, redirect_uri);
    let mut client = Client::builder(Authentication::none());
    // For an emulator.
    if let Ok(url) = var("BASALAM_URL") {
        app = app.authorization_url(format!("{url}/accounts/sso"));
        client = client.base_url(url);
    }
    let service = Arc::new(Service {
        app,
        client: client.build()?,
        store: basalam_chat_state::connect(&var("STATE_URL")?).await?,
        sellers: Mutex::default(),
    });
    let router = Router::new()
        .route("/", get(show_chats))
        .route("/login", get(log_in))
        .route("/callback", get(finish_login))
        .with_state(service.clone());
    let listener = tokio::net::TcpListener::bind(var("LISTEN")?).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let interrupted = async {
        // It also stops if it cannot wait for the signal.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, router)
        .with_graceful_shutdown(interrupted)
        .await?;
    // New tokens must not be lost with the process: those of running refreshes, and those that are not saved yet.
    let sellers: Vec<Client> = service.sellers().drain().map(|it| it.1).collect();
    for seller in sellers {
        if let Err(error) = seller.close().await {
            println!("{error}");
        }
    }
    Ok(service.client.close().await?)
}

/// Redirects the seller to Basalam.
async fn log_in(State(service): State<Arc<Service>>) -> Result<Response, Failure> {
    let scopes = [Scope::CustomerProfileRead, Scope::CustomerChatRead];
    let request = service.app.authorize_url(scopes)?;
    let cookie = cookie("login", request.state());
    Ok((cookie, Redirect::to(request.url())).into_response())
}

/// Receives the seller from Basalam, and saves the tokens for a new session.
async fn finish_login(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let state = read_cookie(&headers, "login").unwrap_or_default();
    let login = service.app.callback(state, &query.unwrap_or_default())?;
    let mut random = [0; 16];
    SystemRandom.fill(&mut random);
    let session = random.map(|byte| format!("{byte:02x}")).concat();
    let login = login.store(service.tokens(&session)?);
    let client = service.client.with_authentication(login)?;
    client.authenticate().await?;
    Ok((cookie("session", &session), Redirect::to("/")).into_response())
}

async fn show_chats(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let is_session = |it: &&str| it.len() == 32 && it.bytes().all(|it| it.is_ascii_hexdigit());
    let Some(session) = read_cookie(&headers, "session").filter(is_session) else {
        return Ok(Redirect::to("/login").into_response());
    };
    let client = service.seller(session)?;
    let chats = tokio::try_join!(client.current_user_id(), async {
        client.get_unseen_chat_count().await
    });
    match &chats {
        // The session does not exist, or has ended.
        Err(error) if error.needs_login() => service.sellers().remove(session),
        // Also after another error: the client can have tokens that the store could not save.
        _ => service.sellers().insert(session.to_owned(), client),
    };
    let (id, unseen) = chats?;
    Ok(format!("seller {id}: {} unseen chats\n", unseen.count).into_response())
}

impl Service {
    fn tokens(&self, session: &str) -> Result<TokenStore, Error> {
        TokenStore::new(self.store.clone(), format!("tokens/{session}"))
    }

    /// Returns the client of a session that any process has created.
    fn seller(&self, session: &str) -> Result<Client, Error> {
        if let Some(client) = self.sellers().get(session) {
            return Ok(client.clone());
        }
        let login = self.app.resume(self.tokens(session)?);
        self.client.with_authentication(login)
    }

    fn sellers(&self) -> MutexGuard<'_, HashMap<String, Client>> {
        self.sellers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cookie(name: &str, value: &str) -> [(HeaderName, String); 1] {
    let attributes = "Path=/; HttpOnly; Secure; SameSite=Lax";
    [(SET_COOKIE, format!("{name}={value}; {attributes}"))]
}

fn read_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?.split("; ");
    let mut pairs = cookies.filter_map(|cookie| cookie.split_once('='));
    pairs.find(|pair| pair.0 == name).map(|pair| pair.1)
}

struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if self.0.needs_login() {
            return Redirect::to("/login").into_response();
        }
        println!("{}", self.0);
        (StatusCode::BAD_GATEWAY, "try again in a minute\n").into_response()
    }
}
