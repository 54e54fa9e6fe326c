//! Networks: whose an address is, where that is known, or the network it is in.

use std::fmt::Write;
use std::net::IpAddr;

use bastide_intel::Intel;

use super::hash::{self, Map};

/// Addresses that are remembered with their network; beyond it, and each day, all are looked up anew.
const LIMIT: usize = 1 << 16;

/// Networks by address.
#[derive(Default)]
pub(super) struct Places {
    met: Map<u64, u64>,
    day: u32,
}

impl Places {
    /// The network of an address as a log has it; a service's name stands for itself.
    pub(super) fn find(&mut self, address: &str, minute: u32, intel: &Intel) -> u64 {
        let key = hash::text(address);
        if key == 0 {
            return 0;
        }
        if let Some(found) = self.met.get(&key) {
            return *found;
        }
        // Lists and places can be replaced; that needn't be noticed at once.
        let day = minute / (24 * 60);
        if self.met.len() >= LIMIT || day != self.day {
            self.met.clear();
            self.day = day;
        }
        let found = hash::text(&name(address, intel));
        self.met.insert(key, found);
        found
    }
}

/// The network's name as GuardDuty writes it (`asnNumber: 64500 asnOrg: EXAMPLE`), or, without files that know,
/// its /24 or /48; of private addresses the /16.
pub(super) fn name(address: &str, intel: &Intel) -> String {
    let Ok(parsed) = address.parse::<IpAddr>() else { return address.to_owned() };
    let mut name = String::new();
    if let Some(network) = intel.network(parsed) {
        let _ = write!(name, "asnNumber: {} asnOrg: {}", network.asn, network.organization);
        return name;
    }
    let _ = match parsed.to_canonical() {
        // A network of one's own is a VPC: /16 at most.
        IpAddr::V4(v4) if v4.is_private() => {
            let [a, b, ..] = v4.octets();
            write!(name, "{a}.{b}.0.0/16")
        }
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            write!(name, "{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            write!(name, "{a:x}:{b:x}:{c:x}::/48")
        }
    };
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let intel = Intel::default();
        assert_eq!(name("203.0.113.9", &intel), "203.0.113.0/24");
        assert_eq!(name("10.20.30.40", &intel), "10.20.0.0/16");
        assert_eq!(name("::ffff:203.0.113.9", &intel), "203.0.113.0/24");
        assert_eq!(name("2001:db8:1:2::3", &intel), "2001:db8:1::/48");
        assert_eq!(name("ec2.amazonaws.com", &intel), "ec2.amazonaws.com");
    }
}
