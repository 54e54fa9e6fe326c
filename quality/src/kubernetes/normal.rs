//! What a cluster is asked on any day: by its own parts, by operators, by CI and by people.

use crate::company::event::Written;
use crate::company::{DAY, HOUR, START};
use crate::kubernetes::{Ask, Cluster, User, write};
use crate::random::Random;

/// The namespaces of the company's own programs.
pub const APPS: [&str; 6] = ["shop", "search", "billing", "mail", "portal", "batch"];

struct Day<'a> {
    cluster: &'a Cluster,
    start: i64,
    events: &'a mut Vec<Written>,
}

impl Day<'_> {
    fn ask(&mut self, offset: i64, user: &User, ask: &Ask, random: &mut Random) {
        let user = self.cluster.user(user);
        self.events.push(write(self.start + offset, &user, ask, random).0);
    }

    /// About so many in the day, at any time.
    fn often(
        &mut self,
        user: &User,
        mean: f64,
        random: &mut Random,
        mut ask: impl FnMut(&mut Random) -> Ask,
    ) {
        for _ in 0..random.count(mean) {
            let asked = ask(random);
            let at = random.range(0, DAY - 1);
            self.ask(at, user, &asked, random);
        }
    }
}

/// A service account of the cluster.
#[must_use]
pub fn service(namespace: &str, name: &str, ip: &str, agent: &str) -> User {
    User {
        name: format!("system:serviceaccount:{namespace}:{name}"),
        groups: vec!["system:serviceaccounts", "system:authenticated"],
        ip: ip.into(),
        agent: agent.into(),
    }
}

/// Someone of the company with kubectl.
#[must_use]
pub fn person(index: usize) -> User {
    let admin = index.is_multiple_of(5);
    User {
        name: format!("person{index}@northlight.example"),
        groups: if admin {
            vec!["platform-admins", "system:authenticated"]
        } else {
            vec!["developers", "system:authenticated"]
        },
        ip: format!("62.96.201.{}", if admin { 10 } else { 20 }),
        agent: format!("kubectl/v1.3{}.1 (darwin/arm64) kubernetes/7c1a2b3", index % 3),
    }
}

/// CI, from another machine each time.
#[must_use]
pub fn deployer(random: &mut Random) -> User {
    User {
        name: "ci-deployer".into(),
        groups: vec!["deployers", "system:authenticated"],
        ip: format!("20.55.{}.{}", random.range(0, 250), random.range(1, 250)),
        agent: "Helm/3.17.3".into(),
    }
}

