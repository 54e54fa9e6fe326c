//! Aliases: CreateAlias, UpdateAlias, DeleteAlias, ListAliases.

use std::sync::Arc;

use bastide_api_kms::errors::AlreadyExistsException;
use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use crate::paging::Paging;
use crate::resolve::{Accepts, KeyName, find_alias, find_key};
use crate::stored::{Alias, Key};
use crate::{managed, refusal};

/// A key has at most so many aliases.
const MOST: usize = 50;

/// CreateAlias: a name for a key.
///
/// # Errors
/// `AlreadyExistsException`, `KMSInvalidStateException`, `LimitExceededException`.
pub(crate) async fn create_alias(call: &mut Permitted) -> Result<Document, Failure> {
    let target = call.resource::<Stored<Key>>()?;
    let (place, name) = (call.place().clone(), call.input().text("AliasName").to_owned());
    if find_alias(call.store(), &place, &name, call.now()).await?.is_some() {
        let arn = Alias::arn_in(&place, &name);
        return Err(Failure::new(
            &AlreadyExistsException,
            format!("An alias with the name {arn} already exists"),
        ));
    }
    let now = call.now();
    let key = with_alias(call, &target, &name)?;
    let alias = Alias { target: target.key.id.clone(), created: now, updated: now };
    // The alias of a key whose time has come may still stand there.
    let gone = call.store().find::<Alias>(&place, &name).await?;
    let changes = call.changes().update(&target, key);
    match gone {
        Some(gone) => changes.update(&gone, alias),
        None => changes.create(&place, name, alias),
    };
    Ok(Document::new())
}

/// UpdateAlias: the same name for another key.
///
/// # Errors
/// `KMSInvalidStateException`, `LimitExceededException`.
pub(crate) async fn update_alias(call: &mut Permitted) -> Result<Document, Failure> {
    let alias = call.resource::<Stored<Alias>>()?;
    let (old, new) = (call.nth_resource::<Stored<Key>>(0)?, call.nth_resource::<Stored<Key>>(1)?);
    let changed = Alias { target: new.key.id.clone(), updated: call.now(), ..alias.value.clone() };
    let name = &alias.key.id;
    let (with, without) = (with_alias(call, &new, name)?, without_alias(&old, name));
    let changes = call.changes();
    if old.key == new.key {
        changes.expect_unchanged(&old);
    } else {
        changes.update(&old, without).update(&new, with);
    }
    changes.update(&alias, changed);
    Ok(Document::new())
}

/// DeleteAlias: the name goes, the key stays.
///
/// # Errors
/// None of its own.
pub(crate) async fn delete_alias(call: &mut Permitted) -> Result<Document, Failure> {
    let alias = call.resource::<Stored<Alias>>()?;
    let key = call.resource::<Stored<Key>>()?;
    call.changes().update(&key, without_alias(&key, &alias.key.id)).delete(&alias);
    Ok(Document::new())
}

/// ListAliases: of the account in the region, or of one key.
///
/// # Errors
/// `InvalidArnException`, `InvalidMarkerException`, `NotFoundException`.
pub(crate) async fn list_aliases(call: &mut Permitted) -> Result<Document, Failure> {
    let paging = Paging::of(call, 50, 100)?;
    if let Some(named) = call.input().str("KeyId") {
        let key = key_to_list(call, named).await?;
        let mut aliases = Vec::new();
        for name in &key.aliases {
            aliases.extend(call.store().find::<Alias>(call.place(), name).await?);
        }
        return Ok(paging.cut("Aliases", &aliases, |alias| alias.key.id.as_str(), |alias| show(alias)));
    }
    let page =
        call.store().list::<Alias>(call.place(), "alias/", paging.after.as_deref(), paging.limit).await?;
    let mut aliases = Vec::new();
    for alias in page.items.iter().filter(|alias| !managed::is_owned_alias(&alias.key.id)) {
        if find_key(call.store(), call.place(), &alias.target, call.now()).await?.is_some() {
            aliases.push(show(alias));
        }
    }
    let last = page.items.last().filter(|_| page.more).map(|alias| alias.key.id.as_str());
    Ok(paging.answer("Aliases", aliases, last))
}

/// Whether a text can be the name of an alias that a customer makes, changes or deletes.
///
/// # Errors
/// `ValidationException`, and `NotAuthorizedException` for the names of AWS managed keys.
pub(crate) fn check_name(name: &str) -> Result<(), Failure> {
    let Some(rest) = name.strip_prefix("alias/") else {
        let message = "Alias must start with the prefix \"alias/\". \
                       Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";
        return Err(Failure::validation(message));
    };
    if managed::is_reserved_alias(name) {
        return Err(refusal::reserved_alias());
    }
    if rest.is_empty() || rest.contains(':') {
        return Err(Failure::validation(format!("{name} contains invalid characters for an alias")));
    }
    Ok(())
}

fn with_alias(call: &Permitted, key: &Arc<Stored<Key>>, name: &str) -> Result<Key, Failure> {
    Key::must_allow(call, key)?;
    let mut changed = key.value.clone();
    changed.aliases.insert(name.to_owned());
    if changed.aliases.len() > MOST {
        return Err(refusal::limit_exceeded(format!(
            "{} has {MOST} aliases, the most that a key has.",
            Key::arn(key)
        )));
    }
    Ok(changed)
}

fn without_alias(key: &Stored<Key>, name: &str) -> Key {
    let mut changed = key.value.clone();
    changed.aliases.remove(name);
    changed
}

async fn key_to_list(call: &Permitted, named: &str) -> Result<Arc<Stored<Key>>, Failure> {
    let KeyName::Key(place, id) = KeyName::parse(named, call.place(), Accepts::Keys)? else {
        return Err(refusal::invalid_key_id(named));
    };
    let found =
        if place == *call.place() { find_key(call.store(), &place, &id, call.now()).await? } else { None };
    let found = found.filter(|key| managed::owner(key).is_none());
    found.ok_or_else(|| refusal::no_such_key(&Key::arn_in(&place, &id)))
}

/// An alias as `AliasListEntry` has it.
fn show(alias: &Stored<Alias>) -> Document {
    Document::new()
        .with("AliasName", &alias.key.id)
        .with("AliasArn", Alias::arn_in(&alias.key.place, &alias.key.id))
        .with("TargetKeyId", &alias.target)
        .with("CreationDate", alias.created)
        .with("LastUpdatedDate", alias.updated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_rules() {
        let told = |name| check_name(name).map_err(|failure| failure.message).err();
        assert_eq!(told("alias/a/b-c_D9"), None);
        assert_eq!(told("alias/awsome"), None);
        assert_eq!(told("alias/aws/s3").as_deref(), Some(""));
        assert_eq!(told("alias/a:b").as_deref(), Some("alias/a:b contains invalid characters for an alias"));
        assert!(told("alias/").is_some() && told("a").is_some() && told("arn:aws:kms:::alias/a").is_some());
    }
}
