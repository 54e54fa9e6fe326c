//! How much an identity reads of S3 in a day, beside its other days.

use super::bits::{above, surprise};
use super::hash::Map;

/// Identities whose volumes are kept.
const LIMIT: usize = 1 << 16;
/// Days that are kept.
const DAYS: usize = 14;
/// Days from which there is a baseline.
const ENOUGH: usize = 5;
/// Most bits.
const CAP: f32 = 12.0;
/// Most bits for an identity that is new itself.
const NEW_CAP: f32 = 8.0;
/// Objects that one who hardly ever reads may read in a day, and one who is new.
const FEW: f32 = 10.0;
const NEW_FEW: f32 = 50.0;
/// As many days as what is usual in general weighs beside an identity's own days, and beside those of its peers.
const OWN_PRIOR: f32 = 5.0;
const PEERS_PRIOR: f32 = 20.0;
/// Kinds of identities whose days are counted.
const KINDS: usize = 1 << 12;
/// Quarters of doublings that are told apart: 2^24 objects.
const STEPS: usize = 96;
/// Days after the first with far too much from which such days are how it is now.
const STUBBORN: u32 = 7;
/// Days after which that first one is forgotten.
const FORGOTTEN: u32 = 30;
/// Quarters of doublings by which a day of one object is off, of bytes and of objects: of many objects less.
const ONE_SIZE: f32 = 24.0;
const ONE_COUNT: f32 = 6.0;
/// Bits from which a day doesn't count as usual.
const ODD: f32 = 6.0;

/// Volumes by identity, and those of its kind.
#[derive(Default)]
pub(super) struct Volumes {
    by_actor: Map<u64, Volume>,
    by_kind: Map<u64, Days>,
}

#[derive(Default)]
struct Volume {
    day: u32,
    bytes: Today,
    objects: Today,
    /// Objects of buckets that the identity doesn't read as a rule.
    strange: Today,
    /// The day so far is far too much.
    odd: bool,
    /// The first day that was, of late.
    odd_since: Option<u32>,
}

/// One measure of one identity; histories in quarters of doublings.
#[derive(Default)]
struct Today {
    sum: u64,
    told: u8,
    days: u8,
    history: [u8; DAYS],
}

/// Days of identities of a kind, by the objects that each read.
struct Days {
    all: u32,
    by_objects: [u16; STEPS],
}

/// Whose volume is counted, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    /// The identity.
    pub(super) actor: u64,
    /// Its kind.
    pub(super) kind: u64,
    /// All that its strange reads are held against.
    pub(super) circle: u64,
    /// The bucket is none that it reads as a rule.
    pub(super) strange: bool,
    /// Days since 1970.
    pub(super) day: u32,
    /// Days on which it did anything, as far as they still count.
    pub(super) active: f32,
    /// The identity itself is known for long.
    pub(super) settled: bool,
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
    /// Days of others of its kind, and on how many of them as many objects were read.
    pub(super) peers: (u32, u32),
    /// Where that says more: objects of buckets that the identity doesn't read as a rule.
    pub(super) strange: Option<u64>,
}

impl Volumes {
    /// Counts an object that was read; judges each time the day's volume has grown by a fifth.
    pub(super) fn read(&mut self, reader: &Reader, bytes: u64) -> Option<Judged> {
        let day = reader.day;
        if self.by_actor.len() >= LIMIT && !self.by_actor.contains_key(&reader.actor) {
            self.by_actor.retain(|_, volume| volume.day + 3 > day);
            if self.by_actor.len() >= LIMIT / 4 * 3 {
                self.by_actor.clear();
            }
        }
        let volume = self.by_actor.entry(reader.actor).or_default();
        if day > volume.day {
            if volume.end(reader.settled) {
                for (kind, sum) in [(reader.kind, volume.objects.sum), (!reader.circle, volume.strange.sum)] {
                    let room = self.by_kind.len() < KINDS;
                    let counts = kind == reader.kind || reader.settled;
                    if let Some(days) = of_kind(&mut self.by_kind, kind, room).filter(|_| counts) {
                        days.add(sum);
                    }
                }
            }
            volume.begin(day);
        }
        let grown = volume.bytes.add(bytes);
        let grown = volume.objects.add(1) || grown;
        let grown = reader.strange && volume.strange.add(1) || grown;
        if !grown {
            return None;
        }
        let peers = self.by_kind.get(&reader.kind);
        let bits = if volume.objects.days() < ENOUGH {
            rare(&volume.objects, reader, peers)
        } else {
            let objects = volume.objects.sum as f32;
            volume.bytes.bits(ONE_SIZE / objects.sqrt()).max(volume.objects.bits(ONE_COUNT / objects.sqrt()))
        };
        let circle = self.by_kind.get(&!reader.circle);
        let strange = if reader.settled { rare(&volume.strange, reader, circle) } else { 0.0 };
        let of_strange = strange > bits;
        let bits = bits.max(strange);
        volume.odd |= bits >= ODD;
        let usual = |today: &Today| if today.days() < ENOUGH { 0 } else { expanded(today.median()) };
        Some(Judged {
            bits,
            bytes: volume.bytes.sum,
            objects: volume.objects.sum,
            usual_bytes: usual(&volume.bytes),
            usual_objects: usual(&volume.objects),
            days: volume.objects.days(),
            peers: match of_strange {
                true => circle.map_or((0, 0), |days| (days.all, days.beyond(volume.strange.sum))),
                false => peers.map_or((0, 0), |days| (days.all, days.beyond(volume.objects.sum))),
            },
            strange: of_strange.then_some(volume.strange.sum),
        })
    }
}

