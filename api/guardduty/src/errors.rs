//! The errors that guardduty's operations list.

use bastide_shape::{error, errors, member};

use crate::shapes::*;

errors! {
    AccessDeniedException = error(403).with(&[member("Type", &String).wire("type"), member("__type", &String)]);
    BadRequestException = error(400).with(&[member("Type", &String).wire("type"), member("__type", &String)]);
    InternalServerErrorException = error(500).with(&[member("Type", &String).wire("type"), member("__type", &String)]);
}
