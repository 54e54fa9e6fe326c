//! The API of an external key store's proxy: its operations and shapes as tables, nothing more.
//!
//! Source: the public "External Key Store Proxy API Specification", version 1. It is no AWS service and speaks no
//! protocol of AWS's: `bin/bastide` reads its requests, with the schemas here, and hands them to the door.
//! `KeyId` stands in no request: it is the key that the operator has put behind the external key of the path.

pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Service, service};

/// The proxy of an external key store.
pub static XKS: Service = Service {
    action_prefix: "kms",
    ..service("kms-xks-proxy", "kms-xks-proxy.bastide.internal").operations(operations::BUILT, &[])
};
