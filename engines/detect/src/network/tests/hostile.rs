//! Records that say little, too much, or nonsense.

use proptest::prelude::*;

use super::*;

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|bits| IpAddr::from(std::net::Ipv4Addr::from_bits(bits))),
        any::<u128>().prop_map(|bits| IpAddr::from(std::net::Ipv6Addr::from_bits(bits))),
        Just(ip(LOCAL)),
        Just(ip("198.51.100.7")),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let ends = (address(), address(), any::<u16>(), any::<u16>(), any::<u8>());
    let counts = (any::<u64>(), any::<u64>(), any::<u32>(), any::<u16>());
    let direction = prop_oneof![Just(None), Just(Some(Direction::Ingress)), Just(Some(Direction::Egress))];
    let rest =
        (any::<bool>(), any::<Option<u8>>(), direction, prop_oneof![Just(""), Just("eni-1"), Just("eni-2")]);
    (ends, counts, rest).prop_map(|(ends, counts, rest)| Record {
        interface: rest.3,
        from: (ends.0, ends.2),
        to: (ends.1, ends.3),
        protocol: ends.4,
        packets: counts.0,
        bytes: counts.1,
        start: counts.2 / 2,
        lasts: u32::from(counts.3),
        accepted: rest.0,
        flags: rest.1,
        direction: rest.2,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_panics_and_all_is_the_same_twice(records in prop::collection::vec(record(), 0..200)) {
        let run = || {
            let mut lab = Lab::with(&[(Category::CommandAndControl, "198.51.100.7\n"), (Category::Malicious, "64.0.0.0/9\n")]);
            for record in &records {
                lab.feed(*record);
                lab.tick(record.start);
            }
            lab.finish();
            lab.out.iter().map(|found| format!("{found:?}")).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }
}

#[test]
fn tables_have_limits() {
    let mut lab = Lab::new();
    for n in 0..400_000u32 {
        let target = IpAddr::from(std::net::Ipv4Addr::from_bits(0x0900_0000 + n * 7));
        lab.feed(Record { to: (target, 443), ..sent("9.9.9.9", 443, BEGIN + n / 100) });
    }
    assert!(lab.network.pairs.len() <= 262_144);
}

#[test]
fn formats_without_interface() {
    let mut lab = Lab::with(&[(Category::CommandAndControl, "198.51.100.7\n")]);
    lab.both(sent("198.51.100.7", 443, BEGIN).plain().on(""));
    let found = lab.only("Backdoor:EC2/C&CActivity.B");
    assert!(found.key.starts_with(LOCAL));
}

#[test]
fn an_interface_s_own_address_is_what_its_records_share() {
    let mut lab = Lab::new();
    let peer = |n: u32| format!("10.0.9.{n}");
    // Between private addresses: the lesser one isn't the interface's own here.
    for n in 1..4 {
        let record = sent(&peer(n), 22, BEGIN + n);
        lab.feed(Record { from: (ip("10.0.99.5"), 50_000), ..record }.plain());
    }
    for n in 0..200 {
        let record = sent(&peer(7), 22, BEGIN + n).size(18, 3000);
        lab.feed(Record { from: (ip("10.0.99.5"), 50_000 + n as u16), ..record }.plain());
    }
    assert!(lab.only("UnauthorizedAccess:EC2/SSHBruteForce").actor);
}
