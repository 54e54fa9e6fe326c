use bastide_finding::{
    Action, Cluster, Connection, Database, Detection, DnsRequest, Evidence, FindingType, Instance, Interface,
    KubernetesCall, Login, LoginAttempts, Resource,
};
use bastide_logs::{dns, flow, kubernetes, login};

use super::remote;
use crate::detector::Context;

pub(super) fn flow(kind: &'static FindingType, flow: &flow::Flow<'_>, cx: Context<'_>) -> Detection {
    let inbound = flow.direction.map(|direction| direction == flow::Direction::Ingress);
    let ends = [(flow.source, flow.source_port), (flow.destination, flow.destination_port)];
    // Without a direction the private end is the resource's.
    let public = flow.source.is_some_and(bastide_intel::is_public);
    let [(local, local_port), (other, other_port)] =
        if inbound.unwrap_or(public) { [ends[1], ends[0]] } else { ends };
    let interface = Interface {
        id: flow.interface.to_owned(),
        address: local,
        vpc: flow.vpc.to_owned(),
        subnet: flow.subnet.to_owned(),
    };
    let instance =
        Instance { id: flow.instance.to_owned(), interfaces: vec![interface], ..Instance::default() };
    let action = Action::Connection(Box::new(Connection {
        inbound,
        protocol: flow.protocol,
        local_address: local,
        local_port,
        remote: remote(other, cx),
        remote_port: other_port,
        blocked: flow.accepted == Some(false),
    }));
    let key = if flow.instance.is_empty() { flow.interface } else { flow.instance };
    let resource = Resource::Instance(Box::new(instance));
    let mut found =
        Detection::new(kind, (flow.account, flow.region), key.to_owned(), flow.start, resource, action);
    found.last = found.last.max(flow.end);
    let shown = |address: Option<std::net::IpAddr>| address.map(|one| one.to_string()).unwrap_or_default();
    let what = format!("{}:{} to {}:{}", shown(local), local_port, shown(other), other_port);
    found.evidence.push(Evidence { id: format!("{} {}", flow.interface, what), time: flow.start, what });
    found
}

pub(super) fn dns(kind: &'static FindingType, query: &dns::Query<'_>) -> Detection {
    let domain = query.name.strip_suffix('.').unwrap_or(&query.name).to_owned();
    let interface = Interface { address: query.source, vpc: query.vpc.to_string(), ..Interface::default() };
    let instance =
        Instance { id: query.instance.to_string(), interfaces: vec![interface], ..Instance::default() };
    let labels: Vec<&str> = domain.rsplitn(3, '.').take(2).collect();
    let suffix = labels.into_iter().rev().collect::<Vec<_>>().join(".");
    let action = Action::DnsRequest(DnsRequest {
        domain: domain.clone(),
        domain_with_suffix: suffix,
        protocol: query.transport.to_string(),
        blocked: query.firewall_action == "BLOCK",
        vpc_owner: query.account.to_string(),
    });
    let source = query.source.map(|address| address.to_string()).unwrap_or_default();
    let key = if query.instance.is_empty() { source } else { query.instance.to_string() };
    let place = (&*query.account, &*query.region);
    let resource = Resource::Instance(Box::new(instance));
    let mut found = Detection::new(kind, place, key, query.time, resource, action);
    let what = format!("{} {domain}", query.kind);
    found.evidence.push(Evidence { id: format!("{} {what}", query.instance), time: query.time, what });
    found
}

pub(super) fn kubernetes(
    kind: &'static FindingType,
    event: &kubernetes::Event<'_>,
    cx: Context<'_>,
) -> Detection {
    let texts =
        |texts: &[std::borrow::Cow<'_, str>]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let impersonated = (!event.impersonated_user.is_empty())
        .then(|| (event.impersonated_user.to_string(), texts(&event.impersonated_groups)));
    let cluster = Cluster {
        name: event.cluster.to_string(),
        user: event.user.to_string(),
        uid: event.uid.to_string(),
        groups: texts(&event.groups),
        impersonated,
        ..Cluster::default()
    };
    let object = &event.object;
    let action = Action::KubernetesCall(Box::new(KubernetesCall {
        uri: event.uri.to_string(),
        verb: event.verb.to_string(),
        user_agent: event.user_agent.to_string(),
        remote: remote(event.source_ips.first().and_then(|address| address.parse().ok()), cx),
        source_ips: texts(&event.source_ips),
        status: event.status,
        resource: object.resource.to_string(),
        subresource: object.subresource.to_string(),
        namespace: object.namespace.to_string(),
        name: object.name.to_string(),
        parameters: String::new(),
    }));
    let place = (&*event.account, &*event.region);
    let key = format!("{} {}", event.cluster, event.user);
    let resource = Resource::Cluster(Box::new(cluster));
    let mut found = Detection::new(kind, place, key, event.time, resource, action);
    let what = [&*event.verb, &*object.resource, &*object.subresource].join(" ").trim().to_owned();
    found.evidence.push(Evidence { id: event.id.to_string(), time: event.time, what });
    found
}

pub(super) fn login(kind: &'static FindingType, login: &login::Login<'_>, cx: Context<'_>) -> Detection {
    let database = Database {
        instance: login.instance.to_string(),
        engine: login.engine.to_string(),
        user: login.user.to_string(),
        database: login.database.to_string(),
        application: login.application.to_string(),
        method: login.method.to_string(),
        tls: login.tls,
    };
    let attempts = LoginAttempts {
        user: login.user.to_string(),
        application: login.application.to_string(),
        failed: u64::from(!login.success),
        successful: u64::from(login.success),
    };
    let action = Action::Login(Login { remote: remote(login.source, cx), attempts: vec![attempts] });
    let place = (&*login.account, &*login.region);
    let key = format!("{} {}", login.instance, login.user);
    let resource = Resource::Database(Box::new(database));
    let mut found = Detection::new(kind, place, key, login.time, resource, action);
    let what = format!("{} {}", if login.success { "login of" } else { "refused login of" }, login.user);
    let source = login.source.map(|address| address.to_string()).unwrap_or_default();
    let id = format!("{} {source}:{}", login.instance, login.source_port);
    found.evidence.push(Evidence { id, time: login.time, what });
    found
}
