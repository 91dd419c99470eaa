//! Transcripts that are played: each turn is a request to the service, so that faults, webhooks and the log apply.

mod turn;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use serde::Serialize;
use tokio::task::AbortHandle;

use super::service::Service;
use crate::error::Error;
use crate::transcript::{Opened, Transcript, Turn};
use turn::Player;

/// The maximum number of transcripts that are played at a time.
const MAX_PLAYING: usize = 16;

/// The number of transcripts whose status is kept.
const MAX_KEPT: usize = 100;

/// The transcripts that are or were played.
#[derive(Default)]
pub(crate) struct Players(Mutex<Plays>);

#[derive(Default)]
struct Plays {
    by_id: BTreeMap<u64, Play>,
    last_id: u64,
}

struct Play {
    status: Arc<Mutex<PlayStatus>>,
    task: AbortHandle,
}

/// How far a transcript was played.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PlayStatus {
    state: PlayState,
    /// The number of turns that are finished.
    turn: usize,
    turns: usize,
    pub(super) chat_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum PlayState {
    Playing,
    Waiting,
    Finished,
    Failed,
}

impl Players {
    /// Stops and forgets all transcripts.
    pub(crate) fn clear(&self) {
        for (_, play) in std::mem::take(&mut self.lock().by_id) {
            play.task.abort();
        }
    }

    pub(super) fn status(&self, id: u64) -> Option<PlayStatus> {
        let plays = self.lock();
        plays.by_id.get(&id).map(|it| lock(&it.status).clone())
    }

    /// Stops and forgets a transcript. Returns `false` if it does not exist.
    pub(super) fn stop(&self, id: u64) -> bool {
        let removed = self.lock().by_id.remove(&id);
        removed.map(|it| it.task.abort()).is_some()
    }

    fn check_free(&self) -> Result<(), Error> {
        let plays = self.lock();
        let playing = plays.by_id.values().filter(|it| !it.task.is_finished());
        match playing.count() < MAX_PLAYING {
            true => Ok(()),
            false => Err(Error::invalid_argument(format!(
                "{MAX_PLAYING} transcripts are played already; stop one or wait until one is finished"
            ))),
        }
    }

    fn add(&self, play: Play) -> u64 {
        let mut plays = self.lock();
        plays.last_id += 1;
        let id = plays.last_id;
        plays.by_id.insert(id, play);
        let finished = plays.by_id.iter().find(|it| it.1.task.is_finished());
        let oldest = finished.map(|it| *it.0);
        if let Some(oldest) = oldest.filter(|_| plays.by_id.len() > MAX_KEPT) {
            plays.by_id.remove(&oldest);
        }
        id
    }

    fn lock(&self) -> MutexGuard<'_, Plays> {
        lock(&self.0)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens a new chat and starts to play a transcript in it. Returns its id and the id of the chat.
///
/// `speed` divides the pauses between messages; 0 stands for no pauses.
pub(super) fn start(
    service: &Arc<Service>,
    api: Router,
    transcript: Transcript,
    speed: f64,
) -> Result<(u64, i64), Error> {
    service.players().check_free()?;
    let now = service.now();
    let opened = service.update_state(|state| transcript.open(state, now))?;
    let Opened { chat_id, users, .. } = opened;
    let status = Arc::new(Mutex::new(PlayStatus {
        state: PlayState::Playing,
        turn: 0,
        turns: transcript.turns.len(),
        chat_id,
        message: None,
    }));
    let player = Player::new(Arc::clone(service), api, chat_id, users, speed);
    let task = tokio::spawn(run(player, transcript, Arc::clone(&status))).abort_handle();
    let id = service.players().add(Play { status, task });
    Ok((id, chat_id))
}

async fn run(mut player: Player, transcript: Transcript, status: Arc<Mutex<PlayStatus>>) {
    for (index, turn) in transcript.turns.iter().enumerate() {
        let result = match turn {
            Turn::Message(message) => player.send(message).await,
            Turn::Wait(wait) => {
                lock(&status).state = PlayState::Waiting;
                player.wait(wait, transcript.bot.as_deref()).await
            }
        };
        let mut status = lock(&status);
        if let Err(message) = result {
            status.state = PlayState::Failed;
            status.message = Some(format!("turns[{index}]: {message}"));
            return;
        }
        status.state = PlayState::Playing;
        status.turn = index + 1;
    }
    lock(&status).state = PlayState::Finished;
}
