use bastide_door::{Failure, Permitted};
use bastide_ids::Place;
use bastide_policy::Principal;
use bastide_resources::Stored;
use bastide_shape::Document;

use super::{allow, principal, token::GrantToken};
use crate::stored::{Constraints, Grant, Grantee, Key, Retirable};
use crate::{hex, refusal};

/// The quota on grants of a key, here for each grantee, which is never more than AWS allows.
const MOST_GRANTS: usize = 50_000;
/// A constraint has at most so many pairs.
const MOST_PAIRS: usize = 8;
/// A value in a constraint has at most so many characters.
const LONGEST_VALUE: usize = 384;

/// CreateGrant: allows a principal operations on a key.
///
/// # Errors
/// `DisabledException`, `DryRunOperationException`, `InvalidArnException`, `KMSInvalidStateException`,
/// `LimitExceededException`.
pub(crate) async fn create_grant(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    Key::must_allow(call, &key)?;
    let grant = wanted(call, &key).await?;
    let index = Grantee::id(&key.key.id, &grant.grantee);
    let grantee = call.store().find::<Grantee>(&key.key.place, &index).await?;
    if let Some(existing) = existing(call, &key, grantee.as_deref(), &grant).await? {
        refusal::dry_run(call.input())?;
        return Ok(answer(call, &key, &existing));
    }
    let count = grantee.as_ref().map_or(0, |grantee| grantee.grants.len());
    if count >= MOST_GRANTS {
        return Err(refusal::limit_exceeded(format!("{} has {count} grants on this key.", grant.grantee)));
    }
    refusal::dry_run(call.input())?;
    let id = grant.id.clone();
    write(call, &key, grantee.as_deref(), grant);
    Ok(answer(call, &key, &id))
}

/// The grant that the request asks for.
async fn wanted(call: &Permitted, key: &Stored<Key>) -> Result<Grant, Failure> {
    let input = call.input();
    let (grantee, retiring) = principals(call).await?;
    let mut operations: Vec<String> = Vec::new();
    for operation in input.strings("Operations") {
        if !allow::operations(key).contains(&operation) {
            let message = format!(
                "Grant operation {operation} is not valid for key usage {} and key spec {}.",
                key.usage, key.spec
            );
            return Err(Failure::validation(message));
        }
        if !operations.iter().any(|known| known == operation) {
            operations.push(operation.to_owned());
        }
    }
    if operations.is_empty() {
        return Err(Failure::validation("A grant must allow at least one operation."));
    }
    Ok(Grant {
        key_id: key.key.id.clone(),
        id: hex::random_id(),
        name: input.str("Name").map(str::to_owned),
        created: call.now(),
        issuer: call.caller().account,
        grantee,
        retiring,
        operations,
        constraints: constraints(key, input)?,
    })
}

/// Who is to have the grant and who may retire it: principals by their ARNs, or services by their names.
async fn principals(call: &Permitted) -> Result<(String, Option<String>), Failure> {
    let input = call.input();
    let one_of =
        |principal: &'static str, service: &'static str| match (input.str(principal), input.str(service)) {
            (Some(_), Some(_)) => {
                Err(Failure::validation(format!("Specify {principal} or {service}, not both.")))
            }
            (named, service) => Ok((named, service)),
        };
    let (grantee, service) = one_of("GranteePrincipal", "GranteeServicePrincipal")?;
    let (retiring, retiring_service) = one_of("RetiringPrincipal", "RetiringServicePrincipal")?;
    for named in [grantee, retiring].into_iter().flatten() {
        check_principal(call, named).await?;
    }
    for named in [service, retiring_service].into_iter().flatten() {
        if !principal::is_service(named) {
            return Err(refusal::invalid_principal(named));
        }
    }
    let retiring = retiring.or(retiring_service);
    if service.is_some() {
        let source = input.map("Constraints").and_then(|constraints| constraints.str("SourceArn"));
        if source.is_none() || retiring.is_none() {
            let message = "A grant for a GranteeServicePrincipal needs a SourceArn constraint, and a \
                           RetiringPrincipal or RetiringServicePrincipal.";
            return Err(Failure::validation(message));
        }
    }
    let Some(grantee) = grantee.or(service) else {
        return Err(Failure::validation("Specify GranteePrincipal or GranteeServicePrincipal."));
    };
    Ok((grantee.to_owned(), retiring.map(str::to_owned)))
}

