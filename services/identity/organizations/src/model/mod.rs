//! What Organizations stores.
//!
//! An organization's documents live at its home: its management account in the partition's global region. An
//! [`AccountEntry`] at [`Store::global`](bastide_resources::Store::global) leads from any account to the
//! organization that it is in, so that a member finds it in one look-up.

mod account_entry;
mod create_status;
mod member;
mod name;
mod organization;
mod policy;
mod policy_type;
mod unit;

use bastide_ids::Place;
use bastide_resources::{Key, Relation};

pub(crate) use account_entry::{AccountEntry, EmailHolder, Home};
pub(crate) use create_status::{CreateState, CreateStatus};
pub(crate) use member::{Delegation, Member};
pub(crate) use name::Name;
pub(crate) use organization::{Organization, ServiceAccess};
pub(crate) use policy::{AWS_MANAGED, AwsManaged, Policy, PolicyRef};
pub(crate) use policy_type::PolicyType;
pub(crate) use unit::Unit;

use serde::{Deserialize, Serialize};

/// From a unit or account to the root or unit that it is in.
pub(crate) const PARENT: &str = "parent";
/// From a root, unit or account to a policy that is attached to it.
pub(crate) const ATTACHED: &str = "attached-policy";

/// Tags in the order they were set.
pub(crate) type Tags = Vec<(String, String)>;

/// The policies of one type that are attached to a root, unit or account. A target that has none of these for a
/// type has what AWS attaches by default: so a type is switched on for ten thousand accounts in one write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attachments {
    /// The type.
    pub(crate) kind: PolicyType,
    /// The policies' ids, in the order they were attached.
    pub(crate) policies: Vec<String>,
}

/// The policies of a type that are attached, the default ones included.
pub(crate) fn attached(all: &[Attachments], kind: PolicyType) -> Vec<&str> {
    match all.iter().find(|attachments| attachments.kind == kind) {
        Some(attachments) => attachments.policies.iter().map(String::as_str).collect(),
        None => kind.default_policy().into_iter().collect(),
    }
}

/// The attachments with those of one type replaced.
pub(crate) fn reattached(all: &[Attachments], kind: PolicyType, policies: Vec<String>) -> Vec<Attachments> {
    let others = all.iter().filter(|attachments| attachments.kind != kind).cloned();
    others.chain([Attachments { kind, policies }]).collect()
}

fn relations(place: &Place, parent: Option<&str>, attachments: &[Attachments]) -> Vec<Relation> {
    let parent = parent.map(|parent| Relation::new(PARENT, Key::of::<Unit>(place, parent)));
    let policies = attachments.iter().flat_map(|attachments| &attachments.policies);
    let attached = policies.map(|policy| Relation::new(ATTACHED, Key::of::<Policy>(place, policy.as_str())));
    parent.into_iter().chain(attached).collect()
}
