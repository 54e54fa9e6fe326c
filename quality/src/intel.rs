//! Threat lists and places for the addresses that are made up.

use bastide_intel::{Category, Format, Intel};

use crate::company::places::{self, CUSTOM, HOMES, LISTED, Network, TOR};
use crate::mmdb::{Database, Value};
use crate::network::hosts;

/// Lists, and places if they are wanted.
#[must_use]
pub fn build(with_places: bool) -> Intel {
    let mut builder = Intel::builder();
    let range = |network: Network| format!("{}0/24\n", network.prefix);
    let lists = [
        ("tor exits", Category::TorExit, range(TOR)),
        ("tor relays", Category::TorRelay, hosts::RELAYS.iter().map(|host| format!("{host}\n")).collect()),
        ("bad hosts", Category::Malicious, range(LISTED)),
        ("our own", Category::Custom, range(CUSTOM)),
        ("c2", Category::CommandAndControl, hosts::COMMAND.iter().map(|host| format!("{host}\n")).collect()),
        (
            "mining pools",
            Category::Cryptocurrency,
            hosts::POOLS.iter().map(|host| format!("{host}\n")).collect(),
        ),
        ("drop points", Category::DropPoint, hosts::DROPS.iter().map(|host| format!("{host}\n")).collect()),
        ("sinkholes", Category::Blackhole, hosts::SINKHOLES.iter().map(|host| format!("{host}\n")).collect()),
    ];
    for (name, category, text) in lists {
        builder.list(name, category, Format::Txt, text.as_bytes()).expect("a list that can be read");
    }
    if with_places {
        for bytes in files() {
            builder.places(bytes).expect("a file of places that can be read");
        }
    }
    builder.build()
}

/// A file of cities and one of autonomous systems.
#[must_use]
pub fn files() -> [Vec<u8>; 2] {
    let mut cities = Database::new("GeoLite2-City");
    let mut networks = Database::new("GeoLite2-ASN");
    let text = |text: &str| Value::Text(text.to_owned());
    let named = |name: &str| Value::Map(vec![("names", Value::Map(vec![("en", text(name))]))]);
    let mut add = |address: u128, length: u32, network: &Network| {
        let country = Value::Map(vec![
            ("iso_code", text(network.country)),
            ("names", Value::Map(vec![("en", text(network.country))])),
        ]);
        let location = Value::Map(vec![("latitude", Value::Float(50.0)), ("longitude", Value::Float(8.0))]);
        let city =
            Value::Map(vec![("city", named(network.city)), ("country", country), ("location", location)]);
        cities.add(address, length, &city);
        let system = Value::Map(vec![
            ("autonomous_system_number", Value::Number(network.asn)),
            ("autonomous_system_organization", text(network.organization)),
        ]);
        networks.add(address, length, &system);
    };
    for network in places::all() {
        let bytes: Vec<u32> = network.prefix.split('.').filter_map(|part| part.parse().ok()).collect();
        let address = bytes.iter().fold(0u32, |all, byte| all << 8 | byte) << (32 - 8 * bytes.len());
        add(u128::from(address), 96 + 8 * bytes.len() as u32, &network);
    }
    let google =
        Network { prefix: "34.74.", country: "US", city: "The Dalles", asn: 396_982, organization: "Google" };
    add(0x224a << 16, 112, &google);
    let rented =
        Network { prefix: "", country: "NL", city: "Elsewhere", asn: 64_040, organization: "Rented IPv6" };
    add(0x2a0e_97c0_u128 << 96, 32, &rented);
    for (index, (network, _)) in HOMES.iter().enumerate() {
        add((0x2a02_8100_u128 + index as u128) << 96, 32, network);
    }
    [cities.bytes(), networks.bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_places_answer() {
        let intel = build(true);
        let address = |text: &str| text.parse().unwrap();
        let home = intel.location(address("84.141.7.9")).unwrap();
        assert_eq!((home.country_code.as_str(), home.asn), ("DE", Some(3320)));
        assert_eq!(intel.network(address("38.140.77.10")).unwrap().organization, "Cogent");
        assert_eq!(intel.network(address("2a02:8101:2::1")).unwrap().asn, 3209);
        assert!(intel.address(address("185.220.101.9")).unwrap().has(Category::TorExit));
        assert!(intel.location(address("8.8.8.8")).is_none());
        assert!(!build(false).knows_networks());
    }
}
