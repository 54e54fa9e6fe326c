//! Titles and descriptions, in words of our own.

use crate::action::Action;
use crate::catalogue::FindingType;
use crate::detection::Detection;
use crate::resource::Resource;

/// The title of what was detected: one line.
#[must_use]
pub fn title(detection: &Detection) -> String {
    fill(phrase(detection.kind).0, detection)
}

/// What was detected, in one or two sentences.
#[must_use]
pub fn description(detection: &Detection) -> String {
    fill(phrase(detection.kind).1, detection)
}

/// What a finding is about, in a few words: `user alice`, `bucket logs`.
#[must_use]
pub fn subject(detection: &Detection) -> String {
    match &detection.resource {
        Resource::AccessKey(key) | Resource::Buckets(_, key) => {
            who(&key.user_type, &key.user_name, &key.principal_id)
        }
        Resource::Instance(instance) => instance_name(instance),
        Resource::Cluster(cluster) => format!("Kubernetes user {}", or_unknown(&cluster.user)),
        Resource::Database(database) => format!("database user {}", or_unknown(&database.user)),
        Resource::Function(function) => format!("function {}", or_unknown(&function.name)),
    }
}

/// What was acted on, in a few words.
#[must_use]
pub fn object(detection: &Detection) -> String {
    match &detection.resource {
        Resource::AccessKey(_) => format!("account {}", detection.account),
        Resource::Buckets(buckets, _) => {
            let names: Vec<&str> = buckets.iter().map(|bucket| bucket.name.as_str()).take(3).collect();
            if names.is_empty() { "S3".to_owned() } else { format!("bucket {}", names.join(", ")) }
        }
        Resource::Instance(instance) => instance_name(instance),
        Resource::Cluster(cluster) => format!("cluster {}", or_unknown(&cluster.name)),
        Resource::Database(database) => format!("database {}", or_unknown(&database.instance)),
        Resource::Function(function) => format!("function {}", or_unknown(&function.name)),
    }
}

/// Where it came from or went to: an address, a domain, a service; empty when unknown.
#[must_use]
pub fn remote(detection: &Detection) -> String {
    let remote = match &detection.action {
        Action::ApiCall(call) => match &call.caller_service {
            Some(service) => return service.clone(),
            None => &call.remote,
        },
        Action::Connection(connection) => &connection.remote,
        Action::PortProbe(probe) => match probe.probes.first() {
            Some((_, _, remote)) => remote,
            None => return String::new(),
        },
        Action::DnsRequest(request) => return request.domain.clone(),
        Action::KubernetesCall(call) => &call.remote,
        Action::Login(login) => &login.remote,
    };
    remote.address.map(|address| address.to_string()).unwrap_or_default()
}

fn who(kind: &str, name: &str, principal: &str) -> String {
    let name = if name.is_empty() { principal } else { name };
    match kind {
        "Root" => "the root user".to_owned(),
        "AssumedRole" => format!("role {}", or_unknown(name)),
        "IAMUser" => format!("user {}", or_unknown(name)),
        _ => format!("principal {}", or_unknown(name)),
    }
}

fn instance_name(instance: &crate::resource::Instance) -> String {
    match (instance.id.as_str(), instance.interfaces.first()) {
        ("", Some(interface)) => format!("interface {}", or_unknown(&interface.id)),
        (id, _) => format!("instance {}", or_unknown(id)),
    }
}

fn or_unknown(text: &str) -> &str {
    if text.is_empty() { "(unknown)" } else { text }
}

