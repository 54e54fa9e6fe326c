use std::sync::{Arc, OnceLock};

use bastide_policy::{Attached, MalformedPolicy, PolicyKind};
use bastide_resources::{Resource, Stored};
use serde::{Deserialize, Serialize};

use super::{PolicyType, Tags};

/// A policy of an organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Policy {
    /// `p-…`
    pub(crate) id: String,
    /// Its type.
    pub(crate) kind: PolicyType,
    /// Its name, unique within its type.
    pub(crate) name: String,
    /// Its description; may be empty.
    pub(crate) description: String,
    /// The document.
    pub(crate) content: String,
    /// Its tags.
    pub(crate) tags: Tags,
    #[serde(skip)]
    pub(crate) compiled: Compiled,
}

/// A document in IAM's language, compiled when it is first needed.
#[derive(Default)]
pub(crate) struct Compiled(OnceLock<Attached>);

impl Clone for Compiled {
    /// A changed policy is compiled anew.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Compiled")
    }
}

/// A policy that AWS manages: every organization has it.
pub(crate) struct AwsManaged {
    /// `p-FullAWSAccess`
    pub(crate) id: &'static str,
    /// Its type.
    pub(crate) kind: PolicyType,
    /// Its name.
    pub(crate) name: &'static str,
    /// Its description.
    pub(crate) description: &'static str,
    /// The document.
    pub(crate) content: &'static str,
    compiled: Compiled,
}

/// The policies that AWS manages.
pub(crate) static AWS_MANAGED: [AwsManaged; 2] = [
    AwsManaged {
        id: "p-FullAWSAccess",
        kind: PolicyType::ServiceControlPolicy,
        name: "FullAWSAccess",
        description: "Allows access to every operation",
        content: r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}"#,
        compiled: Compiled(OnceLock::new()),
    },
    AwsManaged {
        id: "p-RCPFullAWSAccess",
        kind: PolicyType::ResourceControlPolicy,
        name: "RCPFullAWSAccess",
        description: "Allows access to every operation",
        content: r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": "*",
      "Action": "*",
      "Resource": "*"
    }
  ]
}"#,
        compiled: Compiled(OnceLock::new()),
    },
];

/// A policy, whoever manages it.
#[derive(Clone)]
pub(crate) enum PolicyRef {
    /// AWS does.
    Aws(&'static AwsManaged),
    /// The organization does.
    Own(Arc<Stored<Policy>>),
}

impl AwsManaged {
    /// The one with this id.
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        AWS_MANAGED.iter().find(|policy| policy.id == id)
    }

    /// Its ARN: it belongs to no account.
    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:organizations::aws:policy/{}/{}", self.kind.as_str().to_lowercase(), self.id)
    }
}

impl PolicyRef {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Aws(policy) => policy.id,
            Self::Own(policy) => &policy.id,
        }
    }

    pub(crate) fn kind(&self) -> PolicyType {
        match self {
            Self::Aws(policy) => policy.kind,
            Self::Own(policy) => policy.kind,
        }
    }

    /// Its tags; AWS's have none.
    pub(crate) fn tags(&self) -> &[(String, String)] {
        match self {
            Self::Aws(_) => &[],
            Self::Own(policy) => &policy.tags,
        }
    }

    /// The compiled policy under its id; `None` for a type that is not in IAM's language.
    ///
    /// # Errors
    /// [`MalformedPolicy`] when it was stored by a program that read the language differently.
    pub(crate) fn attached(&self) -> Result<Option<Attached>, MalformedPolicy> {
        let Some(language) = self.kind().language() else { return Ok(None) };
        let (compiled, content) = match self {
            Self::Aws(policy) => (&policy.compiled, policy.content),
            Self::Own(policy) => (&policy.compiled, policy.content.as_str()),
        };
        compiled.attached(self.id(), content, language).map(Some)
    }
}

impl Compiled {
    fn attached(&self, id: &str, content: &str, kind: PolicyKind) -> Result<Attached, MalformedPolicy> {
        if let Some(attached) = self.0.get() {
            return Ok(attached.clone());
        }
        let attached = Attached::new(id, bastide_policy::Policy::parse(content, kind)?);
        Ok(self.0.get_or_init(|| attached).clone())
    }
}

impl Resource for Policy {
    const TYPE: &'static str = "org.policy";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_manages_can_be_read() {
        for policy in &AWS_MANAGED {
            assert!(PolicyRef::Aws(policy).attached().unwrap().is_some(), "{}", policy.id);
            assert_eq!(policy.kind.default_policy(), Some(policy.id));
        }
    }
}
