//! From a call to its durable record.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bastide_events::{Attribute, Attributes, Event, EventLog, LogError, Ticket};
use bastide_ids::{AccountId, Place, Timestamp, Uuid};
use bastide_resources::{Changes, CommitError, Store, StoreError};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use crate::attempt::Attempt;
use crate::record::{self, Outcome};
use crate::{Failure, Resource};

/// Writes records. A call that changes nothing is recorded in the events trunk directly. The record of one that
/// changes something is committed together with the change, in the resource trunk's outbox, and then moved: so
/// there is neither a change without a record nor a record of a change that was not made.
pub(crate) struct Recorder {
    events: Arc<dyn EventLog>,
    store: Store,
    /// Tells the outbox entries of this node from those of others on the same store.
    node: String,
    delivered: mpsc::UnboundedSender<(Uuid, Ticket)>,
    /// Entries of the outbox that are on their way to the events trunk: not to be moved a second time.
    under_way: UnderWay,
}

type UnderWay = Arc<Mutex<HashSet<Uuid>>>;

fn lock(under_way: &UnderWay) -> MutexGuard<'_, HashSet<Uuid>> {
    under_way.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long delivered entries are gathered before they are taken out of the outbox together.
const GATHER: Duration = Duration::from_millis(250);
/// How many entries of the outbox are looked at together.
const BATCH: usize = 500;
/// How many entries of other nodes are passed over to find one's own: they are read into memory.
const MOST_PASSED: usize = 20_000;

impl Recorder {
    /// A recorder, and the background work that takes delivered records out of the outbox.
    pub(crate) fn new(
        events: Arc<dyn EventLog>,
        store: Store,
        node: String,
    ) -> (Self, impl Future<Output = ()> + use<>) {
        let (delivered, tickets) = mpsc::unbounded_channel();
        let under_way = UnderWay::default();
        let work = acknowledge(store.clone(), tickets, Arc::clone(&under_way));
        (Self { events, store, node, delivered, under_way }, work)
    }

    /// The record for the caller's account, and a copy for each other account that owns a resource of the call.
    /// A call that was refused concerns nobody else: strangers must not write into the record of others.
    pub(crate) fn events(
        &self,
        attempt: &Attempt,
        resources: &[Resource],
        outcome: &Outcome<'_>,
    ) -> Vec<Event> {
        let own = attempt.place.account;
        let mut owners: Vec<AccountId> = match outcome {
            Outcome::Done { .. } => resources.iter().filter_map(|resource| resource.account).collect(),
            Outcome::Refused { .. } => Vec::new(),
        };
        owners.retain(|account| *account != own);
        owners.sort_unstable();
        owners.dedup();
        let shared = (!owners.is_empty()).then(Uuid::random);
        let accounts = std::iter::once(own).chain(owners);
        accounts.map(|account| record::event(attempt, resources, outcome, account, shared)).collect()
    }

    /// Appends records and waits until they are durable.
    pub(crate) async fn record(&self, events: Vec<Event>) -> Result<(), LogError> {
        let tickets: Result<Vec<Ticket>, LogError> =
            events.into_iter().map(|event| self.events.append(event)).collect();
        for ticket in tickets? {
            ticket.durable().await?;
        }
        Ok(())
    }

    /// Commits changes together with their records. Must not be cancelled half-way: spawn it.
    pub(crate) async fn commit(&self, mut changes: Changes, events: Vec<Event>) -> Result<(), CommitError> {
        for event in &events {
            let packed =
                self.pack(event).map_err(|failure| failed(failure.cause.unwrap_or(failure.message)))?;
            changes.outbox(event.id, packed);
        }
        lock(&self.under_way).extend(events.iter().map(|event| event.id));
        let committed = self.store.commit(changes).await;
        match committed {
            Ok(_) => self.deliver(events),
            Err(_) => lock(&self.under_way).retain(|id| events.iter().all(|event| event.id != *id)),
        }
        committed.map(drop)
    }

