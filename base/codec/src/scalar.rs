//! Simple values as text: how XML bodies, forms, headers, query strings and paths carry them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bastide_ids::Timestamp;
use bastide_shape::{Blob, Kind, Member, Shape, TimestampFormat, Value};

use crate::error::{EncodeError, Fault};

/// The format of a member's moment: its own, its shape's, or that of the place it stands in.
pub(crate) fn format(member: &Member, default: TimestampFormat) -> TimestampFormat {
    match (member.timestamp, member.shape.kind) {
        (Some(own), _) | (None, Kind::Timestamp(Some(own))) => own,
        _ => default,
    }
}

/// Reads a simple value from its text.
pub(crate) fn read(shape: &Shape, format: TimestampFormat, text: &str) -> Result<Value, Fault> {
    let unfit = || Fault::unfit("STRING_VALUE", shape.kind);
    match shape.kind {
        Kind::String | Kind::Enumeration(_) => Ok(Value::Str(text.to_owned())),
        Kind::Boolean => match text.trim() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(unfit()),
        },
        Kind::Integer | Kind::Long | Kind::BigInteger => {
            let number = text.trim().parse().map_err(|_| unfit())?;
            whole(shape.kind, number).ok_or_else(unfit)
        }
        Kind::Float | Kind::Double => {
            let number = special(text).or_else(|| decimal(text.trim())).ok_or_else(unfit)?;
            float(shape.kind, number).ok_or_else(unfit)
        }
        Kind::Blob => Ok(Value::Blob(blob(text.trim())?)),
        Kind::Timestamp(_) => moment(format, text.trim()).map(Value::Time).ok_or_else(unfit),
        Kind::Document | Kind::List(_) | Kind::Map(..) | Kind::Structure(_) | Kind::Union(_) => Err(unfit()),
    }
}

/// A whole number of an integer's size.
pub(crate) fn whole(kind: Kind, number: i64) -> Option<Value> {
    let fits = !matches!(kind, Kind::Integer) || i32::try_from(number).is_ok();
    fits.then_some(Value::Int(number))
}

/// A whole number that was written with a fraction of zero or an exponent.
#[allow(clippy::cast_possible_truncation, reason = "the bounds are checked, and the fraction is zero")]
pub(crate) fn integral(kind: Kind, number: f64) -> Option<Value> {
    // 2^63, which is exact in a float; so is every smaller whole number that a float can be.
    const BOUND: f64 = i64::MAX as f64;
    let fits = number.fract() == 0.0 && (-BOUND..BOUND).contains(&number);
    if fits { whole(kind, number as i64) } else { None }
}

/// A number of a float's size: a `Float` is rounded to 32 bits.
#[allow(clippy::cast_possible_truncation, reason = "the overflow is told from infinity on the next line")]
pub(crate) fn float(kind: Kind, number: f64) -> Option<Value> {
    if !matches!(kind, Kind::Float) {
        return Some(Value::Float(number));
    }
    let single = number as f32;
    (single.is_finite() == number.is_finite()).then_some(Value::Float(f64::from(single)))
}

