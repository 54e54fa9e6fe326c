//! Grants: who may do what with a key, besides its policy.

pub(crate) mod allow;
pub(crate) mod create;
pub(crate) mod end;
pub(crate) mod list;
pub(crate) mod principal;
pub(crate) mod token;
