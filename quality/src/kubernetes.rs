//! Kubernetes audit logs: the month of a cluster of EKS, and of one that is plain, with and without attacks.

mod attacks;
mod normal;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;
use std::{fs, io};

use bastide_detect::{Engine, Settings};
use bastide_logs::Record;
use bastide_logs::kubernetes::parse;

use crate::company::event::{Written, iso};
use crate::company::{DAY, START};
use crate::family::{Family, Measured, Plan, Progress};
use crate::intel;
use crate::judge::{Judge, Owner};
use crate::random::Random;

/// A cluster.
#[derive(Clone, Copy, Debug)]
pub struct Cluster {
    /// Its name.
    pub name: &'static str,
    /// The account that it is in; empty where it is in none.
    pub account: &'static str,
    /// The region, likewise.
    pub region: &'static str,
    /// Whether EKS runs it: people come by roles, from anywhere. The plain one's API server is inside, and people
    /// come by single sign-on through the VPN.
    pub eks: bool,
}

static CLUSTERS: [Cluster; 2] = [
    Cluster { name: "main", account: "310987654321", region: "eu-west-1", eks: true },
    Cluster { name: "plain", account: "", region: "", eks: false },
];

impl Cluster {
    /// Someone as this cluster knows them.
    #[must_use]
    pub fn user(&self, user: &User) -> User {
        let mut user = user.clone();
        let role = match user.name.as_str() {
            "ci-deployer" => Some("ci-deployer/GitHubActions".to_owned()),
            name if name.contains('@') => Some(format!("Developers/{name}")),
            _ => None,
        };
        match role {
            Some(role) if self.eks => {
                user.name = format!("arn:aws:sts::{}:assumed-role/{role}", self.account);
            }
            Some(_) if user.ip.starts_with("62.96.201.") || user.ip.starts_with("84.141.") => {
                let last = user.ip.rsplit('.').next().unwrap_or("9");
                user.ip = format!("10.0.99.{last}");
            }
            _ => {}
        }
        user
    }
}

static OWNERS: &[Owner] = &[
    ("kubernetes/behaviour", &["*Kubernetes/AnomalousBehavior*"]),
    ("kubernetes/policy", &["Policy:Kubernetes/*", "Execution:Kubernetes/ExecInKubeSystemPod"]),
    ("kubernetes/anonymous", &["*Kubernetes/SuccessfulAnonymousAccess"]),
    ("kubernetes/lists", &["*Kubernetes/MaliciousIPCaller*", "*Kubernetes/TorIPCaller"]),
    ("kubernetes/others", &["*"]),
];

static BENIGN: &[Owner] =
    &[("benign-kubernetes/behaviour", &["*AnomalousBehavior*"]), ("benign-kubernetes/others", &["*"])];

/// Who calls the cluster.
#[derive(Clone, Debug)]
pub struct User {
    /// `user.username`.
    pub name: String,
    /// `user.groups`.
    pub groups: Vec<&'static str>,
    /// Where from.
    pub ip: String,
    /// `userAgent`.
    pub agent: String,
}

/// What is asked of the cluster.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// `get`, `list`, …
    pub verb: &'static str,
    /// `pods/exec` for a subresource; empty for a path that is no resource.
    pub resource: String,
    /// The namespace; empty for the cluster's own.
    pub namespace: String,
    /// The name; empty for lists.
    pub name: String,
    /// `apiGroup`.
    pub group: &'static str,
    /// The path, for what is no resource.
    pub path: &'static str,
    /// `requestObject`; empty when there is none.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    /// `impersonatedUser`; empty when it's the user's own request.
    pub pretends: &'static str,
}

impl Ask {
    /// Something about a resource, let through.
    #[must_use]
    pub fn new(verb: &'static str, resource: &str, namespace: &str, name: &str) -> Self {
        let group = match resource.split('/').next().unwrap_or_default() {
            "deployments" | "replicasets" | "daemonsets" | "statefulsets" => "apps",
            "roles" | "rolebindings" | "clusterroles" | "clusterrolebindings" => "rbac.authorization.k8s.io",
            "leases" => "coordination.k8s.io",
            "jobs" | "cronjobs" => "batch",
            "selfsubjectaccessreviews" | "selfsubjectrulesreviews" => "authorization.k8s.io",
            "ingresses" => "networking.k8s.io",
            _ => "",
        };
        Self {
            verb,
            resource: resource.into(),
            namespace: namespace.into(),
            name: name.into(),
            group,
            status: if verb == "create" { 201 } else { 200 },
            ..Self::default()
        }
    }

    /// With this object.
    #[must_use]
    pub fn with(self, request: impl Into<String>) -> Self {
        Self { request: request.into(), ..self }
    }

    /// As somebody else.
    #[must_use]
    pub fn pretending(self, pretends: &'static str) -> Self {
        Self { pretends, ..self }
    }

    /// With this answer.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// A path that is no resource.
    #[must_use]
    pub fn path(path: &'static str, status: u16) -> Self {
        Self { verb: "get", path, status, ..Self::default() }
    }
}

