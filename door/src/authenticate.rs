//! Who calls? Signature Version 4, or in dev mode whatever the request says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bastide_ids::{AccountId, Region, Timestamp};
use bastide_sigv4::{
    AuthFailure, Body, ChunkDecoder, ChunkLimits, Expected, Presented, Scope, SigningKey, verify,
};
use bytes::{Bytes, BytesMut};
use http::request::Parts;

use crate::caller::Credential;
use crate::failure::Reason;
use crate::{Caller, Door, Failure, Mode};

/// Signing keys of credentials lately used: deriving one costs four HMACs, which is most of a verification.
#[derive(Default)]
pub(crate) struct SigningKeys(Mutex<HashMap<(String, Scope), SigningKey>>);

/// So many signing keys are kept; then all are forgotten, which costs four HMACs each to mend.
const KEPT: usize = 16_384;

impl SigningKeys {
    fn derive(&self, presented: &Presented, credential: &Credential) -> SigningKey {
        let name = (presented.access_key_id.clone(), presented.scope.clone());
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = keys.get(&name) {
            return key.clone();
        }
        let key = SigningKey::derive(&credential.secret, &presented.scope);
        if keys.len() >= KEPT {
            keys.clear();
        }
        keys.insert(name, key.clone());
        key
    }

    /// Forgets all: the credentials that they came from are gone.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Who calls, and the body as it was before it was cut into signed chunks.
pub(crate) struct Authenticated {
    pub(crate) caller: Arc<Caller>,
    pub(crate) body: Bytes,
}

/// What an operation asks of a signature.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    /// The service that it must be made for.
    pub(crate) signing_name: &'static str,
    /// It may be absent: then the caller is nobody yet (sts:AssumeRoleWithWebIdentity).
    pub(crate) optional: bool,
}

/// Finds out who calls.
///
/// # Errors
/// The refusal, together with who it seems to be: for the record.
pub(crate) async fn authenticate(
    door: &Door,
    parts: &Parts,
    body: &Bytes,
    presented: Result<Option<Presented>, AuthFailure>,
    wanted: Wanted,
    now: Timestamp,
) -> Result<Authenticated, (Failure, Arc<Caller>)> {
    let dev = door.settings.mode == Mode::Dev;
    let presented = match presented {
        Ok(Some(presented)) => presented,
        Ok(None) | Err(_) if dev => {
            return Ok(Authenticated { caller: dev_caller(door, None), body: body.clone() });
        }
        Ok(None) if wanted.optional => {
            return Ok(Authenticated { caller: unknown(door, None), body: body.clone() });
        }
        Ok(None) => return Err((refused(AuthFailure::MissingToken), unknown(door, None))),
        Err(failure) => return Err((refused(failure), unknown(door, None))),
    };
    let id = presented.access_key_id.as_str();
    let token = presented.session_token.as_deref();
    let credential = match door.directory.credential(id, token, now).await {
        Ok(Some(credential)) => credential,
        Ok(None) if dev => {
            let body =
                dev_body(parts, &presented, body).map_err(|failure| (failure, unknown(door, Some(id))))?;
            return Ok(Authenticated { caller: dev_caller(door, Some(id)), body });
        }
        Ok(None) => return Err((refused(AuthFailure::UnknownAccessKey), unknown(door, Some(id)))),
        Err(failure) => return Err((failure, unknown(door, Some(id)))),
    };
    let result = if dev {
        // Sessions expire in dev mode too, so that it can be watched.
        unexpired(&credential, now).and_then(|()| dev_body(parts, &presented, body))
    } else {
        let key = door.signing_keys.derive(&presented, &credential);
        let expected = expected(&presented, wanted, &door.settings.region);
        prove(parts, body, &presented, &credential, &key, &expected, now)
    };
    match result {
        Ok(body) => {
            door.directory.used(id, wanted.signing_name, &presented.scope.region, now);
            Ok(Authenticated { caller: Arc::clone(&credential.caller), body })
        }
        // The key is known but not who used it: the record names the account and the key, nobody else.
        Err(failure) => {
            let caller = Caller::unknown(credential.caller.account, Some(id.to_owned()));
            Err((failure, Arc::new(caller)))
        }
    }
}

/// Every region is served here; what is not the name of one is held against the default, which it is not.
fn expected<'a>(presented: &Presented, wanted: Wanted, default: &'a Region) -> Expected<'a> {
    let known = Region::parse(&presented.scope.region).is_ok();
    let region = (!known).then(|| default.as_str());
    Expected { service: Some(wanted.signing_name), region, ..Expected::default() }
}

/// Holds the request against the credential's secret; gives the body without chunks.
fn prove(
    parts: &Parts,
    body: &Bytes,
    presented: &Presented,
    credential: &Credential,
    key: &SigningKey,
    expected: &Expected<'_>,
    now: Timestamp,
) -> Result<Bytes, Failure> {
    let streaming = presented.payload.is_streaming();
    let whole = if streaming { Body::Deferred } else { Body::Whole(body) };
    verify(parts, presented, key, whole, now, expected).map_err(refused)?;
    // Told only to the holder of the secret.
    unexpired(credential, now)?;
    if !streaming {
        return Ok(body.clone());
    }
    unchunk(ChunkDecoder::new(&parts.headers, presented, key, ChunkLimits::default()), body)
}

fn unexpired(credential: &Credential, now: Timestamp) -> Result<(), Failure> {
    if credential.expires.is_some_and(|expires| expires <= now) {
        return Err(refused(AuthFailure::ExpiredToken));
    }
    Ok(())
}

fn dev_body(parts: &Parts, presented: &Presented, body: &Bytes) -> Result<Bytes, Failure> {
    if !presented.payload.is_streaming() {
        return Ok(body.clone());
    }
    // Without a secret the chunks' signatures cannot be held against anything: they are read all the same.
    let nobody = SigningKey::derive("", &presented.scope);
    let decoder = ChunkDecoder::new(&parts.headers, presented, &nobody, ChunkLimits::default());
    unchunk(decoder, body)
}

fn unchunk(
    decoder: Result<ChunkDecoder, bastide_sigv4::ChunkFailure>,
    body: &Bytes,
) -> Result<Bytes, Failure> {
    let read = || {
        let mut decoder = decoder?;
        let mut out = BytesMut::with_capacity(body.len());
        decoder.push(body, &mut out)?;
        decoder.finish()?;
        Ok(out.freeze())
    };
    read().map_err(|failure: bastide_sigv4::ChunkFailure| {
        Failure::because(Reason::Chunks(failure), failure.to_string())
    })
}

fn refused(failure: AuthFailure) -> Failure {
    // The message depends on the protocol; it is written when the answer is.
    Failure::because(Reason::Authentication(Box::new(failure)), "")
}

fn unknown(door: &Door, access_key_id: Option<&str>) -> Arc<Caller> {
    Arc::new(Caller::unknown(door.settings.account, access_key_id.map(str::to_owned)))
}

/// In dev mode a 12-digit access key is the account; anybody else is root of the default account.
fn dev_caller(door: &Door, access_key_id: Option<&str>) -> Arc<Caller> {
    let account = access_key_id.and_then(|id| AccountId::parse(id).ok()).unwrap_or(door.settings.account);
    let partition = door.settings.region.partition();
    Arc::new(Caller::root(account, partition, access_key_id.map(str::to_owned)))
}

/// The region that a request was signed for; the default one when it was not.
pub(crate) fn region(door: &Door, presented: Option<&Presented>) -> Region {
    presented
        .and_then(|presented| Region::parse(&presented.scope.region).ok())
        .unwrap_or_else(|| door.settings.region.clone())
}
