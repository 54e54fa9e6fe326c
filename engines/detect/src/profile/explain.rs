//! What a finding says of why: numbers that a person can check, and GuardDuty's `additionalInfo`.

use bastide_finding::{Detection, Evidence, Reason, Resource};
use serde_json::{Map, Value, json};

use super::judge::{Baseline, Sides, Verdict, closed};
use super::model::{Actor, Facts, Measured, Model};
use super::names::Names;
use super::sighting::{Feature, Sighting};
use super::window::{Act, Window};

/// What a finding of an act is made of.
pub(super) struct Detail {
    /// A detection of this act alone, with neither reasons nor additional information.
    pub(super) detection: Detection,
    /// The act: `iam CreateAccessKey`.
    pub(super) act: String,
    /// What it came to: `success`, or the error.
    pub(super) outcome: String,
    /// The network's name.
    pub(super) place: String,
    /// The program's name.
    pub(super) tool: String,
    /// The region, namespace or database.
    pub(super) area: String,
    /// The bucket or image.
    pub(super) thing: String,
    /// What its peers are in.
    pub(super) realm: &'static str,
    /// How a volume compares, in words: what was seen, and what is usual.
    pub(super) volume: Option<(String, String)>,
    /// How the network compares with those of others of the kind, likewise.
    pub(super) zone: Option<(String, String)>,
}

/// What a source calls things.
pub(super) struct Words {
    /// `account`, `cluster`, `database`.
    pub(super) realm: &'static str,
    /// `API`, …
    pub(super) act: &'static str,
    /// `region`, `namespace`, …
    pub(super) area: &'static str,
    /// `bucket`, …
    pub(super) thing: &'static str,
}

/// Acts and evidence that are named.
const NAMED: usize = 8;

/// A detection of what a verdict found. `None` when there is nothing to make it of.
pub(super) fn detection(
    window: &Window<Detail>,
    verdict: &Verdict,
    baseline: &Baseline,
    model: &Model,
    words: &Words,
) -> Option<Detection> {
    let acts: Vec<(&Act<Detail>, &Measured)> =
        verdict.acts.iter().filter_map(|(at, measured)| Some((window.acts.get(*at)?, measured))).collect();
    let (best, _) = acts.first()?;
    let mut made = best.detail.detection.clone();
    made.first = acts.iter().map(|(act, _)| act.first).min()?;
    made.last = acts.iter().map(|(act, _)| act.last).max()?;
    made.count = acts.iter().map(|(act, _)| act.count).sum::<u64>().max(1);
    made.evidence = acts.iter().flat_map(|(act, _)| &act.detail.detection.evidence).cloned().collect();
    made.evidence.sort_by(|a: &Evidence, b| a.time.cmp(&b.time).then_with(|| a.id.cmp(&b.id)));
    made.evidence.truncate(4 * NAMED);
    made.reasons = reasons(window, verdict, baseline, model, words, &acts);
    Some(made)
}

