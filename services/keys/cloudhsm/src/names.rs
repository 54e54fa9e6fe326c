//! Names that this service gives: identifiers, subnets' zones, addresses.
//!
//! There is no EC2 service behind it yet. So subnets are taken as they are named: the first one of a cluster lies in
//! zone `a` of its region, the second in `b`, and so on; an account has one VPC in each region; each cluster has a
//! security group of its own that nothing looks at.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::Ipv4Addr;

use bastide_ids::{Place, random_bytes};

/// What AWS's identifiers here are made of.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// The zones of a region.
const ZONES: [char; 6] = ['a', 'b', 'c', 'd', 'e', 'f'];
/// The port of an HSM: the first of those that AWS's clients use.
pub(crate) const PORT: u16 = 2223;

/// A new identifier, such as `cluster-` and 11 characters.
pub(crate) fn new_id(kind: &str) -> String {
    let pick = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied().map_or('a', char::from);
    let tail: String = random_bytes::<11>().iter().map(pick).collect();
    format!("{kind}-{tail}")
}

/// A new identifier as EC2 gives them, such as `eni-` and 17 hexadecimal digits.
pub(crate) fn new_hex_id(kind: &str) -> String {
    hex_id(kind, &random_bytes::<8>())
}

fn hex_id(kind: &str, bytes: &[u8]) -> String {
    bytes.iter().fold(format!("{kind}-0"), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The VPC of an account in a region.
pub(crate) fn vpc(place: &Place) -> String {
    // FNV-1a: a name that is the same each time, nothing that protects.
    let text = format!("{}/{}", place.account, place.region);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hex_id("vpc", &hash.to_be_bytes())
}

/// The zone of each subnet of a cluster; `None` when there are more than zones, or one is named twice.
pub(crate) fn zones<'a>(
    place: &Place,
    subnets: impl Iterator<Item = &'a str>,
) -> Option<BTreeMap<String, String>> {
    let mut zones = BTreeMap::new();
    let mut letters = ZONES.iter();
    for subnet in subnets {
        if zones.values().any(|taken| taken == subnet) {
            return None;
        }
        zones.insert(format!("{}{}", place.region, letters.next()?), subnet.to_owned());
    }
    Some(zones)
}

/// A random address of this machine's own: 127.16.0.1 to 127.239.255.254. On Linux all of 127.0.0.0/8 is, so that
/// every HSM can have an address to itself, as it has at AWS.
pub(crate) fn local_address() -> Ipv4Addr {
    let [b, c, d] = random_bytes::<3>();
    Ipv4Addr::new(127, 16 + b % 224, c, 1 + d % 254)
}

#[cfg(test)]
mod tests {
    use bastide_ids::{AccountId, Region};

    use super::*;

    #[test]
    fn identifiers_have_awss_form() {
        let id = new_id("cluster");
        let tail = id.strip_prefix("cluster-").unwrap();
        assert!(tail.len() == 11 && tail.bytes().all(|byte| ALPHABET.contains(&byte)), "{id}");
        assert_eq!(new_hex_id("eni").len(), "eni-".len() + 17);
        let here = Place::new(AccountId::from_number(1), Region::us_east_1());
        assert!(vpc(&here) == vpc(&here) && vpc(&here).len() == "vpc-".len() + 17);
        assert!((16..=239).contains(&local_address().octets()[1]) && local_address().is_loopback());
    }

    #[test]
    fn each_subnet_has_a_zone() {
        let here = Place::new(AccountId::from_number(1), Region::us_east_1());
        let found = zones(&here, ["subnet-1", "subnet-2"].into_iter()).unwrap();
        assert_eq!(found.get("us-east-1a").unwrap(), "subnet-1");
        assert_eq!(found.get("us-east-1b").unwrap(), "subnet-2");
        assert!(zones(&here, ["subnet-1", "subnet-1"].into_iter()).is_none());
        assert!(zones(&here, ["1", "2", "3", "4", "5", "6", "7"].into_iter()).is_none());
    }
}
