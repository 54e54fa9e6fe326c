//! STS: temporary credentials.

pub mod token;
