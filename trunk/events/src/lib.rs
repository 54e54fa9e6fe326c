//! The trunk of what was asked and seen: a durable, ordered, append-only log of events, with look-up by time
//! and by the attributes of CloudTrail's `LookupEvents`.
//!
//! [`EventLog`] is the seam: services and the door know only it. [`LocalLog`] is the embedded default, in a
//! directory; a replicated log stands behind the same trait. Within the local log, [`disk::SegmentStore`] is
//! the seam for object storage: sealed segments can lie anywhere.
//!
//! How the local log works, from the outside in: [`LocalLog`] takes events into a queue; one thread writes
//! what has queued up with one sync and wakes the waiters; a full segment is sealed (compressed, indexed) and
//! sealed ones are merged in the background. Each kind of file is described where it is read: [`frame`] and
//! `raw` for what is being written, [`index`] for what is sealed.

mod bounds;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod cursor;
pub mod disk;
mod error;
mod event;
pub mod frame;
pub mod index;
mod key;
mod local;
mod log;
mod lookup;
mod memory;
mod options;
mod pages;
mod queue;
mod raw;
mod recover;
mod scan;
mod seal;
mod sealed;
mod snapshot;
mod state;
#[cfg(test)]
mod tests;
mod ticket;
mod upkeep;
mod writer;

pub use cursor::Cursor;
pub use error::LogError;
pub use event::{Attribute, Attributes, Event, Position};
pub use local::LocalLog;
pub use log::{EventLog, Filter, Found, Lookup, Stats};
pub use memory::MemoryLog;
pub use options::{Damage, Dropped, Notice, Options, Recovery, Report};
pub use snapshot::{Part, Settled, Snapshot};
pub use ticket::Ticket;
