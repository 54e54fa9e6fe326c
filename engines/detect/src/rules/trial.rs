//! Trying rules on records before they count.

use bastide_finding::Evidence;
use bastide_logs::Record as Log;

use super::Rules;
use super::fields::{self, Kind};

/// Examples that are shown of a rule.
const EXAMPLES: usize = 5;

/// Records of a kind from which on a rule that matched all of them is one that would match everything.
const ENOUGH: u64 = 100;

/// Rules on trial: they are shown records, and nothing is found.
pub struct Trial {
    rules: Rules,
    seen: [u64; 5],
    tried: Vec<(Kind, Tried)>,
}

/// What became of a rule on trial.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The rule's title.
    pub title: String,
    /// Its `id`; empty when it has none.
    pub id: String,
    /// Records of its logsource that it was shown.
    pub seen: u64,
    /// Records that it matched.
    pub matched: u64,
    /// The first of these.
    pub examples: Vec<Evidence>,
    /// Why it should not be used; `None` when nothing speaks against it.
    pub refusal: Option<String>,
}

impl Trial {
    /// Rules that are to be tried.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let tried = (rules.rules.iter())
            .map(|rule| {
                let kind = Kind::of_source(&rule.logsource).unwrap_or(Kind::CloudTrail);
                let tried = Tried {
                    title: rule.about.title.clone(),
                    id: rule.about.id.clone(),
                    seen: 0,
                    matched: 0,
                    examples: Vec::new(),
                    refusal: None,
                };
                (kind, tried)
            })
            .collect();
        Self { rules, seen: [0; 5], tried }
    }

    /// Shows the rules a record.
    pub fn feed(&mut self, log: &Log<'_>) {
        let place = Kind::of(log).place();
        if let Some(seen) = self.seen.get_mut(place) {
            *seen += 1;
        }
        let Some((set, places)) = self.rules.sets.get(place) else { return };
        let tried = &mut self.tried;
        fields::with(log, |record| {
            set.matches(record, |place, _| {
                let rule = places.get(place).and_then(|place| tried.get_mut(*place));
                let Some((_, rule)) = rule else { return };
                rule.matched += 1;
                if rule.examples.len() < EXAMPLES {
                    rule.examples.push(example(log));
                }
            });
        });
    }

    /// What became of each rule, in their order. A rule that matched all of 100 records or more is refused.
    #[must_use]
    pub fn finish(self) -> Vec<Tried> {
        let seen = self.seen;
        let of = |kind: Kind| seen.get(kind.place()).copied().unwrap_or(0);
        (self.tried.into_iter())
            .map(|(kind, mut rule)| {
                rule.seen = of(kind);
                if rule.seen >= ENOUGH && rule.matched == rule.seen {
                    rule.refusal = Some(format!("it matched each of {} records", rule.seen));
                }
                rule
            })
            .collect()
    }
}

fn example(log: &Log<'_>) -> Evidence {
    let (id, what) = match log {
        Log::CloudTrail(event) => (event.id.to_string(), format!("{} {}", event.source, event.name)),
        Log::Kubernetes(event) => (event.id.to_string(), format!("{} {}", event.verb, event.uri)),
        Log::Flow(flow) => {
            (String::new(), format!("{} {:?} to {:?}", flow.interface, flow.source, flow.destination))
        }
        Log::Dns(query) => (String::new(), format!("{} {}", query.kind, query.name)),
        Log::Login(login) => (String::new(), format!("{} {}", login.instance, login.user)),
    };
    Evidence { id, time: log.time(), what }
}
