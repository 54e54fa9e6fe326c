//! Keys: made, looked at, changed and deleted.

pub(crate) mod create;
pub(crate) mod deletion;
pub(crate) mod describe;
mod state;
pub(crate) mod update;
