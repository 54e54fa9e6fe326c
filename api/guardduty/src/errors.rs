//! The errors that guardduty's operations list.

use bastide_shape::{error, errors, member};

use crate::shapes::*;

errors! {
    AccessDeniedException = error(403).with(&[member("Type", &String).wire("type"), member("__type", &String)]);
    BadRequestException = error(400).with(&[member("Type", &String).wire("type"), member("__type", &String)]);
    ConflictException = error(409).with(&[member("Type", &String).wire("type")]);
    InternalServerErrorException = error(500).with(&[member("Type", &String).wire("type"), member("__type", &String)]);
    ResourceNotFoundException = error(404).with(&[member("Type", &String).wire("type")]);
}
