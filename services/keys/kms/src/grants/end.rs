use std::sync::Arc;

use bastide_door::{Asking, Failure, Permitted};
use bastide_ids::Place;
use bastide_resources::{Changes, Store, Stored};
use bastide_shape::Document;

use super::{principal, token::GrantToken};
use crate::resolve::{Accepts, KeyName, find_key};
use crate::stored::{Grant, Grantee, Key, Retirable};
use crate::{hex, refusal};

/// RetireGrant: ends a grant, by those whom it names.
///
/// # Errors
/// `DryRunOperationException`, `InvalidGrantTokenException`, `InvalidGrantIdException`, `NotFoundException`.
pub(crate) async fn retire_grant(call: &mut Permitted) -> Result<Document, Failure> {
    let grant = call.resource::<Stored<Grant>>()?;
    end(call, &grant).await
}

/// RevokeGrant: ends a grant, by those whom the key's policy allows to.
///
/// # Errors
/// `DryRunOperationException`, `InvalidGrantIdException`, `NotFoundException`.
pub(crate) async fn revoke_grant(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    let id = call.input().text("GrantId");
    check_id(id)?;
    let found = call.store().find::<Grant>(&key.key.place, &Grant::document_id(&key.key.id, id)).await?;
    let grant = found.ok_or_else(|| refusal::no_such_grant(id))?;
    end(call, &grant).await
}

/// The grant that a RetireGrant names; the inner failure is for whoever may know of it.
///
/// # Errors
/// When the store fails.
pub(crate) async fn to_be_retired(
    asking: &Asking<'_>,
) -> Result<Result<Arc<Stored<Grant>>, Failure>, Failure> {
    let input = asking.input;
    let named = match (input.str("GrantToken"), input.str("KeyId"), input.str("GrantId")) {
        (Some(token), None, None) => by_token(token, asking.place),
        (None, Some(key), Some(id)) => by_id(key, id, asking.place),
        _ => Err(Failure::validation("Specify a grant token, or a key ARN and a grant id.")),
    };
    let (place, key, id) = match named {
        Ok(named) => named,
        Err(failure) => return Ok(Err(failure)),
    };
    if find_key(asking.store, &place, &key, asking.now).await?.is_none() {
        return Ok(Err(refusal::no_such_key(&Key::arn_in(&place, &key))));
    }
    let found = asking.store.find::<Grant>(&place, &Grant::document_id(&key, &id)).await?;
    Ok(found.ok_or_else(|| refusal::no_such_grant(&id)))
}

fn by_token(token: &str, here: &Place) -> Result<(Place, String, String), Failure> {
    let token = GrantToken::parse(token).filter(|token| token.place.region == here.region);
    let GrantToken { place, key, grant } = token.ok_or_else(refusal::invalid_grant_token)?;
    Ok((place, key, grant))
}

fn by_id(key: &str, id: &str, here: &Place) -> Result<(Place, String, String), Failure> {
    check_id(id)?;
    match KeyName::parse(key, here, Accepts::Keys)? {
        KeyName::Key(place, key) => Ok((place, key, id.to_owned())),
        KeyName::Alias(..) => Err(refusal::invalid_key_id(key)),
    }
}

/// # Errors
/// `InvalidGrantIdException` when a text is not of the form of a grant's id.
pub(crate) fn check_id(id: &str) -> Result<(), Failure> {
    let fits = id.len() == 64 && hex::is_hex(id);
    if fits { Ok(()) } else { Err(refusal::invalid_grant_id()) }
}

async fn end(call: &mut Permitted, grant: &Stored<Grant>) -> Result<Document, Failure> {
    refusal::dry_run(call.input())?;
    let (store, place) = (call.store().clone(), &grant.key.place);
    if let Some(grantee) = store.find::<Grantee>(place, &Grantee::id(&grant.key_id, &grant.grantee)).await? {
        let mut value = grantee.value.clone();
        value.grants.retain(|id| *id != grant.id);
        if value.grants.is_empty() {
            call.changes().delete(&grantee);
        } else {
            call.changes().update(&grantee, value);
        }
    }
    remove_retirable(&store, call.changes(), grant).await?;
    call.changes().delete(grant);
    Ok(Document::new())
}

/// Removes what lists a grant for its retiring principal.
///
/// # Errors
/// When the store fails.
pub(crate) async fn remove_retirable(
    store: &Store,
    changes: &mut Changes,
    grant: &Stored<Grant>,
) -> Result<(), Failure> {
    if let Some(retiring) = &grant.retiring
        && let Some(account) = principal::account(retiring)
    {
        let there = Place::new(account, grant.key.place.region.clone());
        if let Some(retirable) = store.find::<Retirable>(&there, &Retirable::id(retiring, &grant.id)).await? {
            changes.delete(&retirable);
        }
    }
    Ok(())
}
