//! AWS Security Token Service: its operations and shapes as tables, nothing more.
//!
//! The kinds of resources that operations act on (`.on(…)`): `role` by its ARN; `federated-user` by the session's
//! name, which is `arn:aws:sts::111122223333:federated-user/NAME`.

pub mod common;
pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Protocol, Service, service};

/// AWS Security Token Service.
pub static STS: Service = service("sts", "sts.amazonaws.com")
    .speaks("2011-06-15", &[Protocol::Query])
    .xml_namespace("https://sts.amazonaws.com/doc/2011-06-15/")
    .operations(operations::BUILT, operations::UNBUILT)
    .unbuilt_unsigned(&["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"])
    .common_errors(common::COMMON);
