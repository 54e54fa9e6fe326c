//! Inside or outside: programs call from the private networks that they run in, or from a few others; people call from
//! anywhere. What a network says of one of a group is known by how many networks the group has, beside its members.

use std::net::IpAddr;

use bastide_intel::Intel;

use super::bits::surprise;
use super::hash::{self, Map, both};
use super::place;
use super::sighting::SETTLING;

/// Members and networks of all groups; beyond it those not seen for longest are forgotten.
const LIMIT: usize = 1 << 16;

/// As many members as the prior weighs.
const PRIOR: f32 = 4.0;

/// Most bits.
const CAP: f32 = 10.0;

/// Members of groups by network.
#[derive(Default)]
pub(super) struct Zones {
    /// When a member was first and last seen in a network, by both.
    met: Map<u64, (u32, u32)>,
    /// What a group knows.
    groups: Map<u64, Group>,
    /// What has yet to become a habit, oldest first.
    young: std::collections::VecDeque<Young>,
}

#[derive(Clone, Default)]
struct Group {
    /// Networks, and how many members each has; in order.
    networks: Vec<(u64, u32)>,
    /// Members with their networks.
    pairs: u32,
}

struct Young {
    since: u32,
    group: u64,
    member: u64,
    network: u64,
}

/// Networks that a group is remembered with.
const NETWORKS: usize = 256;

/// What is known of a network in a group.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Zone {
    /// Bits of surprise.
    pub(super) bits: f32,
    /// Members that were seen there, for longer than two days.
    pub(super) there: u32,
    /// Members that were seen anywhere for longer than two days, by network.
    pub(super) all: u32,
    /// Networks of these.
    pub(super) networks: u32,
}

impl Zones {
    /// A member of a group calls from an address. `prior`: how likely, in general, a member of such a group has a
    /// network that the group doesn't know.
    pub(super) fn see(
        &mut self,
        (group, member): (u64, u64),
        address: &str,
        minute: u32,
        prior: f32,
        intel: &Intel,
    ) -> Zone {
        let Ok(address) = address.parse::<IpAddr>() else { return Zone::default() };
        let network = network(address, intel);
        self.ripen(minute);
        if self.met.len() >= LIMIT {
            self.met.retain(|_, (_, last)| last.saturating_add(30 * 24 * 60) > minute);
            if self.met.len() >= LIMIT / 4 * 3 {
                self.met.clear();
                self.groups.clear();
                self.young.clear();
            }
        }
        let mut new = false;
        let pair = self.met.entry(both(both(group, member), network)).or_insert_with(|| {
            new = true;
            (minute, minute)
        });
        pair.1 = pair.1.max(minute);
        if new {
            self.young.push_back(Young { since: minute, group, member, network });
        } else if pair.0.saturating_add(SETTLING) <= minute {
            return Zone::default();
        }
        self.judge(group, network, prior)
    }

    /// Something was told of a member: where it was in the last two days doesn't become usual.
    pub(super) fn told(&mut self, member: u64) {
        self.young.retain(|young| young.member != member);
    }

    fn judge(&self, group: u64, network: u64, prior: f32) -> Zone {
        let unknown = Group::default();
        let group = self.groups.get(&group).unwrap_or(&unknown);
        let there = group.networks.iter().find(|(known, _)| *known == network).map_or(0, |(_, count)| *count);
        let networks = u32::try_from(group.networks.len()).unwrap_or(u32::MAX);
        let all = group.pairs as f32;
        let share = there as f32 / all.max(1.0);
        // The first network is no new one.
        let newness = (networks.saturating_sub(1) as f32 + PRIOR * prior) / (all + PRIOR);
        Zone { bits: surprise(share + newness, CAP), there, all: group.pairs, networks }
    }

    /// What was new two days ago is a habit.
    fn ripen(&mut self, minute: u32) {
        while self.young.front().is_some_and(|young| young.since.saturating_add(SETTLING) <= minute) {
            let Some(young) = self.young.pop_front() else { return };
            let group = self.groups.entry(young.group).or_default();
            group.pairs = group.pairs.saturating_add(1);
            let room = group.networks.len() < NETWORKS;
            match group.networks.iter_mut().find(|(network, _)| *network == young.network) {
                Some((_, count)) => *count = count.saturating_add(1),
                None if room => group.networks.push((young.network, 1)),
                None => {}
            }
        }
    }
}

/// All private networks are one; of others, whose they are; where no file says that of any, all are one.
fn network(address: IpAddr, intel: &Intel) -> u64 {
    let inside = match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            // 100.64.0.0/10 (RFC 6598) is what pods have where a VPC's addresses are few.
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local(),
    };
    if inside {
        return hash::text("private networks");
    }
    match intel.network(address) {
        Some(network) => hash::after(hash::text("asn"), &network.asn.to_string()),
        None if intel.knows_networks() => hash::text(&place::name(&address.to_string(), intel)),
        None => hash::text("public networks"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u32 = 24 * 60;

    #[test]
    fn a_stranger_outside() {
        let (mut zones, intel) = (Zones::default(), Intel::default());
        for member in 0..10 {
            zones.see((1, member), "10.0.0.7", DAY, 0.01, &intel);
        }
        let inside = zones.see((1, 20), "192.168.3.4", 4 * DAY, 0.01, &intel);
        assert!(inside.bits < 0.1, "{inside:?}");
        let outside = zones.see((1, 20), "203.0.113.9", 4 * DAY, 0.01, &intel);
        assert!(outside.bits > 8.0, "{outside:?}");
        assert_eq!((outside.there, outside.all, outside.networks), (0, 10, 1));
        // It stays so for two days.
        assert_eq!(zones.see((1, 20), "203.0.113.9", 5 * DAY, 0.01, &intel).bits, outside.bits);
        assert_eq!(zones.see((1, 20), "203.0.113.9", 7 * DAY, 0.01, &intel).bits, 0.0);
        // Unless it was told.
        zones.see((1, 21), "198.51.100.3", 8 * DAY, 0.01, &intel);
        zones.told(21);
        assert_eq!(zones.see((1, 22), "198.51.100.3", 11 * DAY, 0.01, &intel).there, 1);
        // Of another group nothing is known.
        assert!(zones.see((2, 20), "203.0.113.9", 7 * DAY, 0.01, &intel).bits < 7.0);
    }

    #[test]
    fn many_networks_are_no_surprise() {
        let (mut zones, intel) = (Zones::default(), Intel::default());
        for member in 0..10 {
            let address = if member % 2 == 0 { "10.0.0.7" } else { "203.0.113.9" };
            zones.see((1, member), address, DAY, 0.01, &intel);
        }
        assert!(zones.see((1, 20), "198.51.100.3", 4 * DAY, 0.01, &intel).bits < 1.5);
    }
}
