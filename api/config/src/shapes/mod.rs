//! The shapes of config, a file a topic.

mod resources;

pub use resources::*;
