use std::collections::BTreeMap;
use std::sync::Arc;

use bastide_door::Resealable;
use bastide_ids::{Place, Timestamp};
use bastide_remote::Credentials;
use bastide_resources::{Key, Resource};
use bastide_seal::{SealError, Sealed, Sealer};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::hsm_cluster::HsmCluster;
use super::memo::Memo;

/// A custom key store. Its id is `cks-` and 17 hexadecimal digits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeyStore {
    pub(crate) name: String,
    pub(crate) created: Timestamp,
    pub(crate) connection: Connection,
    pub(crate) backing: Backing,
}

/// Whether a custom key store can be used: `ConnectionState`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Connection {
    /// Never connected, or disconnected by its owner.
    Disconnected,
    /// Being connected: the background work does it.
    Connecting,
    Connected,
    /// The last attempt failed for this reason: `ConnectionErrorCode`.
    Failed(String),
}

/// What a custom key store is backed by.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Backing {
    /// The proxy of an external key manager: `EXTERNAL_KEY_STORE`.
    External(XksProxy),
    /// A cluster of HSMs: `AWS_CLOUDHSM`.
    CloudHsm(HsmCluster),
}

/// How the proxy of an external key store is reached: `XksProxyConfigurationType`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct XksProxy {
    /// `https://` and a host name.
    pub(crate) endpoint: String,
    /// Ends in `/kms/xks/v1`.
    pub(crate) path: String,
    /// With `VPC_ENDPOINT_SERVICE` connectivity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vpc: Option<VpcService>,
    pub(crate) access_key_id: String,
    secret: Sealed,
    #[serde(skip)]
    opened: Memo<Arc<Credentials>>,
}

/// A VPC endpoint service, as a key store names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct VpcService {
    pub(crate) name: String,
    /// The account that owns it.
    pub(crate) owner: String,
}

/// All custom key stores of an account in a region, by their ids: what must be unique among them stands here, so
/// that of two requests at once one is refused. There is one such document in a place.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Register {
    pub(crate) stores: BTreeMap<String, Registered>,
}

/// What must be unique of a custom key store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Registered {
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proxy: Option<RegisteredProxy>,
    /// The certificate of the cluster: one that has a backup in common with it counts as the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cluster: Option<String>,
}

/// What must be unique of the proxy of an external key store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RegisteredProxy {
    pub(crate) endpoint: String,
    pub(crate) path: String,
    /// The name of the VPC endpoint service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) vpc: Option<String>,
}

/// A key store that waits to be connected, in [`bastide_resources::Store::global`]. Its id is the place and the id
/// of the store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Connecting {
    pub(crate) place: Place,
    pub(crate) store: String,
    /// The request that asked for it, for the proxy's records.
    pub(crate) request: String,
}

/// A key in a custom key store. Its id is `STORE/BACKING`, where an external key store has the id of the external key, and
/// a cluster the handle of the key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeyInStore {
    /// The key's id.
    pub(crate) key: String,
}

impl Connection {
    /// As `ConnectionState` has it.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Disconnected => "DISCONNECTED",
            Self::Connecting => "CONNECTING",
            Self::Connected => "CONNECTED",
            Self::Failed(_) => "FAILED",
        }
    }
}

impl KeyStore {
    /// What its secrets are sealed for.
    pub(crate) fn arn_in(place: &Place, id: &str) -> String {
        place.arn("kms", &format!("custom-key-store/{id}"))
    }

    /// As `CustomKeyStoreType` has it.
    pub(crate) fn kind(&self) -> &'static str {
        match self.backing {
            Backing::External(_) => "EXTERNAL_KEY_STORE",
            Backing::CloudHsm(_) => "AWS_CLOUDHSM",
        }
    }

    /// What the register has of it.
    pub(crate) fn registered(&self) -> Registered {
        let name = self.name.clone();
        match &self.backing {
            Backing::External(proxy) => {
                let proxy = RegisteredProxy {
                    endpoint: proxy.endpoint.clone(),
                    path: proxy.path.clone(),
                    vpc: proxy.vpc.as_ref().map(|vpc| vpc.name.clone()),
                };
                Registered { name, proxy: Some(proxy), cluster: None }
            }
            Backing::CloudHsm(hsm) => {
                Registered { name, proxy: None, cluster: Some(hsm.certificate.clone()) }
            }
        }
    }
}

