use std::collections::{BTreeMap, BTreeSet};

use std::net::IpAddr;

use bastide_finding::{Action, Detection, Evidence, Reason};
use bastide_ids::Timestamp;
use bastide_logs::cloudtrail::Event;
use serde_json::{Value, json};

/// How long signals count together: a day.
const DAY: i64 = 86_400_000;

/// Odd behaviour within an hour or the next is one signal.
const HOUR: i64 = 3_600_000;

/// Different signals that are kept of an actor.
const KEPT: usize = 60;

/// Signals that are shown as evidence.
const SHOWN: usize = 20;

/// Signals of one actor or on one cluster.
#[derive(Debug, Default)]
pub(super) struct Signals {
    by_name: BTreeMap<String, Signal>,
}

/// One signal: a finding, or calls of one API.
#[derive(Clone, Debug)]
pub(super) struct Signal {
    /// The type of the finding, or the API.
    pub(super) name: String,
    /// A tactic of MITRE ATT&CK; empty when it stands for none.
    pub(super) tactic: &'static str,
    /// Whether it is a finding.
    pub(super) strong: bool,
    pub(super) severity: f64,
    first: Timestamp,
    last: Timestamp,
    count: u64,
    evidence: Option<Evidence>,
    /// Where the call came from.
    address: Option<IpAddr>,
}

impl Signal {
    pub(super) fn weak(event: &Event<'_>, tactic: &'static str) -> Self {
        let evidence = crate::describe::evidence(event);
        Self {
            name: evidence.what.clone(),
            tactic,
            strong: false,
            severity: 1.0,
            first: event.time,
            last: event.time,
            count: 1,
            evidence: Some(evidence),
            address: event.source_ip.parse().ok(),
        }
    }

    pub(super) fn strong(detection: &Detection) -> Self {
        Self {
            name: detection.kind.name.to_owned(),
            tactic: tactic(detection.kind.name),
            strong: true,
            severity: detection.severity.unwrap_or(detection.kind.severity),
            first: detection.first,
            last: detection.last,
            count: detection.count,
            evidence: detection.evidence.first().cloned(),
            address: match &detection.action {
                Action::ApiCall(call) => call.remote.address,
                _ => None,
            },
        }
    }
}

impl Signals {
    /// Adds a signal; answers whether it is a new one. What is a day older than it is forgotten.
    pub(super) fn add(&mut self, signal: Signal) -> bool {
        let end = signal.last.millis();
        self.by_name.retain(|_, other| other.last.millis().saturating_add(DAY) >= end);
        if let Some(known) = self.by_name.get_mut(&signal.name) {
            known.count = known.count.saturating_add(signal.count);
            known.first = known.first.min(signal.first);
            known.last = known.last.max(signal.last);
            known.severity = known.severity.max(signal.severity);
            // What the owner calls as well is news when the thief does.
            let moved = known.address != signal.address;
            return moved && self.stolen(&signal);
        }
        if self.by_name.len() >= KEPT {
            return false;
        }
        self.by_name.insert(signal.name.clone(), signal);
        true
    }

    pub(super) fn any(&self, is: impl Fn(&Signal) -> bool) -> bool {
        self.by_name.values().any(is)
    }

    /// Whether a signal comes from where credentials are used that were stolen; it is known to from then on.
    fn stolen(&mut self, signal: &Signal) -> bool {
        let stolen = signal.address.is_some()
            && self.by_name.values().any(|other| other.of_theft() && other.address == signal.address);
        if stolen && let Some(known) = self.by_name.get_mut(&signal.name) {
            known.address = signal.address;
        }
        stolen
    }

    /// Whether stolen credentials serve three tactics or more where they are used.
    fn thief(&self) -> bool {
        let from = |address| {
            let there = self.by_name.values().filter(|signal| signal.address == address);
            there.map(|signal| signal.tactic).filter(|tactic| !tactic.is_empty()).collect::<BTreeSet<_>>()
        };
        let mut thefts = self.by_name.values().filter(|signal| signal.of_theft() && signal.address.is_some());
        thefts.any(|signal| from(signal.address).len() >= 3)
    }

