//! Kubernetes: what users do in clusters.

use bastide_finding::{Action, Cluster, Detection, Evidence, KubernetesCall, Remote, Resource, find};
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::kubernetes::Event;
use serde_json::{Value, json};

use super::agent::{self, Agents};
use super::explain::{self, Detail, Words};
use super::hash::{self, Map};
use super::json::{has, text};
use super::judge::Rules;
use super::model::{Learned, Model};
use super::place::{self, Places};
use super::sighting::{FEATURES, Feature, SETTLING, Sighting, minute};
use super::window::{Act, Added, Windows};
use super::zone::{Zone, Zones};
use crate::detector::Context;

const WORDS: Words = Words {
    realm: "cluster",
    act: "kind of request",
    area: "namespace",
    thing: "image or impersonated user",
};

/// Clusters are smaller worlds than accounts, with fewer kinds of requests: fewer bits are much.
const RULES: Rules = Rules {
    candidate: 8.0,
    enough: 17.0,
    looks: 3.0,
    alone: (24.0, 40.0),
    around: (16.0, 20.0),
    newcomer: 9.5,
    cold: 16.0,
    first_week: 24.0,
};

/// The share of programs' accounts that are used from a network of which the cluster doesn't know that: their tokens
/// are made for what runs in it.
const OUTSIDE: f32 = 0.01;

/// What a request is good for: the type of finding, the share of users that make such requests in a month, and
/// whether it only looks.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kind {
    group: u8,
    name: &'static str,
    prior: f32,
    looks: bool,
}

/// How much rarer it is that a namespace's default account does such a thing: it is given no rights for any.
const DEFAULT: f32 = 0.1;

impl Kind {
    fn by(self, class: &str) -> Self {
        if class == "default" { Self { prior: self.prior * DEFAULT, ..self } } else { self }
    }
}

const fn kind(group: u8, name: &'static str, prior: f32, looks: bool) -> Kind {
    Kind { group, name, prior, looks }
}

const SECRETS: Kind = kind(0, "CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed", 0.1, false);
const PERMISSIONS: Kind = kind(1, "Discovery:Kubernetes/AnomalousBehavior.PermissionChecked", 0.1, true);
const EXEC: Kind = kind(2, "Execution:Kubernetes/AnomalousBehavior.ExecInPod", 0.1, false);
const DEPLOYED: Kind = kind(3, "Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed", 0.2, false);
const MOUNT: Kind = kind(
    4,
    "Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount",
    0.02,
    false,
);
const PRIVILEGED: Kind = kind(
    5,
    "PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer",
    0.01,
    false,
);
const BINDING: Kind =
    kind(6, "PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated", 0.03, false);
const ROLE: Kind = kind(7, "PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated", 0.03, false);

/// Profiles of the users of clusters.
pub(super) struct Kubernetes {
    model: Model,
    windows: Windows<Detail>,
    agents: Agents,
    places: Places,
    zones: Zones,
    namespaces: Namespaces,
}

/// Namespaces that were made lately: they have no habits yet, and who makes one works in it.
#[derive(Default)]
struct Namespaces {
    made: Map<u64, u32>,
}

/// Namespaces that are remembered as new.
const NAMESPACES: usize = 1 << 12;

impl Namespaces {
    /// The namespace of a request; none for one that was made within two days.
    fn find(&mut self, event: &Event<'_>, realm: u64, minute: u32) -> u64 {
        if event.verb == "create" && event.object.resource == "namespaces" && event.status < 300 {
            self.made.retain(|_, at| at.saturating_add(SETTLING) > minute);
            // The name is in the object where the request's path has none.
            let name = match event.object.name.is_empty() {
                true => text(event.request, "name").unwrap_or_default(),
                false => &event.object.name,
            };
            if self.made.len() < NAMESPACES && !name.is_empty() {
                self.made.insert(hash::after(realm, name), minute);
            }
        }
        let namespace = &event.object.namespace;
        let made = match self.made.is_empty() {
            true => None,
            false => self.made.get(&hash::after(realm, namespace)),
        };
        if made.is_some_and(|at| at.saturating_add(SETTLING) > minute) { 0 } else { hash::text(namespace) }
    }
}

impl Kubernetes {
    pub(super) fn new() -> Self {
        Self {
            model: Model::new(),
            windows: Windows::new(RULES),
            agents: Agents::default(),
            places: Places::default(),
            zones: Zones::default(),
            namespaces: Namespaces::default(),
        }
    }