    /// The form in which a record waits in the outbox.
    fn pack(&self, event: &Event) -> Result<Vec<u8>, Failure> {
        let body = std::str::from_utf8(&event.body).map_err(Failure::internal)?;
        let packed = Packed {
            node: self.node.clone(),
            time: event.time,
            place: event.place.clone(),
            attributes: event
                .attributes
                .iter()
                .map(|(attribute, value)| (attribute.as_str().to_owned(), value.to_owned()))
                .collect(),
            body: RawValue::from_string(body.to_owned()).map_err(Failure::internal)?,
        };
        serde_json::to_vec(&packed).map_err(Failure::internal)
    }

    /// Appends records that wait in the outbox already: they are durable, so nobody need wait.
    fn deliver(&self, events: Vec<Event>) {
        for event in events {
            let id = event.id;
            match self.events.append(event) {
                Ok(ticket) => {
                    // The receiver lives as long as the door; without it the outbox keeps the entry.
                    let _ = self.delivered.send((id, ticket));
                }
                Err(error) => {
                    tracing::warn!(%error, "a record waits in the outbox");
                    lock(&self.under_way).remove(&id);
                }
            }
        }
    }

    /// Moves what waits in the outbox since before a crash, or since the events trunk had failed.
    pub(crate) async fn recover(&self) -> Result<usize, Failure> {
        let (mut moved, mut passed) = (0, 0);
        loop {
            // What is another node's to move, or under way, must not hide what stands behind it.
            let waiting = self.store.outbox(passed + BATCH).await?;
            let mut more = waiting.len() == passed + BATCH;
            let (mut done, mut tickets) = (Vec::new(), Vec::new());
            passed = 0;
            for outgoing in waiting {
                let packed: Packed = serde_json::from_slice(&outgoing.body).map_err(Failure::internal)?;
                if packed.node != self.node || lock(&self.under_way).contains(&outgoing.id) {
                    passed += 1;
                    continue;
                }
                if self.events.contains(outgoing.id).await? {
                    done.push(outgoing.id);
                    continue;
                }
                match self.events.append(packed.unpack(outgoing.id)) {
                    Ok(ticket) => tickets.push((outgoing.id, ticket)),
                    Err(LogError::Overloaded { .. }) if !tickets.is_empty() => {
                        more = true;
                        break;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            // They share a sync: there may be many after a full disk.
            moved += tickets.len();
            for (id, ticket) in tickets {
                ticket.durable().await?;
                done.push(id);
            }
            self.store.outbox_done(&done).await?;
            if !more || passed > MOST_PASSED {
                return Ok(moved);
            }
        }
    }
}

async fn acknowledge(
    store: Store,
    mut tickets: mpsc::UnboundedReceiver<(Uuid, Ticket)>,
    under_way: UnderWay,
) {
    let mut batch = Vec::new();
    while tickets.recv_many(&mut batch, BATCH).await > 0 {
        let ids: Vec<Uuid> = batch.iter().map(|(id, _)| *id).collect();
        let mut done = Vec::with_capacity(batch.len());
        for (id, ticket) in batch.drain(..) {
            match ticket.durable().await {
                Ok(_) => done.push(id),
                Err(error) => tracing::warn!(%error, "a record waits in the outbox"),
            }
        }
        if let Err(error) = store.outbox_done(&done).await {
            tracing::warn!(%error, "delivered records could not be taken out of the outbox");
        }
        lock(&under_way).retain(|id| !ids.contains(id));
        tokio::time::sleep(GATHER).await;
    }
}

/// A trunk failed while something was being committed.
pub(crate) fn failed(error: impl std::fmt::Display) -> CommitError {
    CommitError::Failed(StoreError::Database(error.to_string()))
}

#[derive(Serialize, Deserialize)]
struct Packed {
    node: String,
    time: Timestamp,
    place: Place,
    attributes: Vec<(String, String)>,
    body: Box<RawValue>,
}

impl Packed {
    fn unpack(self, id: Uuid) -> Event {
        let mut attributes = Attributes::new();
        for (name, value) in self.attributes {
            if let Some(attribute) = Attribute::parse(&name) {
                attributes.add(attribute, value);
            }
        }
        let body = Bytes::from(String::from(Box::<str>::from(self.body)));
        Event { id, time: self.time, place: self.place, attributes, body }
    }
}