/// A workload, as its creator writes it.
#[must_use]
pub fn workload(kind: &str, name: &str, image: &str, privileged: bool, mount: &str) -> String {
    let volumes = if mount.is_empty() {
        String::new()
    } else {
        format!(r#","volumes":[{{"name":"host","hostPath":{{"path":"{mount}"}}}}]"#)
    };
    let mounts =
        if mount.is_empty() { "" } else { r#","volumeMounts":[{"name":"host","mountPath":"/host"}]"# };
    let pod = format!(
        r#"{{"containers":[{{"name":"main","image":"{image}","securityContext":{{"privileged":{privileged}}}{mounts}}}]{volumes}}}"#
    );
    if kind == "Pod" {
        return format!(r#"{{"kind":"Pod","apiVersion":"v1","metadata":{{"name":"{name}"}},"spec":{pod}}}"#);
    }
    format!(
        r#"{{"kind":"{kind}","apiVersion":"apps/v1","metadata":{{"name":"{name}"}},"spec":{{"template":{{"metadata":{{"labels":{{"app":"{name}"}}}},"spec":{pod}}}}}}}"#
    )
}

/// All that is asked on a day.
#[must_use]
pub fn day(cluster: &Cluster, random: &Random, number: u32, size: f64) -> Vec<Written> {
    let mut events = Vec::new();
    let mut day = Day { cluster, start: START + i64::from(number) * DAY, events: &mut events };
    let mut random = random.fork("day").fork(&number.to_string());
    let free = matches!((number + 1) % 7, 5 | 6);
    own_parts(&mut day, number, size, &mut random);
    operators(&mut day, size, &mut random);
    if number < 3 {
        set_up(&mut day, number, &mut random);
    }
    deployments(&mut day, if free { 2.0 } else { 25.0 } * size.sqrt(), number, &mut random);
    people(&mut day, free, size, number, &mut random);
    changes(&mut day, number, &mut random);
    on_call(&mut day, number, &mut random);
    strangers(&mut day, &mut random);
    events
}

fn own_parts(day: &mut Day<'_>, number: u32, size: f64, random: &mut Random) {
    // On the sixteenth day the cluster is upgraded, and all its nodes are replaced.
    let (release, generation) = if number < 15 { ("v1.32.3", 0) } else { ("v1.33.1", 1) };
    let master = |name: &str| User {
        name: format!("system:{name}"),
        groups: vec!["system:authenticated"],
        ip: "10.0.48.11".into(),
        agent: format!("{name}/{release} (linux/amd64) kubernetes/32cc146"),
    };
    for name in ["kube-controller-manager", "kube-scheduler"] {
        let user = master(name);
        day.often(&user, 1500.0 * size, random, |_| Ask::new("update", "leases", "kube-system", name));
        day.often(&user, 300.0 * size, random, |random| {
            let resource = *random.pick(&[
                "pods",
                "replicasets",
                "endpoints",
                "nodes",
                "events",
                "serviceaccounts",
                "secrets",
            ]);
            Ask::new(random.pick::<&str>(&["list", "watch", "get"]), resource, "", "")
        });
        day.often(&user, 200.0 * size, random, |random| {
            let namespace = *random.pick(&APPS);
            if name == "kube-scheduler" {
                Ask::new("create", "pods/binding", namespace, "web-1")
            } else {
                Ask::new("create", "pods", namespace, "web-1").with(workload(
                    "Pod",
                    "web-1",
                    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1",
                    false,
                    "",
                ))
            }
        });
    }
    for node in 0..((20.0 * size.sqrt()) as usize).max(4) {
        let name = format!("system:node:ip-10-7-{generation}-{node}.eu-west-1.compute.internal");
        let user = User {
            name,
            groups: vec!["system:bootstrappers", "system:nodes", "system:authenticated"],
            ip: format!("10.7.{generation}.{node}"),
            agent: format!("kubelet/{release} (linux/amd64) kubernetes/32cc146"),
        };
        day.often(&user, 120.0 * size.max(0.2), random, |_| {
            Ask::new("update", "leases", "kube-node-lease", "node")
        });
        day.often(&user, 60.0, random, |_| Ask::new("patch", "nodes/status", "", "node"));
        day.often(&user, 20.0, random, |random| {
            Ask::new("get", "secrets", random.pick::<&str>(&APPS), "app-secret")
        });
        day.often(&user, 20.0, random, |random| {
            Ask::new("get", "configmaps", random.pick::<&str>(&APPS), "app-config")
        });
        day.often(&user, 10.0, random, |random| {
            Ask::new("create", "serviceaccounts/token", random.pick::<&str>(&APPS), "default")
        });
    }
}

fn operators(day: &mut Day<'_>, size: f64, random: &mut Random) {
    let share = size.max(0.2);
    let argo = service(
        "argocd",
        "argocd-application-controller",
        "10.7.3.4",
        "argocd-application-controller/v2.14 (linux/amd64) kubernetes/$Format",
    );
    day.often(&argo, 300.0 * share, random, |random| {
        let resource = *random.pick(&[
            "deployments",
            "services",
            "configmaps",
            "secrets",
            "ingresses",
            "roles",
            "rolebindings",
            "jobs",
        ]);
        Ask::new(random.pick::<&str>(&["list", "watch", "get"]), resource, random.pick::<&str>(&APPS), "")
    });
    day.often(&argo, 20.0, random, |random| {
        let app = *random.pick(&APPS);
        Ask::new("patch", "deployments", app, app).with(workload(
            "Deployment",
            app,
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:2",
            false,
            "",
        ))
    });
    let certificates =
        service("cert-manager", "cert-manager", "10.7.3.5", "cert-manager-controller/v1.17 (linux/amd64)");
    day.often(&certificates, 60.0 * share, random, |random| {
        Ask::new(
            random.pick::<&str>(&["get", "update", "list"]),
            "secrets",
            random.pick::<&str>(&APPS),
            "tls",
        )
    });
    let external =
        service("external-secrets", "external-secrets", "10.7.3.6", "external-secrets/v0.16 (linux/amd64)");
    day.often(&external, 120.0 * share, random, |random| {
        Ask::new(random.pick::<&str>(&["get", "update"]), "secrets", random.pick::<&str>(&APPS), "app-secret")
    });
    let prometheus = service("monitoring", "prometheus", "10.7.3.7", "Prometheus/3.3.1");
    day.often(&prometheus, 200.0 * share, random, |random| {
        Ask::new("list", random.pick::<&str>(&["pods", "endpoints", "services", "nodes"]), "", "")
    });
    let scaler =
        service("kube-system", "cluster-autoscaler", "10.7.3.8", "cluster-autoscaler/v1.32.0 (linux/amd64)");
    day.often(&scaler, 100.0 * share, random, |random| {
        Ask::new(random.pick::<&str>(&["list", "watch"]), "nodes", "", "")
    });
    let batch = service("batch", "runner", "10.7.3.9", "batch-runner/1.4 kubernetes-client/29.0 Python/3.12");
    day.often(&batch, 30.0, random, |random| {
        let name = format!("job-{}", random.hex(5));
        Ask::new("create", "jobs", "batch", &name).with(workload(
            "Job",
            &name,
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/batch:7",
            false,
            "",
        ))
    });
    // An operator asks whether it may, before it does.
    day.often(&certificates, 6.0, random, |_| Ask::new("create", "selfsubjectaccessreviews", "", ""));
}

/// What changes in the month: a new operator, a new program, a pipeline elsewhere that has a token, a program that uses
/// its namespace's default account.
fn changes(day: &mut Day<'_>, number: u32, random: &mut Random) {
    if number == 12 {
        let admin = User { agent: "Helm/3.17.3".into(), ..person(0) };
        let role = r#"{"kind":"ClusterRole","metadata":{"name":"velero"},"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["get","list"]}]}"#;
        let binding = r#"{"kind":"ClusterRoleBinding","metadata":{"name":"velero"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"velero"},"subjects":[{"kind":"ServiceAccount","name":"velero","namespace":"velero"}]}"#;
        for (step, ask) in [
            Ask::new("create", "namespaces", "", "velero"),
            Ask::new("list", "secrets", "velero", ""),
            Ask::new("create", "serviceaccounts", "velero", "velero"),
            Ask::new("create", "clusterroles", "", "velero").with(role),
            Ask::new("create", "clusterrolebindings", "", "velero").with(binding),
            Ask::new("create", "deployments", "velero", "velero").with(workload(
                "Deployment",
                "velero",
                "docker.io/velero/velero:v1.16",
                false,
                "",
            )),
            Ask::new("create", "daemonsets", "velero", "node-agent").with(workload(
                "DaemonSet",
                "node-agent",
                "docker.io/velero/velero:v1.16",
                false,
                "/var/lib/kubelet/pods",
            )),
        ]
        .into_iter()
        .enumerate()
        {
            day.ask(9 * HOUR + 700 * step as i64, &admin, &ask, random);
        }
    }
    if number >= 12 {
        let velero = service("velero", "velero", "10.7.3.20", "velero-server/v1.16 (linux/amd64)");
        day.often(&velero, 30.0, random, |random| {
            let resource =
                *random.pick(&["pods", "secrets", "configmaps", "deployments", "persistentvolumeclaims"]);
            Ask::new("list", resource, random.pick::<&str>(&APPS), "")
        });
    }
    if number >= 17 {
        let loyalty =
            service("loyalty", "loyalty", "10.7.3.21", "loyalty/1.0 kubernetes-client/29.0 Python/3.12");
        day.often(&loyalty, 20.0, random, |random| {
            Ask::new(random.pick::<&str>(&["get", "update"]), "configmaps", "loyalty", "state")
        });
        if number == 17 {
            day.ask(8 * HOUR, &loyalty, &Ask::new("create", "selfsubjectaccessreviews", "", ""), random);
        }
    }
    let simple = service("batch", "default", "10.7.3.22", "leader-elector/v0.6 (linux/amd64)");
    day.often(&simple, 40.0, random, |_| Ask::new("update", "leases", "batch", "leader"));
    if day.cluster.eks {
        let pipeline =
            service("portal", "pipeline", "34.74.90.64", "kubectl/v1.31.0 (linux/amd64) kubernetes/9edcffc");
        day.often(&pipeline, 6.0, random, |_| {
            Ask::new("patch", "deployments", "portal", "portal").with(workload(
                "Deployment",
                "portal",
                "registry.gitlab.com/northlight/portal:3",
                false,
                "",
            ))
        });
    }
}

/// Something is wrong at night: those on call look into pods, also where they seldom are, and with more rights than
/// their own.
fn on_call(day: &mut Day<'_>, number: u32, random: &mut Random) {
    if number % 8 != 6 {
        return;
    }
    let user = person(if number % 16 == 6 { 0 } else { 5 });
    let app = *random.pick(&APPS);
    let at = random.range(0, 4 * HOUR);
    for (step, ask) in [
        Ask::new("list", "pods", app, ""),
        Ask::new("get", "pods/log", app, "web-1"),
        Ask::new("create", "pods/exec", app, "web-1"),
        Ask::new("list", "nodes", "", "").pretending("cluster-admin"),
        Ask::new("list", "events", "kube-system", "").pretending("cluster-admin"),
        Ask::new("patch", "deployments", app, app),
    ]
    .into_iter()
    .enumerate()
    {
        day.ask(at + 40_000 * step as i64, &user, &ask, random);
    }
}

/// The first days: agents are installed that need much of the host.
fn set_up(day: &mut Day<'_>, number: u32, random: &mut Random) {
    let user = User { agent: "Helm/3.17.3".into(), ..person(0) };
    let (name, image) = [
        ("datadog", "gcr.io/datadoghq/agent:7"),
        ("fluent-bit", "public.ecr.aws/aws-observability/aws-for-fluent-bit:2"),
        ("ebs-csi", "public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1"),
    ][number as usize % 3];
    let object = workload("DaemonSet", name, image, number == 2, "/var/log");
    day.ask(10 * HOUR, &user, &Ask::new("create", "daemonsets", "monitoring", name).with(object), random);
    let role = r#"{"kind":"ClusterRole","metadata":{"name":"agent"},"rules":[{"apiGroups":[""],"resources":["pods","nodes"],"verbs":["get","list"]}]}"#;
    day.ask(10 * HOUR + 5000, &user, &Ask::new("create", "clusterroles", "", "agent").with(role), random);
    let binding = format!(
        r#"{{"kind":"ClusterRoleBinding","metadata":{{"name":"agent"}},"roleRef":{{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"agent"}},"subjects":[{{"kind":"ServiceAccount","name":"{name}","namespace":"monitoring"}}]}}"#
    );
    day.ask(
        10 * HOUR + 9000,
        &user,
        &Ask::new("create", "clusterrolebindings", "", "agent").with(binding),
        random,
    );
}

/// Helm: much read, a few patched; now and then something new, and its role.
fn deployments(day: &mut Day<'_>, mean: f64, number: u32, random: &mut Random) {
    for _ in 0..random.count(mean) {
        let user = deployer(random);
        let app = *random.zipf(&APPS);
        let mut at = (random.normal(12.0, 3.0).clamp(0.5, 23.0) * HOUR as f64) as i64;
        for (verb, resource) in [
            ("list", "secrets"),
            ("get", "deployments"),
            ("get", "services"),
            ("get", "configmaps"),
            ("patch", "configmaps"),
            ("create", "secrets"),
            ("get", "pods"),
            ("watch", "deployments"),
        ] {
            at += random.range(50, 2000);
            day.ask(at, &user, &Ask::new(verb, resource, app, "release"), random);
        }
        let image = format!("123456789012.dkr.ecr.eu-west-1.amazonaws.com/{app}:{}", random.hex(7));
        day.ask(
            at + 900,
            &user,
            &Ask::new("patch", "deployments", app, app).with(workload("Deployment", app, &image, false, "")),
            random,
        );
        if random.chance(0.05) {
            let name = format!("{app}-worker-{number}");
            day.ask(
                at + 1900,
                &user,
                &Ask::new("create", "deployments", app, &name).with(workload(
                    "Deployment",
                    &name,
                    &image,
                    false,
                    "",
                )),
                random,
            );
            let role = format!(
                r#"{{"kind":"Role","metadata":{{"name":"{name}"}},"rules":[{{"apiGroups":[""],"resources":["configmaps"],"verbs":["get"]}}]}}"#
            );
            day.ask(at + 2500, &user, &Ask::new("create", "roles", app, &name).with(role), random);
            let binding = format!(
                r#"{{"kind":"RoleBinding","metadata":{{"name":"{name}"}},"roleRef":{{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"{name}"}},"subjects":[{{"kind":"ServiceAccount","name":"{name}","namespace":"{app}"}}]}}"#
            );
            day.ask(at + 2900, &user, &Ask::new("create", "rolebindings", app, &name).with(binding), random);
        }
    }
}

fn people(day: &mut Day<'_>, free: bool, size: f64, number: u32, random: &mut Random) {
    for index in 0..((24.0 * size.sqrt()) as usize).max(8) {
        let mut user = person(index);
        if index % 3 == 0 && random.chance(0.5) {
            user.ip = format!("84.141.{}.{}", index, 1 + number / 7);
        }
        if free && !random.chance(0.05) {
            continue;
        }
        let own = APPS[index % APPS.len()];
        for _ in 0..random.count(12.0) {
            let at = 7 * HOUR + random.range(0, 10 * HOUR);
            let app = if random.chance(0.8) { own } else { *random.pick(&APPS) };
            let pod = format!("{app}-{}", random.hex(5));
            let ask = match random.below(20) {
                0..=8 => Ask::new("list", "pods", app, ""),
                9 | 10 => Ask::new("get", "pods", app, &pod),
                11..=13 => Ask::new("get", "pods/log", app, &pod),
                14 => Ask::new("list", "deployments", app, ""),
                15 => Ask::new("list", "events", app, ""),
                16 => Ask::new("get", "configmaps", app, "app-config"),
                17 if index % 2 == 0 => Ask::new("create", "pods/exec", app, &pod),
                18 if index % 4 == 0 => Ask::new("get", "secrets", app, "app-secret"),
                18 => Ask::new("create", "pods/portforward", app, &pod),
                19 if index % 5 == 0 => Ask::new("patch", "deployments", app, app),
                19 => Ask::new("list", "secrets", app, "").status(403),
                _ => Ask::new("list", "services", app, ""),
            };
            day.ask(at, &user, &ask, random);
        }
        // `kubectl auth can-i`, now and then.
        if random.chance(0.05) {
            day.ask(9 * HOUR, &user, &Ask::new("create", "selfsubjectaccessreviews", "", ""), random);
        }
    }
}

/// Health checks without credentials, and the internet's curiosity, which is turned away.
fn strangers(day: &mut Day<'_>, random: &mut Random) {
    let anonymous = |ip: String, agent: &str| User {
        name: "system:anonymous".into(),
        groups: vec!["system:unauthenticated"],
        ip,
        agent: agent.into(),
    };
    let balancer = anonymous("10.0.12.7".into(), "ELB-HealthChecker/2.0");
    day.often(&balancer, 200.0, random, |random| {
        Ask::path(random.pick::<&str>(&["/healthz", "/livez", "/readyz", "/version"]), 200)
    });
    for _ in 0..random.count(8.0) {
        let ip = format!(
            "{}.{}.{}.{}",
            random.range(20, 200),
            random.range(1, 250),
            random.range(1, 250),
            random.range(1, 250)
        );
        let user = anonymous(ip, "Mozilla/5.0 zgrab/0.x");
        let at = random.range(0, DAY - 1);
        let ask = if random.chance(0.7) {
            Ask::path("/", 403)
        } else {
            Ask::new("list", "pods", "default", "").status(403)
        };
        day.ask(at, &user, &ask, random);
    }
}
