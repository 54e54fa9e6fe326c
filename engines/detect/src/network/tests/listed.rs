//! Addresses on lists.

use bastide_finding::{Action, Resource};

use super::*;
use crate::settings::FunctionNetwork;

const KINDS: [(Category, &str); 5] = [
    (Category::CommandAndControl, "Backdoor:EC2/C&CActivity.B"),
    (Category::Cryptocurrency, "CryptoCurrency:EC2/BitcoinTool.B"),
    (Category::Blackhole, "Trojan:EC2/BlackholeTraffic"),
    (Category::DropPoint, "Trojan:EC2/DropPoint"),
    (Category::Custom, "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom"),
];

#[test]
fn outbound_to_each() {
    for (category, kind) in KINDS {
        for address in ["198.51.100.7", "2001:db8::7"] {
            let mut lab = Lab::with(&[(category, &format!("{address} # threat\n"))]);
            lab.both(sent(address, 4444, BEGIN));
            let found = lab.only(kind);
            assert!(found.actor);
            assert_eq!(found.threats[0].list, category.as_str());
            assert_eq!(found.threats[0].names, ["threat"]);
            let Action::Connection(action) = &found.action else { panic!("a connection") };
            assert_eq!((action.inbound, action.remote.address), (Some(false), Some(ip(address))));
            assert_eq!((action.remote_port, action.blocked), (4444, false));
        }
    }
}

#[test]
fn others_are_no_matter() {
    for (category, _) in KINDS {
        let mut lab = Lab::with(&[(category, "198.51.100.7\n2001:db8::/64\n")]);
        lab.both(sent("198.51.100.8", 443, BEGIN));
        lab.both(sent("2001:db8:0:1::7", 443, BEGIN));
        // Strangers that are turned away.
        lab.feed(received("198.51.100.7", 22, BEGIN).rejected());
        lab.finish();
        assert!(lab.out.is_empty(), "{category:?}: {:?}", lab.kinds());
    }
}

#[test]
fn without_flags_and_direction() {
    let mut lab = Lab::with(&[(Category::CommandAndControl, "198.51.100.7\n")]);
    lab.both(sent("198.51.100.7", 443, BEGIN).plain());
    assert!(lab.only("Backdoor:EC2/C&CActivity.B").actor);
    // A server's answers to a listed client are no call to it.
    let mut lab = Lab::with(&[(Category::CommandAndControl, "198.51.100.7\n")]);
    lab.both(received("198.51.100.7", 443, BEGIN).plain());
    assert!(lab.out.is_empty());
}

#[test]
fn custom_callers_from_outside() {
    let mut lab = Lab::with(&[(Category::Custom, "198.51.100.7\n")]);
    lab.both(received("198.51.100.7", 443, BEGIN));
    let found = lab.only("UnauthorizedAccess:EC2/MaliciousIPCaller.Custom");
    assert!(!found.actor);
}

#[test]
fn trusted_is_silent() {
    let lists = [(Category::CommandAndControl, "198.51.100.7\n"), (Category::Trusted, "198.51.100.0/24\n")];
    let mut lab = Lab::with(&lists);
    lab.both(sent("198.51.100.7", 443, BEGIN));
    assert!(lab.out.is_empty());
}

#[test]
fn repeated_is_told_every_ten_minutes() {
    let mut lab = Lab::with(&[(Category::CommandAndControl, "198.51.100.7\n")]);
    for minute in 0..60 {
        lab.both(sent("198.51.100.7", 443, BEGIN + minute * 60));
        lab.tick(BEGIN + minute * 60);
    }
    lab.finish();
    let count: u64 = lab.out.iter().map(|found| found.count).sum();
    assert_eq!(count, 60);
    assert!((5..=8).contains(&lab.out.len()), "{}", lab.out.len());
    let keys: std::collections::BTreeSet<_> = lab.out.iter().map(|found| &found.key).collect();
    assert_eq!(keys.len(), 1);
}

