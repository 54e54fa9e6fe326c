use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bastide_door::Credential;
use bastide_ids::{Place, Timestamp};
use bastide_resources::Resource;
use bastide_seal::{SealError, Sealed, Sealer};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A long-term access key, by its id.
#[derive(Clone, Serialize, Deserialize)]
pub struct AccessKey {
    /// Where its owner is kept.
    pub place: Place,
    /// Whose it is.
    pub owner: KeyOwner,
    /// Whether it works.
    pub status: KeyStatus,
    /// When it was made.
    pub created: Timestamp,
    /// The secret access key, sealed for [`AccessKey::arn`].
    pub secret: Sealed,
    #[serde(skip)]
    memo: Memo,
}

/// Whose an access key is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyOwner {
    /// The account's root user.
    Root,
    /// The user with this unique id.
    User(String),
}

/// Whether an access key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyStatus {
    /// It does.
    Active,
    /// It was switched off.
    Inactive,
}

/// What is worked out once from a key: the open secret, and the credential as long as its owner stays the same.
#[derive(Default)]
struct Memo {
    secret: OnceLock<Zeroizing<String>>,
    credential: Mutex<Option<(u64, Arc<Credential>)>>,
}

impl Clone for Memo {
    /// A changed key starts without: what was worked out may no longer hold.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl AccessKey {
    /// A new key that works.
    ///
    /// # Errors
    /// [`SealError`] when the secret cannot be sealed.
    pub fn new(
        sealer: &Sealer,
        id: &str,
        secret: &str,
        place: &Place,
        owner: KeyOwner,
        created: Timestamp,
    ) -> Result<Self, SealError> {
        let secret = sealer.seal(place, &Self::arn(place, id), secret.as_bytes())?;
        Ok(Self {
            place: place.clone(),
            owner,
            status: KeyStatus::Active,
            created,
            secret,
            memo: Memo::default(),
        })
    }

    /// The same key with another status.
    #[must_use]
    pub fn with_status(&self, status: KeyStatus) -> Self {
        let mut key = self.clone();
        key.status = status;
        key
    }

    /// The name that a key's secret is sealed for. AWS gives access keys no ARN; this one is ours.
    #[must_use]
    pub fn arn(place: &Place, id: &str) -> String {
        place.global_arn("iam", &format!("access-key/{id}"))
    }

    /// The secret access key. Kept open with the document once it was asked for.
    ///
    /// # Errors
    /// [`SealError`] when it does not open.
    pub fn open_secret(&self, sealer: &Sealer, id: &str) -> Result<&Zeroizing<String>, SealError> {
        if let Some(secret) = self.memo.secret.get() {
            return Ok(secret);
        }
        let bytes = sealer.unseal(&self.place, &Self::arn(&self.place, id), &self.secret)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| SealError::Malformed("not text"))?;
        let secret = Zeroizing::new(text.to_owned());
        Ok(self.memo.secret.get_or_init(|| secret))
    }

    /// The credential made before while the owner's document had this sequence.
    #[must_use]
    pub fn remembered(&self, owner_sequence: u64) -> Option<Arc<Credential>> {
        let memo = self.memo.credential.lock().unwrap_or_else(PoisonError::into_inner);
        memo.as_ref()
            .filter(|(sequence, _)| *sequence == owner_sequence)
            .map(|(_, credential)| Arc::clone(credential))
    }

    /// Remembers a credential for as long as the owner's document has this sequence.
    pub fn remember(&self, owner_sequence: u64, credential: &Arc<Credential>) {
        let mut memo = self.memo.credential.lock().unwrap_or_else(PoisonError::into_inner);
        *memo = Some((owner_sequence, Arc::clone(credential)));
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("place", &self.place)
            .field("owner", &self.owner)
            .field("status", &self.status)
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}

impl KeyStatus {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        }
    }
}

impl Resource for AccessKey {
    const TYPE: &'static str = "iam.access-key";
    // A deleted secret is to be gone, not in the past.
    const HISTORY: bool = false;
}
