//! Amazon GuardDuty: its operations and shapes as tables, nothing more.
//!
//! The kinds of resources that operations act on (`.on(…)`):
//!
//! | kind | |
//! |---|---|
//! | `detector` | a detector of the caller's account, by its id |
//! | `filter`, `ip-set`, `threat-intel-set`, `threat-entity-set`, `trusted-entity-set`, `destination` | what belongs to the detector of the request, by its name or id |
//! | `rule` | a rule of the catalogue of custom detection rules, by its id; it belongs to no account |
//! | `rule-association` | the association of the request's rule with the caller's account, by its own id |
//! | `tagged` | a detector or what belongs to it, by its ARN |

pub mod common;
pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Broken, Protocol, Service, Telling, service};

/// Amazon GuardDuty.
pub static GUARDDUTY: Service = service("guardduty", "guardduty.amazonaws.com")
    .speaks("2017-11-28", &[Protocol::RestJson])
    .unbuilt_http(operations::UNBUILT_HTTP)
    .operations(operations::BUILT, operations::UNBUILT)
    .tells(Telling::Reasons(&errors::BadRequestException, TYPES, reason))
    .faults(&errors::InternalServerErrorException)
    .common_errors(common::COMMON);

/// The members of an error that hold its inner type. Older clients know it as `__type`.
pub static TYPES: &[&str] = &["Type", "__type"];

/// What every broken constraint is told as (observed).
fn reason(broken: Broken) -> (&'static str, &'static str) {
    let message = match broken {
        Broken::Missing => {
            "The request is rejected because required query or path parameters are not specified."
        }
        _ => {
            "The request is rejected because an invalid or out-of-range value is specified as an input parameter."
        }
    };
    ("InvalidInputException", message)
}
