use std::collections::BTreeSet;
use std::net::IpAddr;

use bastide_finding::{Detection, FindingType, Reason, find};
use bastide_logs::cloudtrail::Event;
use bastide_logs::json;
use bastide_logs::{Kind, Record};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed, xxh3_128_with_seed};

use crate::describe;
use crate::detector::{Context, Detector};
use crate::recent::Recent;

/// Resources, and addresses, that are remembered: twice this many at most.
const KEPT: usize = 50_000;

/// Addresses that a resource calls from.
const HOMES: usize = 8;

/// So many resources that call from an address make it the way out of a network.
const SHARED: usize = 3;

/// A resource that calls from two addresses within this time calls from both at once: an hour.
const AT_ONCE: i64 = 3_600_000;

/// A resource that is no instance, and that called from one address only for so long, is taken to stay there: three
/// days.
const SETTLED: i64 = 72 * AT_ONCE;

/// Credentials that are used from where somebody reached into their instance within this time were taken there: a day.
const REACHED: i64 = 24 * AT_ONCE;

const ELSEWHERE: &str = "while the resource itself calls from elsewhere";

/// Calls by which one gets into instances, and where they name them.
const REACHES: [(&str, &str); 4] = [
    ("SendCommand", "instanceIds"),
    ("StartSession", "target"),
    ("SendSSHPublicKey", "instanceId"),
    ("SendSerialConsoleSSHPublicKey", "instanceId"),
];

/// Instances of one call that are looked at: as many as `SendCommand` takes.
const AT_A_TIME: usize = 50;

/// The numbers of Amazon's autonomous systems; their organization's name is looked at too.
const AMAZON: [u32; 8] = [16_509, 14_618, 7_224, 8_987, 10_124, 19_047, 38_895, 62_785];

/// Accounts that logs came from.
const MAX_ACCOUNTS: usize = 10_000;

/// Finds credentials of instances and other resources that are used elsewhere
/// (`UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration` and `ResourceCredentialExfiltration`).
///
/// Elsewhere is: a VPC endpoint of another account; a network that is not Amazon's; an address that no other resource
/// of the account uses, while the resource goes on calling from its own, or through its own network's endpoint, or when
/// somebody reached into it from there before it ever called from there.
#[derive(Debug)]
pub(crate) struct Exfiltration {
    /// By a hash of account and resource.
    resources: Recent<u128, Resource>,
    /// Who calls from an address, up to [`SHARED`].
    callers: Recent<IpAddr, BTreeSet<u64>>,
    own: BTreeSet<String>,
}

/// What is known of a resource.
#[derive(Debug, Default)]
struct Resource {
    /// Where it calls from.
    homes: Vec<Home>,
    /// What it calls through an endpoint of its own network.
    endpoint: Option<Endpoint>,
    /// When it first called from an address.
    since: Option<i64>,
    /// It has called from several addresses, as functions do whose containers are anywhere in a region.
    moves: bool,
    /// Where its credentials are used and don't belong.
    foreign: BTreeSet<IpAddr>,
    /// From where somebody last got into it, and when.
    reached: Option<(IpAddr, i64)>,
    /// An address that may be either.
    doubtful: Option<Doubtful>,
}

/// An address, and when it was first and last called from, in milliseconds.
#[derive(Debug)]
struct Home {
    address: IpAddr,
    first: i64,
    last: i64,
}

/// An endpoint, likewise.
#[derive(Debug)]
struct Endpoint {
    first: i64,
    last: i64,
    /// Services in regions that are called through it: a bit each, by hash.
    services: u64,
}

#[derive(Debug)]
struct Doubtful {
    address: IpAddr,
    detection: Box<Detection>,
}

/// Where a call with a resource's credentials came from.
enum From {
    /// From where it belongs, or nothing that tells.
    Home,
    /// From elsewhere within AWS.
    Inside(String),
    /// From outside of AWS.
    Outside(String),
    /// From an address that is new.
    New(IpAddr),
}

impl Default for Exfiltration {
    fn default() -> Self {
        Self { resources: Recent::new(KEPT), callers: Recent::new(KEPT), own: BTreeSet::new() }
    }
}