fn of_kind(kinds: &mut Map<u64, Days>, kind: u64, room: bool) -> Option<&mut Days> {
    if room { Some(kinds.entry(kind).or_default()) } else { kinds.get_mut(&kind) }
}

impl Volume {
    /// The day is over. Whether it is one of those that make what is usual: a day with far too much isn't, unless
    /// it goes on like that.
    fn end(&mut self, settled: bool) -> bool {
        let mut usual = self.objects.sum > 0;
        if self.odd {
            let of_late = self.odd_since.filter(|since| since.saturating_add(FORGOTTEN) > self.day);
            let since = *self.odd_since.insert(of_late.unwrap_or(self.day));
            usual &= since.saturating_add(STUBBORN) <= self.day;
        }
        if usual {
            self.bytes.end();
            self.objects.end();
            // At first all buckets are strange.
            if settled {
                self.strange.end();
            }
        }
        usual
    }

    fn begin(&mut self, day: u32) {
        self.day = day;
        self.odd = false;
        for today in [&mut self.bytes, &mut self.objects, &mut self.strange] {
            (today.sum, today.told) = (0, 0);
        }
    }
}

/// Bits for what is done on few days, where the days on which nothing was read count too, as do the days of peers:
/// how likely a day with so many objects is. Beyond all that was seen, and without anything to go by, days with twice as
/// many are half as likely.
fn rare(today: &Today, reader: &Reader, peers: Option<&Days>) -> f32 {
    let few = if reader.settled { FEW } else { NEW_FEW };
    let now = (today.sum as f32).max(1.0);
    let peer = peers.map_or((few / now).min(1.0), |days| days.likely(today.sum, few));
    let most = expanded(today.most()) as f32;
    let beyond = today.sorted().into_iter().take(today.days());
    let beyond = beyond.filter(|day| *day >= compressed(today.sum)).count() as f32;
    let own = reader.active.max(today.days() as f32);
    let tail = (most.max(few) / now).min(1.0);
    let mine = (beyond + OWN_PRIOR * tail) / (own + OWN_PRIOR);
    let likely = (own * mine + OWN_PRIOR * peer) / (own + OWN_PRIOR);
    surprise(likely, if reader.settled { CAP } else { NEW_CAP })
}

impl Default for Days {
    fn default() -> Self {
        Self { all: 0, by_objects: [0; STEPS] }
    }
}

impl Days {
    fn add(&mut self, objects: u64) {
        let at = usize::from(compressed(objects)).min(STEPS - 1);
        if let Some(count) = self.by_objects.get_mut(at) {
            if *count == u16::MAX {
                // Old days count for half.
                self.by_objects.iter_mut().for_each(|count| *count /= 2);
                self.all = self.by_objects.iter().map(|count| u32::from(*count)).sum();
            }
            if let Some(count) = self.by_objects.get_mut(at) {
                *count += 1;
                self.all += 1;
            }
        }
    }

    /// Days with as many objects, or more.
    fn beyond(&self, objects: u64) -> u32 {
        let from = usize::from(compressed(objects)).min(STEPS - 1);
        self.by_objects.iter().skip(from).map(|count| u32::from(*count)).sum()
    }