fn reasons(
    window: &Window<Detail>,
    verdict: &Verdict,
    baseline: &Baseline,
    model: &Model,
    words: &Words,
    acts: &[(&Act<Detail>, &Measured)],
) -> Vec<Reason> {
    let mut all = vec![reason(
        "surprise in bits, all told",
        format!("{:.1}{}", verdict.sides.total(), sides(&verdict.sides)),
        format!("a finding from {:.0}", verdict.needed),
    )];
    let mut named = 0;
    for (act, measured) in acts.iter().filter(|(_, measured)| measured.of(Feature::Act) >= 3.0).take(NAMED) {
        named += 1;
        let times = if act.count == 1 { "once".to_owned() } else { format!("{} times", act.count) };
        let facts = measured.facts(Feature::Act);
        let seen = format!("{times} ({})", act.detail.outcome);
        all.push(reason(&act.detail.act, seen, of_act(&facts, act.prior, act.detail.realm)));
    }
    if acts.len() > named && named == NAMED {
        all.push(reason("further calls of the tactic", (acts.len() - named).to_string(), String::new()));
    }
    let context = acts.iter().max_by(|(_, a), (_, b)| a.context().total_cmp(&b.context()));
    if let Some((act, measured)) = context {
        let detail = &act.detail;
        for (feature, what, name) in [
            (Feature::Place, "network", &detail.place),
            (Feature::Tool, "program", &detail.tool),
            (Feature::Area, words.area, &detail.area),
            (Feature::Thing, words.thing, &detail.thing),
        ] {
            if measured.of(feature) >= 2.0 {
                all.push(reason(what, name.clone(), of_choice(&measured.facts(feature), detail.realm)));
            }
        }
        if measured.hour > 0.0 {
            let usual = "not at this hour, nor in those beside it, on such days";
            all.push(reason("hour of the day (UTC)", act.first.iso8601(), usual.to_owned()));
        }
    }
    if let Some((seen, usual)) = acts.iter().find_map(|(act, _)| act.detail.zone.clone()) {
        all.push(reason("kind of network", seen, usual));
    }
    if verdict.sides.open > 0.0
        && let Some((act, _)) = acts.iter().find(|(act, _)| act.open)
    {
        let usual = format!("none in the {} quarter days since it was first seen", closed(act, model));
        all.push(reason("callers without credentials", act.detail.thing.clone(), usual));
    }
    if let Some((seen, usual)) = acts.iter().find_map(|(act, _)| act.detail.volume.clone()) {
        all.push(reason("volume read in the day", seen, usual));
    }
    if let Some(actor) = model.actor(window.actor) {
        all.extend(of_window(window, verdict, actor, words));
        let realm = acts.first().map_or(words.realm, |(act, _)| act.detail.realm);
        all.push(history(actor, window.last, baseline, realm));
    }
    all
}

fn reason(measure: &str, observed: String, expected: String) -> Reason {
    Reason { measure: measure.to_owned(), observed, expected }
}

fn sides(sides: &Sides) -> String {
    let named = [
        ("acts", sides.acts),
        ("new acts at once", sides.burst),
        ("tactics", sides.breadth),
        ("refusals", sides.denials),
        ("network", sides.place),
        ("program", sides.tool),
        ("kind of network", sides.zone),
        ("place", sides.area),
        ("target", sides.thing),
        ("volume", sides.volume),
        ("hour", sides.hour),
        ("newcomer", sides.newcomer),
        ("no credentials", sides.open),
        ("a finding within a day", sides.lately),
    ];
    let mut text = String::new();
    for (name, bits) in named.iter().filter(|(_, bits)| *bits >= 0.05) {
        text.push_str(if text.is_empty() { " = " } else { " + " });
        text.push_str(&format!("{name} {bits:.1}"));
    }
    text
}

fn of_act(facts: &Facts, prior: f32, realm: &str) -> String {
    let begun = match facts.beginning {
        0 => String::new(),
        others => format!("; {others} more of its kind have just begun with it"),
    };
    format!(
        "by this identity in {:.0} of its {:.0} quarter days; by {} of {} other identities of the {}{begun}; {}% of \
         identities in general in a month",
        facts.own,
        facts.total,
        facts.realm.others,
        facts.realm.of,
        realm,
        f64::from((prior * 1000.0).round()) / 10.0
    )
}

fn of_choice(facts: &Facts, realm: &str) -> String {
    format!(
        "by this identity in {:.0} of {:.0} quarter days, which know {:.0} others; by {} of {} other identities of \
         the {}",
        facts.own, facts.total, facts.values, facts.realm.others, facts.realm.of, realm
    )
}

fn of_window(window: &Window<Detail>, verdict: &Verdict, actor: &Actor, words: &Words) -> Vec<Reason> {
    let mut all = Vec::new();
    if verdict.sides.burst >= 2.0 {
        let usual = format!("{:.2} in a quarter day", actor.novelty());
        all.push(reason(
            &format!("{}s new to the identity within minutes", words.act),
            format!("{}, of {} services", window.new.len(), window.services.len()),
            usual,
        ));
    }
    if verdict.sides.denials >= 1.0 {
        let usual = format!("{:.2} in a quarter day", actor.denials());
        all.push(reason("kinds of calls refused within minutes", window.denied.len().to_string(), usual));
    }
    all
}