impl Detector for Exfiltration {
    fn name(&self) -> &'static str {
        "exfiltration"
    }

    fn sees(&self, kind: Kind) -> bool {
        kind == Kind::CloudTrail
    }

    fn cloudtrail(&mut self, event: &Event<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
        self.note_reach(event);
        let Some(name) = resource(event) else { return };
        if self.own.len() < MAX_ACCOUNTS && !self.own.contains(&*event.account) {
            self.own.insert(event.account.to_string());
        }
        let key = key(&event.identity.account, name);
        match self.from(event, (key, instance(name)), cx) {
            From::Home => {
                let resource = self.resources.entry(key);
                // It goes on calling from its own address: what was doubtful is elsewhere.
                let still = |doubtful: &mut Doubtful| {
                    event.time.millis() - doubtful.detection.last.millis() <= AT_ONCE
                };
                if let Some(doubtful) = resource.doubtful.take_if(still) {
                    resource.foreign.insert(doubtful.address);
                    out.push(*doubtful.detection);
                }
            }
            From::Inside(why) => out.extend(detection(event, name, "InsideAWS", why, cx)),
            From::Outside(why) => out.extend(detection(event, name, "OutsideAWS", why, cx)),
            From::New(address) => self.doubt(event, (key, name), address, cx),
        }
    }
}

impl Exfiltration {
    /// Notes from where instances are got into.
    fn note_reach(&mut self, event: &Event<'_>) {
        let Some((_, member)) = REACHES.iter().find(|(name, _)| *name == event.name) else { return };
        let (true, Ok(address)) = (event.error_code.is_empty(), event.source_ip.parse::<IpAddr>()) else {
            return;
        };
        let Some(named) = json::value(event.request, &[member]) else { return };
        let names = json::elements(named).filter_map(json::scalar).take(AT_A_TIME);
        for name in json::scalar(named).into_iter().chain(names) {
            // An instance may look after itself.
            if instance(&name) && resource(event) != Some(&*name) {
                let reached = Some((address, event.time.millis()));
                self.resources.entry(key(&event.account, &name)).reached = reached;
            }
        }
    }

    fn from(&mut self, event: &Event<'_>, (key, instance): (u128, bool), cx: Context<'_>) -> From {
        if !event.vpc_endpoint.is_empty() {
            let from = self.through_endpoint(event, cx);
            if matches!(from, From::Home) {
                self.resources.entry(key).called_within(event);
            }
            return from;
        }
        let Ok(address) = event.source_ip.parse::<IpAddr>() else { return From::Home };
        let now = event.time.millis();
        let caller = xxh3_64(&key.to_le_bytes());
        let callers = self.callers.entry(address);
        if callers.len() < SHARED {
            callers.insert(caller);
        }
        let (shared, others) = (callers.len() >= SHARED, callers.len() > 1);
        let resource = self.resources.entry(key);
        let network = cx.intel.network(address);
        if let Some(network) = network
            && !amazon(network.asn, network.organization)
        {
            let why = format!("{address} is in the network of {} (AS{})", network.organization, network.asn);
            return if shared { From::Home } else { From::Outside(why) };
        }
        let reached = !others && resource.reached_from(address, now);
        if reached || resource.foreign.contains(&address) {
            let how = if reached { "from where somebody had got into it" } else { ELSEWHERE };
            let why = format!("{address}, {how}");
            return if network.is_some() { From::Inside(why) } else { From::Outside(why) };
        }
        // It calls this service through its own network, at this time too: a new address is not its own.
        let within = !others && resource.calls_within(event);
        if let Some(home) = resource.homes.iter_mut().find(|home| home.address == address) {
            home.last = home.last.max(now);
            return if within && now - home.first < SETTLED { From::New(address) } else { From::Home };
        }
        if within {
            return From::New(address);
        }
        let at_home = resource.homes.iter().any(|home| (now - home.last).abs() <= AT_ONCE);
        let settled = instance || (!resource.moves && now - *resource.since.get_or_insert(now) >= SETTLED);
        resource.moves |= !resource.homes.is_empty();
        if at_home && !others && settled {
            return From::New(address);
        }
        resource.doubtful.take_if(|doubtful| doubtful.address == address);
        if resource.homes.len() >= HOMES {
            resource.homes.remove(0);
        }
        resource.homes.push(Home { address, first: now, last: now });
        From::Home
    }

