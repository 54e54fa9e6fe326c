//! Finds documents by name, by ARN and by path.

use std::sync::Arc;

use bastide_door::Failure;
use bastide_ids::{Arn, Place};
use bastide_resources::{Changes, Resource, Store, Stored};

use crate::errors::{exists, no_such};
use crate::model::{Entity, Group, InstanceProfile, ManagedPolicy, Name, NameKind, Role, User, home_of};
use crate::paging::Paging;

/// A document that has a name, with the words IAM has for it.
pub(crate) trait Named: Entity + Resource + Clone {
    const NAMES: NameKind;
    /// Its type in the record and in Config.
    const RECORDED: &'static str;

    /// The failure that there is none of this name.
    fn missing(name: &str) -> Failure;

    /// The failure that there is one of this name already.
    fn taken(name: &str) -> Failure;
}

/// A document as it stands in the store.
pub(crate) type Found<T> = Arc<Stored<T>>;

/// The document of this name, in any case.
pub(crate) async fn named<T: Named>(
    store: &Store,
    place: &Place,
    name: &str,
) -> Result<Option<Found<T>>, Failure> {
    match store.find::<Name>(place, &T::NAMES.key(name)).await? {
        Some(entry) => Ok(store.find::<T>(place, &entry.id).await?),
        None => Ok(None),
    }
}

/// As [`named`]; a failure in IAM's words when there is none.
pub(crate) async fn existing<T: Named>(
    store: &Store,
    place: &Place,
    name: &str,
) -> Result<Found<T>, Failure> {
    named::<T>(store, place, name).await?.ok_or_else(|| T::missing(name))
}

/// The document with this very ARN.
pub(crate) async fn by_arn<T: Named>(
    store: &Store,
    place: &Place,
    arn: &str,
) -> Result<Option<Found<T>>, Failure> {
    let Some(name) = name_in(arn, T::KIND) else { return Ok(None) };
    let found = named::<T>(store, place, name).await?;
    Ok(found.filter(|found| found.arn(place) == arn))
}

/// The name that an ARN of this kind ends with.
pub(crate) fn name_in<'a>(arn: &'a str, kind: &str) -> Option<&'a str> {
    let arn = Arn::parse(arn).ok().filter(|arn| arn.service == "iam")?;
    let rest = arn.resource.strip_prefix(kind)?.strip_prefix('/')?;
    rest.rsplit('/').next().filter(|name| !name.is_empty())
}

/// Who the ARN of a user or role in a policy stands for.
pub(crate) enum Principal {
    /// The one with this unique id.
    Known(String),
    /// There is none.
    Nobody,
    /// No user or role, or one of an account that has nobody here: nothing can be said about it.
    Elsewhere,
}

/// Who an ARN in a policy names.
pub(crate) async fn principal(store: &Store, arn: &str) -> Result<Principal, Failure> {
    let Some(place) = home_of(arn) else { return Ok(Principal::Elsewhere) };
    let found = if name_in(arn, User::KIND).is_some() {
        by_arn::<User>(store, &place, arn).await?.map(|user| user.id.clone())
    } else if name_in(arn, Role::KIND).is_some() {
        by_arn::<Role>(store, &place, arn).await?.map(|role| role.id.clone())
    } else {
        return Ok(Principal::Elsewhere);
    };
    Ok(match found {
        Some(id) => Principal::Known(id),
        None if store.list::<Name>(&place, "", None, 1).await?.items.is_empty() => Principal::Elsewhere,
        None => Principal::Nobody,
    })
}

/// A page of the documents whose path starts with `prefix`, in the order of their names; and the key to go on
/// after.
pub(crate) async fn list<T: Named>(
    store: &Store,
    place: &Place,
    prefix: &str,
    paging: &Paging,
) -> Result<(Vec<Found<T>>, Option<String>), Failure> {
    let mut found = Vec::new();
    let mut after = paging.after.clone();
    loop {
        let names = store.list::<Name>(place, T::NAMES.prefix(), after.as_deref(), paging.limit).await?;
        let more = names.more;
        for entry in names.items {
            if found.len() == paging.limit {
                return Ok((found, after));
            }
            after = Some(entry.key.id.clone());
            if entry.path.starts_with(prefix) {
                found.extend(store.find::<T>(place, &entry.id).await?);
            }
        }
        if !more {
            return Ok((found, None));
        }
        if found.len() == paging.limit {
            return Ok((found, after));
        }
    }
}

/// All documents of a type in an account.
pub(crate) async fn all<T: Resource>(store: &Store, place: &Place) -> Result<Vec<Found<T>>, Failure> {
    let mut found: Vec<Found<T>> = Vec::new();
    loop {
        let after = found.last().map(|last| last.key.id.as_str());
        let page = store.list::<T>(place, "", after, bastide_resources::MAX_PAGE).await?;
        found.extend(page.items);
        if !page.more {
            return Ok(found);
        }
    }
}

