use std::borrow::Cow;

use bastide_finding::Detection;
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::dns::{Answer, Query};
use proptest::prelude::*;

use super::Dns;
use super::dga::Model;
use crate::detector::{Context, Detector};
use crate::settings::Settings;

const START: i64 = 1_700_000_000_000;

fn query(name: &str, kind: &'static str, rcode: &'static str, second: i64) -> Query<'static> {
    Query {
        account: "111122223333".into(),
        region: "eu-central-1".into(),
        vpc: "vpc-1".into(),
        time: Timestamp::from_millis(START + second * 1000),
        name: Cow::Owned(format!("{name}.")),
        kind: kind.into(),
        rcode: rcode.into(),
        source: Some("10.0.0.7".parse().unwrap()),
        transport: "UDP".into(),
        instance: "i-0123456789abcdef0".into(),
        ..Query::default()
    }
}

fn answer(mut query: Query<'static>, kind: &'static str, data: &'static str) -> Query<'static> {
    query.answers.push(Answer { data: data.into(), kind: kind.into() });
    query
}

fn run(queries: impl IntoIterator<Item = Query<'static>>) -> Vec<Detection> {
    run_with(&Intel::default(), queries)
}

fn run_with(intel: &Intel, queries: impl IntoIterator<Item = Query<'static>>) -> Vec<Detection> {
    let settings = Settings::default();
    let cx = Context { intel, settings: &settings };
    let (mut dns, mut out) = (Dns::new(), Vec::new());
    for query in queries {
        dns.dns(&query, cx, &mut out);
    }
    dns.tick(Timestamp::from_millis(i64::MAX), cx, &mut out);
    out
}

fn kinds(found: &[Detection]) -> Vec<&'static str> {
    let mut kinds: Vec<&str> = found.iter().map(|one| one.kind.name).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Numbers that look random.
fn mix(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 3
}

fn letters(seed: u64, length: u64, alphabet: &[u8]) -> String {
    (0..length).map(|i| char::from(alphabet[mix(seed * 1000 + i) as usize % alphabet.len()])).collect()
}

const ABC: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";

#[test]
fn the_shipped_model_is_whole() {
    let model = Model::shipped();
    assert!(model.tables.words.words().len() > 10_000 && !model.net.layers.is_empty());
    assert_eq!(Model::read(&model.write().unwrap()).unwrap().net, model.net);
    assert!(model.score(b"wikipedia") < model.usual.one_in_100);
    assert!(model.score(b"xkqjvwzpyrtbhgfd") > model.usual.one_in_1000);
    assert!(Model::read(b"").is_err() && Model::read(&model.write().unwrap()[..1000]).is_err());
}

#[test]
fn names_made_of_letters_that_dont_exist_are_found() {
    let bot = |n: u64| query(&format!("{}.com", letters(n, 14, ABC)), "A", "NXDOMAIN", n as i64);
    let found = run((0..60).map(bot));
    assert_eq!(kinds(&found), ["Trojan:EC2/DGADomainRequest.B"]);
    assert!(found.len() < 10, "{}", found.len());
    assert!(found[0].last <= Timestamp::from_millis(START + 20_000));
    assert!(found[0].reasons[0].observed.contains(" of "), "{:?}", found[0].reasons);
    assert!(found.iter().map(|one| one.count).sum::<u64>() <= 60);
}

#[test]
fn a_few_odd_names_among_many_are_not() {
    let names =
        ["example", "wikipedia", "github", "debian", "python", "mozilla", "kernel", "gnome", "apache"];
    let normal = (0..900).map(|n| query(&format!("{}{n}.org", names[n as usize % 9]), "A", "NOERROR", n));
    let odd =
        (0..4).map(|n| query(&format!("{}.com", letters(n, 14, ABC)), "A", "NXDOMAIN", 1000 + n as i64));
    assert!(run(normal.chain(odd)).is_empty());
}

#[test]
fn names_that_are_not_registered_are_not_judged() {
    let odd = |n: u64| letters(n, 14, ABC);
    let name = |n: u64| match n % 5 {
        0 => format!("{}.cdn.example.com", odd(n)),
        1 => format!("{}.cloudfront.net", odd(n)),
        2 => format!("{}.eu-central-1.compute.internal", odd(n)),
        3 => odd(n),
        _ => format!("{}.corp.local", odd(n)),
    };
    let missing = |n: u64| if n % 5 == 1 { "NOERROR" } else { "NXDOMAIN" };
    assert!(run((0..150).map(|n| query(&name(n), "A", missing(n), n as i64 * 20))).is_empty());
}

#[test]
fn names_that_carry_data_are_found() {
    let name = |n: u64| format!("{}.{}.t.example.com", letters(n, 50, BASE32), letters(n + 7000, 40, BASE32));
    let found = run((0..100).map(|n| query(&name(n), "A", "NXDOMAIN", n as i64)));
    assert_eq!(kinds(&found), ["Trojan:EC2/DNSDataExfiltration"]);
    assert_eq!(found.len(), 1);
    let short = |n: u64| format!("{}.t.example.com", letters(n, 12, BASE32));
    let found = run((0..100).map(|n| query(&short(n), "TXT", "NOERROR", n as i64)));
    assert_eq!(kinds(&found), ["Trojan:EC2/DNSDataExfiltration"]);
}

#[test]
fn a_slow_leak_is_found_within_a_day() {
    let name = |n: u64| format!("{}.t.example.com", letters(n, 40, BASE32));
    let found = run((0..250).map(|n| query(&name(n), "A", "NOERROR", n as i64 * 240)));
    assert_eq!(kinds(&found), ["Trojan:EC2/DNSDataExfiltration"]);
    assert!(found[0].last <= Timestamp::from_millis(START + 10 * 3_600_000));
}

#[test]
fn lists_that_are_asked_for_addresses_and_hashes_are_not_tunnels() {
    let address = |n: u64| format!("{}.{}.{}.10.zen.example.org", mix(n) % 255, mix(n + 1) % 255, n % 255);
    assert!(run((0..300).map(|n| query(&address(n), "A", "NXDOMAIN", n as i64))).is_empty());
    let hash = |n: u64| format!("{}.hashbl.example.org", letters(n, 40, b"0123456789abcdef"));
    let look = |n: u64| match n % 10 {
        0 => answer(query(&hash(n), "A", "NOERROR", n as i64), "A", "127.0.0.2"),
        _ => query(&hash(n), "A", "NXDOMAIN", n as i64),
    };
    assert!(run((0..300).map(look)).is_empty());
}

#[test]
fn a_service_that_many_hosts_ask_is_no_tunnel() {
    let name = |n: u64| format!("{}.telemetry.example.com", letters(n, 30, b"0123456789abcdef"));
    let mut asked = Vec::new();
    for n in 0..300 {
        let mut one = query(&name(n), "A", "NOERROR", n as i64);
        one.instance = format!("i-{}", n % 10).into();
        asked.push(one);
    }
    assert!(run(asked.clone()).is_empty());
    for one in &mut asked {
        one.instance = "i-1".into();
    }
    assert_eq!(run(asked).len(), 1);
}

#[test]
fn domains_on_lists_are_found_by_what_the_lists_say() {
    use bastide_intel::{Category, Format};
    let mut builder = Intel::builder();
    for (category, domain) in [
        (Category::Generated, "made.example.com"),
        (Category::CommandAndControl, "c2.example.com"),
        (Category::Cryptocurrency, "coin.example.com"),
        (Category::Suspicious, "coin.example.com"),
        (Category::Malicious, "trusted.example.org"),
        (Category::Trusted, "example.org"),
    ] {
        builder.list("l", category, Format::Txt, format!("{domain}\n").as_bytes()).unwrap();
    }
    let names =
        ["made.example.com", "X.C2.example.com", "coin.example.com", "trusted.example.org", "example.com"];
    let found = run_with(&builder.build(), names.map(|name| query(name, "A", "NOERROR", 0)));
    assert_eq!(
        kinds(&found),
        [
            "Backdoor:EC2/C&CActivity.B!DNS",
            "Impact:EC2/BitcoinDomainRequest.Reputation",
            "Trojan:EC2/DGADomainRequest.C!DNS",
        ]
    );
}

#[test]
fn public_names_that_lead_to_the_metadata_service_are_found() {
    let found = run([
        answer(query("a.rebind.example.com", "A", "NOERROR", 0), "A", "169.254.169.254"),
        answer(query("a.rebind.example.com", "A", "NOERROR", 1), "A", "169.254.169.254"),
        answer(query("b.example.com", "AAAA", "NOERROR", 2), "AAAA", "fd00:ec2::254"),
        answer(query("instance-data.ec2.internal", "A", "NOERROR", 3), "A", "169.254.169.254"),
        answer(query("c.example.com", "A", "NOERROR", 4), "A", "10.0.0.1"),
    ]);
    assert_eq!(kinds(&found), ["UnauthorizedAccess:EC2/MetadataDNSRebind"]);
    assert_eq!(found.iter().map(|one| one.count).sum::<u64>(), 3);
    let keys: std::collections::BTreeSet<&str> = found.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_queries_are_seen_without_panic_and_always_the_same(
        queries in prop::collection::vec(("\\PC{0,40}|[a-z0-9.-]{0,80}\\.com", "[A-Z0-9]{0,6}|TXT|A", any::<i32>()), 0..60)
    ) {
        let asked = || queries.iter().map(|(name, kind, time)| {
            let mut one = query(name, "A", "NXDOMAIN", i64::from(*time));
            one.kind = Cow::Owned(kind.clone());
            one
        });
        let (first, second) = (run(asked()), run(asked()));
        prop_assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }
}
