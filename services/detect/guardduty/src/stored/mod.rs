//! The documents of GuardDuty in the store. They change by their own rules, apart from the shapes on the wire.

mod destination;
mod detector;
mod filter;
mod finding;
mod list;
mod member;
mod organization;
mod queue;
mod realm;
mod rule;
mod seen;

pub(crate) use destination::Destination;
pub(crate) use detector::{Detector, Feature, Switch};
pub(crate) use filter::Filter;
pub(crate) use finding::Finding;
pub(crate) use list::{List, ListKind, ListState};
pub(crate) use member::{Administrator, Invitation, Member, Relationship};
pub(crate) use organization::{AdminAccount, Organization, Wanted};
pub(crate) use queue::{Delivery, Due};
pub(crate) use realm::{Reading, Realm};
pub(crate) use rule::{Association, RuleConfiguration, RuleMode, Ruled, Signals};
pub(crate) use seen::{Covered, Cursor, Usage};

use std::collections::BTreeMap;

/// Tags by their keys.
pub(crate) type Tags = BTreeMap<String, String>;
