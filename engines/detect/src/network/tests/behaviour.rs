//! What is unusual, by a baseline of some days.

use super::*;

fn worked(days: u32) -> Lab {
    let mut lab = Lab::new();
    lab.work(BEGIN, days);
    lab.finish();
    assert!(lab.out.is_empty(), "work is usual: {:?}", lab.kinds());
    lab
}

#[test]
fn ports() {
    let mut lab = worked(9);
    let at = BEGIN + 9 * DAY;
    lab.both(sent("198.51.100.7", 6667, at));
    assert!(lab.only("Behavior:EC2/NetworkPortUnusual").reasons[0].observed.contains("6667"));
    // Again, and on other addresses: known by now.
    lab.both(sent("198.51.100.8", 6667, at + HOUR));
    assert_eq!(lab.out.len(), 1);
    // Too young; too little; one that others of the account use; one that everybody uses.
    let mut lab = worked(5);
    lab.both(sent("198.51.100.7", 6667, BEGIN + 5 * DAY));
    let mut old = worked(9);
    old.feed(sent("198.51.100.7", 6667, at).size(1, 60));
    old.both(sent("198.51.100.7", 123, at).udp());
    old.both(sent("198.51.100.7", 80, at));
    old.both(sent("198.51.100.9", 8443, at).on("eni-2"));
    old.both(sent("198.51.100.7", 8443, at + 10));
    assert!(lab.out.is_empty() && old.out.is_empty(), "{:?}", old.kinds());
}

#[test]
fn volume() {
    for address in ["198.51.100.7", "2001:db8::7"] {
        let mut lab = worked(9);
        let at = BEGIN + 9 * DAY;
        lab.both(sent(address, 443, at).size(2_000_000, 2_100_000_000));
        lab.both(sent(address, 443, at + 60).size(2_000_000, 2_000_000_000));
        let found = lab.only("Behavior:EC2/TrafficVolumeUnusual");
        assert_eq!(found.reasons[0].observed, "2100000000");
        assert_eq!(lab.out.len(), 1, "once a day");
        // As much again, slowly.
        let mut lab = worked(9);
        for n in 0..30 {
            lab.both(sent(address, 443, at + n * 400 + n * n * 7919 % 390).size(200_000, 200_000_000));
        }
        lab.only("Behavior:EC2/TrafficVolumeUnusual");
    }
}

/// Nine days of work with a copy of 9 GB to one network each night.
fn copied() -> Lab {
    let mut lab = Lab::new();
    for day in 0..9 {
        lab.work(BEGIN + day * DAY, 1);
        let store = format!("198.51.100.{day}");
        lab.both(sent(&store, 443, BEGIN + day * DAY + 7000).size(9_000_000, 9_000_000_000));
    }
    assert!(lab.out.is_empty());
    lab
}

#[test]
fn volume_beside_nightly_copies() {
    let at = BEGIN + 9 * DAY;
    let mut lab = copied();
    lab.both(sent("198.51.100.99", 443, at).size(9_000_000, 12_000_000_000));
    assert!(lab.out.is_empty(), "its usual network");
    lab.both(sent("203.0.113.7", 443, at + 600).size(2_000_000, 2_100_000_000));
    lab.only("Behavior:EC2/TrafficVolumeUnusual");
    let mut lab = copied();
    lab.both(sent("198.51.100.99", 443, at).size(90_000_000, 120_000_000_000));
    lab.only("Behavior:EC2/TrafficVolumeUnusual");
    // A video to a stranger is little.
    let mut lab = copied();
    lab.both(sent("203.0.113.7", 443, at + 600).size(300_000, 300_000_000));
    assert!(lab.out.is_empty());
}

#[test]
fn mail() {
    let mut lab = worked(3);
    for n in 0..10 {
        lab.both(sent(&format!("198.51.100.{n}"), 25, BEGIN + 3 * DAY + n));
    }
    assert!(lab.only("Backdoor:EC2/Spambot").actor);
    // Without a baseline only very many tell.
    let mut lab = Lab::new();
    for n in 0..200 {
        lab.both(sent(&format!("198.51.100.{n}"), 25, BEGIN + n * 120));
    }
    assert!(lab.out.is_empty());
    for n in 0..60 {
        lab.both(sent(&format!("203.0.113.{n}"), 25, BEGIN + DAY + n));
    }
    lab.only("Backdoor:EC2/Spambot");
    // A mail server sends mail.
    let mut lab = worked(3);
    for n in 0..200 {
        lab.both(received(&format!("203.0.113.{n}"), 25, BEGIN + 3 * DAY + n));
        lab.both(sent(&format!("198.51.100.{n}"), 25, BEGIN + 3 * DAY + n));
    }
    assert!(lab.out.is_empty());
}

