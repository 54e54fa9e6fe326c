//! The Sigma language (specification 2): rules, correlations and filters, read from YAML within limits and matched
//! against records of any kind.
//!
//! [`parse`] reads files, [`Set`] binds rules to the fields of a kind of records ([`Schema`]) and matches them, and
//! [`Correlator`] counts what they find. Rules that can't be read, that ask for what records can't have, or that
//! would match everything are refused with the line and the member.

mod condition;
mod correlate;
mod correlation;
mod document;
mod error;
mod expr;
mod json;
mod matcher;
mod modifiers;
mod pattern;
mod record;
mod rule;
mod set;
mod sql;
#[cfg(test)]
mod tests;
mod yaml;

pub use correlate::{Correlator, Fired};
pub use correlation::{Correlation, CorrelationKind};
pub use document::{Collection, Filter, parse};
pub use error::Error;
pub use json::visit as visit_json;
pub use matcher::Comparison;
pub use modifiers::Placeholders;
pub use record::{Record, Schema, Slot, Value, text, visit};
pub use rule::{About, Level, Logsource, Rule};
pub use set::Set;
pub use yaml::{Kind, MAX_BYTES, Node, read as read_yaml};
