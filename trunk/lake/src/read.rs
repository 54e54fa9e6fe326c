//! Records back out of a part.

use std::borrow::Cow;
use std::fs::File;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use bastide_ids::Timestamp;
use bastide_logs::dns::{Answer, Query};
use bastide_logs::login::Login;
use bastide_logs::{Record, cloudtrail, kubernetes};
use parquet::file::reader::SerializedFileReader;

use crate::catalog::Part;
use crate::columns::{Columns, Walk};
use crate::error::LakeError;
use crate::flows;
use crate::partition::Kind;
use crate::schema::fields;

/// A walk over the records of a part, in the order of time.
pub(crate) struct PartReader {
    path: PathBuf,
    kind: Kind,
    reader: SerializedFileReader<File>,
    walk: Walk,
}

/// The columns that are read back: where the text is whole, that and what it doesn't tell.
fn wanted(kind: Kind) -> Vec<&'static str> {
    match kind {
        Kind::CloudTrail => vec!["event_time", "raw"],
        Kind::Kubernetes => vec!["time", "raw", "account_id", "region", "cluster"],
        _ => fields(kind).iter().map(|(name, _)| *name).collect(),
    }
}

impl PartReader {
    pub(crate) fn open(root: &Path, part: &Part) -> Result<Self, LakeError> {
        let path = root.join(part.path());
        let file = File::open(&path).map_err(LakeError::io(&path))?;
        let reader = SerializedFileReader::new(file).map_err(LakeError::parquet(&path))?;
        let kind = part.partition.kind;
        let walk = match kind {
            Kind::Flow => flows::walk(&reader),
            _ => Walk::new(&reader, &wanted(kind), 0..0),
        };
        Ok(Self { path, kind, reader, walk })
    }

    /// Goes to the next record; `false` at the end.
    pub(crate) fn next(&mut self) -> Result<bool, LakeError> {
        Ok(self.walk.take(&self.reader, 1).map_err(LakeError::parquet(&self.path))? == 1)
    }

    /// When the record was made.
    pub(crate) fn time(&self) -> Timestamp {
        match self.walk.rows() {
            Some(row) if self.kind == Kind::Flow => flows::time(row),
            Some(row) => time(row),
            None => Timestamp::default(),
        }
    }

    /// Shows the record.
    pub(crate) fn show(&self, each: &mut dyn FnMut(&Record<'_>)) -> Result<(), LakeError> {
        let Some(row) = self.walk.rows() else { return Ok(()) };
        let broken =
            |broken: bastide_logs::Broken| LakeError::Parquet(self.path.display().to_string(), broken.reason);
        match self.kind {
            Kind::CloudTrail => {
                let event = cloudtrail::parse(row.text(1)).map_err(broken)?;
                each(&Record::CloudTrail(&event));
            }
            Kind::Kubernetes => {
                let mut event = kubernetes::parse(row.text(1)).map_err(broken)?;
                event.account = Cow::Borrowed(row.text(2));
                event.region = Cow::Borrowed(row.text(3));
                event.cluster = Cow::Borrowed(row.text(4));
                each(&Record::Kubernetes(&event));
            }
            Kind::Dns => each(&Record::Dns(&query(row))),
            Kind::Login => each(&Record::Login(&login(row))),
            Kind::Flow => flows::show(row, 1, ("", ""), &mut |flow| each(&Record::Flow(flow))),
            Kind::Rejected => {}
        }
        Ok(())
    }
}

fn query(row: &Columns) -> Query<'_> {
    let text = |column| Cow::Borrowed(row.text(column));
    let answers: Vec<(String, String)> = serde_json::from_str(row.text(7)).unwrap_or_default();
    let answer = |(data, kind)| Answer { data: Cow::Owned(data), kind: Cow::Owned(kind) };
    Query {
        time: time(row),
        account: text(1),
        region: text(2),
        vpc: text(3),
        name: text(4),
        kind: text(5),
        rcode: text(6),
        answers: answers.into_iter().map(answer).collect(),
        source: address(row.text(8)),
        source_port: port(row.number(9)),
        transport: text(10),
        instance: text(11),
        firewall_action: text(12),
        ..Query::default()
    }
}

fn login(row: &Columns) -> Login<'_> {
    let text = |column| Cow::Borrowed(row.text(column));
    Login {
        time: time(row),
        success: row.truth(1).unwrap_or(false),
        user: text(2),
        database: text(3),
        application: text(4),
        source: address(row.text(5)),
        source_port: port(row.number(6)),
        method: text(7),
        tls: row.truth(8),
        message: text(9),
        engine: text(10),
        instance: text(11),
        account: text(12),
        region: text(13),
    }
}

fn time(row: &Columns) -> Timestamp {
    Timestamp::from_millis(row.number(0).unwrap_or(0))
}

fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

fn port(number: Option<i64>) -> u16 {
    number.and_then(|port| u16::try_from(port).ok()).unwrap_or(0)
}
