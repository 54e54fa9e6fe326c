//! A cluster's weeks: controllers, deployments, people with kubectl; and a stolen token.

use bastide_finding::{Detection, Resource};
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::kubernetes::{Event, Object};

use super::super::Profiles;
use super::company::Dice;
use crate::detector::{Context, Detector};
use crate::settings::Settings;

const START: i64 = 1_685_923_200;
const KUBECTL: &str = "kubectl/v1.27.1 (linux/amd64) kubernetes/4c94112";
const KUBECTL_MAC: &str = "kubectl/v1.26.0 (darwin/arm64) kubernetes/1111111";

struct Cluster {
    profiles: Profiles,
    intel: Intel,
    settings: Settings,
    out: Vec<Detection>,
    minute: i64,
}

struct Request<'a> {
    user: &'a str,
    ip: &'a str,
    agent: &'a str,
    verb: &'a str,
    resource: &'a str,
    namespace: &'a str,
    body: &'a str,
    status: u16,
}

impl Cluster {
    fn new() -> Self {
        Self {
            profiles: Profiles::new(),
            intel: Intel::default(),
            settings: Settings::default(),
            out: Vec::new(),
            minute: 0,
        }
    }

    fn ask(&mut self, seconds: i64, request: &Request<'_>) {
        let cx = Context { intel: &self.intel, settings: &self.settings };
        let time = START + seconds;
        if time / 60 > self.minute {
            self.minute = time / 60;
            self.profiles.tick(Timestamp::from_seconds(time), cx, &mut self.out);
        }
        let (resource, subresource) = request.resource.split_once('/').unwrap_or((request.resource, ""));
        let event = Event {
            id: format!("{seconds}").into(),
            time: Timestamp::from_seconds(time),
            stage: "ResponseComplete".into(),
            verb: request.verb.into(),
            user: request.user.into(),
            source_ips: vec![request.ip.into()],
            user_agent: request.agent.into(),
            object: Object {
                resource: resource.into(),
                subresource: subresource.into(),
                namespace: request.namespace.into(),
                name: "thing".into(),
                ..Object::default()
            },
            status: request.status,
            request: request.body,
            account: "111111111111".into(),
            region: "eu-west-1".into(),
            cluster: "main".into(),
            ..Event::default()
        };
        self.profiles.kubernetes(&event, cx, &mut self.out);
    }

    fn end(&mut self) -> Vec<Detection> {
        let cx = Context { intel: &self.intel, settings: &self.settings };
        self.profiles.tick(Timestamp::from_millis(i64::MAX), cx, &mut self.out);
        std::mem::take(&mut self.out)
    }

