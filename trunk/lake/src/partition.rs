//! Where a record lies: kind, account, region and day.

use std::path::PathBuf;

use bastide_ids::Timestamp;
use bastide_logs::Record;

/// A kind of records, each with a schema of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// CloudTrail events.
    CloudTrail,
    /// VPC flow records.
    Flow,
    /// Resolver queries.
    Dns,
    /// Kubernetes audit events.
    Kubernetes,
    /// Logins to databases.
    Login,
    /// What could not be read: JSON lines.
    Rejected,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::CloudTrail, Self::Flow, Self::Dns, Self::Kubernetes, Self::Login, Self::Rejected];

    /// The name of its folder.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CloudTrail => "cloudtrail",
            Self::Flow => "flow",
            Self::Dns => "dns",
            Self::Kubernetes => "kubernetes",
            Self::Login => "login",
            Self::Rejected => "rejected",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    pub(crate) fn suffix(self) -> &'static str {
        if self == Self::Rejected { "jsonl" } else { "parquet" }
    }
}

/// Where a record lies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Partition {
    /// Its kind.
    pub kind: Kind,
    /// Days since 1970, UTC.
    pub day: i64,
    /// The account; `unknown` when no record or path says.
    pub account: String,
    /// The region; `unknown` when no record or path says.
    pub region: String,
}

const DAY: i64 = 86_400_000;

impl Partition {
    pub(crate) fn of(record: &Record<'_>) -> Self {
        let (kind, account, region): (_, &str, &str) = match record {
            Record::CloudTrail(event) => (Kind::CloudTrail, &event.account, &event.region),
            Record::Flow(flow) => (Kind::Flow, flow.account, flow.region),
            Record::Dns(query) => (Kind::Dns, &query.account, &query.region),
            Record::Kubernetes(event) => (Kind::Kubernetes, &event.account, &event.region),
            Record::Login(login) => (Kind::Login, &login.account, &login.region),
        };
        Self { kind, day: day(record.time()), account: safe(account), region: safe(region) }
    }

    /// Whether a record lies here, without making a partition of it.
    pub(crate) fn holds(&self, record: &Record<'_>) -> bool {
        let (kind, account, region): (_, &str, &str) = match record {
            Record::CloudTrail(event) => (Kind::CloudTrail, &event.account, &event.region),
            Record::Flow(flow) => (Kind::Flow, flow.account, flow.region),
            Record::Dns(query) => (Kind::Dns, &query.account, &query.region),
            Record::Kubernetes(event) => (Kind::Kubernetes, &event.account, &event.region),
            Record::Login(login) => (Kind::Login, &login.account, &login.region),
        };
        self.kind == kind
            && self.day == day(record.time())
            && self.account == account
            && self.region == region
    }

    /// `cloudtrail/account=111122223333/region=eu-central-1/day=2023-07-10`.
    pub(crate) fn folder(&self) -> PathBuf {
        let date = Timestamp::from_millis(self.day.saturating_mul(DAY)).iso8601();
        let date = date.get(..10).unwrap_or("unknown");
        let mut path = PathBuf::from(self.kind.as_str());
        if self.kind != Kind::Rejected {
            path.push(format!("account={}", self.account));
            path.push(format!("region={}", self.region));
        }
        path.push(format!("day={date}"));
        path
    }
}

/// Days since 1970.
pub(crate) fn day(time: Timestamp) -> i64 {
    time.millis().div_euclid(DAY)
}

/// What may be part of a path: logs can say anything.
fn safe(text: &str) -> String {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !text.is_empty() && text.len() <= 64 && text.bytes().all(fits) {
        text.to_owned()
    } else {
        "unknown".to_owned()
    }
}
