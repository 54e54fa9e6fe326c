use std::sync::Arc;

use bastide_ids::Place;
use bastide_seal::{SealError, Sealed, Sealer};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::memo::Memo;

/// The cluster of HSMs that backs a key store: `AWS_CLOUDHSM`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HsmCluster {
    /// The cluster's id.
    pub(crate) cluster: String,
    /// `TrustAnchorCertificate`, as it was given.
    pub(crate) trust_anchor: String,
    /// The cluster's certificate: clusters that have a backup in common have the same.
    pub(crate) certificate: String,
    /// The password of `kmsuser`.
    password: Sealed,
    /// The password that connecting is about to give it, or has given it already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Sealed>,
    #[serde(skip)]
    opened: Memo<Arc<Zeroizing<String>>>,
}

impl HsmCluster {
    /// A cluster with the password of its `kmsuser`, sealed for the store with this ARN.
    ///
    /// # Errors
    /// When the sealer fails.
    pub(crate) fn new(
        cluster: String,
        (trust_anchor, certificate): (String, String),
        password: &str,
        (sealer, place, arn): (&Sealer, &Place, &str),
    ) -> Result<Self, SealError> {
        let password = sealer.seal(place, arn, password.as_bytes())?;
        Ok(Self { cluster, trust_anchor, certificate, password, next: None, opened: Memo::default() })
    }

    /// Takes another password over, which `kmsuser` was given.
    ///
    /// # Errors
    /// When the sealer fails.
    pub(crate) fn set_password(
        &mut self,
        password: &str,
        (sealer, place, arn): (&Sealer, &Place, &str),
    ) -> Result<(), SealError> {
        self.password = sealer.seal(place, arn, password.as_bytes())?;
        self.next = None;
        self.opened = Memo::default();
        Ok(())
    }

    /// Writes down which password `kmsuser` is to be given.
    ///
    /// # Errors
    /// When the sealer fails.
    pub(crate) fn set_next(
        &mut self,
        password: &str,
        (sealer, place, arn): (&Sealer, &Place, &str),
    ) -> Result<(), SealError> {
        self.next = Some(sealer.seal(place, arn, password.as_bytes())?);
        Ok(())
    }

    /// The password of `kmsuser`. It is unsealed once, and then kept beside the document.
    ///
    /// # Errors
    /// When it was not sealed for this store, or the sealer fails.
    pub(crate) fn password(
        &self,
        keys: (&Sealer, &Place, &str),
    ) -> Result<Arc<Zeroizing<String>>, SealError> {
        if let Some(opened) = self.opened.get() {
            return Ok(Arc::clone(opened));
        }
        let password = open(&self.password, keys)?;
        Ok(Arc::clone(self.opened.get_or_init(|| Arc::new(password))))
    }

    /// The password that connecting was about to give it when it was interrupted.
    ///
    /// # Errors
    /// When it was not sealed for this store, or the sealer fails.
    pub(crate) fn next(&self, keys: (&Sealer, &Place, &str)) -> Result<Option<Zeroizing<String>>, SealError> {
        self.next.as_ref().map(|next| open(next, keys)).transpose()
    }

    /// The same, sealed anew; `None` when it is under the present generation.
    ///
    /// # Errors
    /// When the sealer fails.
    pub(crate) fn resealed(
        &self,
        (sealer, place, arn): (&Sealer, &Place, &str),
    ) -> Result<Option<Self>, SealError> {
        let password = sealer.reseal(place, arn, &self.password)?;
        let next = match &self.next {
            Some(next) => sealer.reseal(place, arn, next)?,
            None => None,
        };
        if password.is_none() && next.is_none() {
            return Ok(None);
        }
        let mut anew = self.clone();
        if let Some(password) = password {
            anew.password = password;
        }
        anew.next = next.or(anew.next);
        Ok(Some(anew))
    }
}

fn open(
    sealed: &Sealed,
    (sealer, place, arn): (&Sealer, &Place, &str),
) -> Result<Zeroizing<String>, SealError> {
    let bytes = sealer.unseal(place, arn, sealed)?;
    let text = str::from_utf8(&bytes).map_err(|_| SealError::Malformed("a password is text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}
