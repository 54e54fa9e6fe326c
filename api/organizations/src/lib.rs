//! AWS Organizations: its operations and shapes as tables, nothing more.
//!
//! The kinds of resources that operations act on (`.on(…)`): `account`, `ou`, `policy` and `root` by their ids, and
//! `target` by an id that may be of any of these. `any` is every resource, with the condition keys of the call.

pub mod common;
pub mod errors;
pub mod operations;
pub mod shapes;

use bastide_shape::{Broken, Protocol, Service, Telling, service};

/// AWS Organizations.
pub static ORGANIZATIONS: Service = service("organizations", "organizations.amazonaws.com")
    .speaks("2016-11-28", &[Protocol::Json11])
    .target_prefix("AWSOrganizationsV20161128")
    .operations(operations::BUILT, operations::UNBUILT)
    .tells(Telling::Reasons(&errors::InvalidInputException, &["Reason"], reason))
    .common_errors(common::COMMON);

/// The `Reason` of the `InvalidInputException`, and its message (observed for patterns and enumerations; of the others
/// the documentation has only the reasons).
fn reason(broken: Broken) -> (&'static str, &'static str) {
    match broken {
        Broken::Missing => ("INPUT_REQUIRED", "You must include a value for all required parameters."),
        Broken::TooLong => ("MAX_LENGTH_EXCEEDED", "You provided a value that is longer than allowed."),
        Broken::TooShort => ("MIN_LENGTH_EXCEEDED", "You provided a value that is shorter than allowed."),
        Broken::Pattern => {
            ("INVALID_PATTERN", "You provided a value that does not match the required pattern.")
        }
        Broken::Enumeration => ("INVALID_ENUM", "You specified an invalid value."),
        Broken::TooLarge => ("MAX_VALUE_EXCEEDED", "You provided a value that is larger than allowed."),
        Broken::TooSmall => ("MIN_VALUE_EXCEEDED", "You provided a value that is smaller than allowed."),
        Broken::Element => ("INVALID_LIST_MEMBER", "You provided a list with a value that is not valid."),
    }
}
