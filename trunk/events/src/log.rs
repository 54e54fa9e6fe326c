use bastide_ids::{Place, Timestamp, Uuid};
use bytes::Bytes;
use futures_core::future::BoxFuture;

use crate::{Attribute, Cursor, Event, LogError, Position, Ticket};

/// A durable, ordered, append-only log of events. [`LocalLog`](crate::LocalLog) keeps it in local segments; a
/// replicated log (NATS JetStream) stands behind the same trait and passes the same contract tests.
pub trait EventLog: Send + Sync {
    /// Takes an event for writing, after every event taken before. It does no I/O and does not wait: the
    /// event is durable once [`Ticket::durable`] says so.
    ///
    /// # Errors
    /// [`LogError::TooLarge`] for an event over the log's limits, [`LogError::Overloaded`] when too much
    /// waits to be written, [`LogError::Closed`] after [`EventLog::close`].
    fn append(&self, event: Event) -> Result<Ticket, LogError>;

    /// The durable events after a position, in order: up to `limit`, fewer when they are large. Empty only
    /// when there is nothing newer. A reader goes on from the last position it was given.
    fn read(&self, after: Position, limit: usize) -> BoxFuture<'_, Result<Vec<(Position, Event)>, LogError>>;

    /// The same, of each event the body alone: for who follows the log and looks at nothing else.
    fn bodies(
        &self,
        after: Position,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<(Position, Bytes)>, LogError>> {
        Box::pin(async move {
            let events = self.read(after, limit).await?;
            Ok(events.into_iter().map(|(position, event)| (position, event.body)).collect())
        })
    }

    /// Waits until something durable is newer than a position, and says what the newest is. Once the log is
    /// closed it answers at once.
    fn wait(&self, after: Position) -> BoxFuture<'_, Position>;

    /// The durable events of a place that match, newest first.
    fn lookup<'a>(&'a self, query: &'a Lookup) -> BoxFuture<'a, Result<Found, LogError>>;

    /// Whether a durable event with this id is in the log. Cheap for recent events; for an id that is not
    /// there, every segment's index is asked.
    fn contains(&self, id: Uuid) -> BoxFuture<'_, Result<bool, LogError>>;

    /// The position of the newest durable event; [`Position::START`] for an empty log.
    fn last(&self) -> Position;

    /// Waits until everything appended before is durable.
    fn flush(&self) -> BoxFuture<'_, Result<Position, LogError>>;

    /// Refuses further events, makes what was appended durable and stops the log's background work.
    fn close(&self) -> BoxFuture<'_, Result<(), LogError>>;

    /// Drops every event, for dev mode's reset. Positions go on where they were, so readers need not start over.
    ///
    /// # Errors
    /// When the log fails or is closed.
    fn clear(&self) -> BoxFuture<'_, Result<(), LogError>>;

    /// How much there is.
    fn stats(&self) -> Stats;
}

/// What a look-up asks for.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// The account and region whose events are looked at.
    pub place: Place,
    /// Only events at or after this moment.
    pub from: Option<Timestamp>,
    /// Only events at or before this moment.
    pub to: Option<Timestamp>,
    /// Only events with this id or attribute.
    pub filter: Filter,
    /// At most this many events in an answer; held within 1 and [`Lookup::MAX_LIMIT`].
    pub limit: usize,
    /// Where the page before ended ([`Found::next`]).
    pub resume: Option<Cursor>,
}

impl Lookup {
    /// The largest page.
    pub const MAX_LIMIT: usize = 1_000;

    /// The newest 50 events of a place.
    #[must_use]
    pub fn new(place: Place) -> Self {
        Self { place, from: None, to: None, filter: Filter::All, limit: 50, resume: None }
    }

    /// Whether an event is one that is asked for, pages aside.
    #[must_use]
    pub fn matches(&self, event: &Event) -> bool {
        let in_time =
            self.from.is_none_or(|from| event.time >= from) && self.to.is_none_or(|to| event.time <= to);
        let fits = match &self.filter {
            Filter::All => true,
            Filter::Id(id) => event.id == *id,
            Filter::Attribute(attribute, value) => event.attributes.has(*attribute, value),
        };
        in_time && fits && event.place == self.place
    }

    pub(crate) fn page(&self) -> usize {
        self.limit.clamp(1, Self::MAX_LIMIT)
    }
}

/// Which of a place's events are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Every one.
    All,
    /// The one with this id.
    Id(Uuid),
    /// Those where an attribute has exactly this value.
    Attribute(Attribute, String),
}

/// A page of a look-up's answer.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Newest first: by event time, then by position.
    pub events: Vec<(Position, Event)>,
    /// Where the next page starts; `None` when there is no more. Pages show the log as it was when the first
    /// one was asked for: what is appended meanwhile neither appears nor shifts them.
    pub next: Option<Cursor>,
}

/// How much a log holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Durable events.
    pub events: u64,
    /// Bytes on disk (or with the remote log).
    pub bytes: u64,
    /// Segments, the active one included.
    pub segments: u64,
    /// The time of the oldest event.
    pub oldest: Option<Timestamp>,
    /// The newest durable position.
    pub last: Position,
    /// Batches written: what group commit made of the appends since the start.
    pub commits: u64,
    /// Appends that failed since the start.
    pub failed: u64,
}
