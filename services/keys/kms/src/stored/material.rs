use std::sync::Arc;

use bastide_crypto::{KeySpec, SecretKey};
use bastide_door::Resealable;
use bastide_ids::Place;
use bastide_resources::{Key, Resource};
use bastide_seal::{SealError, Sealed, Sealer};
use serde::{Deserialize, Serialize};

use super::memo::Memo;

/// The key material of a key, sealed. Its id is `KEY/MATERIAL`, so that a key may have several. It has no
/// history: when the key is deleted, nothing of it stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Material {
    sealed: Sealed,
    #[serde(skip)]
    opened: Memo<Arc<SecretKey>>,
}

impl Material {
    /// New random material for symmetric encryption, sealed for the key with this ARN.
    ///
    /// # Errors
    /// When the sealer fails.
    pub(crate) fn generate(
        sealer: &Sealer,
        place: &Place,
        key_arn: &str,
    ) -> Result<(Self, Arc<SecretKey>), SealError> {
        let key = SecretKey::generate(KeySpec::SymmetricDefault).map_err(|_| SealError::Crypto("AES-256"))?;
        Self::seal(sealer, place, key_arn, key)
    }

    /// Material that was made or imported, sealed for the key with this ARN.
    ///
    /// # Errors
    /// When the sealer fails.
    pub(crate) fn seal(
        sealer: &Sealer,
        place: &Place,
        key_arn: &str,
        key: SecretKey,
    ) -> Result<(Self, Arc<SecretKey>), SealError> {
        let sealed = sealer.seal(place, key_arn, key.bytes())?;
        let (key, opened) = (Arc::new(key), Memo::default());
        opened.get_or_init(|| Arc::clone(&key));
        Ok((Self { sealed, opened }, key))
    }

    /// The material in the clear, which is of this spec. It is unsealed once, and then kept beside the document in
    /// the cache.
    ///
    /// # Errors
    /// When it was not sealed for this key, or the sealer fails.
    pub(crate) fn open(
        &self,
        sealer: &Sealer,
        place: &Place,
        key_arn: &str,
        spec: KeySpec,
    ) -> Result<Arc<SecretKey>, SealError> {
        if let Some(opened) = self.opened.get() {
            return Ok(Arc::clone(opened));
        }
        let bytes = sealer.unseal(place, key_arn, &self.sealed)?;
        let opened = SecretKey::from_bytes(spec, &bytes);
        let opened =
            opened.map_err(|_| SealError::Malformed("they are not key material of the key's spec"))?;
        Ok(Arc::clone(self.opened.get_or_init(|| Arc::new(opened))))
    }

    /// The same material, sealed for a related key in another Region.
    ///
    /// # Errors
    /// When it was not sealed for the key that it is said to be of, or the sealer fails.
    pub(crate) fn replicate(
        &self,
        sealer: &Sealer,
        (place, key_arn): (&Place, &str),
        (to, to_arn): (&Place, &str),
    ) -> Result<Self, SealError> {
        let bytes = sealer.unseal(place, key_arn, &self.sealed)?;
        Ok(Self { sealed: sealer.seal(to, to_arn, &bytes)?, opened: Memo::default() })
    }

    /// The document's id.
    pub(crate) fn id(key: &str, material: &str) -> String {
        format!("{key}/{material}")
    }
}

impl Resource for Material {
    const TYPE: &'static str = "kms.material";
    const HISTORY: bool = false;
}

impl Resealable for Material {
    fn resealed(&self, key: &Key, sealer: &Sealer) -> Result<Option<Self>, SealError> {
        let id = key.id.split('/').next().unwrap_or_default();
        let arn = super::Key::arn_in(&key.place, id);
        let sealed = sealer.reseal(&key.place, &arn, &self.sealed)?;
        Ok(sealed.map(|sealed| Self { sealed, ..self.clone() }))
    }
}
