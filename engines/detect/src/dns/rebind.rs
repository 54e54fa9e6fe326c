//! Names that lead to an instance's metadata service.
//!
//! A page or a program that is made to ask such a name talks to the service that hands out the instance's
//! credentials, while its own checks saw nothing but a name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bastide_finding::{Detection, Reason};
use bastide_ids::Timestamp;
use bastide_logs::dns::Query;
use xxhash_rust::xxh3::xxh3_64;

use super::host;
use super::name::Domain;
use super::repeats::Repeats;

const KIND: &str = "UnauthorizedAccess:EC2/MetadataDNSRebind";

/// Where services hand out credentials to whoever asks from the machine itself, and whose they are.
const SERVICES: &[(IpAddr, &str)] = &[
    (v4([169, 254, 169, 254]), "the instance metadata service"),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]), "the instance metadata service"),
    (v4([169, 254, 170, 2]), "the credentials of ECS tasks"),
    (v4([169, 254, 170, 23]), "the credentials of EKS pods"),
    (v6([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23]), "the credentials of EKS pods"),
    (v4([100, 100, 100, 200]), "the metadata service of Alibaba Cloud"),
    (v4([192, 0, 0, 192]), "the metadata service of Oracle Cloud"),
    (v4([168, 63, 129, 16]), "the wire server of Azure"),
    (v6([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254]), "the metadata service of Google Cloud"),
];

const fn v4([a, b, c, d]: [u8; 4]) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8]) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h))
}

/// Looks at what names are answered with.
#[derive(Debug, Default)]
pub(super) struct Rebind {
    repeats: Repeats,
}

impl Rebind {
    /// `domain` is under a public suffix: an internal name such as `instance-data.ec2.internal` may lead there.
    pub(super) fn see(&mut self, domain: &Domain<'_>, query: &Query<'_>, out: &mut Vec<Detection>) {
        for answer in query.answers.iter() {
            let Some((address, whose)) = service(&answer.kind, &answer.data) else { continue };
            let Some(kind) = host::kind(KIND) else { return };
            let key = host::pair(host::number(query), xxh3_64(domain.name.as_bytes()));
            let make = || {
                let mut detection = host::detection(kind, query, domain);
                detection.key = format!("{} {}", detection.key, domain.name);
                detection.reasons.push(Reason {
                    measure: format!("address that the public name `{}` was answered with", domain.name),
                    observed: address.to_string(),
                    expected: format!("no public name leads to {whose}"),
                });
                detection
            };
            self.repeats.hit(key, query.time, make, out);
            return;
        }
    }

    pub(super) fn tick(&mut self, now: Timestamp, out: &mut Vec<Detection>) {
        self.repeats.tick(now, out);
    }
}

/// The service that an answer leads to.
fn service(kind: &str, data: &str) -> Option<(IpAddr, &'static str)> {
    let address: IpAddr = match kind {
        "A" if ["169.254.", "100.100.100.", "192.0.0.", "168.63."]
            .iter()
            .any(|net| data.starts_with(net)) =>
        {
            data.parse().ok()?
        }
        // Addresses of the internet begin with a 2.
        "AAAA" if !data.starts_with('2') => plain(data.parse().ok()?),
        _ => return None,
    };
    SERVICES.iter().find(|(known, _)| *known == address).copied()
}

/// An IPv4 address that is written as an IPv6 one: mapped (RFC 4291), or for a translator (`64:ff9b::/96`, RFC 6052).
fn plain(address: Ipv6Addr) -> IpAddr {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            IpAddr::V4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        _ => IpAddr::V6(address).to_canonical(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_services() {
        for (kind, data) in [
            ("A", "169.254.169.254"),
            ("AAAA", "fd00:ec2::254"),
            ("AAAA", "FD00:0EC2:0:0:0:0:0:0254"),
            ("AAAA", "::ffff:169.254.169.254"),
            ("AAAA", "64:ff9b::a9fe:a9fe"),
            ("A", "169.254.170.2"),
            ("A", "100.100.100.200"),
        ] {
            assert!(service(kind, data).is_some(), "{data}");
        }
        for (kind, data) in [
            ("A", "169.254.169.253"),
            ("A", "10.0.0.1"),
            ("A", "169.254.169.254.example.com"),
            ("TXT", "169.254.169.254"),
            ("AAAA", "2600::1"),
            ("AAAA", "x"),
        ] {
            assert!(service(kind, data).is_none(), "{data}");
        }
    }
}
