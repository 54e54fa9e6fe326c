//! STS: temporary credentials. Nothing is stored: a session is its token, sealed so that only Bastide reads it.

mod assume_role;
pub mod authorization_message;
mod callers;
mod federation_token;
mod issue;
mod mfa;
mod resolver;
mod session_policies;
mod session_tags;
mod session_token;
#[cfg(test)]
mod tests;
pub mod token;

use bastide_api_sts::{STS, operations as rows};
use bastide_door::{Caller, Failure, Handler, Permitted, Room, handler};
use bastide_policy::Principal;
use bastide_shape::Operation;

/// STS as the door knows it.
#[must_use]
pub fn room() -> Room {
    Room { service: &STS, handlers: HANDLERS, resolver: resolver::resolve }
}

static HANDLERS: &[(&Operation, Handler)] = &[
    (&rows::GetCallerIdentity, handler!(callers::caller_identity)),
    (&rows::GetAccessKeyInfo, handler!(callers::access_key_info)),
    (&rows::DecodeAuthorizationMessage, handler!(authorization_message::decode_authorization_message)),
    (&rows::AssumeRole, handler!(assume_role::assume_role)),
    (&rows::GetSessionToken, handler!(session_token::session_token)),
    (&rows::GetFederationToken, handler!(federation_token::federation_token)),
];

/// Refuses those whom AWS lets make no other session and ask nothing but who they are: sessions of users and of
/// root, and federated users.
fn refuse_sessions_of_users(call: &Permitted) -> Result<(), Failure> {
    let Caller { principal, session, .. } = call.caller();
    let refused = match principal {
        Principal::User { .. } | Principal::Root { .. } => session.is_some(),
        Principal::FederatedUser { .. } => true,
        _ => false,
    };
    if refused { Err(with_session(call)) } else { Ok(()) }
}

/// Refuses everybody but users and root with their long-term keys.
fn require_long_term(call: &Permitted) -> Result<(), Failure> {
    let long_term = matches!(call.caller().principal, Principal::User { .. } | Principal::Root { .. });
    if long_term && call.caller().session.is_none() { Ok(()) } else { Err(with_session(call)) }
}

fn with_session(call: &Permitted) -> Failure {
    Failure::denied(format!("Cannot call {} with session credentials", call.operation().name))
}
