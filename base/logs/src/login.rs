//! Logins to databases: PostgreSQL's and MySQL's own logs, as RDS, Aurora and plain servers write them.

use std::borrow::Cow;
use std::net::IpAddr;

use bastide_ids::Timestamp;

/// One attempt to log in.
#[derive(Clone, Debug, Default)]
pub struct Login<'a> {
    /// When.
    pub time: Timestamp,
    /// Whether it was let in.
    pub success: bool,
    /// The database's user.
    pub user: Cow<'a, str>,
    /// The database.
    pub database: Cow<'a, str>,
    /// The client's name of itself (`application_name`).
    pub application: Cow<'a, str>,
    /// Where the client connected from.
    pub source: Option<IpAddr>,
    /// Where the client connected from, its port.
    pub source_port: u16,
    /// How it proved who it is (`scram-sha-256`, `password`, `rds-iam`, …).
    pub method: Cow<'a, str>,
    /// Whether the connection was under TLS; `None` when the log doesn't say.
    pub tls: Option<bool>,
    /// What the server said, for a refusal.
    pub message: Cow<'a, str>,
    /// `postgres` or `mysql`.
    pub engine: Cow<'a, str>,
    /// The instance's name, as the reader knows it.
    pub instance: Cow<'a, str>,
    /// The account that the reader knows the instance is in.
    pub account: Cow<'a, str>,
    /// The region that the reader knows the instance is in.
    pub region: Cow<'a, str>,
}
