//! The policies that are passed when a session is made.

use bastide_api_sts::errors as sts;
use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_policy::{Policy, PolicyKind};
use bastide_shape::Document;
use serde_json::{Value, json};

use super::token::SessionPolicies;
use crate::aws_managed::AwsManaged;
use crate::lookup::by_arn;
use crate::model::{ManagedPolicy, PolicyText};

/// So many managed policies may be passed. Source: STS API, AssumeRole.
const MOST_MANAGED: usize = 10;
/// So many characters may inline and managed policies have together. Source: as above.
const PLAIN: usize = 2048;
/// So many bytes may policies and tags have together when packed. AWS does not tell its own form and limit; here
/// it is the policy without white space, the ARNs and the tags.
const PACKED: usize = 4096;

/// The policies that a call passes; `None` when it passes none. Managed policies are those of the account that
/// the session will be in.
///
/// # Errors
/// `MalformedPolicyDocument`; `ValidationError` for managed policies that are too many or do not exist.
pub(super) async fn passed(call: &Permitted, home: &Place) -> Result<Option<SessionPolicies>, Failure> {
    let input = call.input();
    let managed: Vec<&str> = input.maps("PolicyArns").filter_map(|policy| policy.str("arn")).collect();
    if managed.len() > MOST_MANAGED {
        let message = format!("At most {MOST_MANAGED} managed session policies can be passed.");
        return Err(Failure::validation(message));
    }
    for arn in &managed {
        if AwsManaged::by_arn(arn).is_none()
            && by_arn::<ManagedPolicy>(call.store(), home, arn).await?.is_none()
        {
            return Err(Failure::validation(format!("Policy {arn} does not exist or is not attachable.")));
        }
    }
    let inline = input.str("Policy");
    if let Some(text) = inline {
        let malformed = |why: bastide_policy::MalformedPolicy| {
            Failure::new(&sts::MalformedPolicyDocumentException, why.message())
        };
        Policy::parse(text, PolicyKind::Session).map_err(malformed)?;
    }
    if inline.is_none() && managed.is_empty() {
        return Ok(None);
    }
    let managed = managed.into_iter().map(str::to_owned).collect();
    Ok(Some(SessionPolicies { inline: inline.map(PolicyText::new), managed }))
}

/// `PackedPolicySize`: how much of their space the policies and tags of a call take, in percent; `None` when it
/// passes neither.
///
/// # Errors
/// `PackedPolicyTooLarge` above 100.
pub(super) fn packed_size(input: &Document) -> Result<Option<i64>, Failure> {
    let inline = input.str("Policy").unwrap_or_default();
    let managed: usize = input.maps("PolicyArns").map(|policy| policy.text("arn").len()).sum();
    let tags: usize = input.maps("Tags").map(|tag| tag.text("Key").len() + tag.text("Value").len()).sum();
    let plain = inline.chars().count() + managed;
    let packed = PolicyText::counted(inline) + managed + tags;
    if packed == 0 {
        return Ok(None);
    }
    let percent = (plain * 100).div_ceil(PLAIN).max((packed * 100).div_ceil(PACKED));
    if percent > 100 {
        let message =
            format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.");
        return Err(Failure::new(&sts::PackedPolicyTooLargeException, message));
    }
    Ok(i64::try_from(percent).ok())
}

/// The policies of a session that may not call IAM: one without a second factor, or of a federated user.
/// Source: STS API, GetSessionToken and GetFederationToken.
pub(super) fn without_iam(policies: Option<SessionPolicies>) -> SessionPolicies {
    let deny = json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*" });
    let Some(SessionPolicies { inline, managed }) = policies else {
        let allow = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        let text = json!({ "Version": "2012-10-17", "Statement": [allow, deny] }).to_string();
        return SessionPolicies { inline: Some(PolicyText::new(text)), managed: Vec::new() };
    };
    let given = inline.as_ref().and_then(|inline| serde_json::from_str::<Value>(inline.text()).ok());
    let mut policy = given.unwrap_or_else(|| json!({ "Version": "2012-10-17", "Statement": [] }));
    if let Some(statement) = policy.get_mut("Statement") {
        *statement = match statement.take() {
            Value::Array(mut statements) => {
                statements.push(deny);
                Value::Array(statements)
            }
            one => json!([one, deny]),
        };
    }
    SessionPolicies { inline: Some(PolicyText::new(policy.to_string())), managed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inline(policies: &SessionPolicies) -> Policy {
        Policy::parse(policies.inline.as_ref().unwrap().text(), PolicyKind::Session).unwrap()
    }

    #[test]
    fn iam_is_taken_out_of_any_policy() {
        assert_eq!(inline(&without_iam(None)).statements().len(), 2);
        for text in [
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        ] {
            let given = SessionPolicies { inline: Some(PolicyText::new(text)), managed: vec!["m".into()] };
            let made = without_iam(Some(given));
            assert_eq!(inline(&made).statements().len(), 2, "{text}");
            assert_eq!(made.managed, ["m"]);
        }
        let managed = SessionPolicies { inline: None, managed: vec!["m".into()] };
        assert_eq!(inline(&without_iam(Some(managed))).statements().len(), 1);
    }

    #[test]
    fn policies_and_tags_have_their_space() {
        let policy = |length: usize| Document::new().with("Policy", "x".repeat(length));
        assert_eq!(packed_size(&Document::new()).unwrap(), None);
        assert_eq!(packed_size(&policy(1024)).unwrap(), Some(50));
        assert_eq!(packed_size(&policy(2048)).unwrap(), Some(100));
        assert!(packed_size(&policy(2049)).unwrap_err().is(&sts::PackedPolicyTooLargeException));
        let tag = Document::new().with("Key", "k".repeat(128)).with("Value", "v".repeat(256));
        let tags = |count| Document::new().with("Tags", vec![tag.clone(); count]);
        assert_eq!(packed_size(&tags(10)).unwrap(), Some(94));
        assert!(packed_size(&tags(11)).is_err());
    }
}