    fn through_endpoint(&self, event: &Event<'_>, cx: Context<'_>) -> From {
        let owner = json::member(event.raw, &["vpcEndpointAccountId"]);
        match owner.filter(|owner| *owner != event.identity.account) {
            Some(owner)
                if !self.own.contains(&*owner)
                    && !cx.settings.own_accounts.iter().any(|own| *own == *owner) =>
            {
                From::Inside(format!("{} of account {owner}", event.vpc_endpoint))
            }
            _ => From::Home,
        }
    }

    fn doubt(&mut self, event: &Event<'_>, (key, name): (u128, &str), address: IpAddr, cx: Context<'_>) {
        let known = cx.intel.network(address).is_some();
        let why = format!("{address}, {ELSEWHERE}");
        let made = detection(event, name, if known { "InsideAWS" } else { "OutsideAWS" }, why, cx);
        let resource = self.resources.entry(key);
        let Some(made) = made else { return };
        match &mut resource.doubtful {
            Some(doubtful) if doubtful.address == address => {
                doubtful.detection.count += 1;
                doubtful.detection.last = doubtful.detection.last.max(made.last);
            }
            doubtful => *doubtful = Some(Doubtful { address, detection: Box::new(made) }),
        }
    }
}

impl Resource {
    /// Whether somebody got into it from an address that it has not called from itself.
    fn reached_from(&self, address: IpAddr, now: i64) -> bool {
        let lately = |(from, at): (IpAddr, i64)| from == address && (now - at).abs() <= REACHED;
        self.reached.is_some_and(lately) && !self.homes.iter().any(|home| home.address == address)
    }

    fn called_within(&mut self, event: &Event<'_>) {
        let now = event.time.millis();
        let endpoint = self.endpoint.get_or_insert(Endpoint { first: now, last: now, services: 0 });
        endpoint.last = endpoint.last.max(now);
        endpoint.services |= service(event);
    }

    fn calls_within(&self, event: &Event<'_>) -> bool {
        let now = event.time.millis();
        self.endpoint.as_ref().is_some_and(|endpoint| {
            endpoint.services & service(event) != 0
                && now - endpoint.first >= SETTLED
                && (now - endpoint.last).abs() <= AT_ONCE
        })
    }
}

/// A resource of an account.
fn key(account: &str, name: &str) -> u128 {
    xxh3_128_with_seed(name.as_bytes(), xxh3_64(account.as_bytes()))
}

/// A service in a region: endpoints serve one region.
fn service(event: &Event<'_>) -> u64 {
    1 << (xxh3_64_with_seed(event.source.as_bytes(), xxh3_64(event.region.as_bytes())) & 63)
}

/// The resource that credentials were made for: what CloudTrail says, else the instance that a session is named after.
fn resource<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    let identity = &event.identity;
    if identity.kind != "AssumedRole" || !identity.invoked_by.is_empty() {
        return None;
    }
    let session = identity.principal_id.rsplit(':').next().unwrap_or_default();
    if instance(session) {
        return Some(session);
    }
    (!identity.credentials_issued_to.is_empty()).then_some(&*identity.credentials_issued_to)
}

/// `i-` and 8 or 17 hexadecimal digits.
fn instance(name: &str) -> bool {
    name.strip_prefix("i-").is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn amazon(asn: u32, organization: &str) -> bool {
    let name = organization.as_bytes();
    AMAZON.contains(&asn) || name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"amazon"))
}

fn detection(event: &Event<'_>, name: &str, place: &str, why: String, cx: Context<'_>) -> Option<Detection> {
    let instance = instance(name) || name.contains(":instance/");
    let kind: &'static FindingType = match (instance, place) {
        (true, "InsideAWS") => find("UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.InsideAWS"),
        (true, _) => find("UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS"),
        (false, "InsideAWS") => find("UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.InsideAWS"),
        (false, _) => find("UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.OutsideAWS"),
    }?;
    let mut detection = describe::detection(kind, &Record::CloudTrail(event), cx);
    detection.key = format!("{name} {}", event.source_ip);
    let reason = |measure: &str, observed: String| Reason {
        measure: measure.to_owned(),
        observed,
        expected: String::new(),
    };
    detection.reasons.push(reason("credentials of", name.to_owned()));
    detection.reasons.push(reason("used from", why));
    Some(detection)
}
