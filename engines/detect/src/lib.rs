//! Detectors: logs in, findings out. The same engine runs behind the GuardDuty API, in `bastide ingest` and in
//! benchmarks.
//!
//! Deterministic: what is found depends on the records and the settings alone, not on the clock or on hash seeds.
//! What detectors have learned is not stored; after a restart records are fed again.

mod all;
mod credentials;
mod describe;
mod detector;
pub mod dns;
mod engine;
mod lists;
mod network;
mod profile;
mod recent;
pub mod rules;
mod sequence;
mod settings;

pub use all::all;
pub use detector::{Context, Detector};
pub use engine::{Change, Counts, Engine, Mode, More};
pub use settings::{FunctionNetwork, Settings};
