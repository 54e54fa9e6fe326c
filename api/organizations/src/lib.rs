//! AWS Organizations: its operations and shapes as tables, nothing more.
//!
//! The kinds of resources that operations act on (`.on(…)`): `account`, `ou`, `policy` and `root` by their ids, and
//! `target` by an id that may be of any of these. `any` is every resource, with the condition keys of the call.

pub mod common;
pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Protocol, Service, service};

/// AWS Organizations.
pub static ORGANIZATIONS: Service = service("organizations", "organizations.amazonaws.com")
    .speaks("2016-11-28", &[Protocol::Json11])
    .target_prefix("AWSOrganizationsV20161128")
    .operations(operations::BUILT, operations::UNBUILT)
    .common_errors(common::COMMON);
