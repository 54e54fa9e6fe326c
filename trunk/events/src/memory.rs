use std::cmp::Reverse;
use std::sync::{Arc, Mutex, PoisonError};

use bastide_ids::Uuid;
use futures_core::future::BoxFuture;
use tokio::sync::watch;

use crate::ticket::Commit;
use crate::{Cursor, Event, EventLog, Found, LogError, Lookup, Position, Stats, Ticket};

/// A log in memory, for tests and for throw-away servers: nothing outlives the process, and a look-up walks
/// every event.
#[derive(Debug)]
pub struct MemoryLog {
    events: Mutex<Vec<(Position, Event)>>,
    last: watch::Sender<(Position, bool)>,
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self { events: Mutex::default(), last: watch::Sender::new((Position::START, false)) }
    }
}

impl MemoryLog {
    /// An empty log.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, f: impl FnOnce(&mut Vec<(Position, Event)>) -> T) -> T {
        f(&mut self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, query: &Lookup) -> Result<Found, LogError> {
        let (last, resume) = (self.last(), query.resume);
        if let Some(cursor) = resume {
            cursor.check(query)?;
        }
        let snapshot = resume.map_or(last, |cursor| cursor.snapshot);
        let mut events = self.with(|events| {
            let numbered = events.iter();
            numbered
                .filter(|(position, event)| *position <= snapshot && query.matches(event))
                .filter(|(position, event)| {
                    resume.is_none_or(|cursor| (event.time, *position) < (cursor.time, cursor.position))
                })
                .cloned()
                .collect::<Vec<_>>()
        });
        events.sort_by_key(|(position, event)| Reverse((event.time, *position)));
        let more = events.len() > query.page();
        events.truncate(query.page());
        let end = events.last().filter(|_| more);
        let next = end.map(|(position, event)| Cursor::new(query, event.time, *position, snapshot));
        Ok(Found { events, next })
    }
}

impl EventLog for MemoryLog {
    fn append(&self, event: Event) -> Result<Ticket, LogError> {
        if self.last.borrow().1 {
            return Err(LogError::Closed);
        }
        let position = self.with(|events| {
            let position = self.last.borrow().0.next();
            events.push((position, event));
            self.last.send_modify(|last| last.0 = position);
            position
        });
        let commit = Arc::new(Commit::default());
        commit.settle(Ok(()));
        Ok(Ticket::new(position, commit))
    }

    fn read(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Vec<(Position, Event)>, LogError>> {
        Box::pin(async move {
            Ok(self.with(|events| {
                let start = events.partition_point(|(position, _)| *position <= after);
                events.iter().skip(start).take(limit).cloned().collect()
            }))
        })
    }

    fn wait(&self, after: Position) -> BoxFuture<'_, Position> {
        Box::pin(async move {
            let mut newest = self.last.subscribe();
            // The sender is ours, so the channel cannot close under this wait.
            let _ = newest.wait_for(|(last, closed)| *last > after || *closed).await;
            self.last()
        })
    }

    fn lookup<'a>(&'a self, query: &'a Lookup) -> BoxFuture<'a, Result<Found, LogError>> {
        Box::pin(async move { self.find(query) })
    }

    fn contains(&self, id: Uuid) -> BoxFuture<'_, Result<bool, LogError>> {
        Box::pin(async move { Ok(self.with(|events| events.iter().any(|(_, event)| event.id == id))) })
    }

    fn last(&self) -> Position {
        self.last.borrow().0
    }

    fn flush(&self) -> BoxFuture<'_, Result<Position, LogError>> {
        Box::pin(async move { Ok(self.last()) })
    }

    fn close(&self) -> BoxFuture<'_, Result<(), LogError>> {
        self.last.send_modify(|last| last.1 = true);
        Box::pin(async { Ok(()) })
    }

    fn clear(&self) -> BoxFuture<'_, Result<(), LogError>> {
        self.with(Vec::clear);
        Box::pin(async { Ok(()) })
    }

    fn stats(&self) -> Stats {
        let last = self.last();
        self.with(|events| Stats {
            events: events.len() as u64,
            bytes: events.iter().map(|(_, event)| event.body.len() as u64).sum(),
            segments: 1,
            oldest: events.iter().map(|(_, event)| event.time).min(),
            last,
            ..Stats::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn keeps_the_contract() {
        contract::check(|| Arc::new(MemoryLog::new())).await;
    }
}