    /// Learns a request, and keeps it for judgement where it may be unusual.
    pub(super) fn feed(&mut self, event: &Event<'_>, cx: Context<'_>) {
        // Long requests are logged when they begin, too; that they came is told once, at their end.
        if event.user.is_empty() || matches!(&*event.stage, "RequestReceived" | "ResponseStarted") {
            return;
        }
        let class = class(&event.user);
        let kind = classify(event).map(|kind| kind.by(class));
        let minute = minute(event.time);
        let realm = hash::after(hash::after(hash::text(&event.account), &event.region), &event.cluster);
        let user = identity(&event.user);
        let mut act = hash::after(
            hash::after(hash::text(&event.verb), &event.object.resource),
            &event.object.subresource,
        );
        if let Some(kind) = kind.filter(|kind| matches!(kind.group, 4 | 5)) {
            act = hash::after(act, kind.name);
        }
        let thing = thing(event, kind);
        let address = event.source_ips.first().map_or("", |ip| ip);
        let agent = self.agents.find(&event.user_agent);
        let denied = event.status == 403 || event.decision == "forbid";
        let mut values = [0; FEATURES];
        for (value, of) in values.iter_mut().zip([
            act,
            self.places.find(address, minute, cx.intel),
            agent.family,
            self.namespaces.find(event, realm, minute),
            hash::text(thing),
            if denied { act } else { 0 },
        ]) {
            *value = of;
        }
        let cohort = hash::after(realm, class);
        let sighting =
            Sighting { realm, cohort, namesakes: 0, actor: hash::after(realm, user), minute, values };
        match self.model.learn(&sighting) {
            Some(learned) => {
                let zone = match class {
                    "controller" | "serviceaccount" | "default" | "node" => {
                        let who = (hash::after(realm, "programs"), sighting.actor);
                        self.zones.see(who, address, minute, OUTSIDE, cx.intel)
                    }
                    _ => Zone::default(),
                };
                self.look(event, cx.intel, &sighting, kind, (learned, zone), thing);
            }
            None => self.windows.repeat(&sighting, event.time, None),
        }
    }

    fn look(
        &mut self,
        event: &Event<'_>,
        intel: &Intel,
        sighting: &Sighting,
        kind: Option<Kind>,
        (learned, zone): (Learned, Zone),
        thing: &str,
    ) {
        let candidate = kind.filter(|kind| {
            let measured = self.model.measure(sighting, kind.prior, SETTLING);
            measured.of(Feature::Act) + measured.context() + zone.bits >= RULES.candidate
        });
        let new = learned.settled && learned.act_new;
        if candidate.is_none() && !learned.denial_new && !new {
            return;
        }
        let act = sighting.value(Feature::Act);
        let added = Added {
            new: learned.act_new.then_some(act),
            denied: learned.denial_new.then_some(act),
            service: hash::text(&event.object.resource),
        };
        let Some(window) = self.windows.add(sighting, added) else { return };
        let Some((kind, found)) = candidate.and_then(|kind| Some((kind, find(kind.name)?))) else { return };
        let address = event.source_ips.first().map_or("", |ip| ip);
        let mut detection = Detection::new(
            found,
            (&event.account, &event.region),
            explain::key(sighting),
            event.time,
            cluster(event),
            Action::KubernetesCall(Box::new(call(event, address, intel))),
        );
        let what = words(event);
        detection.evidence =
            vec![Evidence { id: event.id.to_string(), time: event.time, what: what.clone() }];
        detection.additional = json!({"userAgent": {
            "fullUserAgent": &*event.user_agent,
            "userAgentCategory": agent::name(&event.user_agent),
        }});
        window.act(Act {
            sighting: *sighting,
            group: kind.group,
            looks: kind.looks,
            clicked: false,
            open: false,
            prior: kind.prior,
            volume: 0.0,
            zone: zone.bits,
            count: 1,
            first: event.time,
            last: event.time,
            detail: Detail {
                detection,
                act: what,
                outcome: if event.status < 400 { "success".into() } else { event.status.to_string() },
                place: place::name(address, intel),
                tool: agent::name(&event.user_agent),
                area: event.object.namespace.to_string(),
                thing: thing.to_owned(),
                realm: WORDS.realm,
                volume: None,
                zone: explain::zone(&place::name(address, intel), &zone, "service accounts and nodes"),
            },
        });
    }

    /// Judges what has ended.
    pub(super) fn tick(&mut self, now: Timestamp, out: &mut Vec<Detection>) {
        let (model, zones) = (&self.model, &mut self.zones);
        self.windows.tick(now, model, &mut |window, verdicts, baseline| {
            zones.told(window.actor);
            for verdict in verdicts {
                out.extend(explain::detection(window, verdict, baseline, model, &WORDS));
            }
        });
    }
}