    fn likely(&self, objects: u64, few: f32) -> f32 {
        let most = self.by_objects.iter().rposition(|count| *count > 0).unwrap_or(0);
        let most = expanded(u8::try_from(most).unwrap_or(u8::MAX)) as f32;
        let tail = (most.max(few) / (objects as f32).max(1.0)).min(1.0);
        (self.beyond(objects) as f32 + PEERS_PRIOR * tail) / (self.all as f32 + PEERS_PRIOR)
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

    /// The day becomes one of the history.
    fn end(&mut self) {
        if let Some(place) = self.history.get_mut(usize::from(self.days) % DAYS) {
            *place = compressed(self.sum);
        }
        // Beyond the room the count goes round above it, so that the place does and the room is full.
        self.days = if usize::from(self.days) + 1 >= 2 * DAYS { DAYS as u8 } else { self.days + 1 };
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

    fn most(&self) -> u8 {
        self.days().checked_sub(1).and_then(|last| self.sorted().get(last).copied()).unwrap_or(0)
    }

    /// Bits, where a day is off by `noise` quarters of doublings by itself.
    fn bits(&self, noise: f32) -> f32 {
        let now = compressed(self.sum);
        if self.days() < ENOUGH {
            return 0.0;
        }
        let sorted = self.sorted();
        let most = self.most();
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
        above(f32::from(now - median) / (1.4826 * f32::from(mad.max(2)) + noise), CAP)
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

    fn reader(day: u32, settled: bool) -> Reader {
        Reader { actor: 1, kind: 2, circle: 3, strange: false, day, active: 0.0, settled }
    }

    #[test]
    fn a_day_unlike_the_others() {
        let mut volumes = Volumes::default();
        for day in 0..20 {
            for _ in 0..40 + day % 7 {
                if let Some(judged) = volumes.read(&reader(day, false), 100_000) {
                    assert!(judged.bits < 1.0, "day {day}: {judged:?}");
                }
            }
        }
        for day in 20..24 {
            let judged = (0..2_000).filter_map(|_| volumes.read(&reader(day, true), 100_000)).last().unwrap();
            assert!(judged.bits > 9.0, "what was too much on one day is so on the next: {judged:?}");
            assert!((30..60).contains(&judged.usual_objects), "{judged:?}");
            assert_eq!(judged.days, DAYS);
            assert!(judged.peers.0 >= 19 && judged.peers.1 == 0, "{judged:?}");
        }
    }

    #[test]
    fn without_a_baseline_little_is_unusual() {
        let mut volumes = Volumes::default();
        let judged = (0..10_000).filter_map(|_| volumes.read(&reader(1, false), 1 << 20)).last().unwrap();
        assert!(judged.bits <= NEW_CAP);
        assert_eq!(judged.usual_bytes, 0);
    }

    #[test]
    fn who_hardly_ever_reads_is_held_against_its_peers() {
        let mut volumes = Volumes::default();
        let of = |actor, kind, day| Reader { active: 12.0, actor, kind, ..reader(day, true) };
        for day in 0..20 {
            for (actor, kind, objects) in [(1, 7, 6), (2, 7, 9), (3, 8, 900), (4, 8, 400)] {
                for _ in 0..objects {
                    let _ = volumes.read(&of(actor, kind, day), 1_000);
                }
            }
        }
        let mut read = |kind| (0..350).filter_map(|_| volumes.read(&of(10 + kind, kind, 20), 1_000)).last();
        let (among_few, among_many) = (read(7).unwrap().bits, read(8).unwrap().bits);
        assert!(among_few > 6.0 && among_many < 4.0, "{among_few} {among_many}");
    }

    #[test]
    fn much_of_what_is_not_read_otherwise() {
        let mut volumes = Volumes::default();
        for day in 0..20 {
            // All that it reads as a rule, and a look at something else.
            for object in 0..200 {
                let reader = Reader { strange: object < 3, ..reader(day, true) };
                let judged = volumes.read(&reader, 1_000);
                assert!(day < 5 || judged.is_none_or(|judged| judged.bits < 4.0));
            }
        }
        let strange = Reader { strange: true, ..reader(20, true) };
        let judged = (0..220).filter_map(|_| volumes.read(&strange, 1_000)).last().unwrap();
        assert!(judged.bits > 6.0 && judged.strange.is_some_and(|count| count > 150), "{judged:?}");
    }

    #[test]
    fn weekly_backups_are_usual() {
        let mut volumes = Volumes::default();
        for day in 0..30 {
            let count = if day % 7 == 0 { 5_000 } else { 50 };
            for _ in 0..count {
                let judged = volumes.read(&reader(day, false), 1_000);
                assert!(day < 22 || judged.is_none_or(|judged| judged.bits < 1.0), "day {day}: {judged:?}");
            }
        }
    }
}