#[test]
fn tor_client_and_relay() {
    let relays: String = (1..20).map(|n| format!("198.51.100.{n}\n")).collect();
    let mut lab = Lab::with(&[(Category::TorRelay, &relays)]);
    for n in 1..6 {
        lab.both(sent(&format!("198.51.100.{n}"), 9001, BEGIN + n));
    }
    assert!(lab.only("UnauthorizedAccess:EC2/TorClient").actor);
    for n in 6..12 {
        lab.both(received(&format!("198.51.100.{n}"), 9001, BEGIN + n));
    }
    assert_eq!(lab.kinds(), ["UnauthorizedAccess:EC2/TorClient", "UnauthorizedAccess:EC2/TorRelay"]);
    // A page that Tor's users visit is neither.
    let mut lab = Lab::with(&[(Category::TorExit, &relays)]);
    for n in 1..15 {
        lab.both(received(&format!("198.51.100.{n}"), 443, BEGIN + n));
    }
    assert!(lab.out.is_empty());
}

#[test]
fn functions() {
    for (category, kind) in KINDS {
        let mut lab = Lab::with(&[(category, "198.51.100.7\n")]);
        let interfaces = vec!["eni-1".to_owned()];
        let function = FunctionNetwork { name: "orders".into(), interfaces, subnets: Vec::new() };
        lab.settings.functions = vec![function];
        lab.both(sent("198.51.100.7", 443, BEGIN));
        let found = lab.only(&kind.replace(":EC2/", ":Lambda/"));
        assert!(matches!(&found.resource, Resource::Function(function) if function.name == "orders"));
    }
    // By its subnet; what GuardDuty has no type for says nothing of functions.
    let mut lab =
        Lab::with(&[(Category::TorRelay, "198.51.100.7\n"), (Category::Malicious, "198.51.100.8\n")]);
    let subnets = vec!["subnet-1".to_owned()];
    lab.settings.functions = vec![FunctionNetwork { name: "f".into(), interfaces: Vec::new(), subnets }];
    lab.both(sent("198.51.100.7", 9001, BEGIN));
    lab.both(received("198.51.100.8", 22, BEGIN));
    lab.only("UnauthorizedAccess:Lambda/TorClient");
}

#[test]
fn probes_of_open_ports() {
    for (port, kind, severity) in [
        (22, "Recon:EC2/PortProbeUnprotectedPort", None),
        (9200, "Recon:EC2/PortProbeUnprotectedPort", Some(8.0)),
        (8088, "Recon:EC2/PortProbeEMRUnprotectedPort", None),
    ] {
        let mut lab = Lab::with(&[(Category::Malicious, "198.51.100.7\n2001:db8::/64\n")]);
        lab.feed(received("198.51.100.7", port, BEGIN).size(2, 100));
        let found = lab.only(kind);
        assert_eq!((found.severity, found.actor), (severity, false));
        let Action::PortProbe(probe) = &found.action else { panic!("a probe") };
        assert_eq!(probe.probes[0].0, port);
        lab.feed(received("2001:db8::9", port, BEGIN).size(2, 100));
        assert_eq!(lab.out.len(), 2);
    }
    let mut lab = Lab::with(&[(Category::Malicious, "198.51.100.7\n")]);
    lab.feed(received("198.51.100.7", 443, BEGIN).size(2, 100));
    lab.feed(received("198.51.100.7", 22, BEGIN).size(2, 100).rejected());
    lab.feed(received("198.51.100.8", 22, BEGIN).size(2, 100));
    assert!(lab.out.is_empty());
}

#[test]
fn scanners_that_no_list_knows() {
    let mut lab = Lab::new();
    for port in 1..60 {
        lab.feed(received("198.51.100.7", port * 13, BEGIN + u32::from(port)).size(1, 44).rejected());
    }
    assert!(lab.out.is_empty());
    lab.feed(received("198.51.100.7", 6379, BEGIN + 100).size(2, 100));
    lab.only("Recon:EC2/PortProbeUnprotectedPort");
}