/// The numbers that are written as words.
pub(crate) fn special(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// A number in digits only: Rust would also read `inf` and `nan`.
fn decimal(text: &str) -> Option<f64> {
    let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    if digits { text.parse().ok().filter(|number: &f64| number.is_finite()) } else { None }
}

/// Bytes from base64, strictly.
pub(crate) fn blob(text: &str) -> Result<Blob, Fault> {
    // The message does not say where: the position would tell something of a secret.
    BASE64.decode(text).map(Blob).map_err(|_| Fault::new("invalid base64 in a Blob"))
}

/// Writes base64 behind what is there.
pub(crate) fn push_base64(out: &mut String, bytes: &[u8]) {
    BASE64.encode_string(bytes, out);
}

/// A moment from its text.
pub(crate) fn moment(format: TimestampFormat, text: &str) -> Option<Timestamp> {
    match format {
        TimestampFormat::EpochSeconds => Timestamp::from_seconds_f64(decimal(text)?).ok(),
        TimestampFormat::HttpDate => Timestamp::parse_http_date(text).ok(),
        TimestampFormat::Iso8601 => iso8601(text),
    }
}

/// ISO 8601 as AWS's services read it: an offset, the time of day, or the dashes may be missing.
fn iso8601(text: &str) -> Option<Timestamp> {
    let parsed = Timestamp::parse_iso8601(text).or_else(|_| Timestamp::parse_basic(text)).ok();
    if parsed.is_some() || text.len() > 32 || text.ends_with(['Z', 'z']) {
        return parsed;
    }
    let whole = if text.contains('T') { format!("{text}Z") } else { format!("{text}T00:00:00Z") };
    Timestamp::parse_iso8601(&whole).ok()
}

/// Writes a moment in a format.
pub(crate) fn push_moment(out: &mut String, format: TimestampFormat, moment: Timestamp) {
    let whole = moment.millis().rem_euclid(1000) == 0;
    match format {
        TimestampFormat::EpochSeconds => push_epoch(out, moment),
        TimestampFormat::HttpDate => out.push_str(&moment.http_date()),
        TimestampFormat::Iso8601 if whole => out.push_str(&moment.iso8601()),
        TimestampFormat::Iso8601 => out.push_str(&moment.iso8601_millis()),
    }
}

/// Seconds since the epoch, with as many digits of a fraction as it has: `1795253400.12`.
pub(crate) fn push_epoch(out: &mut String, moment: Timestamp) {
    let millis = moment.millis();
    let (seconds, rest) = (millis.unsigned_abs() / 1000, millis.unsigned_abs() % 1000);
    let sign = if millis < 0 { "-" } else { "" };
    let _ = match rest {
        0 => write!(out, "{sign}{seconds}"),
        rest if rest % 100 == 0 => write!(out, "{sign}{seconds}.{}", rest / 100),
        rest if rest % 10 == 0 => write!(out, "{sign}{seconds}.{:02}", rest / 10),
        rest => write!(out, "{sign}{seconds}.{rest:03}"),
    };
}

/// Writes a number of a float's size, or the word for it.
#[allow(clippy::cast_possible_truncation, reason = "a 32-bit float is written with the digits of one")]
pub(crate) fn push_float(out: &mut String, shape: &Shape, number: f64) {
    let _ = if number.is_nan() {
        write!(out, "NaN")
    } else if number.is_infinite() {
        write!(out, "{}Infinity", if number < 0.0 { "-" } else { "" })
    } else if matches!(shape.kind, Kind::Float) {
        write!(out, "{:?}", number as f32)
    } else {
        write!(out, "{number:?}")
    };
}

/// A whole number as a float: handlers may give one where the schema has a float.
#[allow(clippy::cast_precision_loss, reason = "that is what a float does")]
pub(crate) fn widened(number: i64) -> f64 {
    number as f64
}

/// Writes a simple value as text.
pub(crate) fn write(
    out: &mut String,
    shape: &Shape,
    format: TimestampFormat,
    value: &Value,
) -> Result<(), EncodeError> {
    match (&shape.kind, value) {
        (Kind::String | Kind::Enumeration(_), Value::Str(text)) => out.push_str(text),
        (Kind::Boolean, Value::Bool(truth)) => out.push_str(if *truth { "true" } else { "false" }),
        (Kind::Integer | Kind::Long | Kind::BigInteger, Value::Int(number)) => {
            let _ = write!(out, "{number}");
        }
        (Kind::Float | Kind::Double, Value::Float(number)) => push_float(out, shape, *number),
        (Kind::Float | Kind::Double, Value::Int(number)) => push_float(out, shape, widened(*number)),
        (Kind::Blob, Value::Blob(bytes)) => push_base64(out, bytes),
        (Kind::Timestamp(_), Value::Time(moment)) => push_moment(out, format, *moment),
        _ => return Err(EncodeError::new(unfit(&shape.kind))),
    }
    Ok(())
}

/// What a handler should have given for a kind.
pub(crate) fn unfit(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "is not a boolean",
        Kind::Integer | Kind::Long | Kind::BigInteger => "is not a whole number",
        Kind::Float | Kind::Double => "is not a number",
        Kind::String | Kind::Enumeration(_) => "is not text",
        Kind::Blob => "is not a blob",
        Kind::Timestamp(_) => "is not a timestamp",
        Kind::List(_) => "is not a list",
        Kind::Map(..) => "is not a map",
        Kind::Structure(_) | Kind::Union(_) => "is not a structure",
        Kind::Document => "is not something that JSON can hold",
    }
}
