//! Finds and lists an organization's documents.

use bastide_door::Failure;
use bastide_ids::Place;
use bastide_resources::{Key, MAX_PAGE, Resource, Store};

use crate::model::{Attachments, AwsManaged, Member, Policy, PolicyRef, PolicyType, Unit, attached};
use crate::scope::Found;

/// All documents of a type in a place, in the order of their ids.
pub(crate) async fn all<T: Resource>(store: &Store, place: &Place) -> Result<Vec<Found<T>>, Failure> {
    let mut found: Vec<Found<T>> = Vec::new();
    loop {
        let after = found.last().map(|last| last.key.id.as_str());
        let page = store.list::<T>(place, "", after, MAX_PAGE).await?;
        found.extend(page.items);
        if !page.more {
            return Ok(found);
        }
    }
}

/// All documents that refer to one, in the order of their ids.
pub(crate) async fn referrers<T: Resource>(
    store: &Store,
    relation: &str,
    to: &Key,
) -> Result<Vec<Found<T>>, Failure> {
    let mut found: Vec<Found<T>> = Vec::new();
    loop {
        let after = found.last().map(|last| last.key.id.as_str());
        let page = store.referrers::<T>(&to.place, relation, to, after, MAX_PAGE).await?;
        found.extend(page.items);
        if !page.more {
            return Ok(found);
        }
    }
}

/// A policy, whoever manages it.
pub(crate) async fn policy(store: &Store, home: &Place, id: &str) -> Result<Option<PolicyRef>, Failure> {
    if let Some(managed) = AwsManaged::find(id) {
        return Ok(Some(PolicyRef::Aws(managed)));
    }
    Ok(store.find::<Policy>(home, id).await?.map(PolicyRef::Own))
}

/// A root, unit or account: what policies are attached to.
#[derive(Clone)]
pub(crate) enum Target {
    /// A root or unit.
    Unit(Found<Unit>),
    /// An account.
    Member(Found<Member>),
}

impl Target {
    /// The root, unit or account with this id.
    pub(crate) async fn find(store: &Store, home: &Place, id: &str) -> Result<Option<Self>, Failure> {
        if id.starts_with("r-") || id.starts_with("ou-") {
            return Ok(store.find::<Unit>(home, id).await?.map(Self::Unit));
        }
        Ok(store.find::<Member>(home, id).await?.map(Self::Member))
    }

    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Unit(unit) => &unit.key.id,
            Self::Member(member) => &member.key.id,
        }
    }

    pub(crate) fn attachments(&self) -> &[Attachments] {
        match self {
            Self::Unit(unit) => &unit.attachments,
            Self::Member(member) => &member.attachments,
        }
    }

    /// The ids of the policies of a type that are attached.
    pub(crate) fn attached(&self, kind: PolicyType) -> Vec<&str> {
        attached(self.attachments(), kind)
    }

    pub(crate) fn tags(&self) -> &[(String, String)] {
        match self {
            Self::Unit(unit) => &unit.tags,
            Self::Member(member) => &member.tags,
        }
    }
}