/// Puts what is known in the places `{who}`, `{what}`, `{remote}`, `{api}`, `{port}` and `{list}` of a phrase.
fn fill(phrase: &str, detection: &Detection) -> String {
    let mut out = String::with_capacity(phrase.len() + 64);
    let mut rest = phrase;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match name {
            "who" => out.push_str(&subject(detection)),
            "what" => out.push_str(&object(detection)),
            "remote" => out.push_str(or_unknown(&remote(detection))),
            "api" => out.push_str(&api(detection)),
            "port" => out.push_str(&port(detection)),
            "list" => out.push_str(detection.threats.first().map_or("a threat list", |threat| &threat.list)),
            // A rule's own braces stay.
            other => out.extend(["{", other, "}"]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn api(detection: &Detection) -> String {
    match &detection.action {
        Action::ApiCall(call) => call.api.clone(),
        Action::KubernetesCall(call) => format!("{} {}", call.verb, call.resource),
        _ => "an API".to_owned(),
    }
}

fn port(detection: &Detection) -> String {
    match &detection.action {
        Action::Connection(connection) if connection.inbound == Some(true) => {
            connection.local_port.to_string()
        }
        Action::Connection(connection) => connection.remote_port.to_string(),
        Action::PortProbe(probe) => {
            probe.probes.first().map(|(port, _, _)| port.to_string()).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Title and description of a type: the first row whose text the name holds.
fn phrase(kind: &FindingType) -> (&'static str, &'static str) {
    if !kind.title.is_empty() {
        return (kind.title, kind.description);
    }
    let name = kind.name;
    PHRASES
        .iter()
        .find(|(part, _, _)| name.contains(part))
        .map_or(("{who} did something unusual.", "{who}: {api}, from {remote}."), |(_, title, text)| {
            (title, text)
        })
}

/// What a name holds, the title, the description. Narrower rows stand before wider ones.
#[rustfmt::skip]
const PHRASES: &[(&str, &str, &str)] = &[
    // Sequences.
    ("AttackSequence:EKS", "{who} went through the stages of an attack on a cluster.", "Within a day {who} took steps on {what} that together look like an attack: see its signals."),
    ("AttackSequence:IAM", "{who} went through the stages of an attack.", "Within a day the credentials of {who} were used for steps that together look like an attack: see its signals. The last was {api} from {remote}."),
    ("AttackSequence:S3", "{who} went through the stages of an attack on data in S3.", "Within a day the credentials of {who} were used for steps that together look like the theft or destruction of data in S3: see its signals. The last was {api} on {what} from {remote}."),
    // Identities and what they call.
    ("CredentialAccess:IAMUser/Anom", "{who} looked for credentials in an unusual way.", "{who} called APIs that give access to credentials, {api} among them, from {remote}; for this identity and account that is unusual."),
    ("DefenseEvasion:IAMUser/Anom", "{who} weakened defences in an unusual way.", "{who} called APIs that hide what is done, {api} among them, from {remote}; for this identity and account that is unusual."),
    ("Discovery:IAMUser/Anom", "{who} explored the account in an unusual way.", "{who} called APIs that tell what there is, {api} among them, from {remote}; for this identity and account that is unusual."),
    ("Exfiltration:IAMUser/Anom", "{who} gave data away in an unusual way.", "{who} called APIs that bring data out of the account, {api} among them, from {remote}; for this identity and account that is unusual."),
    ("Impact:IAMUser/Anom", "{who} changed or destroyed things in an unusual way.", "{who} called APIs that destroy, lock or misuse resources, {api} among them, from {remote}; for this identity and account that is unusual."),
    ("InitialAccess:IAMUser/Anom", "{who} came in in an unusual way.", "{who} called APIs that give a first foothold, {api} among them, from {remote}; for this identity and account that is unusual."),
    ("Persistence:IAMUser/Anom", "{who} made lasting access in an unusual way.", "{who} called APIs that make access last, {api} among them, from {remote}; for this identity and account that is unusual."),
    ("PrivilegeEscalation:IAMUser/Anom", "{who} gained permissions in an unusual way.", "{who} called APIs that widen permissions, {api} among them, from {remote}; for this identity and account that is unusual."),
    ("BedrockLoggingDisabled", "Logging of Bedrock's model invocations was turned off by {who}.", "{who} called {api} from {remote}. From then on prompts and answers are not logged."),
    ("KaliLinux", "{who} called {api} from a machine with Kali Linux.", "The user agent of {api} from {remote} names Kali Linux, a distribution for penetration tests."),
    ("ParrotLinux", "{who} called {api} from a machine with Parrot Security Linux.", "The user agent of {api} from {remote} names Parrot Security Linux, a distribution for penetration tests."),
    ("PentooLinux", "{who} called {api} from a machine with Pentoo Linux.", "The user agent of {api} from {remote} names Pentoo Linux, a distribution for penetration tests."),
    ("Recon:IAMUser/MaliciousIPCaller.Custom", "{who} explored the account from an address on your threat list.", "{api} was called from {remote}, which {list} holds."),
    ("Recon:IAMUser/MaliciousIPCaller", "{who} explored the account from a known malicious address.", "{api} was called from {remote}, which {list} holds."),
    ("Recon:IAMUser/TorIPCaller", "{who} explored the account through Tor.", "{api} was called from {remote}, a Tor exit node."),
    ("CloudTrailLoggingDisabled", "Logging to CloudTrail was turned off by {who}.", "{who} called {api} from {remote}: a trail records less than before, or nothing."),
    ("PasswordPolicyChange", "The account's password policy was weakened by {who}.", "{who} called {api} from {remote}: passwords may be weaker than before."),
    ("ServerAccessLoggingDisabled", "Server access logging was turned off for {what}.", "{who} called {api} from {remote}: requests to {what} are not logged any more."),
    ("AccountBlockPublicAccessDisabled", "Block Public Access was turned off for account {what}.", "{who} called {api} from {remote}: buckets of the account may be made public."),
    ("BucketAnonymousAccessGranted", "{what} was opened to everyone.", "{who} called {api} from {remote}: anyone on the internet has access without credentials."),
    ("BucketBlockPublicAccessDisabled", "Block Public Access was turned off for {what}.", "{who} called {api} from {remote}: the bucket may be made public."),
    ("BucketPublicAccessGranted", "{what} was opened to all AWS accounts.", "{who} called {api} from {remote}: anyone with an AWS account has access."),
    ("ConsoleLoginSuccess.B", "{who} logged in to the console from several places of the world.", "{who} logged in from {remote}, too far from the place of another login about the same time for one person."),
    ("InstanceCredentialExfiltration.InsideAWS", "Credentials of an instance ({who}) were used from another AWS account.", "Credentials made for an instance through its role were used for {api} from {remote}, which belongs to another account."),
    ("InstanceCredentialExfiltration.OutsideAWS", "Credentials of an instance ({who}) were used from outside.", "Credentials made for an instance through its role were used for {api} from {remote}, where the instance isn't."),
    ("ResourceCredentialExfiltration.InsideAWS", "Credentials of a resource ({who}) were used from another AWS account.", "Credentials made for one resource were used for {api} from {remote}, which belongs to another account."),
    ("ResourceCredentialExfiltration.OutsideAWS", "Credentials of a resource ({who}) were used from outside.", "Credentials made for one resource were used for {api} from {remote}, where the resource isn't."),
    ("CompromisedCredentials", "Credentials of {who} are known to be compromised, and were used.", "{api} was called from {remote} with an access key that {list} holds."),
    ("ShortTermRootCredentialUsage", "{api} was called with short-term root credentials.", "Short-term credentials of the root user of a member account were used for {api} from {remote}."),
    ("RootCredentialUsage", "{api} was called with root credentials.", "The root user's credentials were used for {api} from {remote}. The root user should not do daily work."),
    ("UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom", "{who} called {api} from an address on your threat list.", "{api} was called from {remote}, which {list} holds."),
    ("UnauthorizedAccess:IAMUser/MaliciousIPCaller", "{who} called {api} from a known malicious address.", "{api} was called from {remote}, which {list} holds."),
    ("UnauthorizedAccess:IAMUser/TorIPCaller", "{who} called {api} through Tor.", "{api} was called from {remote}, a Tor exit node."),
    // Buckets.
    ("Discovery:S3/Anom", "{who} looked around in {what} in an unusual way.", "{who} called {api} from {remote}; for this identity, bucket and account that is unusual."),
    ("Exfiltration:S3/Anom", "{who} read unusually much or unusual objects of {what}.", "{who} called {api} from {remote}; for this identity, bucket and account that is unusual."),
    ("S3/AnomalousBehavior.Delete", "{who} deleted objects of {what} in an unusual way.", "{who} called {api} from {remote}; for this identity, bucket and account that is unusual."),
    ("S3/AnomalousBehavior.Permission", "{who} changed permissions of {what} in an unusual way.", "{who} called {api} from {remote}; for this identity, bucket and account that is unusual."),
    ("S3/AnomalousBehavior.Write", "{who} wrote to {what} in an unusual way.", "{who} called {api} from {remote}; for this identity, bucket and account that is unusual."),
    (":S3/MaliciousIPCaller.Custom", "{api} was called on {what} from an address on your threat list.", "{who} called {api} from {remote}, which {list} holds."),
    (":S3/MaliciousIPCaller", "{api} was called on {what} from a known malicious address.", "{who} called {api} from {remote}, which {list} holds."),
    (":S3/TorIPCaller", "{api} was called on {what} through Tor.", "{who} called {api} from {remote}, a Tor exit node."),
    // Names that instances ask for.
    ("C&CActivity.B!DNS", "{who} asked for a command and control server by name.", "{who} asked for {remote}, which {list} holds as a command and control server."),
    ("BitcoinTool.B!DNS", "{who} asked for a name that belongs to cryptocurrency.", "{who} asked for {remote}, which {list} holds as belonging to cryptocurrency."),
    ("AbusedDomainRequest", "{who} asked for a name under a domain that is often abused.", "{who} asked for {remote}. Anyone can make names under that domain."),
    ("BitcoinDomainRequest", "{who} asked for a name that belongs to cryptocurrency.", "{who} asked for {remote}, which {list} holds as belonging to cryptocurrency."),
    ("MaliciousDomainRequest.Custom", "{who} asked for a name on your threat list.", "{who} asked for {remote}, which {list} holds."),
    ("MaliciousDomainRequest", "{who} asked for a name that is known to be malicious.", "{who} asked for {remote}, which {list} holds."),
    ("SuspiciousDomainRequest", "{who} asked for a name that is suspicious.", "{who} asked for {remote}, which {list} holds as suspicious."),
    ("BlackholeTraffic!DNS", "{who} asked for a name that leads to a black hole.", "{who} asked for {remote}, which is sinkholed."),
    ("DriveBySourceTraffic", "{who} asked for a name that is known for drive-by downloads.", "{who} asked for {remote}, which {list} holds."),
    ("DropPoint!DNS", "{who} asked for a name where stolen data is kept.", "{who} asked for {remote}, which {list} holds as a drop point."),
    ("PhishingDomainRequest", "{who} asked for a name that is known for phishing.", "{who} asked for {remote}, which {list} holds."),
    ("DGADomainRequest", "{who} asked for names that look made by an algorithm.", "{who} asked for names like {remote}, which look made by a domain generation algorithm; malware finds its servers so."),
    ("DNSDataExfiltration", "{who} brings data out in DNS queries.", "{who} sent queries under {remote} that look like data, not like names."),
    ("MetadataDNSRebind", "{who} asked for a name that leads to the metadata service.", "{who} asked for {remote}, and the answer was the address of the instance metadata service."),
    // Traffic of functions, then of instances.
    ("DenialOfService.Dns", "{who} may take part in a denial of service over DNS.", "{who} sent very much DNS traffic to {remote}."),
    ("DenialOfService.UdpOnTcpPorts", "{who} may take part in a denial of service with UDP on ports of TCP.", "{who} sent very much UDP to port {port} of {remote}."),
    ("DenialOfService.Tcp", "{who} may take part in a denial of service over TCP.", "{who} sent very many TCP packets to {remote}."),
    ("DenialOfService.Udp", "{who} may take part in a denial of service over UDP.", "{who} sent very many UDP packets to {remote}."),
    ("DenialOfService.UnusualProtocol", "{who} may take part in a denial of service with an unusual protocol.", "{who} sent very many packets of an unusual protocol to {remote}."),
    ("Spambot", "{who} may be sending spam.", "{who} talked to mail servers on port {port}, {remote} among them, in a way that is unusual for it."),
    ("Beaconing", "{who} connects to {remote} at even intervals.", "{who} connected to port {port} of {remote} again and again, at even intervals and with data of even size, as programs that wait for commands do."),
    ("NetworkPortUnusual", "{who} talked to a port that is unusual for it.", "{who} talked to port {port} of {remote}, where it had not before."),
    ("TrafficVolumeUnusual", "{who} sent unusually much traffic.", "{who} sent unusually much to {remote}."),
    ("C&CActivity.B", "{who} talked to a command and control server.", "{who} talked to {remote}, which {list} holds as a command and control server."),
    ("BitcoinTool.B", "{who} talked to an address that belongs to cryptocurrency.", "{who} talked to {remote}, which belongs to cryptocurrency: a threat list holds it, or it is one of several peers on the port of a cryptocurrency."),
    ("UnusualDNSResolver", "{who} asked an unusual DNS resolver.", "{who} sent DNS queries to {remote}, which it had not before."),
    ("UnusualDoHActivity", "{who} used DNS over HTTPS in an unusual way.", "{who} talked to {remote}, a resolver for DNS over HTTPS, which it had not before."),
    ("UnusualDoTActivity", "{who} used DNS over TLS in an unusual way.", "{who} talked to {remote} on the port of DNS over TLS, which it had not before."),
    ("PortSweep", "{who} probes a port on many addresses.", "{who} connected to port {port} of very many addresses, {remote} among them."),
    ("WinRMBruteForce", "WinRM brute force between {who} and {remote}.", "{remote} and {who} made very many connections on the ports of Windows Remote Management."),
    ("PortProbeEMRUnprotectedPort", "An EMR port of {who} that is open to the world is probed.", "{remote}, which is known for probes, connected to port {port}, which EMR uses."),
    ("PortProbeUnprotectedPort", "A port of {who} that is open to the world is probed.", "{remote}, which is known for probes, connected to port {port}."),
    ("Portscan", "{who} scans the ports of {remote}.", "{who} connected to very many ports of {remote}."),
    ("BlackholeTraffic", "{who} talks to a black hole.", "{who} talked to {remote}, which {list} holds as a black hole."),
    ("DropPoint", "{who} talks to a place where stolen data is kept.", "{who} talked to {remote}, which {list} holds as a drop point."),
    ("RDPBruteForce", "RDP brute force between {who} and {remote}.", "{remote} and {who} made very many connections on the port of Remote Desktop."),
    ("SSHBruteForce", "SSH brute force between {who} and {remote}.", "{remote} and {who} made very many connections on the port of SSH."),
    ("TorClient", "{who} connects to Tor.", "{who} connected to {remote}, a relay of Tor, as a client does."),
    ("TorRelay", "{who} may be a relay of Tor.", "{who} talked to {remote} of the Tor network as a relay does."),
    ("EC2/MaliciousIPCaller.Custom", "{who} talks to an address on your threat list.", "{who} talked to {remote}, which {list} holds."),
    ("Lambda/MaliciousIPCaller.Custom", "{who} talks to an address on your threat list.", "{who} talked to {remote}, which {list} holds."),
    // Kubernetes.
    ("Kubernetes/MaliciousIPCaller.Custom", "{who} called {what} from an address on your threat list.", "{api} was called from {remote}, which {list} holds."),
    ("Kubernetes/MaliciousIPCaller", "{who} called {what} from a known malicious address.", "{api} was called from {remote}, which {list} holds."),
    ("Kubernetes/TorIPCaller", "{who} called {what} through Tor.", "{api} was called from {remote}, a Tor exit node."),
    ("SuccessfulAnonymousAccess", "{what} let someone without a name call {api}.", "The anonymous user called {api} from {remote}, and was let."),
    ("SecretsAccessed", "{who} read secrets of {what} in an unusual way.", "{who} called {api} from {remote}; for this user and cluster that is unusual."),
    ("PermissionChecked", "{who} asked {what} for its permissions in an unusual way.", "{who} asked from {remote} what it may do; for this user and cluster that is unusual."),
    ("ExecInPod", "{who} ran a command in a pod of {what} in an unusual way.", "{who} called exec from {remote}; for this user and cluster that is unusual."),
    ("ContainerWithSensitiveMount", "{who} deployed a workload that mounts sensitive paths of its host to {what}.", "{who} deployed it from {remote}; for this user and cluster that is unusual."),
    ("PrivilegedContainer", "{who} deployed a privileged container to {what}.", "{who} deployed it from {remote}; for this user and cluster that is unusual."),
    ("WorkloadDeployed", "{who} deployed a workload to {what} in an unusual way.", "{who} called {api} from {remote}; for this user and cluster that is unusual."),
    ("RoleBindingCreated", "{who} bound a role in {what} in an unusual way.", "{who} called {api} from {remote}; for this user and cluster that is unusual."),
    ("RoleCreated", "{who} made a role in {what} in an unusual way.", "{who} called {api} from {remote}; for this user and cluster that is unusual."),
    ("ExecInKubeSystemPod", "{who} ran a command in a pod of the namespace kube-system of {what}.", "{who} called exec from {remote}."),
    ("AdminAccessToDefaultServiceAccount", "A default service account of {what} was made an administrator.", "{who} called {api} from {remote}: every pod of that namespace may do everything."),
    ("AnonymousAccessGranted", "Users without a name were given permissions in {what}.", "{who} called {api} from {remote}: anyone who reaches the API server has these permissions."),
    ("KubeflowDashboardExposed", "The Kubeflow dashboard of {what} was opened to the internet.", "{who} called {api} from {remote}: a load balancer makes the dashboard reachable."),
    ("ExposedDashboard", "The Kubernetes dashboard of {what} was opened to the internet.", "{who} called {api} from {remote}: a load balancer makes the dashboard reachable."),
    // Databases.
    ("AnomalousBehavior.FailedLogin", "{who} failed to log in to {what} in an unusual way.", "Logins from {remote} were refused; where from, who and how often is unusual."),
    ("AnomalousBehavior.SuccessfulBruteForce", "{who} logged in to {what} after many failures.", "Logins from {remote} were refused again and again, then one was let in."),
    ("AnomalousBehavior.SuccessfulLogin", "{who} logged in to {what} in an unusual way.", "A login from {remote} was let in; where from and who is unusual."),
    ("RDS/MaliciousIPCaller.FailedLogin", "A known malicious address failed to log in to {what}.", "A login of {who} from {remote}, which {list} holds, was refused."),
    ("RDS/MaliciousIPCaller.SuccessfulLogin", "A known malicious address logged in to {what}.", "A login of {who} from {remote}, which {list} holds, was let in."),
    ("RDS/TorIPCaller.FailedLogin", "Someone failed to log in to {what} through Tor.", "A login of {who} from {remote}, a Tor exit node, was refused."),
    ("RDS/TorIPCaller.SuccessfulLogin", "Someone logged in to {what} through Tor.", "A login of {who} from {remote}, a Tor exit node, was let in."),
    ("RDS/MaliciousIPCaller", "A known malicious address probed {what}.", "{remote}, which {list} holds, connected."),
    ("RDS/TorIPCaller", "{what} was probed through Tor.", "{remote}, a Tor exit node, connected."),
    // Several signals together.
    ("AttackSequence:IAM", "Credentials of {who} were used for an attack in several stages.", "Several signals of the same actor add up to an attack with credentials; the sequence lists them."),
    ("AttackSequence:S3", "{what} was attacked in several stages.", "Several signals of the same actor add up to an attack on data in S3; the sequence lists them."),
    ("AttackSequence:EKS", "{what} was attacked in several stages.", "Several signals of the same actor add up to an attack on the cluster; the sequence lists them."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::TYPES;

    #[test]
    fn every_type_of_guardduty_has_words() {
        let without: Vec<&str> = TYPES
            .iter()
            .filter(|row| !row.own && !PHRASES.iter().any(|(part, _, _)| row.name.contains(part)))
            .map(|row| row.name)
            .collect();
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn every_phrase_is_reached_by_a_type() {
        for (part, title, _) in PHRASES.iter().filter(|(part, _, _)| !part.starts_with("AttackSequence")) {
            assert!(TYPES.iter().any(|row| phrase(row).0 == *title), "no type uses the row of `{part}`");
        }
    }
}
