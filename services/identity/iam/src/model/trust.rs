use std::fmt;
use std::sync::OnceLock;

use bastide_policy::{Attached, MalformedPolicy, Policy, PolicyKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A role's trust policy. The users and roles that it names are held by their unique ids, as in AWS: whoever
/// takes the name of one that was deleted is not trusted, and one that was renamed still is.
#[derive(Clone, Serialize, Deserialize)]
pub struct TrustPolicy {
    document: String,
    /// ARNs that the document names, with the unique ids that they had when it was stored.
    principals: Vec<(String, String)>,
    #[serde(skip)]
    compiled: OnceLock<Attached>,
}

impl TrustPolicy {
    /// A document that [`Policy::parse`] has accepted, and the unique ids of the users and roles that it names.
    #[must_use]
    pub fn new(document: impl Into<String>, principals: Vec<(String, String)>) -> Self {
        Self { document: document.into(), principals, compiled: OnceLock::new() }
    }

    /// The document as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.document
    }

    /// The compiled policy, under the name by which decisions tell it when it is first asked for.
    ///
    /// # Errors
    /// [`MalformedPolicy`] when it was stored by a program that read the language differently.
    pub fn attached(&self, name: &str) -> Result<&Attached, MalformedPolicy> {
        if let Some(attached) = self.compiled.get() {
            return Ok(attached);
        }
        let policy = match self.with_ids() {
            Some(text) => Policy::parse(&text, PolicyKind::Trust)?,
            None => Policy::parse(&self.document, PolicyKind::Trust)?,
        };
        Ok(self.compiled.get_or_init(|| Attached::new(name, policy)))
    }

    /// The document with unique ids for the principals that have one. Only principals: elsewhere, as in a
    /// condition, an ARN is a text like any other.
    fn with_ids(&self) -> Option<String> {
        if self.principals.is_empty() {
            return None;
        }
        let mut document: Value = serde_json::from_str(&self.document).ok()?;
        let replace = |value: &mut Value| {
            let found = self.principals.iter().find(|(arn, _)| value.as_str() == Some(arn));
            if let Some((_, id)) = found {
                *value = Value::String(id.clone());
            }
        };
        for statement in each(document.get_mut("Statement")?) {
            for element in ["Principal", "NotPrincipal"] {
                if let Some(named) = statement.get_mut(element).and_then(|element| element.get_mut("AWS")) {
                    each(named).iter_mut().for_each(replace);
                }
            }
        }
        Some(document.to_string())
    }
}

/// The values of a list, or the one that stands for a list of one.
fn each(value: &mut Value) -> &mut [Value] {
    match value {
        Value::Array(values) => values,
        one => std::slice::from_mut(one),
    }
}

impl fmt::Debug for TrustPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.document.fmt(f)
    }
}

impl PartialEq for TrustPolicy {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document && self.principals == other.principals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_principals_become_ids() {
        let arn = "arn:aws:iam::111122223333:user/alice";
        let document = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": {{"AWS": ["{arn}", "arn:aws:iam::111122223333:user/bob"]}},
                "Condition": {{"ArnEquals": {{"aws:PrincipalArn": "{arn}"}}}}}}}}"#
        );
        let trust = TrustPolicy::new(document, vec![(arn.to_owned(), "AIDAALICE0000000EXAMPLE".to_owned())]);
        let text: Value = serde_json::from_str(&trust.with_ids().unwrap()).unwrap();
        let principals = &text["Statement"]["Principal"]["AWS"];
        assert_eq!(principals[0], "AIDAALICE0000000EXAMPLE");
        assert_eq!(principals[1], "arn:aws:iam::111122223333:user/bob");
        assert_eq!(text["Statement"]["Condition"]["ArnEquals"]["aws:PrincipalArn"], arn);
        assert!(trust.attached("role").is_ok());
    }
}
