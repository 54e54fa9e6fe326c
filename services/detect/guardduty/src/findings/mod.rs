//! Findings.

pub(crate) mod change;
pub(crate) mod criteria;
pub(crate) mod list;
pub(crate) mod path;
pub(crate) mod sample;
pub(crate) mod statistics;
pub(crate) mod wire;

use std::sync::Arc;

use bastide_ids::Place;
use bastide_resources::{Store, StoreError, Stored};

use crate::paging::all;
use crate::stored::{Finding, Member};

/// The places whose findings an account sees: its own, and those of the accounts that it administers.
///
/// # Errors
/// When the store fails.
pub(crate) async fn places(store: &Store, place: &Place) -> Result<Vec<Place>, StoreError> {
    let mut places = vec![place.clone()];
    for member in all::<Member>(store, place, "").await? {
        if let (true, Ok(account)) =
            (member.relationship.is_associated(), bastide_ids::AccountId::parse(&member.key.id))
        {
            places.push(Place { account, ..place.clone() });
        }
    }
    Ok(places)
}

/// All findings that an account sees.
///
/// # Errors
/// When the store fails.
pub(crate) async fn visible(store: &Store, place: &Place) -> Result<Vec<Arc<Stored<Finding>>>, StoreError> {
    let mut found = Vec::new();
    for place in places(store, place).await? {
        found.extend(all::<Finding>(store, &place, "").await?);
    }
    Ok(found)
}

/// The finding of this id, if the account sees it.
///
/// # Errors
/// When the store fails.
pub(crate) async fn find(
    store: &Store,
    places: &[Place],
    id: &str,
) -> Result<Option<Arc<Stored<Finding>>>, StoreError> {
    for place in places {
        if let Some(finding) = store.find::<Finding>(place, id).await? {
            return Ok(Some(finding));
        }
    }
    Ok(None)
}
