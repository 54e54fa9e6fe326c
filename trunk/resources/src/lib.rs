//! The trunk of resources: versioned documents, what exists and what it used to be.
//!
//! A [`Resource`] is a type of document. Documents are found by place, type and id, listed by id, and
//! followed backwards along named relations. What changes is committed as one [`Changes`], which fails with
//! a conflict when something it was made from has changed meanwhile. Every version stays, and AWS Config is
//! the window on them: a configuration item is a version.
//!
//! One process has its documents in an SQLite file; several nodes share a PostgreSQL. Both hold to one suite
//! of contract tests.

mod cache;
mod changes;
mod engine;
mod error;
mod lease;
mod plan;
mod postgres;
mod resource;
mod rows;
mod sqlite;
mod store;

pub use changes::{Changes, MAX_BODY, MAX_ID, MAX_RELATIONS, MAX_WRITES, Outgoing};
pub use error::{CommitError, Committed, StoreError};
pub use lease::Lease;
pub use resource::{
    Discovered, Item, ItemChange, ItemFilter, Key, Page, Related, Relation, Resource, Stored, VersionItem,
};
pub use sqlite::copy::{Contents, copy, examine};
pub use store::{MAX_LATEST, MAX_PAGE, Store};
