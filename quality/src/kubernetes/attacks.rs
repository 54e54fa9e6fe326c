//! Attacks on a cluster.

use crate::company::event::{Written, moment};
use crate::company::places::{ATTACKERS, CUSTOM, LISTED, Network, TOR};
use crate::company::{DAY, HOUR, START};
use crate::kubernetes::normal::{person, service, workload};
use crate::kubernetes::{Ask, Cluster, User, write};
use crate::label::Stage;
use crate::random::Random;

struct Attacks<'a> {
    cluster: &'a Cluster,
    random: Random,
    days: u32,
    events: Vec<Written>,
    stages: Vec<Stage>,
}

/// All of them, in the order of time.
pub fn all(cluster: &Cluster, random: &Random, days: u32) -> (Vec<Written>, Vec<Stage>) {
    let mut attacks =
        Attacks { cluster, random: random.fork("attacks"), days, events: Vec::new(), stages: Vec::new() };
    attacks.behaviour();
    attacks.policy();
    attacks.anonymous();
    for (network, accept) in [
        (TOR, &["*Kubernetes/TorIPCaller"] as &[&str]),
        (LISTED, &["*Kubernetes/MaliciousIPCaller"]),
        (CUSTOM, &["*Kubernetes/MaliciousIPCaller.Custom"]),
    ] {
        attacks.listed(&network, accept);
    }
    attacks.events.sort_by_key(|event| event.time);
    (attacks.events, attacks.stages)
}

const BEHAVIOUR: &str = "kubernetes/behaviour";
const POLICY: &str = "kubernetes/policy";

