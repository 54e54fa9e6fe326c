//! GetFederationToken: a session for somebody whom the caller vouches for.

use bastide_door::{Failure, Permitted, Resource};
use bastide_policy::Principal;
use bastide_shape::Document;

use super::issue::{NewSession, issue, seconds};
use super::token::{Kept, SessionPolicies, federated_user};
use super::{require_long_term, session_policies, session_tags};
use crate::model::home_of;

/// Twelve hours, in seconds.
const DEFAULT: i64 = 43_200;

/// The session may do what the caller may and its own policies allow; without policies, nothing but what
/// resources' policies allow it by name.
pub(super) async fn federation_token(call: &mut Permitted) -> Result<Document, Failure> {
    require_long_term(call)?;
    let tags = session_tags::of(call.input(), call.caller())?;
    if !tags.tags.is_empty() {
        let resource = Resource::new(arn(call), "");
        call.require("sts:TagSession", &resource).await?;
    }
    let caller = call.caller();
    let broken = || Failure::internal("the caller has no ARN");
    let home = home_of(caller.arn()).ok_or_else(broken)?;
    let policies = session_policies::passed(call, &home).await?;
    let percent = session_policies::packed_size(call.input())?;
    let name = call.input().text("Name");
    let principal = federated_user(caller.account, name, caller.arn()).ok_or_else(broken)?;
    let user = Document::new().with("FederatedUserId", id_of(&principal)).with("Arn", principal.arn());
    let policies = match policies {
        None => SessionPolicies::default(),
        some => session_policies::without_iam(some),
    };
    let new = NewSession {
        principal,
        account: caller.account,
        seconds: seconds(call, DEFAULT),
        mfa: None,
        tags: tags.tags,
        source_identity: None,
        issuer_id: caller.user_id().to_owned(),
        kept: Kept { policies: Some(policies), transitive: Vec::new() },
    };
    issue(
        call,
        new,
        Document::new().with("FederatedUser", user).with("PackedPolicySize", percent.unwrap_or(0)),
    )
}

fn arn(call: &Permitted) -> String {
    call.resources().first().map(|resource| resource.arn.clone()).unwrap_or_default()
}

fn id_of(principal: &Principal) -> &str {
    match principal {
        Principal::FederatedUser { user_id, .. } => user_id,
        _ => "",
    }
}
