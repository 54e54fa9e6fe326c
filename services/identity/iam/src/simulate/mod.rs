//! What would be decided: `SimulatePrincipalPolicy`, `SimulateCustomPolicy`, and the context keys that policies
//! read.

mod sources;

use bastide_door::{Failure, Permitted};
use bastide_ids::{AccountId, Arn};
use bastide_policy::{
    ContextMap, ContextSource, Decision, Matched, Policy, PolicyKind, Position, Request, Simulation, Values,
    simulate,
};
use bastide_shape::{Document, Value};

use crate::errors::invalid;
use crate::paging::{Paging, finish};
use sources::Sources;

pub(crate) async fn principal(call: &mut Permitted) -> Result<Document, Failure> {
    let sources = Sources::of_principal(call).await?;
    answer(call.input(), &sources)
}

pub(crate) async fn custom(call: &mut Permitted) -> Result<Document, Failure> {
    let sources = Sources::given(call).await?;
    answer(call.input(), &sources)
}

pub(crate) async fn custom_keys(call: &mut Permitted) -> Result<Document, Failure> {
    let mut keys = Vec::new();
    given_keys(call.input(), &mut keys)?;
    Ok(keys_answer(keys))
}

pub(crate) async fn principal_keys(call: &mut Permitted) -> Result<Document, Failure> {
    let sources = Sources::of_entity(call).await?;
    let mut keys = Vec::new();
    for policy in &sources.identity {
        add_keys(&policy.policy, &mut keys);
    }
    given_keys(call.input(), &mut keys)?;
    Ok(keys_answer(keys))
}

fn given_keys(input: &Document, keys: &mut Vec<String>) -> Result<(), Failure> {
    for text in input.strings("PolicyInputList") {
        add_keys(&parse(text, PolicyKind::Identity)?, keys);
    }
    Ok(())
}

fn add_keys(policy: &Policy, keys: &mut Vec<String>) {
    for key in policy.context_keys() {
        if !keys.iter().any(|known| known.eq_ignore_ascii_case(key)) {
            keys.push(key.to_owned());
        }
    }
}

fn keys_answer(keys: Vec<String>) -> Document {
    Document::new().with("ContextKeyNames", keys)
}

/// A policy that a call gives, which is not stored: hence another error than that of stored ones.
fn parse(text: &str, kind: PolicyKind) -> Result<Policy, Failure> {
    Policy::parse(text, kind).map_err(|refusal| invalid(refusal.message()))
}

/// Decides every action on every resource that a call names.
fn answer(input: &Document, sources: &Sources) -> Result<Document, Failure> {
    let context = context(input)?;
    let named: Vec<&str> = input.strings("ResourceArns").collect();
    let resources: &[&str] = if named.is_empty() { &["*"] } else { &named };
    let owner = input.str("ResourceOwner").map(owner).transpose()?;
    let mut questions = Vec::new();
    for action in input.strings("ActionNames") {
        if !is_action(action) {
            return Err(invalid(format!("Invalid Action: {action} is not a valid action name.")));
        }
        for resource in resources {
            questions.push((questions.len().to_string(), action, *resource));
        }
    }
    let (page, next) = Paging::of(input)?.cut(&questions, |(key, _, _)| key);
    let mut results = Vec::with_capacity(page.len());
    for (_, action, resource) in page {
        let context: &dyn ContextSource = if sources.nobody { &Only(&context) } else { &context };
        let request =
            Request { principal: &sources.principal, action, resource, resource_account: owner, context };
        let simulation = simulate(&request, &sources.layers());
        results.push(shown(action, resource, !named.is_empty(), &simulation, sources));
    }
    Ok(finish(Document::new().with("EvaluationResults", results), next.as_deref()))
}

/// `service:Name`, without wildcards.
fn is_action(action: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    action.split_once(':').is_some_and(|(service, name)| word(service) && word(name))
}

