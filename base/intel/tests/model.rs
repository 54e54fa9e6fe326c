//! The tables beside the plainest model: a list of prefixes that is gone through.
#![cfg(test)]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bastide_intel::{Categories, Category, Format, Intel};
use proptest::prelude::*;

const CATEGORIES: [Category; 4] =
    [Category::Malicious, Category::TorExit, Category::CommandAndControl, Category::Trusted];

/// Prefixes that overlap often: few bits vary.
fn prefix() -> impl Strategy<Value = (IpAddr, u8, usize)> {
    let four = (any::<u8>(), 0u32..4, any::<u8>(), 9u8..=32).prop_map(|(low, high, third, length)| {
        let bits = 0x0808_0000 | high << 16 | u32::from(third & 3) << 8 | u32::from(low);
        (IpAddr::from(Ipv4Addr::from_bits(bits)), length)
    });
    let six = (any::<u8>(), 0u128..4, any::<u8>(), 17u8..=128).prop_map(|(low, site, third, length)| {
        let bits = 0x2001_0db8 << 96 | site << 80 | u128::from(third & 3) << 64 | u128::from(low);
        (IpAddr::from(Ipv6Addr::from_bits(bits)), length)
    });
    (prop_oneof![four, six], 0usize..4).prop_map(|((address, length), list)| (address, length, list))
}

fn within(address: IpAddr, network: IpAddr, length: u8) -> bool {
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            (a.to_bits() ^ b.to_bits()).checked_shr(32 - u32::from(length)).unwrap_or(0) == 0
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            (a.to_bits() ^ b.to_bits()).checked_shr(128 - u32::from(length)).unwrap_or(0) == 0
        }
        _ => false,
    }
}

fn neighbours(address: IpAddr) -> Vec<IpAddr> {
    [-257i128, -256, -1, 0, 1, 255, 256, 65536]
        .into_iter()
        .map(|step| match address {
            IpAddr::V4(four) => {
                IpAddr::from(Ipv4Addr::from_bits(four.to_bits().wrapping_add_signed(step as i32)))
            }
            IpAddr::V6(six) => {
                IpAddr::from(Ipv6Addr::from_bits(six.to_bits().wrapping_add_signed(step << 60)))
            }
        })
        .collect()
}

fn with_trust(found: Categories) -> Categories {
    if found.has(Category::Trusted) { Categories::of(&[Category::Trusted]) } else { found }
}

proptest! {
    #[test]
    fn addresses(prefixes in prop::collection::vec(prefix(), 0..40), others in prop::collection::vec(prefix(), 0..20)) {
        let mut builder = Intel::builder();
        for (list, category) in CATEGORIES.into_iter().enumerate() {
            let lines: String = prefixes.iter().filter(|prefix| prefix.2 == list)
                .map(|(address, length, _)| format!("{address}/{length}\n")).collect();
            let report = builder.list("l", category, Format::Txt, lines.as_bytes()).expect("a list");
            prop_assert_eq!(report.broken, 0);
        }
        let intel = builder.build();
        let all = prefixes.iter().chain(&others).flat_map(|prefix| neighbours(prefix.0));
        for address in all {
            let mut expected = Categories::NONE;
            for (network, length, list) in &prefixes {
                if within(address, *network, *length) {
                    expected = expected.with(Categories::of(&[CATEGORIES[*list]]));
                }
            }
            let found = intel.address(address).map(|hit| hit.categories()).unwrap_or_default();
            prop_assert_eq!(found, with_trust(expected), "{}", address);
        }
    }

    #[test]
    fn domains(names in prop::collection::vec(("([a-c]\\.){1,4}[de]{2}", 0usize..4), 0..30),
               asked in prop::collection::vec("([a-c]\\.){0,6}[de]{2}", 1..30)) {
        let mut builder = Intel::builder();
        for (list, category) in CATEGORIES.into_iter().enumerate() {
            let lines: String = names.iter().filter(|name| name.1 == list).map(|name| format!("{}\n", name.0)).collect();
            builder.list("l", category, Format::Txt, lines.as_bytes()).expect("a list");
        }
        let intel = builder.build();
        for domain in &asked {
            let mut expected = Categories::NONE;
            for (name, list) in &names {
                if domain == name || domain.ends_with(&format!(".{name}")) {
                    expected = expected.with(Categories::of(&[CATEGORIES[*list]]));
                }
            }
            let found = intel.domain(domain).map(|hit| hit.categories()).unwrap_or_default();
            prop_assert_eq!(found, with_trust(expected), "{}", domain);
        }
    }

    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "[-0-9a-f:./|#,;\"'\\n <>\\[\\]=]{0,200}") {
        for format in Format::ALL {
            for input in [&bytes[..], text.as_bytes()] {
                let mut builder = Intel::builder();
                let _ = builder.list("l", Category::Malicious, format, input);
                let _ = builder.build();
            }
        }
    }
}
