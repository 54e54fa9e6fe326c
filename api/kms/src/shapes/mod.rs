//! The shapes of kms, a file a topic.

mod aliases;
mod asymmetric;
mod cryptography;
mod data_key_pairs;
mod grants;
mod keys;
mod macs;
mod policies;
mod shared;
mod tags;

pub use aliases::*;
pub use asymmetric::*;
pub use cryptography::*;
pub use data_key_pairs::*;
pub use grants::*;
pub use keys::*;
pub use macs::*;
pub use policies::*;
pub use shared::*;
pub use tags::*;
