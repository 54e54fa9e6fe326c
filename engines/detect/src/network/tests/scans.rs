//! Scans, sweeps and brute force.

use super::*;

#[test]
fn port_scans() {
    for plain in [false, true] {
        for target in ["198.51.100.7", "10.0.3.4", "2001:db8::7"] {
            let mut lab = Lab::new();
            // Which address is the interface's own two records tell, where no direction is told.
            lab.both(sent("2001:db8::1", 443, BEGIN).plain());
            lab.both(sent("2001:db8::2", 443, BEGIN).plain());
            for port in 1..200u16 {
                let record = sent(target, port * 7, BEGIN + u32::from(port)).size(1, 44);
                let record = if plain { record.plain() } else { Record { flags: Some(2), ..record } };
                lab.feed(record);
                lab.feed(Record { flags: record.flags.map(|_| 4), ..record.answer() }.size(1, 40));
            }
            let found = lab.only("Recon:EC2/Portscan");
            assert!(found.actor, "{target} {plain}");
            assert!(found.reasons[0].measure.contains(target));
            assert!(lab.out.len() <= 4);
        }
    }
}

#[test]
fn no_port_scans() {
    let mut lab = Lab::new();
    // A server's answers to a client, a route traced, and a few ports of one address.
    for port in 0..500u32 {
        let client = Record {
            from: (ip("198.51.100.7"), 20_000 + port as u16),
            ..received("198.51.100.7", 443, BEGIN + port)
        };
        lab.both(client.size(3, 180).plain());
        let odd = Record {
            from: (ip("198.51.100.8"), 20_000 + port as u16),
            ..received("198.51.100.8", 30_000, BEGIN + port)
        };
        lab.both(odd.size(3, 180).plain());
        lab.feed(sent("198.51.100.9", 33_434 + (port % 90) as u16, BEGIN).udp().size(1, 60));
        lab.feed(sent("198.51.100.10", 1 + (port % 10) as u16, BEGIN).size(1, 60));
    }
    lab.finish();
    assert!(lab.out.is_empty(), "{:?}", lab.kinds());
}

#[test]
fn sweeps() {
    for answers in [false, true] {
        let mut lab = Lab::new();
        lab.feed(received("203.0.113.9", 443, BEGIN));
        for n in 0..250u32 {
            let target = format!("198.51.{}.{}", 100 + n / 200, 1 + n % 200);
            let record = Record { flags: Some(2), ..sent(&target, 445, BEGIN + n) }.size(2, 104);
            lab.feed(record);
            if answers {
                lab.feed(record.answer().size(4, 900));
            }
        }
        lab.tick(BEGIN + 3 * HOUR);
        if answers {
            assert!(lab.out.is_empty());
        } else {
            let found = lab.only("Impact:EC2/PortSweep");
            assert!(found.actor && found.reasons[0].measure.contains("445"));
            assert_eq!(found.reasons[1].observed, "0");
        }
    }
}

#[test]
fn brute_force_from_outside_and_from_inside() {
    for (port, kind) in [
        (22, "UnauthorizedAccess:EC2/SSHBruteForce"),
        (3389, "UnauthorizedAccess:EC2/RDPBruteForce"),
        (5985, "Impact:EC2/WinRMBruteForce"),
        (5986, "Impact:EC2/WinRMBruteForce"),
    ] {
        for address in ["198.51.100.7", "2001:db8::7"] {
            let mut lab = Lab::new();
            for n in 0..40 {
                lab.both(received(address, port, BEGIN + n * 5).size(18, 3000));
            }
            let found = lab.only(kind);
            assert_eq!((found.actor, found.severity), (false, None));
            let mut lab = Lab::new();
            lab.both(sent("2001:db8::1", 443, BEGIN).plain());
            lab.both(sent("2001:db8::2", 443, BEGIN).plain());
            for n in 0..40 {
                lab.both(sent(address, port, BEGIN + n * 5).size(18, 3000).plain());
            }
            let found = lab.only(kind);
            assert_eq!((found.actor, found.severity), (true, Some(8.0)));
        }
    }
}

#[test]
fn work_over_ssh() {
    let mut lab = Lab::new();
    for n in 0..100 {
        // A health check, a copy of files, what a firewall turns away, one session, and configuration of private hosts.
        lab.both(received("198.51.100.7", 22, BEGIN + n * 5).size(3, 180));
        lab.both(sent("198.51.100.8", 22, BEGIN + n * 5).size(4000, 5_000_000));
        lab.feed(received("198.51.100.9", 22, BEGIN + n * 5).size(18, 3000).rejected());
        lab.both(Record { flags: Some(0), ..received("198.51.100.10", 22, BEGIN + n * 5) }.size(18, 3000));
        lab.both(sent("10.0.4.4", 22, BEGIN + n * 8).size(40, 8000));
        lab.both(received("198.51.100.11", 22, BEGIN + n * 120).size(18, 3000));
    }
    lab.finish();
    assert!(lab.out.is_empty(), "{:?}", lab.kinds());
}

#[test]
fn brute_force_that_is_slow_or_wide() {
    let mut lab = Lab::new();
    for n in 0..400 {
        lab.both(received("198.51.100.7", 22, BEGIN + n * 61).size(18, 3000));
    }
    assert!(!lab.only("UnauthorizedAccess:EC2/SSHBruteForce").actor);
    let mut lab = Lab::new();
    for n in 0..200 {
        lab.both(sent(&format!("198.51.100.{}", n % 20), 22, BEGIN + n * 2).size(18, 3000));
    }
    assert!(lab.only("UnauthorizedAccess:EC2/SSHBruteForce").actor);
    // Who has fetched code over SSH for days goes on.
    let mut lab = Lab::new();
    for n in 0..6000 {
        lab.both(sent(&format!("198.51.100.{}", n % 3), 22, BEGIN + n * 61).size(18, 3000));
    }
    assert!(
        lab.out.iter().all(|found| found.first.seconds() < i64::from(BEGIN + 3 * DAY)),
        "{:?}",
        lab.out.last()
    );
}
