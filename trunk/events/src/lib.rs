//! The trunk of what was asked and seen: a durable, ordered, append-only log of events, with look-up by time
//! and by the attributes of CloudTrail's `LookupEvents`.
//!
//! [`EventLog`] is the seam: services and the door know only it.

#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod cursor;
mod error;
mod event;
mod log;
mod memory;
mod ticket;

pub use cursor::Cursor;
pub use error::LogError;
pub use event::{Attribute, Attributes, Event, Position};
pub use log::{EventLog, Filter, Found, Lookup, Stats};
pub use memory::MemoryLog;
pub use ticket::Ticket;
