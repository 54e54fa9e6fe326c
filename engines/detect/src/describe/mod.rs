//! What a record says of who did what, in the words of findings.

mod cloudtrail;
mod others;

use bastide_finding::{Detection, FindingType, Remote, ResourceKind};
use bastide_logs::Record;

use crate::detector::Context;

pub(crate) use cloudtrail::{access_key, evidence};

/// A detection of one record, about the kind of resource that its type is about. The key is the actor; callers add
/// to it.
pub(crate) fn detection(kind: &'static FindingType, record: &Record<'_>, cx: Context<'_>) -> Detection {
    match record {
        Record::CloudTrail(event) => {
            cloudtrail::detection(kind, event, kind.resource == ResourceKind::Bucket, cx)
        }
        Record::Flow(flow) => others::flow(kind, flow, cx),
        Record::Dns(query) => others::dns(kind, query),
        Record::Kubernetes(event) => others::kubernetes(kind, event, cx),
        Record::Login(login) => others::login(kind, login, cx),
    }
}

fn remote(address: Option<std::net::IpAddr>, cx: Context<'_>) -> Remote {
    Remote { address, location: address.and_then(|address| cx.intel.location(address)) }
}
