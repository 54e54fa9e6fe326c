use bastide_finding::{AccessKey, Action, ApiCall, Evidence, Reason, Resource, find};
use bastide_logs::cloudtrail::Event;

use super::*;

/// Finds every `Bad`, and at each tick how often it was ticked.
#[derive(Default)]
struct Bad {
    ticks: Vec<Timestamp>,
}

fn detection(key: &str, event: &Event<'_>) -> Detection {
    Detection {
        kind: find("Stealth:IAMUser/CloudTrailLoggingDisabled").unwrap(),
        account: "111122223333".to_owned(),
        region: "eu-central-1".to_owned(),
        key: key.to_owned(),
        first: event.time,
        last: event.time,
        count: 1,
        severity: None,
        resource: Resource::AccessKey(AccessKey::default()),
        action: Action::ApiCall(Box::new(ApiCall { api: event.name.to_string(), ..ApiCall::default() })),
        actor: false,
        reasons: vec![Reason {
            measure: "calls".into(),
            observed: event.id.to_string(),
            expected: String::new(),
        }],
        threats: Vec::new(),
        rule: String::new(),
        evidence: vec![Evidence { id: event.id.to_string(), time: event.time, what: event.name.to_string() }],
        additional: serde_json::Value::Null,
        detection: serde_json::Value::Null,
    }
}

impl Detector for Bad {
    fn name(&self) -> &'static str {
        "bad"
    }

    fn cloudtrail(&mut self, event: &Event<'_>, _cx: Context<'_>, out: &mut Vec<Detection>) {
        if event.name.starts_with("Bad") {
            out.push(detection(&event.name, event));
        }
    }

    fn detected(&mut self, detection: &Detection, _cx: Context<'_>, out: &mut Vec<Detection>) {
        if detection.key == "BadTwice" {
            let mut again = detection.clone();
            again.key = "Told".to_owned();
            out.push(again);
        }
    }

    fn tick(&mut self, now: Timestamp, _cx: Context<'_>, out: &mut Vec<Detection>) {
        self.ticks.push(now);
        let event = Event { time: now, id: self.ticks.len().to_string().into(), ..Event::default() };
        out.push(detection("Tick", &event));
    }
}

fn engine() -> Engine {
    Engine::new(Arc::new(Intel::default()), Settings::default(), vec![Box::<Bad>::default()])
}

fn feed(engine: &mut Engine, id: &str, name: &str, seconds: i64) {
    let event = Event {
        id: id.into(),
        name: name.into(),
        time: Timestamp::from_seconds(seconds),
        account: "111122223333".into(),
        ..Event::default()
    };
    engine.feed(&Record::CloudTrail(&event));
}

fn of<'a>(engine: &'a Engine, key: &str) -> Option<&'a Finding> {
    engine.findings().find(|finding| finding.detection.key == key)
}

#[test]
fn repeated_activity_is_one_finding() {
    let mut engine = engine();
    feed(&mut engine, "1", "BadCall", 1000);
    feed(&mut engine, "2", "BadCall", 2000);
    feed(&mut engine, "0", "BadCall", 500);
    feed(&mut engine, "2", "BadCall", 2000);
    feed(&mut engine, "3", "BadOther", 2000);
    assert_eq!(engine.drain().iter().filter(|one| one.key.starts_with("Bad")).count(), 4);
    let finding = of(&engine, "BadCall").unwrap();
    assert_eq!(finding.id.len(), 32);
    let found = &finding.detection;
    assert_eq!((found.count, found.first.seconds(), found.last.seconds()), (3, 500, 2000));
    assert_eq!(found.reasons.len(), 1);
    assert_eq!(found.reasons[0].observed, "2", "the latest number");
    let ids: Vec<&str> = found.evidence.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["0", "1", "2"]);
    assert_eq!(engine.counts().duplicates, 1);
    assert_eq!(engine.counts().records, 4);
}

