//! The log's time: how far the records have come, whatever single clocks say.

use bastide_ids::Timestamp;

/// How far one record may move the log's time, and how late one may come without being counted: 6 hours.
const STEP: i64 = 6 * 3_600_000;

/// How many records in a row must say that a longer time has passed.
const WITNESSES: usize = 3;

/// How far the records have come. Small steps are believed at once; a leap (a gap in the log, or a clock that is
/// wrong) when records in a row agree.
#[derive(Debug)]
pub(super) struct LogClock {
    now: i64,
    /// Where the last records say that the time has leapt to; fewer than [`WITNESSES`].
    leaps: Vec<i64>,
    /// Nothing is later than this, as the feeder knows.
    horizon: i64,
}

/// What the time of a record is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worth {
    /// Hours around the log's time, or after a gap.
    Good,
    /// Hours behind the log's time.
    Late,
    /// After the horizon: its clock is wrong.
    Ahead,
}

impl LogClock {
    pub(super) fn new() -> Self {
        Self { now: i64::MIN, leaps: Vec::new(), horizon: i64::MAX }
    }

    /// Nothing is later than this.
    pub(super) fn limit(&mut self, horizon: Timestamp) {
        self.horizon = horizon.millis();
    }

    /// The latest time that is believed.
    pub(super) fn horizon(&self) -> Timestamp {
        Timestamp::from_millis(self.horizon)
    }

    /// The log's time; `None` before the first record.
    pub(super) fn now(&self) -> Option<Timestamp> {
        let first = self.leaps.iter().min().copied().unwrap_or(i64::MIN);
        let now = if self.now == i64::MIN { first } else { self.now };
        (now != i64::MIN).then(|| Timestamp::from_millis(now))
    }

    /// How far the records have surely come.
    pub(super) fn sure(&self) -> i64 {
        self.now
    }

    /// A record of this time has come.
    pub(super) fn see(&mut self, time: Timestamp) -> Worth {
        let time = time.millis();
        if time > self.horizon {
            return Worth::Ahead;
        }
        if time <= self.now.saturating_add(STEP) {
            self.leaps.clear();
            let late = time < self.now.saturating_sub(STEP);
            self.now = self.now.max(time);
            return if late { Worth::Late } else { Worth::Good };
        }
        self.leap(time);
        Worth::Good
    }

    fn leap(&mut self, time: i64) {
        if self.leaps.iter().min().is_some_and(|first| time < first.saturating_sub(STEP)) {
            self.leaps.clear();
        }
        self.leaps.push(time);
        if self.leaps.len() >= WITNESSES {
            self.now = self.leaps.iter().min().copied().unwrap_or(time);
            let near = self.now.saturating_add(STEP);
            self.now = self.leaps.iter().filter(|leap| **leap <= near).max().copied().unwrap_or(self.now);
            self.leaps.retain(|leap| *leap > near);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn see(clock: &mut LogClock, hours: i64) -> Worth {
        clock.see(Timestamp::from_millis(hours * HOUR))
    }

    #[test]
    fn one_wrong_clock_moves_nothing() {
        let mut clock = LogClock::new();
        for hour in 1000..1010 {
            see(&mut clock, hour);
        }
        assert_eq!(clock.sure(), 1009 * HOUR);
        see(&mut clock, 900_000);
        see(&mut clock, 1010);
        see(&mut clock, 900_000);
        see(&mut clock, 900_000);
        see(&mut clock, 1011);
        assert_eq!(clock.sure(), 1011 * HOUR);
        assert_eq!(see(&mut clock, 1000), Worth::Late);
        assert_eq!(clock.sure(), 1011 * HOUR);
    }

    #[test]
    fn a_gap_is_crossed_once_records_agree() {
        let mut clock = LogClock::new();
        for day in 1..30 {
            assert_eq!(see(&mut clock, day * 24), Worth::Good);
        }
        assert!(clock.sure() >= 27 * 24 * HOUR, "{}", clock.sure() / HOUR);
    }

    #[test]
    fn nothing_is_later_than_the_horizon() {
        let mut clock = LogClock::new();
        clock.limit(Timestamp::from_millis(100 * HOUR));
        assert_eq!(see(&mut clock, 99), Worth::Good);
        assert_eq!(clock.now(), Some(Timestamp::from_millis(99 * HOUR)));
        assert_eq!(see(&mut clock, 101), Worth::Ahead);
        assert_eq!(clock.now(), Some(Timestamp::from_millis(99 * HOUR)));
    }
}
