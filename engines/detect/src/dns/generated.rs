//! Hosts that ask for names that a program made up, in search of the one that its master has registered.
//!
//! One name is not enough to say so: one chosen name in a hundred looks made. What tells a bot is how many of the
//! domains that a host asks for in an hour look made, beside how many would by chance, and how many of those don't
//! exist.

use bastide_finding::{Detection, Evidence, Reason};
use bastide_ids::Timestamp;
use bastide_logs::dns::Query;
use serde_json::json;

use super::aging::Aging;
use super::dga::{Model, Usual};
use super::host;
use super::name::Domain;

/// This is what AWS calls names found by a heuristic; `C!DNS` is for those on lists.
const KIND: &str = "Trojan:EC2/DGADomainRequest.B";

/// Hosts that are watched at a time.
const HOSTS: usize = 32_768;

/// How long domains of one host are counted together: an hour, in milliseconds.
const WINDOW: i64 = 3_600_000;

/// Labels with fewer letters are chosen by people often enough, whatever they look like.
const SHORTEST: usize = 5;

/// Something is said when it would come by chance, in one host's hour, with less than this likelihood.
const CHANCE: f64 = 1e-7;

/// As much more than usual as chosen names that don't exist (mistyped, expired) may look made: the share of made
/// ones twice as large, their mean score higher by half a standard deviation.
const ALLOWANCE: (f64, f64) = (2.0, 0.5);

/// Names that are kept as evidence.
const KEPT: usize = 10;

/// Scores of domains that were asked for lately.
const SCORES: usize = 1 << 15;

/// Watches hosts for names that were made up.
pub(super) struct Generated {
    model: &'static Model,
    hosts: Aging<Hour>,
    scores: Vec<(u64, f32)>,
}

/// What a host asked for in an hour.
#[derive(Debug, Default)]
struct Hour {
    start: i64,
    first_made: i64,
    /// A bit for each domain, by its hash.
    seen: [u64; 32],
    /// Different domains.
    asked: u32,
    /// Those that don't exist.
    missing: u32,
    /// Scores of those, added.
    missing_score: f64,
    /// Those whose score one in 100 chosen names has.
    made: u32,
    /// Those whose score one in 1,000 has.
    surely: u32,
    /// Those of `made` that don't exist.
    made_missing: u32,
    /// What `made` and `missing` were when something was last said.
    said: (u32, u32),
    names: Vec<Kept>,
}

/// A query that may become evidence.
#[derive(Debug)]
struct Kept {
    time: Timestamp,
    name: Box<str>,
    kind: Box<str>,
    rcode: Box<str>,
    score: f32,
}

/// Why something is said.
enum Why {
    /// So many look made that it comes by chance with this likelihood.
    Many(f64),
    /// Those that don't exist score so many standard errors more than chosen names.
    Higher(f64),
}

impl Generated {
    pub(super) fn new() -> Self {
        Self { model: Model::shipped(), hosts: Aging::new(HOSTS), scores: vec![(0, 0.0); SCORES] }
    }

    pub(super) fn see(
        &mut self,
        domain: &Domain<'_>,
        host: u64,
        query: &Query<'_>,
        out: &mut Vec<Detection>,
    ) {
        let hash = domain.hashes.1;
        let time = query.time.millis();
        let hour = self.hosts.entry(host);
        if time >= hour.start.saturating_add(WINDOW) || hour.start == 0 {
            *hour = Hour { start: time, ..Hour::default() };
        }
        let Some(bits) = hour.seen.get_mut((hash >> 6) as usize % 32) else { return };
        let bit = 1 << (hash & 63);
        if *bits & bit != 0 {
            return;
        }
        *bits |= bit;
        hour.asked += 1;
        let missing = query.rcode == "NXDOMAIN";
        let label = domain.label();
        // Below a provider's suffix, names that exist are the provider's own doing (`d111111abcdef8`).
        if label.len() < SHORTEST || label.starts_with("xn--") || (domain.private && !missing) {
            return;
        }
        let Some(slot) = self.scores.get_mut(hash as usize % SCORES) else { return };
        if slot.0 != hash {
            *slot = (hash, self.model.score(label.as_bytes()));
        }
        let score = slot.1;
        let usual = &self.model.usual;
        if !hour.add(domain, query, score, missing, usual) {
            return;
        }
        if let Some(why) = hour.judge(usual)
            && let Some(kind) = host::kind(KIND)
        {
            let mut detection = host::detection(kind, query, domain);
            hour.tell(&why, query, usual, &mut detection);
            out.push(detection);
        }
    }
}

impl Hour {
    /// Counts a domain; whether it is worth judging again.
    fn add(
        &mut self,
        domain: &Domain<'_>,
        query: &Query<'_>,
        score: f32,
        missing: bool,
        usual: &Usual,
    ) -> bool {
        let made = score >= usual.one_in_100;
        if missing {
            self.missing += 1;
            self.missing_score += f64::from(score.clamp(usual.mean - 15.0, usual.mean + 15.0));
        }
        if made {
            self.made += 1;
            self.surely += u32::from(score >= usual.one_in_1000);
            self.made_missing += u32::from(missing);
            if self.made == 1 {
                self.first_made = query.time.millis();
            }
        }
        if (made || missing) && self.names.len() < KEPT {
            let (name, kind, rcode) = (domain.name.into(), (*query.kind).into(), (*query.rcode).into());
            self.names.push(Kept { time: query.time, name, kind, rcode, score });
        }
        made || missing
    }

