//! Pieces of files to records, by the kind of log that the file is.

use bastide_lake::{FlowFile, Kind};
use bastide_logs::flow::Columns;
use bastide_logs::login::Connections;
use bastide_logs::{Broken, Origin, Record, Rejected, cloudtrail, dns, flow, kubernetes, login, sniff};

use crate::place::Place;

/// What a file's first bytes and path say it is. When it is no log known here, what else it is, where that can be told.
pub(crate) fn kind_of(head: &[u8], name: &str) -> Result<Kind, Option<&'static str>> {
    match sniff(head, name).ok_or(None)? {
        bastide_logs::Kind::CloudTrail => Ok(Kind::CloudTrail),
        bastide_logs::Kind::Flow => Ok(Kind::Flow),
        bastide_logs::Kind::Dns => Ok(Kind::Dns),
        bastide_logs::Kind::Kubernetes => Ok(Kind::Kubernetes),
        bastide_logs::Kind::Login => Ok(Kind::Login),
        bastide_logs::Kind::Foreign(what) => Err(Some(what)),
    }
}

/// Reads the records of one file.
pub(crate) struct Parser {
    pub(crate) kind: Kind,
    place: Place,
    /// The log group that the path tells of.
    log_group: String,
    /// The columns of a flow log, as its header says.
    columns: Option<Columns>,
    /// Connections whose logins come in a later piece.
    connections: Connections,
}

/// What reading gives: a record, or what is none.
pub(crate) type Each<'e> = dyn FnMut(Result<Record<'_>, Rejected<'_>>) + 'e;

macro_rules! each_of {
    ($records:expr, $kind:path, $each:expr) => {
        while let Some(record) = $records.read() {
            match record {
                Ok(record) => $each(Ok($kind(&record))),
                Err(rejected) => $each(Err(rejected)),
            }
        }
    };
}

impl Parser {
    /// A parser for a file of a kind, which begins with `head`: what is read may begin further on.
    pub(crate) fn new(kind: Kind, head: &[u8], place: Place) -> Self {
        let log_group = match (&*place.cluster, &*place.instance) {
            ("", "") => String::new(),
            ("", instance) => format!("/aws/rds/instance/{instance}/log"),
            (cluster, _) => format!("/aws/eks/{cluster}/cluster"),
        };
        let header = || {
            let first = memchr::memchr(b'\n', head).and_then(|end| head.get(..end)).unwrap_or(head);
            Columns::of_header(str::from_utf8(first).ok()?.trim())
        };
        let columns = if kind == Kind::Flow { header() } else { None };
        Self { kind, place, log_group, columns, connections: Connections::default() }
    }

    /// Reads all records in a piece of the file.
    pub(crate) fn parse(&mut self, bytes: &[u8], each: &mut Each<'_>) {
        let origin = Origin {
            account: &self.place.account,
            region: &self.place.region,
            log_group: &self.log_group,
            time: self.place.time.unwrap_or_default(),
            ..Origin::default()
        };
        match self.kind {
            Kind::CloudTrail => {
                let mut records = cloudtrail::Records::new(bytes).from(origin);
                each_of!(records, Record::CloudTrail, each);
            }
            Kind::Dns => {
                let mut records = dns::Records::new(bytes).from(origin);
                each_of!(records, Record::Dns, each);
            }
            Kind::Kubernetes => {
                let mut records = kubernetes::Records::new(bytes).from(origin);
                each_of!(records, Record::Kubernetes, each);
            }
            Kind::Flow => {
                let mut records = flow::Records::new(bytes, self.columns.take(), origin);
                records.each(&mut |flow| each(flow.map(Record::Flow)));
                self.columns = Some(records.finish());
            }
            Kind::Login => {
                let mut records = login::Records::new(bytes, origin, std::mem::take(&mut self.connections));
                each_of!(records, Record::Login, each);
                self.connections = records.finish();
            }
            Kind::Rejected => {}
        }
    }

    /// Reads all records of a Parquet file.
    pub(crate) fn parquet(&mut self, bytes: Vec<u8>, each: &mut Each<'_>) {
        let Place { account, region, .. } = &self.place;
        let read = FlowFile::new(bytes.into())
            .and_then(|file| file.read(account, region, &mut |flow| each(Ok(Record::Flow(flow)))));
        if let Err(reason) = read {
            each(Err(Rejected { raw: b"", at: 0, broken: Broken { reason }, foreign: false }));
        }
    }
}
