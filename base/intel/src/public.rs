//! Which addresses are publicly routable.

use std::net::{IpAddr, Ipv6Addr};

/// Whether an address is publicly routable: none of the blocks that IANA's registries of special-purpose addresses
/// (RFC 6890) call not globally reachable, and no multicast.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => public_v4(address.to_bits()),
        IpAddr::V6(address) => public_v6(address),
    }
}

/// Documentation's blocks count as public: what is written about them should be seen.
fn public_v4(address: u32) -> bool {
    let second = (address >> 16) as u8;
    match (address >> 24) as u8 {
        0 | 10 | 127 | 224.. => false,
        100 => second & 0xc0 != 0x40,
        169 => second != 254,
        172 => second & 0xf0 != 0x10,
        192 => second != 168 && address >> 8 != 0x00c0_0000,
        198 => second & 0xfe != 18,
        _ => true,
    }
}

fn public_v6(address: Ipv6Addr) -> bool {
    match address.to_ipv4_mapped() {
        Some(mapped) => public_v4(mapped.to_bits()),
        // 2000::/3 is all that is given out; 64:ff9b::/96 stands for IPv4 behind NAT64.
        None => {
            let [first, second, ..] = address.segments();
            first & 0xe000 == 0x2000 || (first == 0x64 && second == 0xff9b)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_addresses() {
        for (text, public) in [
            ("8.8.8.8", true),
            ("10.1.2.3", false),
            ("172.31.0.1", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("169.254.169.253", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("198.51.100.7", true),
            ("0.1.2.3", false),
            ("2600::1", true),
            ("2001:db8::1", true),
            ("fd00:ec2::253", false),
            ("fe80::1", false),
            ("ff02::1", false),
            ("::1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:9.9.9.9", true),
        ] {
            assert_eq!(is_public(text.parse().expect("an address")), public, "{text}");
        }
    }
}
