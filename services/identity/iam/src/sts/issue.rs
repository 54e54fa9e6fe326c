//! Makes the credentials of a session.

use std::sync::Arc;
use std::time::Duration;

use bastide_door::{Caller, Failure, Permitted, Session};
use bastide_ids::{AccountId, Timestamp, UniqueId, alphanumeric};
use bastide_policy::Principal;
use bastide_shape::Document;
use zeroize::Zeroizing;

use super::token::{self, Kept, Token};
use crate::access_key_id;

/// The longest session of the root user, in seconds. Source: STS API, GetSessionToken.
const LONGEST_OF_ROOT: i64 = 3600;

/// A session that is to be.
pub(super) struct NewSession {
    /// Who it will be.
    pub(super) principal: Principal,
    /// The account of its credentials.
    pub(super) account: AccountId,
    /// How long it holds, in seconds.
    pub(super) seconds: i64,
    /// When a second factor was shown.
    pub(super) mfa: Option<Timestamp>,
    /// Session tags.
    pub(super) tags: Vec<(String, String)>,
    /// The source identity.
    pub(super) source_identity: Option<String>,
    /// The unique id of the user who asks for a federation token.
    pub(super) issuer_id: String,
    /// Its policies, and which tags go on.
    pub(super) kept: Kept,
}

/// Makes the credentials and adds them to the answer. The record gets the key's id and the expiration: neither
/// the secret nor the token.
pub(super) fn issue(call: &mut Permitted, new: NewSession, rest: Document) -> Result<Document, Failure> {
    let issued = call.now().truncated_to_seconds();
    let expires = issued.plus(Duration::from_secs(new.seconds.unsigned_abs()));
    let id = access_key_id::generate(UniqueId::TemporaryAccessKey, new.account);
    let secret = Zeroizing::new(alphanumeric(40));
    let session = Session {
        issued,
        expires,
        mfa: new.mfa,
        tags: new.tags,
        source_identity: new.source_identity,
        issuer_id: new.issuer_id,
        kept: Some(Arc::new(new.kept)),
    };
    let caller = Caller {
        principal: new.principal,
        account: new.account,
        access_key_id: Some(id.clone()),
        session: Some(session),
    };
    let least = call.input().int("MinimumSessionTokenSize");
    let least_size = least.and_then(|least| usize::try_from(least).ok()).unwrap_or(0);
    let token = token::seal(call.sealer(), &Token { secret: secret.clone(), caller }, least_size)?;
    let size = least.and_then(|_| i64::try_from(token.len()).ok());
    let shown = Document::new().with("AccessKeyId", id).with("Expiration", expires);
    call.record_response(Document::new().with("Credentials", shown.clone()).and(rest.clone()));
    let whole = shown.with("SecretAccessKey", secret.as_str()).with("SessionToken", token);
    Ok(Document::new().with("Credentials", whole).and(rest).maybe("SessionTokenSize", size))
}

/// How long a session is to hold: what is asked for, or else the default; for root at most an hour.
pub(super) fn seconds(call: &Permitted, default: i64) -> i64 {
    let seconds = call.input().int("DurationSeconds").unwrap_or(default);
    match call.caller().principal {
        Principal::Root { .. } => seconds.min(LONGEST_OF_ROOT),
        _ => seconds,
    }
}

/// Joins two documents.
trait And {
    fn and(self, other: Document) -> Document;
}

impl And for Document {
    fn and(self, other: Document) -> Document {
        self.into_iter().chain(other).collect()
    }
}
