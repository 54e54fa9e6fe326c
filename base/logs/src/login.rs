//! Logins to databases: PostgreSQL's and MySQL's own logs, as RDS, Aurora and plain servers write them.

mod csv;
mod mysql;
mod postgres;
mod prefix;
mod records;

use std::borrow::Cow;
use std::net::IpAddr;

use bastide_ids::Timestamp;

pub use postgres::Connections;
pub use records::Records;

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
    /// The instance's or cluster's name, as the log group `/aws/rds/instance/NAME/postgresql` says it.
    pub instance: Cow<'a, str>,
    /// The account that the reader knows the instance is in.
    pub account: Cow<'a, str>,
    /// The region that the reader knows the instance is in.
    pub region: Cow<'a, str>,
}

impl Login<'_> {
    /// The same login, borrowed from nothing.
    #[must_use]
    pub fn into_owned(self) -> Login<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Login {
            time: self.time,
            success: self.success,
            user: owned(self.user),
            database: owned(self.database),
            application: owned(self.application),
            source: self.source,
            source_port: self.source_port,
            method: owned(self.method),
            tls: self.tls,
            message: owned(self.message),
            engine: owned(self.engine),
            instance: owned(self.instance),
            account: owned(self.account),
            region: owned(self.region),
        }
    }
}

/// The database whose server writes to a log group of RDS: `/aws/rds/instance/NAME/postgresql`,
/// `/aws/rds/cluster/NAME/audit`.
#[must_use]
pub fn instance_of(log_group: &str) -> Option<&str> {
    let rest = log_group.strip_prefix("/aws/rds/")?;
    let named = rest.strip_prefix("instance/").or_else(|| rest.strip_prefix("cluster/"))?;
    named.split('/').next()
}

/// Whether a line is one of the logs that are read here, of a login or not.
pub(crate) fn is_line(line: &str) -> bool {
    let audit = |rest: &str| {
        let operation = rest.split(',').nth(5).unwrap_or_default();
        !operation.is_empty() && operation.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    mysql::audit_moment(line).is_some_and(|(_, rest)| audit(rest))
        || (csv::is_csv(line) && csv::entry(line).is_ok())
        || prefix::entry(line).is_ok()
        || line.split_once(' ').is_some_and(|(_, rest)| mysql::is_error(rest))
}

/// Whether what follows the moment of a line belongs to MySQL's error log.
pub(crate) fn is_error_log(rest: &str) -> bool {
    mysql::is_error(rest)
}

#[cfg(test)]
mod tests;