    /// Days of what is usual, from one day to another.
    fn days(&mut self, dice: &mut Dice, days: std::ops::Range<i64>) {
        let image = r#"{"spec":{"containers":[{"image":"registry.example.com/team/app:1"}]}}"#;
        for day in days {
            for hour in 0..24 {
                let at = day * 86_400 + hour * 3_600;
                for (n, (user, verb, resource)) in [
                    ("system:serviceaccount:kube-system:replicaset-controller", "create", "pods"),
                    ("system:serviceaccount:argocd:server", "patch", "deployments"),
                    ("system:serviceaccount:ingress:nginx", "list", "secrets"),
                    ("system:serviceaccount:web:app", "get", "configmaps"),
                ]
                .into_iter()
                .enumerate()
                {
                    let namespace = if n == 2 { "ingress" } else { "web" };
                    let request = Request {
                        user,
                        ip: "10.0.0.5",
                        agent: "controller/v1.27 (linux/amd64)",
                        verb,
                        resource,
                        namespace,
                        body: image,
                        status: 200,
                    };
                    self.ask(at + 60 * n as i64, &request);
                }
                let working = day % 7 < 5 && (8..18).contains(&hour);
                for person in 0..6 {
                    if working && dice.chance(0.3) {
                        let user = format!("person{person}@example.com");
                        let ip = format!("80.{person}.1.9");
                        let agent = if person % 2 == 0 { KUBECTL } else { KUBECTL_MAC };
                        let mut choices = vec![("list", "pods"), ("get", "pods/log"), ("get", "deployments")];
                        if person < 3 {
                            choices.extend([
                                ("create", "pods/exec"),
                                ("patch", "deployments"),
                                ("get", "secrets"),
                            ]);
                        }
                        for n in 0..3 {
                            let (verb, resource) = *dice.pick(&choices);
                            let request = Request {
                                user: &user,
                                ip: &ip,
                                agent,
                                verb,
                                resource,
                                namespace: "web",
                                body: image,
                                status: 200,
                            };
                            self.ask(at + 600 + 300 * person + 20 * n, &request);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn usual_days_are_quiet() {
    let (mut cluster, mut dice) = (Cluster::new(), Dice(3));
    cluster.days(&mut dice, 0..28);
    let out = cluster.end();
    assert!(out.len() <= 2, "{out:#?}");
}

#[test]
fn a_stolen_service_account_is_found() {
    let (mut cluster, mut dice) = (Cluster::new(), Dice(4));
    cluster.days(&mut dice, 0..12);
    let privileged = r#"{"spec":{"containers":[{"image":"evil/x","securityContext":{"privileged":true}}]}}"#;
    let host = r#"{"spec":{"volumes":[{"hostPath":{"path":"/"}}],"containers":[{"image":"evil/x"}]}}"#;
    let plain = r#"{"spec":{"containers":[{"image":"evil/x"}]}}"#;
    let stages = [
        ("create", "selfsubjectaccessreviews", "", "PermissionChecked"),
        ("create", "selfsubjectrulesreviews", "", "PermissionChecked"),
        ("list", "secrets", "", "SecretsAccessed"),
        ("create", "pods/exec", "", "ExecInPod"),
        ("create", "pods", privileged, "!PrivilegedContainer"),
        ("create", "daemonsets", host, "!ContainerWithSensitiveMount"),
        ("create", "deployments", plain, "AnomalousBehavior.WorkloadDeployed"),
        ("create", "clusterrolebindings", "", "RoleBindingCreated"),
        ("create", "clusterroles", "", "RoleCreated"),
    ];
    for (n, (verb, resource, body, _)) in stages.into_iter().enumerate() {
        let status = if n == 1 { 403 } else { 201 };
        let request = Request {
            user: "system:serviceaccount:web:app",
            ip: "203.0.113.7",
            agent: KUBECTL,
            verb,
            resource,
            namespace: "kube-system",
            body,
            status,
        };
        cluster.ask(12 * 86_400 + 1_200 * n as i64, &request);
    }
    let out = cluster.end();
    for (_, _, _, name) in stages {
        assert!(out.iter().any(|made| made.kind.name.ends_with(name)), "{name}: {out:#?}");
    }
    assert!(matches!(&out[0].resource, Resource::Cluster(it) if it.user == "system:serviceaccount:web:app"));
}

/// One request that a namespace's default account makes, which it never made.
fn default_account(resource: &str, body: &str, ip: &str) -> Vec<Detection> {
    let (mut cluster, mut dice) = (Cluster::new(), Dice(5));
    cluster.days(&mut dice, 0..12);
    let request = Request {
        user: "system:serviceaccount:web:default",
        ip,
        agent: "curl/8.4.0",
        verb: "create",
        resource,
        namespace: "web",
        body,
        status: 201,
    };
    cluster.ask(12 * 86_400, &request);
    cluster.days(&mut dice, 13..14);
    cluster.end()
}

#[test]
fn an_account_that_never_did_anything() {
    let privileged = r#"{"spec":{"containers":[{"image":"evil/x","securityContext":{"privileged":true}}]}}"#;
    for (resource, body, ip, name) in [
        ("selfsubjectaccessreviews", "", "203.0.113.7", "PermissionChecked"),
        ("pods", r#"{"spec":{"containers":[{"image":"evil/x"}]}}"#, "203.0.113.7", "WorkloadDeployed"),
        ("pods", privileged, "10.0.0.77", "!PrivilegedContainer"),
    ] {
        let out = default_account(resource, body, ip);
        let of: Vec<_> = out
            .iter()
            .filter(|made| matches!(&made.resource, Resource::Cluster(it) if it.user.ends_with(":default")))
            .collect();
        assert!(of.iter().any(|made| made.kind.name.ends_with(name)), "{name}: {out:#?}");
        let network = of.iter().flat_map(|made| &made.reasons).find(|it| it.measure == "kind of network");
        assert_eq!(network.is_some(), ip.starts_with("203."), "{network:?}");
    }
    // What all do is not told.
    let out = default_account("events", "", "10.0.0.77");
    assert!(
        out.iter()
            .all(|made| !matches!(&made.resource, Resource::Cluster(it) if it.user.ends_with(":default")))
    );
}
