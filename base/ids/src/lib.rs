//! Names of things and of moments: ARNs, accounts, regions, generated identifiers, timestamps and the clock.
//!
//! Pure values; nothing here does I/O except [`SystemClock`], which reads the machine's time.

mod arn;
mod generate;
mod place;
mod time;

pub use arn::{Arn, ArnError};
pub use generate::{UniqueId, Uuid, alphanumeric, random_bytes};
pub use place::{AccountId, Partition, Place, PlaceError, Region};
pub use time::{Clock, MovableClock, SystemClock, TimeError, Timestamp};