fn history(actor: &Actor, at: u32, baseline: &Baseline, realm: &str) -> Reason {
    let hours = baseline.span.div_ceil(60);
    let seen = if baseline.cold {
        format!("no baseline: {hours} hours of logs")
    } else if actor.settled(at, baseline.horizon) {
        format!("identity known for {} days, {realm} for {}", actor.days(at), hours / 24)
    } else {
        format!("identity known for less than 2 days, {realm} for {}", hours / 24)
    };
    let usual =
        "others of its kind, and how rare such calls are in general, stand in where there is no history";
    reason("history", seen, if baseline.cold { usual.to_owned() } else { String::new() })
}

/// `additionalInfo` of GuardDuty's findings of anomalous behaviour in CloudTrail: lists in one text each.
pub(super) fn additional(
    window: &Window<Detail>,
    verdict: &Verdict,
    model: &Model,
    names: &Names,
    agent: (&str, &str),
) -> Value {
    let acts: Vec<(&Act<Detail>, &Measured)> =
        verdict.acts.iter().filter_map(|(at, measured)| Some((window.acts.get(*at)?, measured))).collect();
    let mut profiled = Map::new();
    let mut unusual = Map::new();
    for (feature, word) in [
        (Feature::Act, "APIs"),
        (Feature::Place, "ASNs"),
        (Feature::Tool, "UserAgents"),
        (Feature::Thing, "Buckets"),
    ] {
        let bucket = |act: &Act<Detail>| matches!(act.detail.detection.resource, Resource::Buckets(..));
        if feature == Feature::Thing && !acts.iter().any(|(act, _)| bucket(act)) {
            continue;
        }
        identity(&mut profiled, model, names, window.actor, feature, word);
        account(&mut profiled, &acts, feature, word);
        unusual.insert(format!("unusual{word}AccountProfiling"), unknown(&acts, feature, true));
        unusual.insert(format!("unusual{word}UserIdentityProfiling"), unknown(&acts, feature, false));
    }
    let horizon = super::sighting::SETTLING;
    let new = model.actor(window.actor).is_none_or(|actor| !actor.settled(window.last, horizon));
    unusual.insert("isUnusualUserIdentity".to_owned(), json!(new.to_string()));
    json!({
        "userAgent": {"fullUserAgent": agent.0, "userAgentCategory": agent.1},
        "anomalies": {"anomalousAPIs": anomalous(&acts)},
        "profiledBehavior": profiled,
        "unusualBehavior": unusual,
    })
}

/// `iam.amazonaws.com:[CreateUser:success , ListUsers:AccessDenied]`, a group a service.
fn anomalous(acts: &[(&Act<Detail>, &Measured)]) -> String {
    let mut services: Vec<(String, Vec<String>)> = Vec::new();
    for (act, _) in acts {
        let (service, name) = act.detail.act.split_once(' ').unwrap_or(("", &act.detail.act));
        let call = format!("{name}:{}", act.detail.outcome);
        match services.iter_mut().find(|(known, _)| known == service) {
            Some((_, calls)) if calls.contains(&call) => {}
            Some((_, calls)) => calls.push(call),
            None => services.push((service.to_owned(), vec![call])),
        }
    }
    let services =
        services.iter().map(|(service, calls)| format!("{service}.amazonaws.com:[{}]", calls.join(" , ")));
    services.collect::<Vec<_>>().join(" , ")
}

