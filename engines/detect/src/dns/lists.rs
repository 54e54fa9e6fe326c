//! Domains that are on threat lists.

use bastide_finding::{Detection, FindingType, Reason, Threat};
use bastide_intel::{Categories, Category, Hit};
use bastide_logs::dns::Query;
use serde_json::json;
use xxhash_rust::xxh3::xxh3_64;

use super::host;
use super::name::Domain;
use super::repeats::Repeats;
use crate::detector::Context;

/// What a list says, and the type of finding that it makes.
const TYPES: &[(Category, &str)] = &[
    (Category::CommandAndControl, "Backdoor:EC2/C&CActivity.B!DNS"),
    (Category::Blackhole, BLACKHOLE),
    (Category::DriveBy, "Trojan:EC2/DriveBySourceTraffic!DNS"),
    (Category::DropPoint, "Trojan:EC2/DropPoint!DNS"),
    (Category::Generated, "Trojan:EC2/DGADomainRequest.C!DNS"),
    (Category::Phishing, "Trojan:EC2/PhishingDomainRequest!DNS"),
    (Category::Custom, "Impact:EC2/MaliciousDomainRequest.Custom"),
    (Category::Cryptocurrency, "CryptoCurrency:EC2/BitcoinTool.B!DNS"),
    (Category::Malicious, "Impact:EC2/MaliciousDomainRequest.Reputation"),
    (Category::Abused, "Impact:EC2/AbusedDomainRequest.Reputation"),
    (Category::Suspicious, "Impact:EC2/SuspiciousDomainRequest.Reputation"),
];

const BLACKHOLE: &str = "Trojan:EC2/BlackholeTraffic!DNS";

/// A domain of cryptocurrency that has a bad name besides.
const BITCOIN: &str = "Impact:EC2/BitcoinDomainRequest.Reputation";

/// What lists say of reputation alone.
const REPUTATION: Categories = Categories::of(&[Category::Malicious, Category::Abused, Category::Suspicious]);

/// Looks up who asks for what lists hold.
#[derive(Debug, Default)]
pub(super) struct Lists {
    repeats: Repeats,
}

impl Lists {
    /// Whether a trusted list holds the name: then nothing at all is said of it.
    pub(super) fn see(
        &mut self,
        name: &str,
        query: &Query<'_>,
        cx: Context<'_>,
        out: &mut Vec<Detection>,
    ) -> bool {
        if cx.intel.is_empty() {
            return false;
        }
        if let Some(hit) = cx.intel.domain(name) {
            if hit.has(Category::Trusted) {
                return true;
            }
            self.listed(name, query, &hit, out);
        }
        for answer in query.answers.iter().filter(|answer| matches!(&*answer.kind, "A" | "AAAA")) {
            if let Some(address) = answer.data.parse().ok()
                && let Some(hit) = cx.intel.address(address)
                && hit.has(Category::Blackhole)
            {
                self.say(name, query, (Category::Blackhole, BLACKHOLE), Some(&answer.data), &hit, out);
                break;
            }
        }
        false
    }

    /// A list holds the name. A domain of cryptocurrency with a bad reputation is one finding, not two.
    fn listed(&mut self, name: &str, query: &Query<'_>, hit: &Hit<'_>, out: &mut Vec<Detection>) {
        let bitcoin = hit.has(Category::Cryptocurrency) && hit.categories().any(REPUTATION);
        for &(category, kind) in TYPES.iter().filter(|(category, _)| hit.has(*category)) {
            let kind = match category {
                Category::Cryptocurrency if bitcoin => BITCOIN,
                _ if bitcoin && REPUTATION.has(category) => continue,
                _ => kind,
            };
            self.say(name, query, (category, kind), None, hit, out);
        }
    }

    fn say(
        &mut self,
        name: &str,
        query: &Query<'_>,
        (category, kind): (Category, &str),
        answer: Option<&str>,
        hit: &Hit<'_>,
        out: &mut Vec<Detection>,
    ) {
        let Some(kind) = host::kind(kind) else { return };
        let key = host::pair(host::pair(host::number(query), xxh3_64(name.as_bytes())), category as u64);
        self.repeats.hit(key, query.time, || listed(name, query, category, kind, answer, hit), out);
    }

    pub(super) fn tick(&mut self, now: bastide_ids::Timestamp, out: &mut Vec<Detection>) {
        self.repeats.tick(now, out);
    }
}

fn listed(
    name: &str,
    query: &Query<'_>,
    category: Category,
    kind: &'static FindingType,
    answer: Option<&str>,
    hit: &Hit<'_>,
) -> Detection {
    let domain =
        Domain::of(name).unwrap_or(Domain { name, registrable: name, private: false, hashes: (0, 0) });
    let mut detection = host::detection(kind, query, &domain);
    detection.key = format!("{} {name}", detection.key);
    let measure = match answer {
        Some(_) => format!("address that `{name}` was answered with, on a list of {}", category.as_str()),
        None => format!("domain asked for, on a list of {}", category.as_str()),
    };
    for found in hit.matches().filter(|found| found.category == category) {
        let names = if found.threat.is_empty() { Vec::new() } else { vec![found.threat.to_owned()] };
        detection.threats.push(Threat { list: found.list.to_owned(), names });
    }
    let lists: Vec<&str> =
        hit.matches().filter(|found| found.category == category).map(|found| found.list).collect();
    let observed = format!("{} ({})", answer.unwrap_or(name), lists.join(", "));
    detection.reasons.push(Reason { measure, observed, expected: String::new() });
    let first = hit.of(category);
    detection.additional = json!({
        "threatListName": first.map(|found| found.list).unwrap_or_default(),
        "threatName": first.map(|found| found.threat).unwrap_or_default(),
    });
    detection
}
