use bastide_resources::Resource;
use serde::{Deserialize, Serialize};

use super::PolicyType;

/// Holds a name, so that nothing else takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Name {
    /// The id of what has it.
    pub(crate) id: String,
}

impl Name {
    /// The id for a unit's name, unique within its parent.
    pub(crate) fn unit(parent: &str, name: &str) -> String {
        format!("ou/{parent}/{name}")
    }

    /// The id for a policy's name, unique within its type.
    pub(crate) fn policy(kind: PolicyType, name: &str) -> String {
        format!("policy/{}/{name}", kind.as_str())
    }
}

impl Resource for Name {
    const TYPE: &'static str = "org.name";
    const HISTORY: bool = false;
}
