//! The shapes of kms, a file a topic.

mod aliases;
mod asymmetric;
mod cryptography;
mod data_key_pairs;
mod grants;
mod import;
mod key_stores;
mod keys;
mod macs;
mod multi_region;
mod policies;
mod rotation;
mod shared;
mod tags;
mod usage;

pub use aliases::*;
pub use asymmetric::*;
pub use cryptography::*;
pub use data_key_pairs::*;
pub use grants::*;
pub use import::*;
pub use key_stores::*;
pub use keys::*;
pub use macs::*;
pub use multi_region::*;
pub use policies::*;
pub use rotation::*;
pub use shared::*;
pub use tags::*;
pub use usage::*;
