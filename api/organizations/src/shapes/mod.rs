//! The shapes of organizations, a file a topic.

mod accounts;
mod delegation;
mod organization;
mod policies;
mod shared;
mod tags;
mod units;

pub use accounts::*;
pub use delegation::*;
pub use organization::*;
pub use policies::*;
pub use shared::*;
pub use tags::*;
pub use units::*;
