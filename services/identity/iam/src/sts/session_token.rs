//! GetSessionToken: a session of the caller itself, mostly to show a second factor once for many calls.

use bastide_door::{Failure, Permitted};
use bastide_policy::Principal;
use bastide_shape::Document;

use super::issue::{NewSession, issue, seconds};
use super::token::Kept;
use super::{mfa, require_long_term, session_policies};

/// Twelve hours, in seconds.
const DEFAULT: i64 = 43_200;

pub(super) async fn session_token(call: &mut Permitted) -> Result<Document, Failure> {
    require_long_term(call)?;
    let mfa = mfa::use_up(call).await?.then(|| call.now());
    let principal: Principal = call.caller().principal.clone();
    let new = NewSession {
        principal,
        account: call.caller().account,
        seconds: seconds(call, DEFAULT),
        mfa,
        tags: Vec::new(),
        source_identity: None,
        issuer_id: String::new(),
        kept: Kept {
            policies: mfa.is_none().then(|| session_policies::without_iam(None)),
            transitive: Vec::new(),
        },
    };
    issue(call, new, Document::new())
}
