use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use tokio_postgres::error::{DbError, Severity};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row, Statement};

use super::address::Address;
use crate::StoreError;

/// Connections that reads share. Requests on one connection are sent without waiting for each other.
const READERS: usize = 4;

/// What a connection sets for itself: a node that hangs within a transaction must not hold up the others,
/// nothing waits for ever, and a commit is durable, however the server is set up otherwise.
const SETTINGS: &str = "
    SET idle_in_transaction_session_timeout = '10s';
    SET lock_timeout = '20s';
    SET statement_timeout = '30s';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
";

/// A value of a statement.
pub(super) type Value<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// A statement with its values.
pub(super) struct Call<'a> {
    pub(super) sql: &'static str,
    pub(super) values: Vec<Value<'a>>,
}

impl<'a> Call<'a> {
    pub(super) fn new(sql: &'static str, values: Vec<Value<'a>>) -> Self {
        Self { sql, values }
    }

    async fn send(&self, client: &Client, statement: Statement) -> Result<Vec<Row>, Error> {
        let values: Vec<_> = self.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
        client.query(&statement, &values).await
    }
}

/// One connection, and the statements prepared on it.
pub(super) struct Session {
    client: Client,
    statements: Mutex<HashMap<String, Statement>>,
    broken: AtomicBool,
}

impl Session {
    pub(super) async fn connect(address: &Address) -> Result<Self, StoreError> {
        let session = Self {
            client: address.connect().await?,
            statements: Mutex::default(),
            broken: AtomicBool::new(false),
        };
        session.simple(SETTINGS).await?;
        Ok(session)
    }

    /// Whether the connection is lost. After an error that is not the connection's, the server has refused a
    /// statement and is in a known state; after any other, it may have done what it could not answer.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed() || self.broken.load(Ordering::SeqCst)
    }

    pub(super) async fn query(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        let statement = self.prepared(sql).await?;
        self.watch(self.client.query(&statement, values).await)
    }

    /// One or more statements without values.
    pub(super) async fn simple(&self, sql: &str) -> Result<(), Error> {
        self.watch(self.client.batch_execute(sql).await)
    }

    /// Sends all calls without waiting in between; the server runs them in their order. The first error is
    /// answered: within a transaction the ones after it have failed too.
    pub(super) async fn pipeline(&self, calls: &[Call<'_>]) -> Result<Vec<Vec<Row>>, Error> {
        let mut sent = Vec::with_capacity(calls.len());
        for call in calls {
            sent.push(self.prepared(call.sql).await?);
        }
        let calls = calls.iter().zip(sent).map(|(call, statement)| call.send(&self.client, statement));
        self.watch(in_order(calls).await.into_iter().collect())
    }

    /// Notes an error that is the connection's: also a server's last word, such as that it shuts down.
    fn watch<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(error) = &result {
            let severity = error.as_db_error().and_then(DbError::parsed_severity);
            if !matches!(severity, Some(Severity::Error)) {
                self.broken.store(true, Ordering::SeqCst);
            }
        }
        result
    }

    async fn prepared(&self, sql: &str) -> Result<Statement, Error> {
        let known = self.statements.lock().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.watch(self.client.prepare(sql).await)?;
        let mut statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(statements.entry(sql.to_owned()).or_insert(statement).clone())
    }
}

/// Runs futures beside each other, each begun only after the one before it was; the results in order.
async fn in_order<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    enum Slot<F: Future> {
        Running(Pin<Box<F>>),
        Done(Option<F::Output>),
    }
    let mut slots: Vec<_> = futures.map(|future| Slot::Running(Box::pin(future))).collect();
    // Answers come in order too: what is before this is done.
    let mut first = 0;
    let mut begun = false;
    poll_fn(|cx| {
        for slot in slots.iter_mut().skip(first) {
            if let Slot::Running(future) = slot {
                match future.as_mut().poll(cx) {
                    Poll::Ready(output) => *slot = Slot::Done(Some(output)),
                    Poll::Pending if begun => return Poll::Pending,
                    Poll::Pending => continue,
                }
            }
            first += usize::from(begun);
        }
        begun = true;
        let all = slots.iter().all(|slot| matches!(slot, Slot::Done(_)));
        if all { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let output = |slot| match slot {
        Slot::Done(output) => output,
        Slot::Running(_) => None,
    };
    slots.into_iter().filter_map(output).collect()
}

/// The connections that reads share; each is made when it is first used, and again when it was lost.
pub(super) struct Pool {
    address: Arc<Address>,
    sessions: Vec<tokio::sync::Mutex<Option<Arc<Session>>>>,
    next: AtomicUsize,
}

impl Pool {
    pub(super) fn new(address: Arc<Address>) -> Self {
        let sessions = std::iter::repeat_with(tokio::sync::Mutex::default).take(READERS).collect();
        Self { address, sessions, next: AtomicUsize::new(0) }
    }

    /// Runs a query that changes nothing, or that may run twice: it is tried again on a new connection when
    /// the old one turns out to be lost.
    pub(super) async fn query(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let session = self.session().await?;
        match session.query(sql, values).await {
            Err(_) if session.is_closed() => Ok(self.session().await?.query(sql, values).await?),
            result => Ok(result?),
        }
    }

    async fn session(&self) -> Result<Arc<Session>, StoreError> {
        let next = self.next.fetch_add(1, Ordering::Relaxed) % READERS;
        let Some(slot) = self.sessions.get(next) else { return Err(StoreError::Closed) };
        let mut slot = slot.lock().await;
        if let Some(session) = &*slot
            && !session.is_closed()
        {
            return Ok(session.clone());
        }
        let session = Arc::new(Session::connect(&self.address).await?);
        *slot = Some(session.clone());
        Ok(session)
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        Self::Database(describe(&error))
    }
}

/// The error in one line. The server's detail lines may quote rows: they are left out.
pub(super) fn describe(error: &Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(server), _) => format!("{} (SQLSTATE {})", server.message(), server.code().code()),
        (None, Some(cause)) => format!("{error}: {cause}"),
        (None, None) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test]
    async fn futures_begin_in_order() {
        let begun = RefCell::new(Vec::new());
        let one = |number: usize| {
            let begun = &begun;
            async move {
                begun.borrow_mut().push(number);
                // The later ones are done earlier.
                for _ in number..50 {
                    tokio::task::yield_now().await;
                }
                number
            }
        };
        let outputs = in_order((0..50).map(one)).await;
        assert_eq!(outputs, (0..50).collect::<Vec<_>>());
        assert_eq!(*begun.borrow(), outputs);
    }
}