    /// Whether something is to be said: what was not said yet, or twice as much as then.
    fn judge(&self, usual: &Usual) -> Option<Why> {
        let (made, missing) = self.said;
        if (self.made < 2 * made || made == 0 && self.made < 4)
            && (self.missing < 2 * missing || missing == 0 && self.missing < 10)
        {
            return None;
        }
        let (share, shift) = ALLOWANCE;
        let asked = f64::from(self.asked);
        // A bot finds few of the names it makes; one whose names all exist has to make many.
        let bot_like = self.made_missing * 2 >= self.made || (self.made >= 20 && self.made * 2 >= self.asked);
        if bot_like {
            let chance =
                tail(asked * 0.01 * share, self.made, 5).min(tail(asked * 0.001 * share, self.surely, 4));
            if chance < CHANCE {
                return Some(Why::Many(chance));
            }
        }
        let count = f64::from(self.missing);
        if self.missing >= 10 && self.missing * 2 >= self.asked {
            let deviation = f64::from(usual.deviation).max(0.1);
            let above = self.missing_score / count - f64::from(usual.mean) - shift * deviation;
            let errors = above / (deviation / count.sqrt());
            if errors >= 6.0 {
                return Some(Why::Higher(errors));
            }
        }
        None
    }

    fn tell(&mut self, why: &Why, query: &Query<'_>, usual: &Usual, detection: &mut Detection) {
        let minutes = (query.time.millis() - self.start) / 60_000 + 1;
        let reason =
            |measure: String, observed: String, expected: String| Reason { measure, observed, expected };
        detection.reasons.push(reason(
            format!(
                "different registered domains asked for in {minutes} min whose names look made by a program"
            ),
            format!("{} of {}", self.made, self.asked),
            format!("{:.1}: 1 in 100 names that people chose", f64::from(self.asked) * 0.01),
        ));
        detection.reasons.push(reason(
            "of these, domains that don't exist (NXDOMAIN)".into(),
            format!("{} of {}", self.made_missing, self.made),
            String::new(),
        ));
        let (mean, count) = (self.missing_score / f64::from(self.missing.max(1)), self.missing);
        detection.reasons.push(reason(
            format!("mean score of the {count} domains that don't exist (log-odds of being made)"),
            format!("{mean:.1}"),
            format!("{:.1} ± {:.1} for names that people chose", usual.mean, usual.deviation),
        ));
        detection.reasons.push(match why {
            Why::Many(chance) => reason(
                "likelihood of so many by chance".into(),
                format!("{chance:.0e}"),
                format!("something is said below {CHANCE:.0e}"),
            ),
            Why::Higher(errors) => reason(
                "how far that mean is above what mistyped names have, in standard errors".into(),
                format!("{errors:.1}"),
                "something is said from 6 on".into(),
            ),
        });
        let before = self.said.0.max(self.said.1);
        detection.count = u64::from(self.made.max(self.missing).saturating_sub(before).max(1));
        detection.first = Timestamp::from_millis(self.first_made.max(self.start));
        let source = query.source.map(|address| address.to_string()).unwrap_or_default();
        detection.evidence = self.names.iter().map(|kept| kept.shown(&source)).collect();
        let domains: Vec<_> = self
            .names
            .iter()
            .map(|kept| json!({ "domain": kept.name, "probability": Model::probability(kept.score) }))
            .collect();
        detection.additional = json!({ "generatedDomains": domains });
        self.said = (self.made, self.missing);
    }
}

impl Kept {
    fn shown(&self, source: &str) -> Evidence {
        let mut evidence = host::evidence(self.time, source, &self.name, &self.kind, &self.rcode);
        evidence.what =
            format!("{}, made with likelihood {:.4}", evidence.what, Model::probability(self.score));
        evidence
    }
}

/// How likely `count` or more come by chance where `mean` are usual (Poisson); 1 for fewer than `least`.
fn tail(mean: f64, count: u32, least: u32) -> f64 {
    if count < least || f64::from(count) <= mean {
        return 1.0;
    }
    let mut term = (-mean).exp();
    for index in 1..=count {
        term *= mean / f64::from(index);
    }
    let mut sum = 0.0;
    let mut index = f64::from(count);
    while term > sum * 1e-9 && term > 0.0 {
        sum += term;
        index += 1.0;
        term *= mean / index;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::tail;

    #[test]
    fn tails() {
        assert!((tail(1.0, 3, 1) - 0.080_301).abs() < 1e-5);
        assert!((tail(0.2, 6, 1) - 7.5e-8).abs() < 2e-9);
        assert!((tail(5.0, 4, 1) - 1.0).abs() < f64::EPSILON);
        assert!(tail(0.0, 4, 1) < f64::MIN_POSITIVE);
    }
}
