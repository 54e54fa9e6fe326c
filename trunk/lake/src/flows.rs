//! Flow records in Parquet: as AWS delivers them, and as the lake keeps them.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bastide_ids::Timestamp;
use bastide_logs::flow::{Direction, Flow, Status};
use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};

use crate::columns::{Columns, Walk, places};

/// The columns that are read, in the order in which [`fill`] takes them.
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

/// Rows that any file may have, and how many more for each of its bytes. A record has its own ends and ports, which no
/// encoding writes in an eighth of a byte: a file that claims more is made to be read for ever.
const ROWS: u64 = 1_000_000;
const ROWS_A_BYTE: u64 = 8;

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
            let most = ROWS.saturating_add((bytes.len() as u64).saturating_mul(ROWS_A_BYTE));
            let reader = SerializedFileReader::new(bytes).map_err(told)?;
            let rows = reader.metadata().row_groups().iter();
            let rows = rows.fold(0_u64, |sum, group| sum.saturating_add(group.num_rows().unsigned_abs()));
            if rows > most {
                return Err(format!(
                    "the Parquet file claims {rows} rows, more than a file of its size can have"
                ));
            }
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
            let mut walk = walk(&self.reader);
            loop {
                let count = walk.take(&self.reader, AT_ONCE).map_err(told)?;
                match walk.rows() {
                    Some(rows) if count > 0 => show(rows, count, (account, region), each),
                    _ => break,
                }
            }
            Ok(())
        })
    }
}

/// Records that are made at once: few enough to stay in the processor's cache.
const AT_ONCE: usize = 128;

/// A walk over flow records.
pub(crate) fn walk<R: ChunkReader + 'static>(reader: &SerializedFileReader<R>) -> Walk {
    Walk::new(reader, &NAMES, ADDRESSES)
}

/// Shows the records that a walk has gone to, `count` of them. `account` and `region` stand in for what they lack.
pub(crate) fn show(
    rows: &Columns,
    count: usize,
    (account, region): (&str, &str),
    each: &mut dyn FnMut(&Flow<'_>),
) {
    let mut flows = vec![Flow { account, region, ..Flow::default() }; count];
    fill(&mut flows, rows);
    flows.iter().for_each(each);
}

/// When the first of them began.
pub(crate) fn time(rows: &Columns) -> Timestamp {
    Timestamp::from_seconds(rows.number(15).unwrap_or(0))
}

/// Fills records, a column after the other.
fn fill<'c>(flows: &mut [Flow<'c>], rows: &'c Columns) {
    macro_rules! text {
        ($column:literal, $field:ident) => {
            rows.texts($column, flows, |flow, text| {
                // `-` stands for what is not known.
                if !matches!(text, "" | "-") {
                    flow.$field = text;
                }
            })
        };
    }
    macro_rules! number {
        ($column:literal, $field:ident) => {
            rows.numbers($column, flows, |flow, number| flow.$field = number.try_into().unwrap_or(0))
        };
    }
    text!(0, account);
    text!(1, region);
    text!(2, interface);
    text!(3, instance);
    text!(4, vpc);
    text!(5, subnet);
    rows.addresses(6, flows, |flow, address| flow.source = address);
    rows.addresses(7, flows, |flow, address| flow.destination = address);
    rows.addresses(8, flows, |flow, address| flow.packet_source = address);
    rows.addresses(9, flows, |flow, address| flow.packet_destination = address);
    number!(10, source_port);
    number!(11, destination_port);
    number!(12, protocol);
    number!(13, packets);
    number!(14, bytes);
    rows.numbers(15, flows, |flow, number| flow.start = Timestamp::from_seconds(number));
    rows.numbers(16, flows, |flow, number| flow.end = Timestamp::from_seconds(number));
    rows.texts(17, flows, |flow, text| {
        flow.accepted = match text {
            "ACCEPT" => Some(true),
            "REJECT" => Some(false),
            _ => None,
        };
    });
    rows.texts(18, flows, |flow, text| {
        flow.status = match text {
            "NODATA" => Status::NoData,
            "SKIPDATA" => Status::SkipData,
            _ => Status::Ok,
        };
    });
    rows.numbers(19, flows, |flow, number| flow.tcp_flags = number.try_into().ok());
    rows.texts(20, flows, |flow, text| {
        flow.direction = match text {
            "ingress" => Some(Direction::Ingress),
            "egress" => Some(Direction::Egress),
            _ => None,
        };
    });
    text!(21, source_service);
    text!(22, destination_service);
}

/// The library means to refuse damaged files by errors; should it panic on one, that file is damaged too.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("the Parquet file is damaged".to_owned()))
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn told(error: ParquetError) -> String {
    format!("the Parquet file is damaged: {error}")
}
