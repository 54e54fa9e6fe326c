//! The shapes of guardduty, a file a topic.

mod custom_rules;
mod destinations;
mod detectors;
mod entity_sets;
mod filters;
mod finding;
mod finding_2;
mod findings;
mod invitations;
mod ip_sets;
mod members;
mod organization;
mod shared;
mod statistics;
mod tags;
mod threat_intel_sets;

pub use custom_rules::*;
pub use destinations::*;
pub use detectors::*;
pub use entity_sets::*;
pub use filters::*;
pub use finding::*;
pub use finding_2::*;
pub use findings::*;
pub use invitations::*;
pub use ip_sets::*;
pub use members::*;
pub use organization::*;
pub use shared::*;
pub use statistics::*;
pub use tags::*;
pub use threat_intel_sets::*;
