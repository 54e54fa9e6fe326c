//! The IAM policy language and its evaluation. Pure: no I/O, nothing asynchronous, no clock of its own.
//!
//! [`Policy::parse`] reads and compiles a document once; [`decide`] then combines the layers that apply to a
//! request into a [`Decision`] that names the statement which determined it. A decision parses nothing and,
//! unless a policy variable or a date must be written out as text, allocates nothing.
//!
//! Source of the rules: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy reference".

mod condition;
mod context;
mod date;
mod decision;
mod document;
mod evaluate;
mod malformed;
mod operators;
mod parse;
mod pattern;
mod policy;
mod principal;
mod principals;
mod search;
mod simulate;
mod validate;

pub use context::{ContextMap, ContextSource, Value, Values};
pub use decision::{Decision, Determinant, Layer, Reason};
pub use evaluate::{Attached, Grant, Layers, Request, ResourceRule, decide};
pub use malformed::{Fault, MalformedPolicy};
pub use policy::{Effect, Policy, PolicyKind, Position, Statement};
pub use principal::Principal;
pub use principals::NamedPrincipal;
pub use simulate::{Matched, Simulation, simulate};

/// The longest policy document that is read at all, in bytes: the length that IAM's API model sets for a
/// policy document. Services set their own, smaller quotas.
pub const MAX_DOCUMENT: usize = 131_072;