#[test]
fn ids_are_the_same_everywhere_and_differ_by_part() {
    let make = |key: &str, account: &str| {
        let mut one = detection(key, &Event::default());
        one.account = account.to_owned();
        let mut fold = Fold::default();
        fold.add(one, Timestamp::default(), true);
        fold.findings().keys().next().unwrap().clone()
    };
    assert_eq!(make("a", "1"), make("a", "1"));
    assert_ne!(make("a", "1"), make("a", "2"));
    assert_ne!(make("ab", "1"), make("b", "1"));
}

#[test]
fn changes_name_what_is_new_and_what_is_more() {
    let mut engine = engine();
    let clock = Timestamp::from_seconds(9_000_000);
    feed(&mut engine, "1", "BadCall", 1000);
    let changes = engine.changes(clock);
    assert_eq!(changes.len(), 1);
    assert!(changes[0].new);
    assert_eq!(engine.finding(&changes[0].id).unwrap().created, clock);
    assert_eq!(engine.changes(clock), []);
    feed(&mut engine, "2", "BadCall", 1001);
    let later = Timestamp::from_seconds(9_000_060);
    let changes = engine.changes(later);
    assert!(!changes[0].new);
    let finding = engine.finding(&changes[0].id).unwrap();
    assert_eq!((finding.created, finding.updated, finding.detection.count), (clock, later, 2));
}

#[test]
fn replay_is_silent_and_learning_forgets() {
    let mut engine = engine();
    engine.set_mode(Mode::Learn);
    feed(&mut engine, "1", "BadLearned", 1000);
    engine.set_mode(Mode::Replay);
    feed(&mut engine, "2", "BadCall", 1000);
    engine.set_mode(Mode::Live);
    assert_eq!(engine.changes(Timestamp::default()), []);
    assert!(of(&engine, "BadLearned").is_none());
    assert_eq!(of(&engine, "BadCall").unwrap().detection.count, 1);
    feed(&mut engine, "2", "BadCall", 1000);
    feed(&mut engine, "3", "BadCall", 1000);
    let changes: Vec<Change> =
        engine.changes(Timestamp::default()).into_iter().filter(|change| !change.new).collect();
    assert_eq!(changes.len(), 1, "one finding was added to");
    assert_eq!(of(&engine, "BadCall").unwrap().detection.count, 2);
}

#[test]
fn a_wrong_clock_is_counted_and_does_not_drive_the_windows() {
    let mut engine = engine();
    engine.set_horizon(Timestamp::from_seconds(1_000_000));
    for second in 0..10 {
        feed(&mut engine, &second.to_string(), "Good", 900_000 + second);
    }
    feed(&mut engine, "far", "BadFar", 9_000_000_000);
    feed(&mut engine, "days", "BadDays", 999_999);
    feed(&mut engine, "11", "Good", 900_011);
    feed(&mut engine, "old", "BadOld", 100);
    engine.drain();
    assert_eq!(of(&engine, "BadFar").unwrap().detection.last.seconds(), 900_009);
    assert_eq!(of(&engine, "BadDays").unwrap().detection.last.seconds(), 999_999);
    assert_eq!(of(&engine, "Tick").unwrap().detection.last.seconds(), 900_000);
    let counts = engine.counts();
    assert_eq!((counts.ahead, counts.late), (1, 1));
    engine.tick(Timestamp::from_seconds(950_000));
    engine.drain();
    assert_eq!(of(&engine, "Tick").unwrap().detection.last.seconds(), 949_980);
}

#[test]
fn what_one_found_others_are_told() {
    let mut engine = engine();
    feed(&mut engine, "1", "BadTwice", 1000);
    engine.drain();
    assert_eq!(of(&engine, "Told").unwrap().detection.count, 1);
}

#[test]
fn findings_are_bounded() {
    let mut engine = engine();
    for number in 0..60_000 {
        feed(&mut engine, &number.to_string(), &format!("Bad{number}"), number);
    }
    engine.drain();
    assert!(engine.findings().count() <= 50_000);
    assert!(engine.counts().forgotten >= 10_000);
    assert!(of(&engine, "Bad59999").is_some());
    assert!(of(&engine, "Bad0").is_none());
}
