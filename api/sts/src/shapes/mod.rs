//! The shapes of sts, a file a topic.

mod callers;
mod sessions;
mod shared;

pub use callers::*;
pub use sessions::*;
pub use shared::*;
