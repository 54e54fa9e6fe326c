//! Callers of Kubernetes API servers.

use std::net::IpAddr;

use bastide_finding::{Action, Cluster, Detection, Evidence, KubernetesCall, Reason, Resource, find};
use bastide_logs::kubernetes::Event;

use super::{Caller, remote, tactic, threats};
use crate::detector::Context;

/// Addresses of one request that are looked up; proxies add theirs.
const ADDRESSES: usize = 8;

pub(super) fn see(event: &Event<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
    // The same request again, when it is done.
    if event.stage == "RequestReceived" {
        return;
    }
    let addresses = event.source_ips.iter().take(ADDRESSES).filter_map(|text| text.parse::<IpAddr>().ok());
    let Some((address, hit)) = addresses.filter_map(|one| Some((one, cx.intel.address(one)?))).next() else {
        return;
    };
    let tactic = tactic::kubernetes(&event.verb, &event.object.resource, &event.object.subresource);
    for caller in Caller::of(&hit) {
        let Some(kind) = find(&format!("{tactic}:Kubernetes/{}", caller.suffix())) else { continue };
        let key = format!("{}/{}/{address}", event.cluster, event.user);
        let place = (&*event.account, &*event.region);
        let mut found =
            Detection::new(kind, place, key, event.time, cluster(event), call(event, address, cx));
        found.threats = threats(&hit);
        for one in hit.matches() {
            let observed = format!("{address} on `{}` ({})", one.list, one.category.as_str());
            found.reasons.push(Reason {
                measure: "caller on a list".into(),
                observed,
                expected: "on none".into(),
            });
        }
        let what = format!("{} {}", event.verb, event.object.resource);
        found.evidence.push(Evidence { id: event.id.to_string(), time: event.time, what });
        out.push(found);
    }
}

fn cluster(event: &Event<'_>) -> Resource {
    let all = |texts: &[std::borrow::Cow<'_, str>]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let impersonated = (!event.impersonated_user.is_empty())
        .then(|| (event.impersonated_user.to_string(), all(&event.impersonated_groups)));
    Resource::Cluster(Box::new(Cluster {
        name: event.cluster.to_string(),
        user: event.user.to_string(),
        uid: event.uid.to_string(),
        groups: all(&event.groups),
        impersonated,
        workload: serde_json::Value::Null,
    }))
}

fn call(event: &Event<'_>, address: IpAddr, cx: Context<'_>) -> Action {
    Action::KubernetesCall(Box::new(KubernetesCall {
        uri: event.uri.to_string(),
        verb: event.verb.to_string(),
        user_agent: event.user_agent.to_string(),
        remote: remote(address, cx),
        source_ips: event.source_ips.iter().map(ToString::to_string).collect(),
        status: event.status,
        resource: event.object.resource.to_string(),
        subresource: event.object.subresource.to_string(),
        namespace: event.object.namespace.to_string(),
        name: event.object.name.to_string(),
        parameters: event.uri.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default(),
    }))
}