fn owner(arn: &str) -> Result<AccountId, Failure> {
    let account = Arn::parse(arn).ok().and_then(|arn| AccountId::parse(arn.account).ok());
    let account = account.or_else(|| AccountId::parse(arn).ok());
    account.ok_or_else(|| invalid(format!("Invalid ResourceOwner: {arn} is not the ARN of an account.")))
}

/// The condition keys that a call gives.
fn context(input: &Document) -> Result<ContextMap, Failure> {
    let mut context = ContextMap::new();
    for entry in input.maps("ContextEntries") {
        let Some(name) = entry.str("ContextKeyName") else {
            return Err(invalid("Invalid ContextEntries: ContextKeyName is missing."));
        };
        let values: Vec<&str> = entry.strings("ContextKeyValues").collect();
        let list = entry.str("ContextKeyType").is_some_and(|kind| kind.ends_with("List"));
        if !list && values.len() > 1 {
            return Err(invalid(format!(
                "Invalid ContextEntries: {name} is not a list and has several values."
            )));
        }
        context.set(name, values);
    }
    Ok(context)
}

/// These keys and no others, not even those that follow from who calls: nobody does.
struct Only<'a>(&'a ContextMap);

impl ContextSource for Only<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        Some(self.0.values(key).unwrap_or(Values::Strs(&[])))
    }
}

fn shown(
    action: &str,
    resource: &str,
    specific: bool,
    simulation: &Simulation<'_>,
    sources: &Sources,
) -> Document {
    let decision = match simulation.decision {
        Decision::Allow { .. } => "allowed",
        Decision::ExplicitDeny { .. } => "explicitDeny",
        Decision::ImplicitDeny { .. } => "implicitDeny",
    };
    let matched: Vec<Document> =
        simulation.matched.iter().map(|matched| statement(matched, sources)).collect();
    let missing: Vec<Value> = simulation.missing.iter().map(|key| Value::from(*key)).collect();
    let boundary = simulation
        .allowed_by_boundary
        .map(|allowed| Document::new().with("AllowedByPermissionsBoundary", allowed));
    let organization = simulation
        .allowed_by_organizations
        .map(|allowed| Document::new().with("AllowedByOrganizations", allowed));
    let on_resource = specific.then(|| {
        let one = Document::new()
            .with("EvalResourceName", resource)
            .with("EvalResourceDecision", decision)
            .with("MatchedStatements", matched.clone())
            .with("MissingContextValues", missing.clone())
            .maybe("PermissionsBoundaryDecisionDetail", boundary.clone());
        vec![one]
    });
    Document::new()
        .with("EvalActionName", action)
        .with("EvalResourceName", resource)
        .with("EvalDecision", decision)
        .with("MatchedStatements", matched)
        .with("MissingContextValues", missing)
        .maybe("OrganizationsDecisionDetail", organization)
        .maybe("PermissionsBoundaryDecisionDetail", boundary)
        .maybe("ResourceSpecificResults", on_resource)
}

fn statement(matched: &Matched<'_>, sources: &Sources) -> Document {
    let position =
        |position: Position| Document::new().with("Line", position.line).with("Column", position.column);
    let name = matched.statement.policy;
    Document::new()
        .with("SourcePolicyId", name)
        .with("SourcePolicyType", sources.kind(name))
        .with("StartPosition", position(matched.start))
        .with("EndPosition", position(matched.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_and_owners() {
        assert!(is_action("s3:GetObject") && is_action("access-analyzer:ListFindings"));
        for bad in ["s3:*", "s3", "s3:", ":x", "s3:Get Object", "s3:a:b"] {
            assert!(!is_action(bad), "{bad}");
        }
        assert_eq!(owner("arn:aws:iam::111122223333:root").unwrap().as_str(), "111122223333");
        assert!(owner("somebody").is_err());
    }

    #[test]
    fn nobody_has_no_keys() {
        let context = ContextMap::new().with("aws:SourceIp", "192.0.2.1");
        assert_eq!(Only(&context).values("aws:username").unwrap().len(), 0);
        assert_eq!(Only(&context).values("aws:sourceip").unwrap().len(), 1);
    }
}
