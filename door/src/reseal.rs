//! Sealing anew: after the master key has got a new generation, what older ones have sealed is sealed under it.

use bastide_ids::Timestamp;
use bastide_resources::{Changes, CommitError, Key, Resource, Store};
use bastide_seal::{SealError, Sealer};

use crate::Failure;

/// Documents that are committed together: few, as each is another's to change meanwhile.
const TOGETHER: usize = 32;

/// A document that holds something sealed.
pub trait Resealable: Resource {
    /// The same document, sealed under the current generation; `None` when it is already.
    ///
    /// # Errors
    /// When what is sealed does not open.
    fn resealed(&self, key: &Key, sealer: &Sealer) -> Result<Option<Self>, SealError>;
}

/// What came of looking through documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Sealed anew.
    pub changed: usize,
    /// Somebody else changed them meanwhile, or they do not open.
    pub left: usize,
}

/// Seals anew all documents of a type that need it, wherever they are. Readers and writers go on meanwhile.
///
/// # Errors
/// When the store fails.
pub async fn reseal<T: Resealable>(
    store: &Store,
    sealer: &Sealer,
    now: Timestamp,
) -> Result<Resealed, Failure> {
    let mut outcome = Resealed::default();
    for place in store.places::<T>().await? {
        let mut after = None;
        loop {
            let page = store.list::<T>(&place, "", after.as_deref(), TOGETHER).await?;
            let (mut changes, mut changed) = (Changes::new(now), 0);
            for document in &page.items {
                match document.value.resealed(&document.key, sealer) {
                    Ok(None) => {}
                    Ok(Some(resealed)) => {
                        changes.update(document, resealed);
                        changed += 1;
                    }
                    Err(error) => {
                        tracing::error!(%error, document = %document.key, "it could not be sealed anew");
                        outcome.left += 1;
                    }
                }
            }
            if changed > 0 {
                match store.commit(changes).await {
                    Ok(_) => outcome.changed += changed,
                    Err(CommitError::Conflict { .. }) => outcome.left += changed,
                    Err(CommitError::Failed(error)) => return Err(error.into()),
                }
            }
            match page.items.last() {
                Some(last) if page.more => after = Some(last.key.id.clone()),
                _ => break,
            }
        }
    }
    Ok(outcome)
}

impl std::ops::AddAssign for Resealed {
    fn add_assign(&mut self, other: Self) {
        self.changed += other.changed;
        self.left += other.left;
    }
}
