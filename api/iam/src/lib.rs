//! AWS Identity and Access Management: its operations and shapes as tables, nothing more.
//!
//! The kinds of resources that operations act on (`.on(…)`): `user`, `group`, `role` and `instance-profile` by their
//! names (an absent `UserName` is the caller), `policy` by its ARN (its name when it is made), `mfa` by its serial
//! number (its name when it is made), `principal` by the ARN of a user, group or role, `access-key` is the user who
//! has the key. A path stands for the resource when entities are listed: `user-path` with `PathPrefix` `/a/` is
//! `arn:aws:iam::111122223333:user/a/`, likewise `group-path`, `role-path`, `policy-path`, `instance-profile-path`;
//! an absent prefix is `/`. `service-linked-role` is the role of the service that is named, `deletion-task` the
//! role that the task deletes.

pub mod common;
pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Protocol, Service, Telling, service};

/// AWS Identity and Access Management.
pub static IAM: Service = service("iam", "iam.amazonaws.com")
    .speaks("2010-05-08", &[Protocol::Query])
    .xml_namespace("https://iam.amazonaws.com/doc/2010-05-08/")
    .global()
    .operations(operations::BUILT, operations::UNBUILT)
    .common_errors(common::COMMON)
    .tells(Telling::NoValues);
