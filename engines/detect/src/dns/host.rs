//! Who asked.

use bastide_finding::{
    Action, Detection, DnsRequest, Evidence, FindingType, Instance, Interface, Resource, find,
};
use bastide_ids::Timestamp;
use bastide_logs::dns::Query;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::name::Domain;

/// A number for the host that asked: its instance, or its address within its VPC.
pub(crate) fn number(query: &Query<'_>) -> u64 {
    if !query.instance.is_empty() {
        return xxh3_64_with_seed(query.instance.as_bytes(), 1);
    }
    let place = xxh3_64_with_seed(query.vpc.as_bytes(), xxh3_64_with_seed(query.account.as_bytes(), 2));
    match query.source {
        Some(std::net::IpAddr::V4(address)) => xxh3_64_with_seed(&address.octets(), place),
        Some(std::net::IpAddr::V6(address)) => xxh3_64_with_seed(&address.octets(), place),
        None => place,
    }
}

/// Two numbers as one.
pub(crate) fn pair(host: u64, other: u64) -> u64 {
    (host ^ other.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ other
}

/// The type of a name that the catalogue is known to have.
pub(crate) fn kind(name: &str) -> Option<&'static FindingType> {
    find(name)
}

/// What is said when a host asked for a domain.
pub(crate) fn detection(kind: &'static FindingType, query: &Query<'_>, domain: &Domain<'_>) -> Detection {
    let source = query.source.map(|address| address.to_string()).unwrap_or_default();
    let interface =
        Interface { address: query.source, vpc: query.vpc.clone().into_owned(), ..Interface::default() };
    let instance = Instance {
        id: query.instance.clone().into_owned(),
        interfaces: vec![interface],
        ..Instance::default()
    };
    let host = if query.instance.is_empty() {
        format!("{}/{source}", query.vpc)
    } else {
        query.instance.to_string()
    };
    let action = DnsRequest {
        domain: domain.name.to_owned(),
        domain_with_suffix: domain.registrable.to_owned(),
        protocol: query.transport.clone().into_owned(),
        blocked: query.firewall_action == "BLOCK",
        vpc_owner: query.account.clone().into_owned(),
    };
    let mut detection = Detection::new(
        kind,
        (&query.account, &query.region),
        host,
        query.time,
        Resource::Instance(Box::new(instance)),
        Action::DnsRequest(action),
    );
    detection.actor = true;
    detection.evidence.push(evidence(query.time, &source, domain.name, &query.kind, &query.rcode));
    detection
}

/// A query as evidence. Queries have no id: time, address and name find one again.
pub(crate) fn evidence(time: Timestamp, source: &str, name: &str, kind: &str, rcode: &str) -> Evidence {
    let what = format!("{kind} {name}: {rcode}");
    Evidence { id: format!("{} {source} {name}", time.iso8601()), time, what }
}
