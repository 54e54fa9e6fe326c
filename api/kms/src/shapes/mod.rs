//! The shapes of kms, a file a topic.

mod aliases;
mod cryptography;
mod grants;
mod keys;
mod policies;
mod shared;
mod tags;

pub use aliases::*;
pub use cryptography::*;
pub use grants::*;
pub use keys::*;
pub use policies::*;
pub use shared::*;
pub use tags::*;
