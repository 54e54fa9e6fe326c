//! Floods, and what only looks like one.

use super::*;

/// Ten minutes, a record a minute, of this many packets each; and what part comes back.
fn stream(lab: &mut Lab, record: Record, packets: u64, size: u64, back: u64) {
    for minute in 0..10 {
        let one = Record { start: BEGIN + minute * 60, lasts: 59, ..record }.size(packets, packets * size);
        lab.feed(one);
        if let Some(answers) = packets.checked_div(back) {
            lab.feed(one.answer().size(answers, answers * 60));
        }
    }
    // The log has both directions.
    lab.feed(received("203.0.113.9", 443, BEGIN));
    lab.tick(BEGIN + 700);
    assert!(lab.out.is_empty(), "before records of the other direction may have come");
    lab.tick(BEGIN + 3000);
}

#[test]
fn each_kind() {
    let tcp = sent("198.51.100.7", 80, BEGIN);
    for (record, kind) in [
        (tcp, "Backdoor:EC2/DenialOfService.Tcp"),
        (sent("2001:db8::7", 80, BEGIN), "Backdoor:EC2/DenialOfService.Tcp"),
        (sent("198.51.100.7", 53, BEGIN).udp(), "Backdoor:EC2/DenialOfService.Dns"),
        (sent("198.51.100.7", 27_015, BEGIN).udp(), "Backdoor:EC2/DenialOfService.Udp"),
        (tcp.udp(), "Backdoor:EC2/DenialOfService.UdpOnTcpPorts"),
        (Record { protocol: 47, flags: None, ..tcp }, "Backdoor:EC2/DenialOfService.UnusualProtocol"),
    ] {
        let mut lab = Lab::new();
        stream(&mut lab, record, 100_000, 60, 0);
        let found = lab.only(kind);
        assert!(found.actor);
        assert_eq!(found.reasons[0].observed, "1000000");
    }
}

#[test]
fn connections_by_the_thousand() {
    let mut lab = Lab::new();
    for n in 0..12_000u32 {
        let record = Record {
            from: (ip(LOCAL), 1024 + u16::try_from(n).expect("small")),
            ..sent("198.51.100.7", 80, BEGIN)
        };
        lab.both(record.size(4, 240));
    }
    lab.tick(BEGIN + 3000);
    lab.only("Backdoor:EC2/DenialOfService.Tcp");
}

#[test]
fn uploads_and_streams() {
    let mut lab = Lab::new();
    // An upload is acknowledged, a tunnel answers, a proxy's connections say much, a log of one direction says nothing.
    stream(&mut lab, sent("198.51.100.7", 443, BEGIN), 500_000, 1400, 4);
    stream(&mut lab, sent("198.51.100.8", 4500, BEGIN).udp(), 500_000, 1000, 2);
    stream(&mut lab, sent("10.9.9.9", 514, BEGIN).udp(), 500_000, 300, 0);
    for n in 0..12_000u32 {
        let record = Record {
            from: (ip(LOCAL), 1024 + u16::try_from(n).expect("small")),
            ..sent("198.51.100.9", 443, BEGIN)
        };
        lab.both(record.size(15, 4000));
    }
    lab.finish();
    assert!(lab.out.is_empty(), "{:?}", lab.kinds());
    let mut lab = Lab::new();
    for minute in 0..10 {
        lab.feed(sent("198.51.100.7", 443, BEGIN + minute * 60).size(100_000, 6_000_000));
    }
    lab.finish();
    assert!(lab.out.is_empty());
}

#[test]
fn judged_when_the_next_window_begins() {
    let mut lab = Lab::new();
    lab.feed(received("203.0.113.9", 443, BEGIN));
    for minute in 0..11 {
        lab.feed(sent("198.51.100.7", 80, BEGIN + minute * 60).size(100_000, 6_000_000));
    }
    assert_eq!(lab.only("Backdoor:EC2/DenialOfService.Tcp").reasons[0].observed, "1000000");
}
