//! The shapes of cloudhsmv2, a file a topic.

mod backups;
mod clusters;
mod hsms;
mod policies;
mod shared;
mod tags;

pub use backups::*;
pub use clusters::*;
pub use hsms::*;
pub use policies::*;
pub use shared::*;
pub use tags::*;
