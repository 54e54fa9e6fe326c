use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::format_description::{
    BorrowedFormatItem,
    well_known::{Rfc2822, Rfc3339},
};
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// A text is not a moment in the format asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a timestamp, or one outside the years 0 to 9999")]
pub struct TimeError;

/// Year 0 to 9999: what every AWS format can write.
const RANGE: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

const BASIC: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");
const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const MILLIS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
const HTTP: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

impl Timestamp {
    /// From milliseconds since the epoch, held within the years 0 to 9999.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(*RANGE.start(), *RANGE.end()))
    }

    /// From whole seconds since the epoch.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// From seconds with a fraction, as JSON protocols carry them; rounded to milliseconds.
    ///
    /// # Errors
    /// [`TimeError`] when it is not finite or outside the years 0 to 9999.
    #[allow(clippy::cast_possible_truncation, reason = "the range is checked on the line before")]
    #[allow(clippy::cast_precision_loss, reason = "the bounds are exact in f64 to the millisecond")]
    pub fn from_seconds_f64(seconds: f64) -> Result<Self, TimeError> {
        let millis = (seconds * 1000.0).round();
        let fits = (*RANGE.start() as f64..=*RANGE.end() as f64).contains(&millis);
        if fits { Ok(Self(millis as i64)) } else { Err(TimeError) }
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The same moment without its milliseconds.
    #[must_use]
    pub fn truncated_to_seconds(self) -> Self {
        Self(self.seconds() * 1000)
    }

    /// This moment and a duration more.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This moment less a duration.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The time from `earlier` to this moment; zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    fn date(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    fn from_date(date: OffsetDateTime) -> Result<Self, TimeError> {
        let millis =
            i64::try_from(date.unix_timestamp_nanos().div_euclid(1_000_000)).map_err(|_| TimeError)?;
        if RANGE.contains(&millis) { Ok(Self(millis)) } else { Err(TimeError) }
    }

    fn format(self, format: &[BorrowedFormatItem<'_>]) -> String {
        self.date().format(format).unwrap_or_default()
    }

    /// `2026-11-21T09:30:00Z`: whole seconds, as in CloudTrail and IAM.
    #[must_use]
    pub fn iso8601(self) -> String {
        self.format(SECONDS)
    }

    /// `2026-11-21T09:30:00.123Z`: with milliseconds.
    #[must_use]
    pub fn iso8601_millis(self) -> String {
        self.format(MILLIS)
    }

    /// `20261121T093000Z`: the form of SigV4.
    #[must_use]
    pub fn basic(self) -> String {
        self.format(BASIC)
    }

    /// `Sat, 21 Nov 2026 09:30:00 GMT`: the form of HTTP headers (RFC 9110, IMF-fixdate).
    #[must_use]
    pub fn http_date(self) -> String {
        self.format(HTTP)
    }

    /// Reads `20261121T093000Z`.
    ///
    /// # Errors
    /// [`TimeError`] for anything else.
    pub fn parse_basic(text: &str) -> Result<Self, TimeError> {
        // The library takes years with a sign.
        if text.len() != "20261121T093000Z".len() {
            return Err(TimeError);
        }
        let date = time::PrimitiveDateTime::parse(text, BASIC).map_err(|_| TimeError)?;
        Self::from_date(date.assume_utc())
    }

    /// Reads RFC 3339, with any offset and fraction.
    ///
    /// # Errors
    /// [`TimeError`] for anything else.
    pub fn parse_iso8601(text: &str) -> Result<Self, TimeError> {
        Self::from_date(OffsetDateTime::parse(text, &Rfc3339).map_err(|_| TimeError)?)
    }

    /// Reads an HTTP date (or any RFC 2822 date).
    ///
    /// # Errors
    /// [`TimeError`] for anything else.
    pub fn parse_http_date(text: &str) -> Result<Self, TimeError> {
        let date = OffsetDateTime::parse(text, &Rfc2822).map_err(|_| TimeError)?;
        Self::from_date(date.to_offset(UtcOffset::UTC))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso8601_millis())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso8601_millis())
    }
}

/// Where the present comes from. There is one in a process; dev mode and tests may move it.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place where the machine's time is read")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The machine's clock plus an offset that can be moved forward, so that a 30-day deletion window can be
/// watched in a test.
#[derive(Debug, Default)]
pub struct MovableClock {
    offset_millis: AtomicI64,
}

impl MovableClock {
    /// Moves the present forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        // Saturates instead of wrapping, so a wild request cannot move time backwards.
        let _ = self
            .offset_millis
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| Some(now.saturating_add(by)));
    }

    /// Makes the present what it is outside.
    pub fn reset(&self) {
        self.offset_millis.store(0, Ordering::SeqCst);
    }

    /// Makes the present this moment; it goes on from there.
    pub fn set(&self, moment: Timestamp) {
        self.offset_millis
            .store(moment.millis().saturating_sub(SystemClock.now().millis()), Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        let offset = self.offset_millis.load(Ordering::SeqCst);
        Timestamp::from_millis(SystemClock.now().millis().saturating_add(offset))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn writes_awss_formats() {
        let moment = Timestamp::from_millis(1_795_253_400_123);
        assert_eq!(moment.iso8601(), "2026-11-21T09:30:00Z");
        assert_eq!(moment.iso8601_millis(), "2026-11-21T09:30:00.123Z");
        assert_eq!(moment.basic(), "20261121T093000Z");
        assert_eq!(moment.http_date(), "Sat, 21 Nov 2026 09:30:00 GMT");
        assert_eq!(Timestamp::from_seconds_f64(1_795_253_400.123).unwrap(), moment);
        assert!(Timestamp::from_seconds_f64(f64::NAN).is_err());
        assert!(Timestamp::from_seconds_f64(1e300).is_err());
        assert!(Timestamp::parse_basic("20261121T093000").is_err());
        assert!(Timestamp::parse_basic("+20261121T093000Z").is_err());
    }

    #[test]
    fn the_clock_moves() {
        let clock = MovableClock::default();
        let before = clock.now();
        clock.advance(Duration::from_secs(86_400 * 30));
        assert!(clock.now().since(before) >= Duration::from_secs(86_400 * 30));
        clock.set(Timestamp::from_seconds(0));
        assert!(clock.now().seconds() < 10);
        clock.reset();
        assert!(clock.now().since(before) < Duration::from_secs(10) && clock.now() >= before);
    }

    proptest! {
        #[test]
        fn formats_read_back(millis in RANGE) {
            let moment = Timestamp::from_millis(millis);
            let whole = moment.truncated_to_seconds();
            prop_assert_eq!(Timestamp::parse_iso8601(&moment.iso8601_millis()), Ok(moment));
            prop_assert_eq!(Timestamp::parse_basic(&moment.basic()), Ok(whole));
            if moment.iso8601().as_str() >= "1900" {
                prop_assert_eq!(Timestamp::parse_http_date(&moment.http_date()), Ok(whole));
            }
        }
    }
}