/// Writes an event; gives its id too.
#[must_use]
pub fn write(time: i64, user: &User, ask: &Ask, random: &mut Random) -> (Written, String) {
    let id = random.uuid();
    let stamp = iso(time);
    let stamp =
        format!("{}.{:03}{:03}Z", stamp.trim_end_matches('Z'), time.rem_euclid(1000), random.below(1000));
    let (resource, subresource) = ask.resource.split_once('/').unwrap_or((&ask.resource, ""));
    let mut uri = String::new();
    if ask.path.is_empty() {
        let root =
            if ask.group.is_empty() { "/api/v1".to_owned() } else { format!("/apis/{}/v1", ask.group) };
        uri.push_str(&root);
        if !ask.namespace.is_empty() {
            let _ = write!(uri, "/namespaces/{}", ask.namespace);
        }
        let _ = write!(uri, "/{resource}");
        for part in [ask.name.as_str(), subresource].into_iter().filter(|part| !part.is_empty()) {
            let _ = write!(uri, "/{part}");
        }
    } else {
        uri.push_str(ask.path);
    }
    let groups: Vec<String> = user.groups.iter().map(|group| format!("\"{group}\"")).collect();
    let mut text = String::with_capacity(1200);
    let level = if ask.request.is_empty() { "Metadata" } else { "Request" };
    let _ = write!(
        text,
        r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"{level}","auditID":"{id}","stage":"ResponseComplete","requestURI":"{uri}","verb":"{}","user":{{"username":"{}","uid":"{}","groups":[{}]}},"sourceIPs":["{}"],"userAgent":"{}""#,
        ask.verb,
        user.name,
        Random::new(29).fork(&user.name).uuid(),
        groups.join(","),
        user.ip,
        user.agent,
    );
    if !ask.pretends.is_empty() {
        let _ = write!(
            text,
            r#","impersonatedUser":{{"username":"{}","groups":["system:masters","system:authenticated"]}}"#,
            ask.pretends
        );
    }
    if ask.path.is_empty() {
        let _ = write!(text, r#","objectRef":{{"resource":"{resource}""#);
        for (member, value) in [
            ("namespace", ask.namespace.as_str()),
            ("name", &ask.name),
            ("apiGroup", ask.group),
            ("subresource", subresource),
        ] {
            if !value.is_empty() {
                let _ = write!(text, r#","{member}":"{value}""#);
            }
        }
        text.push_str(r#","apiVersion":"v1"}"#);
    }
    let decision = if ask.status == 403 { "forbid" } else { "allow" };
    let _ = write!(text, r#","responseStatus":{{"metadata":{{}},"code":{}}}"#, ask.status);
    if !ask.request.is_empty() {
        let _ = write!(text, r#","requestObject":{}"#, ask.request);
    }
    let _ = write!(
        text,
        r#","requestReceivedTimestamp":"{stamp}","stageTimestamp":"{stamp}","annotations":{{"authorization.k8s.io/decision":"{decision}","authorization.k8s.io/reason":""}}}}"#
    );
    (Written { time, text }, id)
}

/// A cluster's month.
pub struct Kubernetes {
    /// Whether attacks are in it.
    pub attacked: bool,
}

impl Family for Kubernetes {
    fn name(&self) -> &'static str {
        if self.attacked { "kubernetes" } else { "benign-kubernetes" }
    }

    fn measure(&self, plan: &Plan) -> Measured {
        let random = Random::new(plan.seed).fork("cluster");
        let (mut attack, mut stages) = (Vec::new(), Vec::new());
        for (index, cluster) in CLUSTERS.iter().enumerate().filter(|_| self.attacked) {
            let (events, own) = attacks::all(cluster, &random.fork(cluster.name), plan.days);
            attack.extend(events.into_iter().map(|event| (index, event)));
            stages.extend(own);
        }
        attack.sort_by_key(|(_, event)| event.time);
        let mut judge = Judge::new(stages, if self.attacked { OWNERS } else { BENIGN });
        let mut engine =
            Engine::new(Arc::new(intel::build(true)), Settings::default(), bastide_detect::all());
        let progress = Progress::new(plan, self.name());
        let mut attack = attack.into_iter().peekable();
        let (mut count, mut late) = (0, Vec::new());
        for day in 0..plan.days {
            progress.at(u64::from(day), u64::from(plan.days));
            let end = START + i64::from(day + 1) * DAY;
            let mut events: Vec<(usize, Written)> = std::mem::take(&mut late);
            for (index, cluster) in CLUSTERS.iter().enumerate() {
                let own = normal::day(cluster, &random.fork(cluster.name), day, plan.size);
                events.extend(own.into_iter().map(|event| (index, event)));
            }
            while let Some(event) = attack.next_if(|(_, event)| event.time < end) {
                events.push(event);
            }
            events.sort_by_key(|(_, event)| event.time);
            late = events.split_off(events.partition_point(|(_, event)| event.time < end));
            store(plan, self.name(), day, &events).expect("the folder that was named can be written");
            for (index, written) in &events {
                let mut event = parse(&written.text).unwrap_or_else(|broken| {
                    panic!("a generated event can't be read: {broken}: {}", written.text)
                });
                let cluster = CLUSTERS[*index];
                event.account = Cow::Borrowed(cluster.account);
                event.region = Cow::Borrowed(cluster.region);
                event.cluster = Cow::Borrowed(cluster.name);
                engine.feed(&Record::Kubernetes(&event));
                count += 1;
                for detection in engine.drain() {
                    judge.detection(event.time, &detection);
                }
            }
        }
        engine.finish();
        let now = engine.log_time().unwrap_or_default();
        for detection in engine.drain() {
            judge.detection(now, &detection);
        }
        judge.measured(count, f64::from(plan.days))
    }
}

fn store(plan: &Plan, name: &str, day: u32, events: &[(usize, Written)]) -> io::Result<()> {
    let Some(folder) = &plan.write else { return Ok(()) };
    let folder = folder.join(name);
    fs::create_dir_all(&folder)?;
    for (index, cluster) in CLUSTERS.iter().enumerate() {
        let own = events.iter().filter(|(of, _)| *of == index);
        let text: String = own.flat_map(|(_, event)| [event.text.as_str(), "\n"]).collect();
        fs::write(folder.join(format!("{}-day-{day:02}.jsonl", cluster.name)), text)?;
    }
    Ok(())
}
