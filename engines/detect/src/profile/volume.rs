//! How much an identity reads of S3 in a day, beside its other days.

use super::bits::above;
use super::hash::Map;

/// Identities whose volumes are kept.
const LIMIT: usize = 1 << 16;
/// Days that are kept.
const DAYS: usize = 14;
/// Days from which there is a baseline.
const ENOUGH: usize = 5;
/// Most bits.
const CAP: f32 = 10.0;
/// Most bits without a baseline.
const UNKNOWN_CAP: f32 = 6.0;

/// Volumes by identity.
#[derive(Default)]
pub(super) struct Volumes {
    by_actor: Map<u64, Volume>,
}

#[derive(Default)]
struct Volume {
    day: u32,
    bytes: Today,
    objects: Today,
}

/// One measure of one identity; histories in quarters of doublings.
#[derive(Default)]
struct Today {
    sum: u64,
    told: u8,
    days: u8,
    history: [u8; DAYS],
}

/// A volume beside what is usual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Judged {
    /// Bits of surprise.
    pub(super) bits: f32,
    /// Bytes of the day so far.
    pub(super) bytes: u64,
    /// Objects of the day so far.
    pub(super) objects: u64,
    /// The median day's bytes, 0 when there is no baseline.
    pub(super) usual_bytes: u64,
    /// The median day's objects.
    pub(super) usual_objects: u64,
    /// Days of the baseline.
    pub(super) days: usize,
}

impl Volumes {
    /// Counts an object that was read; judges each time the day's volume has grown by a fifth. `settled`: the
    /// identity itself is known for long.
    pub(super) fn read(&mut self, actor: u64, day: u32, bytes: u64, settled: bool) -> Option<Judged> {
        if self.by_actor.len() >= LIMIT && !self.by_actor.contains_key(&actor) {
            self.by_actor.retain(|_, volume| volume.day + 3 > day);
            if self.by_actor.len() >= LIMIT / 4 * 3 {
                self.by_actor.clear();
            }
        }
        let volume = self.by_actor.entry(actor).or_default();
        if day > volume.day {
            volume.bytes.end();
            volume.objects.end();
            volume.day = day;
        }
        let grown = volume.bytes.add(bytes);
        let grown = volume.objects.add(1) || grown;
        if !grown {
            return None;
        }
        let bits = if volume.objects.days() < ENOUGH {
            // Who hardly ever reads, and now reads much: a bit a doubling above ten objects; of those who are new
            // themselves, less.
            let (usual, cap) = if settled { (10.0, UNKNOWN_CAP) } else { (50.0, UNKNOWN_CAP / 2.0) };
            (volume.objects.sum as f32 / usual).log2().clamp(0.0, cap)
        } else {
            volume.bytes.bits().max(volume.objects.bits())
        };
        let usual = |today: &Today| if today.days() < ENOUGH { 0 } else { expanded(today.median()) };
        Some(Judged {
            bits,
            bytes: volume.bytes.sum,
            objects: volume.objects.sum,
            usual_bytes: usual(&volume.bytes),
            usual_objects: usual(&volume.objects),
            days: volume.objects.days(),
        })
    }
}

impl Today {
    /// Adds; whether the sum has come to the next quarter of a doubling.
    fn add(&mut self, more: u64) -> bool {
        self.sum = self.sum.saturating_add(more);
        let now = compressed(self.sum);
        let grown = now > self.told;
        self.told = now;
        grown
    }

    fn end(&mut self) {
        if self.sum > 0 {
            if let Some(place) = self.history.get_mut(usize::from(self.days) % DAYS) {
                *place = compressed(self.sum);
            }
            // Beyond the room the count goes round above it, so that the place does and the room is full.
            self.days = if usize::from(self.days) + 1 >= 2 * DAYS { DAYS as u8 } else { self.days + 1 };
        }
        self.sum = 0;
        self.told = 0;
    }

    fn days(&self) -> usize {
        usize::from(self.days).min(DAYS)
    }

    fn sorted(&self) -> [u8; DAYS] {
        let mut sorted = [u8::MAX; DAYS];
        for (to, from) in sorted.iter_mut().zip(self.history.iter().take(self.days())) {
            *to = *from;
        }
        sorted.sort_unstable();
        sorted
    }

    fn median(&self) -> u8 {
        self.sorted().get(self.days().saturating_sub(1) / 2).copied().unwrap_or(0)
    }

    fn bits(&self) -> f32 {
        let now = compressed(self.sum);
        if self.days() < ENOUGH {
            return 0.0;
        }
        let sorted = self.sorted();
        let most = sorted.get(self.days() - 1).copied().unwrap_or(0);
        if now <= most.saturating_add(4) {
            return 0.0;
        }
        let median = self.median();
        let mut apart = [u8::MAX; DAYS];
        for (to, from) in apart.iter_mut().zip(sorted.iter().take(self.days())) {
            *to = from.abs_diff(median);
        }
        apart.sort_unstable();
        let mad = apart.get((self.days() - 1) / 2).copied().unwrap_or(0);
        // Days within half a doubling of each other are alike.
        above(f32::from(now - median) / (1.4826 * f32::from(mad.max(2))), CAP)
    }
}

fn compressed(volume: u64) -> u8 {
    ((volume as f64 + 1.0).log2() * 4.0) as u8
}

fn expanded(volume: u8) -> u64 {
    (f64::from(volume) / 4.0).exp2() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_unlike_the_others() {
        let mut volumes = Volumes::default();
        for day in 0..20 {
            for _ in 0..40 + day % 7 {
                if let Some(judged) = volumes.read(1, day, 100_000, false) {
                    assert!(judged.bits < 1.0, "day {day}: {judged:?}");
                }
            }
        }
        let judged = (0..2_000).filter_map(|_| volumes.read(1, 20, 100_000, true)).last().unwrap();
        assert!(judged.bits > 9.0, "{judged:?}");
        assert!((30..60).contains(&judged.usual_objects), "{judged:?}");
        assert_eq!(judged.days, DAYS);
    }

    #[test]
    fn without_a_baseline_nothing_is_unusual() {
        let mut volumes = Volumes::default();
        let judged = (0..10_000).filter_map(|_| volumes.read(1, 1, 1 << 20, false)).last().unwrap();
        assert!(judged.bits <= UNKNOWN_CAP / 2.0);
        assert_eq!(judged.usual_bytes, 0);
    }

    #[test]
    fn weekly_backups_are_usual() {
        let mut volumes = Volumes::default();
        for day in 0..30 {
            let count = if day % 7 == 0 { 5_000 } else { 50 };
            for _ in 0..count {
                let judged = volumes.read(1, day, 1_000, false);
                assert!(day < 14 || judged.is_none_or(|judged| judged.bits < 1.0), "day {day}: {judged:?}");
            }
        }
    }
}