impl Attacks<'_> {
    fn stage(
        &mut self,
        row: &'static str,
        what: &str,
        accept: &'static [&'static str],
        user: &User,
        asks: &[Ask],
    ) {
        let user = &self.cluster.user(user);
        let day = self.random.range(10, i64::from(self.days.max(13)) - 2);
        let first = START + day * DAY + self.random.range(0, 22 * HOUR);
        let (mut at, mut ids) = (first, Vec::new());
        for ask in asks {
            let (event, id) = write(at, user, ask, &mut self.random);
            self.events.push(event);
            ids.push(id);
            at += self.random.range(400, 20_000);
        }
        self.stages.push(Stage {
            row,
            attack: what.into(),
            what: format!("by {} from {} in {}", user.name, user.ip, self.cluster.name),
            account: self.cluster.account.into(),
            names: vec![user.name.clone()],
            first: moment(first),
            last: moment(at),
            events: ids,
            accept,
        });
    }

    /// A program's own account, used from elsewhere with other tools; where the API server is inside, from one of the
    /// cluster's pods.
    fn stolen(&mut self, namespace: &str, name: &str) -> User {
        let outside = self.random.pick(ATTACKERS).address(&mut self.random);
        let ip = if self.cluster.eks { outside } else { format!("10.7.4.{}", self.random.range(2, 250)) };
        let agent = *self.random.pick(&["curl/8.4.0", "kubectl/v1.29.0 (linux/amd64) kubernetes/3f7a50f"]);
        service(namespace, name, &ip, agent)
    }

    fn behaviour(&mut self) {
        let user = self.stolen("shop", "default");
        let reads: Vec<Ask> = ["", "kube-system", "shop", "billing", "argocd", "mail"]
            .into_iter()
            .map(|namespace| Ask::new("list", "secrets", namespace, ""))
            .collect();
        self.stage(BEHAVIOUR, "secrets of all namespaces", &["CredentialAccess:Kubernetes/*"], &user, &reads);
        let user = self.stolen("billing", "default");
        let may: Vec<Ask> = (0..12)
            .map(|step| {
                Ask::new(
                    "create",
                    if step % 3 == 0 { "selfsubjectrulesreviews" } else { "selfsubjectaccessreviews" },
                    "",
                    "",
                )
            })
            .collect();
        self.stage(BEHAVIOUR, "what may I", &["Discovery:Kubernetes/*"], &user, &may);
        let ip = ATTACKERS[5].address(&mut self.random);
        let user = User { ip, agent: "kubectl/v1.22.0 (linux/amd64) kubernetes/c2b5237".into(), ..person(3) };
        let exec = [
            Ask::new("create", "pods/exec", "billing", "billing-7f6d5"),
            Ask::new("create", "pods/exec", "shop", "shop-11aa2"),
        ];
        self.stage(
            BEHAVIOUR,
            "commands in pods, by one who never did",
            &["Execution:Kubernetes/*"],
            &user,
            &exec,
        );
        let user = self.stolen("mail", "default");
        let miner = [Ask::new("create", "pods", "mail", "xm").with(workload(
            "Pod",
            "xm",
            "docker.io/evil/xmrig:latest",
            false,
            "",
        ))];
        self.stage(BEHAVIOUR, "a miner's image", &["*WorkloadDeployed*"], &user, &miner);
        let user = self.stolen("portal", "default");
        let privileged = [Ask::new("create", "pods", "portal", "dbg").with(workload(
            "Pod",
            "dbg",
            "docker.io/library/alpine",
            true,
            "",
        ))];
        self.stage(
            BEHAVIOUR,
            "a privileged container",
            &["PrivilegeEscalation:Kubernetes/*", "Persistence:Kubernetes/*"],
            &user,
            &privileged,
        );
        let user = self.stolen("search", "default");
        let mount = [Ask::new("create", "daemonsets", "kube-system", "node-helper").with(workload(
            "DaemonSet",
            "node-helper",
            "docker.io/library/alpine",
            false,
            "/",
        ))];
        self.stage(
            BEHAVIOUR,
            "the host's root mounted on all nodes",
            &["Persistence:Kubernetes/*", "PrivilegeEscalation:Kubernetes/*"],
            &user,
            &mount,
        );
        let user = User { ip: "2a0e:97c0:3f:11::7".into(), ..self.stolen("argocd", "argocd-redis") };
        let reads: Vec<Ask> = ["argocd", "kube-system", "monitoring"]
            .into_iter()
            .map(|namespace| Ask::new("list", "secrets", namespace, ""))
            .collect();
        self.stage(BEHAVIOUR, "secrets, over IPv6", &["CredentialAccess:Kubernetes/*"], &user, &reads);
        let ip = ATTACKERS[7].address(&mut self.random);
        let user =
            User { ip, agent: "kubectl/v1.30.0 (windows/amd64) kubernetes/7c48c2b".into(), ..person(7) };
        let reads: Vec<Ask> = ["shop", "billing", "mail", "portal"]
            .into_iter()
            .map(|namespace| Ask::new("get", "secrets", namespace, "app-secret"))
            .collect();
        self.stage(
            BEHAVIOUR,
            "secrets, with a developer's stolen configuration",
            &["CredentialAccess:Kubernetes/*"],
            &user,
            &reads,
        );
        let ip = ATTACKERS[9].address(&mut self.random);
        let user = User { ip, ..person(9) };
        let reads = [
            Ask::new("list", "secrets", "kube-system", "").pretending("kubernetes-admin"),
            Ask::new("list", "secrets", "", "").pretending("kubernetes-admin"),
        ];
        self.stage(
            BEHAVIOUR,
            "secrets, as an administrator",
            &["CredentialAccess:Kubernetes/*"],
            &user,
            &reads,
        );
        let user = self.stolen("batch", "runner");
        let role = r#"{"kind":"ClusterRole","metadata":{"name":"sys-helper"},"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]}"#;
        self.stage(
            BEHAVIOUR,
            "a role that may do all",
            &["PrivilegeEscalation:Kubernetes/*"],
            &user,
            &[Ask::new("create", "clusterroles", "", "sys-helper").with(role)],
        );
        let binding = r#"{"kind":"ClusterRoleBinding","metadata":{"name":"sys-helper"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"ServiceAccount","name":"runner","namespace":"batch"}]}"#;
        let user = User { ip: ATTACKERS[2].address(&mut self.random), ..user };
        self.stage(
            BEHAVIOUR,
            "an administrator's rights for itself",
            &["PrivilegeEscalation:Kubernetes/*"],
            &user,
            &[Ask::new("create", "clusterrolebindings", "", "sys-helper").with(binding)],
        );
    }

    fn policy(&mut self) {
        let user = User { ip: ATTACKERS[4].address(&mut self.random), ..person(5) };
        let bind = |subject: &str, role: &str| {
            format!(
                r#"{{"kind":"ClusterRoleBinding","metadata":{{"name":"b"}},"roleRef":{{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{role}"}},"subjects":[{subject}]}}"#
            )
        };
        let default =
            bind(r#"{"kind":"ServiceAccount","name":"default","namespace":"shop"}"#, "cluster-admin");
        self.stage(
            POLICY,
            "the default account becomes an administrator",
            &["Policy:Kubernetes/AdminAccessToDefaultServiceAccount"],
            &user,
            &[Ask::new("create", "clusterrolebindings", "", "b").with(default)],
        );
        let anyone = bind(
            r#"{"kind":"User","name":"system:anonymous","apiGroup":"rbac.authorization.k8s.io"}"#,
            "view",
        );
        self.stage(
            POLICY,
            "anyone may look",
            &["Policy:Kubernetes/AnonymousAccessGranted"],
            &user,
            &[Ask::new("create", "clusterrolebindings", "", "c").with(anyone)],
        );
        let group = bind(
            r#"{"kind":"Group","name":"system:unauthenticated","apiGroup":"rbac.authorization.k8s.io"}"#,
            "edit",
        );
        self.stage(
            POLICY,
            "anyone may change",
            &["Policy:Kubernetes/AnonymousAccessGranted"],
            &user,
            &[Ask::new("patch", "clusterrolebindings", "", "d").with(group)],
        );
        let exposed = |name: &str| {
            format!(
                r#"{{"kind":"Service","metadata":{{"name":"{name}"}},"spec":{{"type":"LoadBalancer","ports":[{{"port":443}}]}}}}"#
            )
        };
        self.stage(
            POLICY,
            "the dashboard is open to the internet",
            &["Policy:Kubernetes/ExposedDashboard"],
            &user,
            &[Ask::new("create", "services", "kubernetes-dashboard", "kubernetes-dashboard")
                .with(exposed("kubernetes-dashboard"))],
        );
        self.stage(
            POLICY,
            "Kubeflow is open to the internet",
            &["Policy:Kubernetes/KubeflowDashboardExposed"],
            &user,
            &[Ask::new("update", "services", "istio-system", "istio-ingressgateway")
                .with(exposed("istio-ingressgateway"))],
        );
        let user = person(10);
        self.stage(
            POLICY,
            "commands in a pod of the system",
            &["Execution:Kubernetes/ExecInKubeSystemPod"],
            &user,
            &[Ask::new("create", "pods/exec", "kube-system", "aws-node-abcde")],
        );
    }

    fn anonymous(&mut self) {
        let row = "kubernetes/anonymous";
        let ip = ATTACKERS[8].address(&mut self.random);
        let user = User {
            name: "system:anonymous".into(),
            groups: vec!["system:unauthenticated"],
            ip,
            agent: "curl/7.88.1".into(),
        };
        let stages: [(&str, &'static [&'static str], Ask); 5] = [
            (
                "looks around",
                &["Discovery:Kubernetes/SuccessfulAnonymousAccess"],
                Ask::new("list", "pods", "", ""),
            ),
            (
                "reads secrets",
                &["CredentialAccess:Kubernetes/SuccessfulAnonymousAccess"],
                Ask::new("list", "secrets", "kube-system", ""),
            ),
            (
                "deletes events",
                &[
                    "DefenseEvasion:Kubernetes/SuccessfulAnonymousAccess",
                    "Impact:Kubernetes/SuccessfulAnonymousAccess",
                ],
                Ask::new("deletecollection", "events", "kube-system", ""),
            ),
            (
                "deletes programs",
                &["Impact:Kubernetes/SuccessfulAnonymousAccess"],
                Ask::new("delete", "deployments", "shop", "shop"),
            ),
            (
                "stays",
                &["Persistence:Kubernetes/SuccessfulAnonymousAccess"],
                Ask::new("create", "serviceaccounts", "kube-system", "helper"),
            ),
        ];
        for (what, accept, ask) in stages {
            self.stage(row, what, accept, &user, &[ask]);
        }
    }

    fn listed(&mut self, network: &Network, accept: &'static [&'static str]) {
        let user = User { ip: network.address(&mut self.random), ..person(4) };
        let asks = [
            Ask::new("list", "pods", "shop", ""),
            Ask::new("get", "secrets", "shop", "app-secret"),
            Ask::new("create", "rolebindings", "shop", "x"),
            Ask::new("delete", "deployments", "shop", "shop"),
        ];
        self.stage("kubernetes/lists", "calls from an address on a list", accept, &user, &asks);
    }
}
