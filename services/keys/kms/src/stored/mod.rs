//! The documents of KMS in the store. They change by their own rules, apart from the shapes on the wire.

mod alias;
mod deletion;
mod due;
mod grant;
mod hsm_cluster;
mod key;
mod key_store;
mod material;
mod memo;
mod multi_region;
mod origin;
mod state;
mod version;

pub(crate) use alias::Alias;
pub(crate) use deletion::Deletion;
pub(crate) use due::{Due, What};
pub(crate) use grant::{Constraints, Grant, Grantee, Retirable};
pub(crate) use hsm_cluster::HsmCluster;
pub(crate) use key::{InStore, Key, Manager};
pub(crate) use key_store::{
    Backing, Connecting, Connection, KeyInStore, KeyStore, Register, Registered, RegisteredProxy, VpcService,
    XksProxy,
};
pub(crate) use material::Material;
pub(crate) use multi_region::MultiRegion;
pub(crate) use origin::Origin;
pub(crate) use state::State;
pub(crate) use version::{Automatic, Import, RotationType, Version};
