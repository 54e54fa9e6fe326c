//! Flow records in Parquet: as AWS delivers them, and as the lake keeps them.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bastide_ids::Timestamp;
use bastide_logs::flow::{Direction, Flow, Status};
use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};

use crate::columns::{Columns, places};

/// The columns that are read, in the order in which [`Flows::show`] takes them.
pub(crate) const NAMES: [&str; 23] = [
    "account_id",
    "region",
    "interface_id",
    "instance_id",
    "vpc_id",
    "subnet_id",
    "srcaddr",
    "dstaddr",
    "pkt_srcaddr",
    "pkt_dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log_status",
    "tcp_flags",
    "flow_direction",
    "pkt_src_aws_service",
    "pkt_dst_aws_service",
];

/// Those of them that are addresses.
const ADDRESSES: Range<usize> = 6..10;

/// A Parquet file of flow records, as AWS delivers VPC flow logs to S3.
pub struct FlowFile {
    reader: SerializedFileReader<Bytes>,
}

impl FlowFile {
    /// Takes a whole file.
    ///
    /// # Errors
    /// When it is no Parquet file, or none of flow records.
    pub fn new(bytes: Bytes) -> Result<Self, String> {
        guarded(|| {
            let reader = SerializedFileReader::new(bytes).map_err(told)?;
            let places = places(reader.metadata().file_metadata().schema_descr(), &NAMES);
            let has = |name: &str| {
                NAMES
                    .iter()
                    .position(|known| *known == name)
                    .is_some_and(|at| places.get(at).is_some_and(Option::is_some))
            };
            if !(has("srcaddr") && has("dstaddr") && has("start")) {
                return Err(
                    "a Parquet file, but not of flow records: it lacks `srcaddr`, `dstaddr` or `start`"
                        .to_owned(),
                );
            }
            Ok(Self { reader })
        })
    }

    /// Shows all records. `account` and `region` stand in for columns that the file lacks.
    ///
    /// # Errors
    /// Damage; what came before it was shown.
    pub fn read(&self, account: &str, region: &str, each: &mut dyn FnMut(&Flow<'_>)) -> Result<(), String> {
        guarded(|| {
            let mut flows = Flows::new(&self.reader);
            while flows.next(&self.reader).map_err(told)? {
                flows.show(account, region, each);
            }
            Ok(())
        })
    }
}

/// A walk over flow records.
pub(crate) struct Flows {
    places: Vec<Option<usize>>,
    columns: Option<Columns>,
    group: usize,
}

impl Flows {
    pub(crate) fn new<R: ChunkReader + 'static>(reader: &SerializedFileReader<R>) -> Self {
        let places = places(reader.metadata().file_metadata().schema_descr(), &NAMES);
        Self { places, columns: None, group: 0 }
    }

    /// Goes to the next record; `false` at the end.
    pub(crate) fn next<R: ChunkReader + 'static>(
        &mut self,
        reader: &SerializedFileReader<R>,
    ) -> Result<bool, ParquetError> {
        loop {
            if let Some(columns) = &mut self.columns
                && columns.next()?
            {
                return Ok(true);
            }
            if self.group >= reader.num_row_groups() {
                return Ok(false);
            }
            self.columns = Some(Columns::open(&*reader.get_row_group(self.group)?, &self.places, ADDRESSES)?);
            self.group += 1;
        }
    }

    /// Shows the record.
    pub(crate) fn show(&self, account: &str, region: &str, each: &mut dyn FnMut(&Flow<'_>)) {
        let Some(row) = &self.columns else { return };
        let or = |text, other| if str::is_empty(text) { other } else { text };
        let number = |column| row.number(column).unwrap_or(0);
        let flow = Flow {
            account: or(known(row.text(0)), account),
            region: or(known(row.text(1)), region),
            interface: known(row.text(2)),
            instance: known(row.text(3)),
            vpc: known(row.text(4)),
            subnet: known(row.text(5)),
            source: row.address(6),
            destination: row.address(7),
            packet_source: row.address(8),
            packet_destination: row.address(9),
            source_port: u16::try_from(number(10)).unwrap_or(0),
            destination_port: u16::try_from(number(11)).unwrap_or(0),
            protocol: u8::try_from(number(12)).unwrap_or(0),
            packets: u64::try_from(number(13)).unwrap_or(0),
            bytes: u64::try_from(number(14)).unwrap_or(0),
            start: Timestamp::from_seconds(number(15)),
            end: Timestamp::from_seconds(number(16)),
            accepted: match row.text(17) {
                "ACCEPT" => Some(true),
                "REJECT" => Some(false),
                _ => None,
            },
            status: match row.text(18) {
                "NODATA" => Status::NoData,
                "SKIPDATA" => Status::SkipData,
                _ => Status::Ok,
            },
            tcp_flags: row.number(19).and_then(|flags| u8::try_from(flags).ok()),
            direction: match row.text(20) {
                "ingress" => Some(Direction::Ingress),
                "egress" => Some(Direction::Egress),
                _ => None,
            },
            source_service: known(row.text(21)),
            destination_service: known(row.text(22)),
        };
        each(&flow);
    }

    /// When the record began.
    pub(crate) fn time(&self) -> Timestamp {
        Timestamp::from_seconds(self.columns.as_ref().and_then(|row| row.number(15)).unwrap_or(0))
    }
}

/// `-` stands for what is not known.
fn known(text: &str) -> &str {
    if text == "-" { "" } else { text }
}

/// The library means to refuse damaged files by errors; should it panic on one, that file is damaged too.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("the Parquet file is damaged".to_owned()))
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn told(error: ParquetError) -> String {
    format!("the Parquet file is damaged: {error}")
}
