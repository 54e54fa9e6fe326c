//! The formats of logs: what a line or a record of each kind says, borrowed from the bytes it was read from.
//!
//! Pure: readers of files, streams and Parquet stand above and hand over text. A parser never panics on outside
//! bytes; what it can't read is a [`Broken`] with the reason.

pub mod cloudtrail;
pub mod dns;
pub mod flow;
pub mod json;
pub mod kubernetes;
mod lines;
pub mod login;
mod sniff;
mod time;
mod walk;
mod words;

use std::borrow::Cow;

use bastide_ids::Timestamp;

pub use sniff::{HEAD, Kind, sniff};
pub use walk::{Format, MAX_RECORD, Origin, Records, Rejected};

/// One record of any kind of log, by reference, so that feeding one costs nothing.
#[derive(Clone, Copy, Debug)]
pub enum Record<'a> {
    /// An API call, or what a service did by itself.
    CloudTrail(&'a cloudtrail::Event<'a>),
    /// A network flow.
    Flow(&'a flow::Flow<'a>),
    /// A DNS query that a resolver answered.
    Dns(&'a dns::Query<'a>),
    /// A request to a Kubernetes API server.
    Kubernetes(&'a kubernetes::Event<'a>),
    /// An attempt to log in to a database.
    Login(&'a login::Login<'a>),
}

impl Record<'_> {
    /// When it happened.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        match self {
            Self::CloudTrail(event) => event.time,
            Self::Flow(flow) => flow.start,
            Self::Dns(query) => query.time,
            Self::Kubernetes(event) => event.time,
            Self::Login(login) => login.time,
        }
    }
}

/// A record that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Broken {
    /// Why, in words for the operator; names the member or column.
    pub reason: String,
}

/// The most of a user agent that is looked at, in bytes. CloudTrail and Kubernetes cut theirs at 1 KB; another writer
/// might not, and whoever makes a call chooses that text.
const USER_AGENT: usize = 1024;

/// A user agent's beginning.
fn shortened(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.len() <= USER_AGENT {
        return text;
    }
    let end = text.floor_char_boundary(USER_AGENT);
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(..end).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}