/// Services grant to themselves by name; everybody else names principals by ARN.
async fn check_principal(call: &Permitted, named: &str) -> Result<(), Failure> {
    let by_service = !call.via().is_empty() || matches!(call.caller().principal, Principal::Service { .. });
    let service = by_service && principal::is_service(named);
    if service || (principal::account(named).is_some() && call.principal_may_exist(named).await?) {
        Ok(())
    } else {
        Err(refusal::invalid_principal(named))
    }
}

fn constraints(key: &Key, input: &Document) -> Result<Constraints, Failure> {
    let constraints = Constraints::of(input);
    if constraints.equals.is_some() && constraints.subset.is_some() {
        let message = "EncryptionContextEquals and EncryptionContextSubset cannot be used together.";
        return Err(Failure::validation(message));
    }
    if !key.is_symmetric() && (constraints.equals.is_some() || constraints.subset.is_some()) {
        let message = format!("Encryption context constraints cannot be used with key spec {}.", key.spec);
        return Err(Failure::validation(message));
    }
    for pairs in [&constraints.equals, &constraints.subset].into_iter().flatten() {
        let long = pairs.values().any(|value| value.chars().count() > LONGEST_VALUE);
        if pairs.len() > MOST_PAIRS || long {
            let message = format!(
                "A grant constraint has at most {MOST_PAIRS} pairs, with values of at most {LONGEST_VALUE} \
                 characters."
            );
            return Err(Failure::validation(message));
        }
    }
    Ok(constraints)
}

/// The grant of the same name that says the same, if there is one: then the request is a repetition.
async fn existing(
    call: &Permitted,
    key: &Stored<Key>,
    grantee: Option<&Stored<Grantee>>,
    wanted: &Grant,
) -> Result<Option<String>, Failure> {
    if wanted.name.is_none() {
        return Ok(None);
    }
    for id in grantee.iter().flat_map(|grantee| &grantee.grants) {
        let id = Grant::document_id(&key.key.id, id);
        let found = call.store().find::<Grant>(&key.key.place, &id).await?;
        if let Some(grant) = found.filter(|grant| grant.says_the_same(wanted)) {
            return Ok(Some(grant.id.clone()));
        }
    }
    Ok(None)
}

fn write(call: &mut Permitted, key: &Stored<Key>, grantee: Option<&Stored<Grantee>>, grant: Grant) {
    let place = &key.key.place;
    let retirable = grant.retiring.as_deref().and_then(|retiring| {
        let account = principal::account(retiring)?;
        let there = Place::new(account, place.region.clone());
        let id = Retirable::id(retiring, &grant.id);
        Some((
            there,
            id,
            Retirable { place: place.clone(), key_id: grant.key_id.clone(), grant: grant.id.clone() },
        ))
    });
    let changes = call.changes();
    changes.expect_unchanged(key);
    match grantee {
        Some(grantee) => {
            let mut value = grantee.value.clone();
            value.grants.push(grant.id.clone());
            changes.update(grantee, value);
        }
        None => {
            let value = Grantee { grants: vec![grant.id.clone()] };
            changes.create(place, Grantee::id(&grant.key_id, &grant.grantee), value);
        }
    }
    if let Some((there, id, retirable)) = retirable {
        changes.create(&there, id, retirable);
    }
    changes.create(place, Grant::document_id(&grant.key_id, &grant.id), grant);
}

/// The record has the grant's id but not the token.
fn answer(call: &mut Permitted, key: &Stored<Key>, id: &str) -> Document {
    call.record_response(Document::new().with("GrantId", id));
    let token = GrantToken::write(&key.key.place, &key.key.id, id);
    Document::new().with("GrantToken", token).with("GrantId", id)
}
