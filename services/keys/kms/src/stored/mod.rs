//! The documents of KMS in the store. They change by their own rules, apart from the shapes on the wire.

mod alias;
mod deletion;
mod grant;
mod key;
mod material;
mod memo;
mod origin;
mod state;

pub(crate) use alias::Alias;
pub(crate) use deletion::Deletion;
pub(crate) use grant::{Constraints, Grant, Grantee, Retirable};
pub(crate) use key::{Key, Manager};
pub(crate) use material::Material;
pub(crate) use origin::Origin;
pub(crate) use state::State;
