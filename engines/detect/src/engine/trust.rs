//! What the operator trusts: no finding is made of it, whichever detector found it.

use std::net::IpAddr;

use bastide_finding::{Action, Detection};
use bastide_intel::{Category, Intel};

/// Whether the other end is on a trusted list. Of several that probed, all must be.
pub(super) fn trusted(detection: &Detection, intel: &Intel) -> bool {
    let address = |address: Option<IpAddr>| {
        address.and_then(|address| intel.address(address)).is_some_and(|hit| hit.has(Category::Trusted))
    };
    match &detection.action {
        Action::ApiCall(call) => address(call.remote.address),
        Action::Connection(connection) => address(connection.remote.address),
        Action::PortProbe(probe) => {
            !probe.probes.is_empty() && probe.probes.iter().all(|(_, _, remote)| address(remote.address))
        }
        Action::DnsRequest(request) => {
            let domain = request.domain.trim_end_matches('.').to_ascii_lowercase();
            intel.domain(&domain).is_some_and(|hit| hit.has(Category::Trusted))
        }
        Action::KubernetesCall(call) => address(call.remote.address),
        Action::Login(login) => address(login.remote.address),
    }
}

#[cfg(test)]
mod tests {
    use bastide_finding::{ApiCall, DnsRequest, PortProbe, Remote, Resource, find};
    use bastide_ids::Timestamp;
    use bastide_intel::Format;

    use super::*;

    #[test]
    fn what_is_trusted_is_not_told() {
        let mut builder = Intel::builder();
        let list = &b"198.51.100.0/24\ngood.example\n"[..];
        builder.list("office", Category::Trusted, Format::Txt, list).expect("a list");
        let intel = builder.build();
        let remote = |text: &str| Remote { address: text.parse().ok(), location: None };
        let call =
            |text: &str| Action::ApiCall(Box::new(ApiCall { remote: remote(text), ..ApiCall::default() }));
        let probe = |texts: &[&str]| {
            let probes = texts.iter().map(|text| (22, None, remote(text))).collect();
            Action::PortProbe(PortProbe { blocked: false, probes })
        };
        let name =
            |text: &str| Action::DnsRequest(DnsRequest { domain: text.into(), ..DnsRequest::default() });
        for (action, expected) in [
            (call("198.51.100.7"), true),
            (call("198.51.101.7"), false),
            (call("ec2.amazonaws.com"), false),
            (probe(&["198.51.100.7"]), true),
            (probe(&["198.51.100.7", "198.51.101.7"]), false),
            (probe(&[]), false),
            (name("www.Good.example."), true),
            (name("bad.example"), false),
        ] {
            let kind = find("Recon:IAMUser/TorIPCaller").expect("a type");
            let resource = Resource::AccessKey(Default::default());
            let at = Timestamp::from_millis(0);
            let detection = Detection::new(kind, ("", ""), String::new(), at, resource, action);
            assert_eq!(trusted(&detection, &intel), expected, "{:?}", detection.action);
        }
    }
}
