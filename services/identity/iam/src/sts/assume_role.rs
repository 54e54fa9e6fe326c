//! AssumeRole: a session of a role, for whom the role trusts.

use bastide_door::{Failure, Permitted};
use bastide_policy::{ContextMap, Layers, Principal, Request, ResourceRule, decide};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::issue::{NewSession, issue};
use super::session_tags::{self, SessionTags};
use super::token::{Kept, assumed_role};
use super::{mfa, session_policies};
use crate::errors::unreadable;
use crate::model::{Entity as _, Role};

/// An hour, in seconds: the default, and the most for a role that is assumed from a role.
const HOUR: i64 = 3600;

/// The door has asked the role's trust policy and the caller's own policies.
pub(super) async fn assume_role(call: &mut Permitted) -> Result<Document, Failure> {
    let role = call.resource::<Stored<Role>>()?;
    let arn = role.arn(&role.key.place);
    match &call.caller().principal {
        // A service's calls are not held against policies, but a role is assumed by whom it trusts only.
        Principal::Service { .. } => trusts_service(call, &role, &arn)?,
        Principal::FederatedUser { .. } => return Err(super::with_session(call)),
        _ => {}
    }
    if call.input().value("ProvidedContexts").is_some() {
        return Err(Failure::validation("ProvidedContexts name a context provider that is not known here."));
    }
    let seconds = seconds(call, &role)?;
    let tags = session_tags::of(call.input(), call.caller())?;
    if !tags.tags.is_empty() {
        require(call, "sts:TagSession").await?;
    }
    let source_identity = source_identity(call)?;
    if source_identity.is_some() {
        require(call, "sts:SetSourceIdentity").await?;
    }
    let policies = session_policies::passed(call, &role.key.place).await?;
    let percent = session_policies::packed_size(call.input())?;
    let mfa = mfa::use_up(call).await?.then(|| call.now());

    let account = role.key.place.account;
    let name = call.input().text("RoleSessionName");
    let principal = assumed_role(account, &arn, &role.id, name);
    let principal = principal.ok_or_else(|| Failure::internal(format!("{arn} is no role's ARN")))?;
    let user =
        Document::new().with("AssumedRoleId", format!("{}:{name}", role.id)).with("Arn", principal.arn());
    let rest = Document::new()
        .with("AssumedRoleUser", user)
        .maybe("PackedPolicySize", percent)
        .maybe("SourceIdentity", source_identity.as_deref());
    let SessionTags { tags, transitive } = tags;
    let new = NewSession {
        principal,
        account,
        seconds,
        mfa,
        tags,
        source_identity,
        issuer_id: String::new(),
        kept: Kept { policies, transitive },
    };
    issue(call, new, rest)
}

/// Asks for an action besides the operation's own, by the same policies.
async fn require(call: &Permitted, action: &str) -> Result<(), Failure> {
    let resource = call.resources().first().ok_or_else(|| Failure::internal("no role was resolved"))?;
    call.require(action, resource).await
}

fn seconds(call: &Permitted, role: &Role) -> Result<i64, Failure> {
    let seconds = call.input().int("DurationSeconds");
    if matches!(call.caller().principal, Principal::AssumedRole { .. }) && seconds > Some(HOUR) {
        let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
        return Err(Failure::validation(message));
    }
    if seconds > Some(role.max_session.into()) {
        let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(Failure::validation(message));
    }
    Ok(seconds.unwrap_or(HOUR))
}

/// The source identity that the call sets, or that the caller's session has: once set, it stays.
fn source_identity(call: &Permitted) -> Result<Option<String>, Failure> {
    let given = call.input().str("SourceIdentity");
    let inherited = call.caller().session.as_ref().and_then(|session| session.source_identity.as_deref());
    match (given, inherited) {
        (Some(given), Some(inherited)) if given != inherited => Err(Failure::denied(
            "The source identity of a session can't be changed by the sessions made from it.",
        )),
        (Some(given), _) if given.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) => {
            Err(Failure::validation("SourceIdentity may not begin with aws:."))
        }
        (given, inherited) => Ok(given.or(inherited).map(str::to_owned)),
    }
}

fn trusts_service(call: &Permitted, role: &Role, arn: &str) -> Result<(), Failure> {
    let trust = role.trust.attached(arn);
    let trust = trust.map_err(|refusal| unreadable(arn, &refusal))?;
    let context = ContextMap::new()
        .with("sts:RoleSessionName", call.input().text("RoleSessionName"))
        .with("aws:SourceAccount", call.caller().account.as_str());
    let request = Request {
        principal: &call.caller().principal,
        action: "sts:AssumeRole",
        resource: arn,
        resource_account: None,
        context: &context,
    };
    let layers = Layers { resource: Some(trust), rule: ResourceRule::ResourceMustTrust, ..Layers::default() };
    let decision = decide(&request, &layers);
    decision.message(&request).map_or(Ok(()), |message| Err(Failure::denied(message)))
}