#[test]
fn resolvers() {
    for (address, port, udp, kind) in [
        ("198.51.100.53", 53, true, "DefenseEvasion:EC2/UnusualDNSResolver"),
        ("2620:fe::fe", 53, true, "DefenseEvasion:EC2/UnusualDNSResolver"),
        ("9.9.9.9", 443, false, "DefenseEvasion:EC2/UnusualDoHActivity"),
        ("2606:4700:4700::1111", 443, false, "DefenseEvasion:EC2/UnusualDoHActivity"),
        ("198.51.100.53", 853, false, "DefenseEvasion:EC2/UnusualDoTActivity"),
    ] {
        let record = |at| if udp { sent(address, port, at).udp() } else { sent(address, port, at) };
        let mut lab = worked(4);
        lab.both(record(BEGIN + 4 * DAY));
        lab.both(record(BEGIN + 4 * DAY + 60));
        lab.only(kind);
        assert_eq!(lab.out.len(), 1);
        // Asked before, by another interface; not answered; too early.
        let mut lab = worked(1);
        lab.both(record(BEGIN + DAY).on("eni-2"));
        lab.work(BEGIN + DAY, 3);
        lab.both(record(BEGIN + 4 * DAY));
        lab.feed(sent("198.51.100.54", 53, BEGIN + 4 * DAY).udp());
        lab.both(sent("198.51.100.54", 443, BEGIN + 4 * DAY));
        assert!(lab.out.is_empty(), "{:?}", lab.kinds());
    }
}

#[test]
fn coins() {
    let mut lab = Lab::new();
    for n in 0..8 {
        lab.both(sent(&format!("198.51.100.{n}"), 8333, BEGIN + n * 100));
    }
    for n in 0..8 {
        lab.both(sent(&format!("198.51.100.{n}"), 8333, BEGIN + HOUR + n * 100));
    }
    let found = lab.only("CryptoCurrency:EC2/BitcoinTool.B");
    assert_eq!(found.severity, Some(5.0));
    let mut lab = Lab::new();
    for n in 0..50 {
        lab.both(sent("198.51.100.7", 8333, BEGIN + n * 100));
        lab.feed(sent(&format!("198.51.101.{n}"), 8333, BEGIN + n * 100));
    }
    assert!(lab.out.is_empty());
}

#[test]
fn beacons() {
    for (address, plain) in [("198.51.100.7", false), ("2001:db8::7", false), ("198.51.100.7", true)] {
        let mut lab = worked(4);
        for n in 0..60 {
            let record =
                sent(address, 8080, BEGIN + 4 * DAY + n * 300 + n % 4).size(12, 1800 + u64::from(n % 3));
            lab.both(if plain { record.plain() } else { record });
        }
        let found = lab.only("Behavior:EC2/Beaconing");
        assert!(found.actor && found.kind.own);
        assert_eq!(lab.out.len(), 1);
    }
}

#[test]
fn no_beacons() {
    let mut lab = worked(4);
    let from = BEGIN + 4 * DAY;
    for n in 0..200u32 {
        // A connection that stays open makes a record an interval; people are uneven; NTP is even by nature; and what
        // many interfaces call is a service.
        let open =
            Record { from: (ip(LOCAL), 40_001), lasts: 59, ..sent("198.51.100.7", 5222, from + n * 60) };
        lab.both(open.plain());
        lab.both(Record { flags: Some(0), ..open }.on("eni-9"));
        let uneven = n * n * 7919 % 2000;
        lab.both(sent("198.51.100.8", 443, from + n * 300 + uneven).size(10, 500 + u64::from(uneven) * 31));
        lab.both(sent("198.51.100.9", 123, from + n * 64).udp());
        for interface in ["eni-2", "eni-3", "eni-4", "eni-5"] {
            lab.both(sent("198.51.100.10", 443, from + n * 300).on(interface));
        }
    }
    // What began before the baseline was old enough.
    let mut early = Lab::new();
    for n in 0..2000 {
        early.both(sent("198.51.100.7", 443, BEGIN + n * 300));
    }
    lab.finish();
    early.finish();
    assert!(lab.out.is_empty() && early.out.is_empty(), "{:?} {:?}", lab.kinds(), early.kinds());
}

#[test]
fn beacons_to_listed_addresses_need_no_baseline() {
    let mut lab = Lab::with(&[(Category::CommandAndControl, "198.51.100.7\n")]);
    for n in 0..60 {
        lab.both(sent("198.51.100.7", 8080, BEGIN + n * 300).size(12, 1800));
    }
    assert_eq!(lab.kinds(), ["Backdoor:EC2/C&CActivity.B", "Behavior:EC2/Beaconing"]);
}
