//! The columns of each kind. Flow records have the names that AWS gives them in its own Parquet files.

use std::sync::Arc;

use parquet::errors::ParquetError;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::Type;

use crate::partition::Kind;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Milliseconds since 1970, UTC.
    Time,
    Text,
    Number,
    Truth,
}

use Form::{Number, Text, Time, Truth};

/// A column: its name and what it holds.
pub(crate) type Field = (&'static str, Form);

const CLOUDTRAIL: &[Field] = &[
    ("event_time", Time),
    ("event_id", Text),
    ("event_source", Text),
    ("event_name", Text),
    ("event_type", Text),
    ("event_category", Text),
    ("aws_region", Text),
    ("account_id", Text),
    ("source_ip_address", Text),
    ("user_agent", Text),
    ("error_code", Text),
    ("user_type", Text),
    ("user_arn", Text),
    ("user_name", Text),
    ("access_key_id", Text),
    ("read_only", Truth),
    ("raw", Text),
];

const FLOW: &[Field] = &[
    ("account_id", Text),
    ("region", Text),
    ("interface_id", Text),
    ("instance_id", Text),
    ("vpc_id", Text),
    ("subnet_id", Text),
    ("srcaddr", Text),
    ("dstaddr", Text),
    ("pkt_srcaddr", Text),
    ("pkt_dstaddr", Text),
    ("srcport", Number),
    ("dstport", Number),
    ("protocol", Number),
    ("packets", Number),
    ("bytes", Number),
    ("start", Number),
    ("end", Number),
    ("action", Text),
    ("log_status", Text),
    ("tcp_flags", Number),
    ("flow_direction", Text),
    ("pkt_src_aws_service", Text),
    ("pkt_dst_aws_service", Text),
];

const DNS: &[Field] = &[
    ("query_timestamp", Time),
    ("account_id", Text),
    ("region", Text),
    ("vpc_id", Text),
    ("query_name", Text),
    ("query_type", Text),
    ("rcode", Text),
    ("answers", Text),
    ("srcaddr", Text),
    ("srcport", Number),
    ("transport", Text),
    ("instance", Text),
    ("firewall_rule_action", Text),
];

const KUBERNETES: &[Field] = &[
    ("time", Time),
    ("audit_id", Text),
    ("stage", Text),
    ("verb", Text),
    ("request_uri", Text),
    ("username", Text),
    ("source_ips", Text),
    ("user_agent", Text),
    ("namespace", Text),
    ("resource", Text),
    ("name", Text),
    ("status", Number),
    ("account_id", Text),
    ("region", Text),
    ("cluster", Text),
    ("raw", Text),
];

const LOGIN: &[Field] = &[
    ("time", Time),
    ("success", Truth),
    ("username", Text),
    ("database", Text),
    ("application", Text),
    ("srcaddr", Text),
    ("srcport", Number),
    ("method", Text),
    ("tls", Truth),
    ("message", Text),
    ("engine", Text),
    ("instance", Text),
    ("account_id", Text),
    ("region", Text),
];

/// The columns of a kind; what is rejected has none.
pub(crate) fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::CloudTrail => CLOUDTRAIL,
        Kind::Flow => FLOW,
        Kind::Dns => DNS,
        Kind::Kubernetes => KUBERNETES,
        Kind::Login => LOGIN,
        Kind::Rejected => &[],
    }
}

/// Parquet's schema of a kind.
pub(crate) fn schema(kind: Kind) -> Result<Arc<Type>, ParquetError> {
    let columns: String = fields(kind)
        .iter()
        .map(|(name, form)| match form {
            Time => format!("optional int64 {name} (TIMESTAMP(MILLIS,true));\n"),
            Text => format!("optional binary {name} (STRING);\n"),
            Number => format!("optional int64 {name};\n"),
            Truth => format!("optional boolean {name};\n"),
        })
        .collect();
    Ok(Arc::new(parse_message_type(&format!("message {} {{\n{columns}}}", kind.as_str()))?))
}
