use std::fmt;
use std::pin::pin;
use std::sync::{Arc, OnceLock};

use futures_core::future::BoxFuture;
use tokio::sync::Notify;

use crate::{LogError, Position};

/// An event that was taken for writing. Dropping it does not take the event back.
pub struct Ticket(Kind);

enum Kind {
    Commit { position: Position, commit: Arc<Commit> },
    Future(BoxFuture<'static, Result<Position, LogError>>),
}

impl Ticket {
    /// A ticket that another implementation of [`EventLog`](crate::EventLog) resolves in its own way.
    #[must_use]
    pub fn from_future(future: BoxFuture<'static, Result<Position, LogError>>) -> Self {
        Self(Kind::Future(future))
    }

    pub(crate) fn new(position: Position, commit: Arc<Commit>) -> Self {
        Self(Kind::Commit { position, commit })
    }

    /// Waits until the event is durable, and says where it stands.
    ///
    /// # Errors
    /// What kept it from becoming durable: then it is not part of the log, and the caller must not
    /// acknowledge what depends on it.
    pub async fn durable(self) -> Result<Position, LogError> {
        match self.0 {
            Kind::Commit { position, commit } => commit.wait().await.map(|()| position),
            Kind::Future(future) => future.await,
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket")
    }
}

/// The fate of the events that are written together: one for all of them, so that waking 32 waiters costs
/// one allocation and one lock.
#[derive(Debug, Default)]
pub(crate) struct Commit {
    outcome: OnceLock<Result<(), LogError>>,
    settled: Notify,
}

impl Commit {
    pub(crate) fn settle(&self, outcome: Result<(), LogError>) {
        // A second outcome cannot come; if it did, the first one was told and stands.
        let _ = self.outcome.set(outcome);
        self.settled.notify_waiters();
    }

    pub(crate) async fn wait(&self) -> Result<(), LogError> {
        let mut settled = pin!(self.settled.notified());
        // Enrol before looking, so that an outcome between the two is not missed.
        settled.as_mut().enable();
        if self.outcome.get().is_none() {
            settled.await;
        }
        self.outcome.get().cloned().unwrap_or(Err(LogError::Closed))
    }
}