/// An identity's habits: rare in up to one quarter day of a month, infrequent in up to five, frequent beyond.
fn identity(
    into: &mut Map<String, Value>,
    model: &Model,
    names: &Names,
    actor: u64,
    feature: Feature,
    word: &str,
) {
    let mut values: Vec<(u32, f32)> =
        model.actor(actor).map(|it| it.values(feature).collect()).unwrap_or_default();
    values.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    for (often, range) in [("rare", 0.0..1.5), ("infrequent", 1.5..5.5), ("frequent", 5.5..f32::MAX)] {
        let of = values.iter().filter(|(_, weight)| range.contains(weight));
        let list: Vec<&str> = of.filter_map(|(key, _)| names.of(*key)).take(20).collect();
        into.insert(format!("{often}Profiled{word}UserIdentityProfiling"), json!(list.join(" , ")));
    }
}

/// What the account knows of what was unusual: rare for up to one other identity in a hundred, infrequent for up to
/// ten, frequent beyond.
fn account(into: &mut Map<String, Value>, acts: &[(&Act<Detail>, &Measured)], feature: Feature, word: &str) {
    for (often, range) in [("rare", 0.0..0.01), ("infrequent", 0.01..0.1), ("frequent", 0.1..f64::MAX)] {
        let of = acts.iter().filter(|(_, measured)| {
            let known = measured.facts(feature).realm;
            known.others > 0 && range.contains(&(f64::from(known.others) / f64::from(known.of.max(1))))
        });
        into.insert(format!("{often}Profiled{word}AccountProfiling"), list(of, feature));
    }
}

fn unknown(acts: &[(&Act<Detail>, &Measured)], feature: Feature, account: bool) -> Value {
    let of = acts.iter().filter(|(_, measured)| {
        let facts = measured.facts(feature);
        measured.of(feature) >= 2.0 && facts.own == 0.0 && (!account || facts.realm.others == 0)
    });
    list(of, feature)
}

fn list<'a>(acts: impl Iterator<Item = &'a (&'a Act<Detail>, &'a Measured)>, feature: Feature) -> Value {
    let mut list: Vec<&str> = Vec::new();
    for (act, _) in acts {
        let detail = &act.detail;
        let name = match feature {
            Feature::Act => detail.act.split_once(' ').map_or(detail.act.as_str(), |(_, name)| name),
            Feature::Place => &detail.place,
            Feature::Tool => &detail.tool,
            Feature::Area => &detail.area,
            _ => &detail.thing,
        };
        if !name.is_empty() && !list.contains(&name) && list.len() < 20 {
            list.push(name);
        }
    }
    json!(list.join(" , "))
}

/// A volume's reason: what was read, and what is usual.
pub(super) fn volume(judged: &super::volume::Judged) -> (String, String) {
    let seen = format!("{} bytes in {} objects", judged.bytes, judged.objects);
    let (all, beyond) = judged.peers;
    if let Some(strange) = judged.strange {
        return (
            format!("{seen}, {strange} of them in buckets that it doesn't read as a rule"),
            format!("so many of such on {beyond} of {all} days on which others of its kind read"),
        );
    }
    if judged.usual_objects > 0 {
        let (bytes, objects, days) = (judged.usual_bytes, judged.usual_objects, judged.days);
        return (seen, format!("about {bytes} bytes in {objects} objects, the median of {days} days"));
    }
    let own = format!("the identity reads objects on few days ({})", judged.days);
    (seen, format!("{own}; so many on {beyond} of {all} days on which others of its kind read"))
}

/// A network's reason: where it was, and where others of the kind are. `kind`: who these others are.
pub(super) fn zone(place: &str, zone: &super::zone::Zone, kind: &str) -> Option<(String, String)> {
    (zone.bits >= 2.0).then(|| {
        let usual = format!(
            "{} of {} {kind} (each counted once a network) are there; all have {} kinds of networks, where the \
             private ones are one",
            zone.there, zone.all, zone.networks
        );
        (place.to_owned(), usual)
    })
}

/// Where and when something was done, of a sighting: what a key of findings is made of.
pub(super) fn key(sighting: &Sighting) -> String {
    format!("{:016x}", sighting.actor)
}
