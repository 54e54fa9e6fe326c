//! AWS's managed policies: those that people build on, `arn:aws:iam::aws:policy/NAME`.
//!
//! Names, paths and purposes are AWS's. The documents are our own: they name the actions of the services that
//! matter here, one version each, and are no copies of AWS's ever-growing lists.

mod table;

use std::sync::OnceLock;

use bastide_ids::{Partition, Timestamp};
use bastide_policy::{Attached, MalformedPolicy, PolicyKind};

use crate::model::PolicyText;

/// A managed policy of AWS's.
pub(crate) struct AwsManaged {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) description: &'static str,
    created: &'static str,
    document: &'static str,
    /// A partition each, since ARNs name it.
    texts: [OnceLock<PolicyText>; 4],
}

impl AwsManaged {
    const fn new(
        name: &'static str,
        path: &'static str,
        id: &'static str,
        created: &'static str,
        description: &'static str,
        document: &'static str,
    ) -> Self {
        Self { name, path, id, description, created, document, texts: [const { OnceLock::new() }; 4] }
    }

    /// All of them, in the order of their names.
    pub(crate) fn all() -> &'static [Self] {
        &table::TABLE
    }

    /// The one with this ARN, in any partition.
    pub(crate) fn by_arn(arn: &str) -> Option<&'static Self> {
        let (partition, rest) = arn.strip_prefix("arn:")?.split_once(":iam::aws:policy/")?;
        if !["aws", "aws-cn", "aws-us-gov", "aws-eusc"].contains(&partition) {
            return None;
        }
        Self::all().iter().find(|policy| {
            let path = policy.path.strip_prefix('/').unwrap_or(policy.path);
            rest.strip_prefix(path) == Some(policy.name)
        })
    }

    pub(crate) fn arn(&self, partition: Partition) -> String {
        format!("arn:{partition}:iam::aws:policy{}{}", self.path, self.name)
    }

    pub(crate) fn created(&self) -> Timestamp {
        Timestamp::parse_iso8601(self.created).unwrap_or_default()
    }

    pub(crate) fn text(&self, partition: Partition) -> &PolicyText {
        let index = match partition {
            Partition::Aws => 0,
            Partition::AwsCn => 1,
            Partition::AwsUsGov => 2,
            Partition::AwsEusc => 3,
        };
        let [first, ..] = &self.texts;
        let text = self.texts.get(index).unwrap_or(first);
        text.get_or_init(|| PolicyText::new(self.document.replace("arn:aws:", &format!("arn:{partition}:"))))
    }

    /// The compiled document under its ARN.
    pub(crate) fn attached(&self, partition: Partition) -> Result<&Attached, MalformedPolicy> {
        let text = self.text(partition);
        match text.compiled() {
            Some(attached) => Ok(attached),
            None => text.attached(PolicyKind::Managed, &self.arn(partition)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_a_policy() {
        for policy in AwsManaged::all() {
            for partition in [Partition::Aws, Partition::AwsCn] {
                let arn = policy.arn(partition);
                assert!(policy.attached(partition).is_ok(), "{arn}");
                assert!(PolicyText::counted(policy.document) <= 10_240, "{arn}");
                assert!(AwsManaged::by_arn(&arn).is_some_and(|found| std::ptr::eq(found, policy)), "{arn}");
            }
            assert!(policy.created() > Timestamp::from_seconds(0), "{}", policy.name);
        }
        let denied = AwsManaged::by_arn("arn:aws:iam::aws:policy/ViewOnlyAccess");
        assert!(denied.is_none(), "its path is missing");
    }
}