/// All documents that refer to one.
pub(crate) async fn referrers<T: Resource>(
    store: &Store,
    relation: &str,
    to: &bastide_resources::Key,
) -> Result<Vec<Found<T>>, Failure> {
    let mut found: Vec<Found<T>> = Vec::new();
    loop {
        let after = found.last().map(|last| last.key.id.as_str());
        let page = store.referrers::<T>(&to.place, relation, to, after, bastide_resources::MAX_PAGE).await?;
        found.extend(page.items);
        if !page.more {
            return Ok(found);
        }
    }
}

/// How many documents there are whose ids start with a prefix.
pub(crate) async fn count<T: Resource>(store: &Store, place: &Place, prefix: &str) -> Result<usize, Failure> {
    let (mut count, mut after) = (0, None);
    loop {
        let page = store.list::<T>(place, prefix, after.as_deref(), bastide_resources::MAX_PAGE).await?;
        count += page.items.len();
        match page.items.last() {
            Some(last) if page.more => after = Some(last.key.id.clone()),
            _ => return Ok(count),
        }
    }
}

/// Adds a new document and takes its name.
pub(crate) async fn create<T: Named>(
    store: &Store,
    changes: &mut Changes,
    place: &Place,
    value: T,
) -> Result<(), Failure> {
    let name = value.name().to_owned();
    if store.find::<Name>(place, &T::NAMES.key(&name)).await?.is_some() {
        return Err(T::taken(&name));
    }
    let entry = Name { id: value.id().to_owned(), path: value.path().to_owned() };
    changes.create(place, T::NAMES.key(&name), entry).create(place, value.id().to_owned(), value);
    Ok(())
}

/// Removes a document and gives its name free.
pub(crate) async fn delete<T: Named>(
    store: &Store,
    changes: &mut Changes,
    found: &Stored<T>,
) -> Result<(), Failure> {
    if let Some(entry) = store.find::<Name>(&found.key.place, &T::NAMES.key(found.name())).await? {
        changes.delete(&entry);
    }
    changes.delete(found);
    Ok(())
}

/// Writes a document that may have another name or path than before.
pub(crate) async fn rename<T: Named>(
    store: &Store,
    changes: &mut Changes,
    found: &Stored<T>,
    value: T,
) -> Result<(), Failure> {
    let place = &found.key.place;
    let (old, new) = (T::NAMES.key(found.name()), T::NAMES.key(value.name()));
    let entry = Name { id: value.id().to_owned(), path: value.path().to_owned() };
    let held = store.find::<Name>(place, &old).await?.ok_or_else(|| T::missing(found.name()))?;
    if old == new {
        changes.update(&held, entry);
    } else {
        if store.find::<Name>(place, &new).await?.is_some() {
            return Err(T::taken(value.name()));
        }
        changes.delete(&held).create(place, new, entry);
    }
    changes.update(found, value);
    Ok(())
}

macro_rules! named {
    ($($type:ty, $names:ident, $recorded:literal, $missing:literal, $taken:literal;)*) => {$(
        impl Named for $type {
            const NAMES: NameKind = NameKind::$names;
            const RECORDED: &'static str = $recorded;

            fn missing(name: &str) -> Failure {
                no_such($missing.replace("{}", name))
            }

            fn taken(name: &str) -> Failure {
                exists($taken.replace("{}", name))
            }
        }
    )*};
}
named! {
    User, User, "AWS::IAM::User",
        "The user with name {} cannot be found.", "User with name {} already exists.";
    Group, Group, "AWS::IAM::Group",
        "The group with name {} cannot be found.", "Group with name {} already exists.";
    Role, Role, "AWS::IAM::Role",
        "The role with name {} cannot be found.", "Role with name {} already exists.";
    ManagedPolicy, Policy, "AWS::IAM::Policy",
        "Policy {} was not found.", "A policy called {} already exists. Duplicate names are not allowed.";
    InstanceProfile, InstanceProfile, "AWS::IAM::InstanceProfile",
        "Instance Profile {} cannot be found.", "Instance Profile {} already exists.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_arns() {
        assert_eq!(name_in("arn:aws:iam::111122223333:user/a/b/alice", "user"), Some("alice"));
        assert_eq!(name_in("arn:aws:iam::111122223333:user/alice", "user"), Some("alice"));
        for bad in [
            "arn:aws:iam::111122223333:user/",
            "arn:aws:s3::111122223333:user/x",
            "user/x",
            "arn:aws:iam::1:users/x",
        ] {
            assert_eq!(name_in(bad, "user"), None, "{bad}");
        }
    }
}
