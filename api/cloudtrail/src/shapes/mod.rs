//! The shapes of cloudtrail, a file a topic.

mod events;

pub use events::*;
