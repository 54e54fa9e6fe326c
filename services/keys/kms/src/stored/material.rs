use std::fmt;
use std::sync::Arc;

use bastide_ids::{Place, random_bytes};
use bastide_resources::Resource;
use bastide_seal::{SealError, Sealed, Sealer};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::memo::Memo;

/// The key material of a key, sealed. Its id is `KEY/MATERIAL`, so that a key may have several. It has no
/// history: when the key is deleted, nothing of it stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Material {
    sealed: Sealed,
    #[serde(skip)]
    opened: Memo<Arc<Opened>>,
}

/// 256 bits of key material in the clear, in memory that is wiped.
pub(crate) struct Opened(Zeroizing<[u8; 32]>);

impl Material {
    /// New random material, sealed for the key with this ARN.
    ///
    /// # Errors
    /// When the sealer fails.
    pub(crate) fn generate(
        sealer: &Sealer,
        place: &Place,
        key_arn: &str,
    ) -> Result<(Self, Arc<Opened>), SealError> {
        let opened = Arc::new(Opened::random());
        let sealed = sealer.seal(place, key_arn, opened.bytes())?;
        let memo = Memo::default();
        memo.get_or_init(|| Arc::clone(&opened));
        Ok((Self { sealed, opened: memo }, opened))
    }

    /// The material in the clear. It is unsealed once, and then kept beside the document in the cache.
    ///
    /// # Errors
    /// When it was not sealed for this key, or the sealer fails.
    pub(crate) fn open(
        &self,
        sealer: &Sealer,
        place: &Place,
        key_arn: &str,
    ) -> Result<Arc<Opened>, SealError> {
        if let Some(opened) = self.opened.get() {
            return Ok(Arc::clone(opened));
        }
        let bytes = sealer.unseal(place, key_arn, &self.sealed)?;
        let opened = Opened::from_slice(&bytes).ok_or(SealError::Malformed("key material has 32 bytes"))?;
        Ok(Arc::clone(self.opened.get_or_init(|| Arc::new(opened))))
    }

    /// The document's id.
    pub(crate) fn id(key: &str, material: &str) -> String {
        format!("{key}/{material}")
    }
}

impl Opened {
    /// New random material.
    pub(crate) fn random() -> Self {
        let mut bytes = random_bytes::<32>();
        let opened = Self(Zeroizing::new(bytes));
        bytes.zeroize();
        opened
    }

    fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut opened = Self(Zeroizing::new([0; 32]));
        if bytes.len() != opened.0.len() {
            return None;
        }
        opened.0.copy_from_slice(bytes);
        Some(opened)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened(hidden)")
    }
}

impl Resource for Material {
    const TYPE: &'static str = "kms.material";
    const HISTORY: bool = false;
}