fn classify(event: &Event<'_>) -> Option<Kind> {
    let makes = matches!(&*event.verb, "create" | "update" | "patch");
    Some(match (&*event.object.resource, &*event.object.subresource) {
        ("secrets", "") if matches!(&*event.verb, "get" | "list" | "watch") => SECRETS,
        (
            "selfsubjectaccessreviews"
            | "selfsubjectrulesreviews"
            | "subjectaccessreviews"
            | "localsubjectaccessreviews",
            _,
        ) if event.verb == "create" => PERMISSIONS,
        ("pods", "exec" | "attach") if matches!(&*event.verb, "create" | "get" | "connect") => EXEC,
        (
            "pods"
            | "deployments"
            | "daemonsets"
            | "statefulsets"
            | "replicasets"
            | "replicationcontrollers"
            | "jobs"
            | "cronjobs",
            "" | "ephemeralcontainers",
        ) if makes => {
            if has(event.request, "privileged", "true") {
                PRIVILEGED
            } else if has(event.request, "hostPath", "{") {
                MOUNT
            } else {
                DEPLOYED
            }
        }
        ("rolebindings" | "clusterrolebindings", "") if makes => BINDING,
        ("roles" | "clusterroles", "") if makes => ROLE,
        _ => return None,
    })
}

/// Where the image of a workload comes from; of other requests, whom the user pretends to be.
fn thing<'a>(event: &'a Event<'_>, kind: Option<Kind>) -> &'a str {
    if kind.is_some_and(|kind| matches!(kind.group, 3..=5))
        && let Some(image) = text(event.request, "image")
    {
        return image.rsplit_once('/').map_or("docker.io/library", |(prefix, _)| prefix);
    }
    &event.impersonated_user
}

/// The user, without the session of a role that is no person's.
fn identity(user: &str) -> &str {
    match user.rsplit_once('/') {
        Some((role, session)) if role.contains(":assumed-role/") && !session.contains('@') => role,
        _ => user,
    }
}

/// What kind of user it is.
fn class(user: &str) -> &'static str {
    if user.starts_with("system:serviceaccount:kube-system:") {
        "controller"
    } else if user.starts_with("system:serviceaccount:") {
        // Every namespace has one, which no program has to use: those that ask for much have their own.
        if user.ends_with(":default") { "default" } else { "serviceaccount" }
    } else if user.starts_with("system:node:") {
        "node"
    } else if user.starts_with("system:") || user.starts_with("eks:") {
        "system"
    } else {
        "user"
    }
}

fn cluster(event: &Event<'_>) -> Resource {
    let impersonated = (!event.impersonated_user.is_empty()).then(|| {
        let groups = event.impersonated_groups.iter().map(ToString::to_string).collect();
        (event.impersonated_user.to_string(), groups)
    });
    Resource::Cluster(Box::new(Cluster {
        name: event.cluster.to_string(),
        user: event.user.to_string(),
        uid: event.uid.to_string(),
        groups: event.groups.iter().map(ToString::to_string).collect(),
        impersonated,
        workload: workload(event),
    }))
}

fn workload(event: &Event<'_>) -> Value {
    let object = &event.object;
    if object.name.is_empty()
        || !matches!(
            &*object.resource,
            "pods" | "deployments" | "daemonsets" | "statefulsets" | "replicasets" | "jobs" | "cronjobs"
        )
    {
        return Value::Null;
    }
    json!({"name": &*object.name, "namespace": &*object.namespace, "type": &*object.resource})
}

fn call(event: &Event<'_>, address: &str, intel: &Intel) -> KubernetesCall {
    let address = address.parse().ok();
    KubernetesCall {
        uri: event.uri.to_string(),
        verb: event.verb.to_string(),
        user_agent: event.user_agent.to_string(),
        remote: Remote { address, location: address.and_then(|address| intel.location(address)) },
        source_ips: event.source_ips.iter().map(ToString::to_string).collect(),
        status: event.status,
        resource: event.object.resource.to_string(),
        subresource: event.object.subresource.to_string(),
        namespace: event.object.namespace.to_string(),
        name: event.object.name.to_string(),
        parameters: String::new(),
    }
}

/// `create pods/exec`.
fn words(event: &Event<'_>) -> String {
    let (verb, resource) = (&event.verb, &event.object.resource);
    if event.object.subresource.is_empty() {
        format!("{verb} {resource}")
    } else {
        format!("{verb} {resource}/{}", event.object.subresource)
    }
}