impl XksProxy {
    /// A proxy with its credential, sealed for the store with this ARN.
    ///
    /// # Errors
    /// When the sealer fails.
    pub(crate) fn new(
        (endpoint, path): (String, String),
        vpc: Option<VpcService>,
        (access_key_id, secret): (String, &str),
        (sealer, place, arn): (&Sealer, &Place, &str),
    ) -> Result<Self, SealError> {
        let secret = sealer.seal(place, arn, secret.as_bytes())?;
        Ok(Self { endpoint, path, vpc, access_key_id, secret, opened: Memo::default() })
    }

    /// Gives it another credential.
    ///
    /// # Errors
    /// When the sealer fails.
    pub(crate) fn set_credential(
        &mut self,
        (access_key_id, secret): (String, &str),
        (sealer, place, arn): (&Sealer, &Place, &str),
    ) -> Result<(), SealError> {
        self.secret = sealer.seal(place, arn, secret.as_bytes())?;
        self.access_key_id = access_key_id;
        self.opened = Memo::default();
        Ok(())
    }

    /// What requests to the proxy are signed with. It is unsealed once, and then kept beside the document.
    ///
    /// # Errors
    /// When it was not sealed for this store, or the sealer fails.
    pub(crate) fn credentials(
        &self,
        (sealer, place, arn): (&Sealer, &Place, &str),
    ) -> Result<Arc<Credentials>, SealError> {
        if let Some(opened) = self.opened.get() {
            return Ok(Arc::clone(opened));
        }
        let bytes = sealer.unseal(place, arn, &self.secret)?;
        let text = str::from_utf8(&bytes).map_err(|_| SealError::Malformed("a secret access key is text"))?;
        let credentials = Credentials {
            access_key_id: self.access_key_id.clone(),
            secret: Zeroizing::new(text.to_owned()),
            session_token: None,
        };
        Ok(Arc::clone(self.opened.get_or_init(|| Arc::new(credentials))))
    }
}

impl Register {
    /// The id of the one document.
    pub(crate) const ID: &str = "register";
}

impl Connecting {
    /// The document's id.
    pub(crate) fn id(place: &Place, store: &str) -> String {
        format!("{}/{}/{store}", place.account, place.region)
    }
}

impl KeyInStore {
    /// The document's id.
    pub(crate) fn id(store: &str, backing: &str) -> String {
        format!("{store}/{backing}")
    }
}

impl Resource for KeyStore {
    const TYPE: &'static str = "kms.key-store";
    // An old secret is to be gone.
    const HISTORY: bool = false;
}

impl Resealable for KeyStore {
    fn resealed(&self, key: &Key, sealer: &Sealer) -> Result<Option<Self>, SealError> {
        let arn = Self::arn_in(&key.place, &key.id);
        match &self.backing {
            Backing::External(proxy) => {
                let secret = sealer.reseal(&key.place, &arn, &proxy.secret)?;
                Ok(secret.map(|secret| {
                    let backing = Backing::External(XksProxy { secret, ..proxy.clone() });
                    Self { backing, ..self.clone() }
                }))
            }
            Backing::CloudHsm(hsm) => {
                let hsm = hsm.resealed((sealer, &key.place, &arn))?;
                Ok(hsm.map(|hsm| Self { backing: Backing::CloudHsm(hsm), ..self.clone() }))
            }
        }
    }
}

impl Resource for Register {
    const TYPE: &'static str = "kms.key-store-register";
    const HISTORY: bool = false;
}

impl Resource for Connecting {
    const TYPE: &'static str = "kms.key-store-connecting";
    const HISTORY: bool = false;
}

impl Resource for KeyInStore {
    const TYPE: &'static str = "kms.key-in-store";
    const HISTORY: bool = false;
}