    /// Whether the signals together are an attack.
    pub(super) fn suffices(&self) -> bool {
        // What stands for no tactic (`Policy:`, custom rules) makes no attack.
        let strong = || self.by_name.values().filter(|signal| signal.strong && !signal.tactic.is_empty());
        let medium = strong().any(|signal| signal.severity >= 4.0);
        // One odd hour of one identity is told by each tactic that it has; it is one signal all the same.
        let odd = |signal: &&Signal| signal.name.ends_with("/AnomalousBehavior");
        let hours: BTreeSet<i64> =
            strong().filter(odd).map(|signal| signal.first.millis().div_euclid(HOUR)).collect();
        let apart = hours.iter().zip(hours.iter().skip(1)).filter(|(one, next)| **next - **one > 1).count();
        let odd_hours = usize::from(!hours.is_empty()) + apart;
        let others = strong().filter(|signal| !odd(signal)).count();
        others + odd_hours >= 2 && medium && self.tactics().len() >= 3 || self.thief()
    }

    fn tactics(&self) -> BTreeSet<&'static str> {
        self.by_name.values().map(|signal| signal.tactic).filter(|tactic| !tactic.is_empty()).collect()
    }

    /// The sequence that they are, told of the last of them.
    pub(super) fn sequence(&self, mut base: Detection, key: String) -> Detection {
        let mut signals: Vec<&Signal> = self.by_name.values().collect();
        signals.sort_by(|a, b| (a.first, &a.name).cmp(&(b.first, &b.name)));
        base.first = signals.iter().map(|signal| signal.first).min().unwrap_or(base.first);
        base.last = signals.iter().map(|signal| signal.last).max().unwrap_or(base.last);
        base.evidence = signals.iter().filter_map(|signal| signal.evidence.clone()).take(SHOWN).collect();
        let tactics: Vec<&str> = self.tactics().into_iter().collect();
        let findings = signals.iter().filter(|signal| signal.strong).count();
        let reason = |measure: &str, observed: String, expected: &str| Reason {
            measure: measure.to_owned(),
            observed,
            expected: expected.to_owned(),
        };
        base.reasons = vec![
            reason(
                "tactics within 24 hours",
                format!("{}: {}", tactics.len(), tactics.join(", ")),
                "at most 2",
            ),
            reason(
                "types of findings among the signals",
                findings.to_string(),
                "at most 1, unless it is the theft of credentials",
            ),
            reason("signals", signals.len().to_string(), ""),
        ];
        base.detection = json!({ "sequence": {
            "uid": key,
            "description": format!("{} signals of {} tactics within 24 hours", signals.len(), tactics.len()),
            "signals": signals.iter().map(|signal| signal.json()).collect::<Vec<_>>(),
            "sequenceIndicators": [{ "key": "ATTACK_TACTIC", "values": tactics }],
        }});
        base.key = key;
        base
    }
}

impl Signal {
    /// Whether it tells that credentials of an instance or a function are used elsewhere.
    fn of_theft(&self) -> bool {
        self.strong && self.name.contains("CredentialExfiltration.")
    }

    /// `Signal` of GuardDuty's findings; moments are seconds.
    fn json(&self) -> Value {
        let indicators = match self.tactic {
            "" => json!([]),
            tactic => json!([{ "key": "ATTACK_TACTIC", "values": [tactic] }]),
        };
        json!({
            "uid": self.evidence.as_ref().map_or("", |evidence| &evidence.id),
            "type": if self.strong { "FINDING" } else { "CLOUD_TRAIL" },
            "name": self.name,
            "createdAt": self.first.seconds(),
            "updatedAt": self.last.seconds(),
            "firstSeenAt": self.first.seconds(),
            "lastSeenAt": self.last.seconds(),
            "severity": self.severity,
            "count": self.count,
            "signalIndicators": indicators,
        })
    }
}

/// The tactic that the beginning of a type stands for.
fn tactic(name: &str) -> &'static str {
    if name.starts_with("Policy:S3/Bucket") && name.ends_with("AccessGranted") {
        return "Exfiltration";
    }
    match name.split(':').next().unwrap_or_default() {
        "Backdoor" | "Trojan" => "Command and Control",
        "CredentialAccess" => "Credential Access",
        "DefenseEvasion" | "Stealth" => "Defense Evasion",
        "Discovery" | "Recon" => "Discovery",
        "Execution" => "Execution",
        "Exfiltration" => "Exfiltration",
        "CryptoCurrency" | "Impact" => "Impact",
        "InitialAccess" | "UnauthorizedAccess" => "Initial Access",
        "LateralMovement" => "Lateral Movement",
        "Persistence" => "Persistence",
        "PrivilegeEscalation" => "Privilege Escalation",
        _ => "",
    }
}
