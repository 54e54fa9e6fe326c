//! CloudTrail: what identities do in accounts, and with S3's data.

use std::borrow::Cow;

use bastide_finding::{AccessKey, Action, ApiCall, Bucket, Detection, Evidence, Remote, Resource};
use bastide_ids::Timestamp;
use bastide_intel::Intel;
use bastide_logs::cloudtrail::{Event, Identity};

use super::agent::{self, Agent, Agents};
use super::explain::{self, Detail, Words};
use super::hash::{self, both};
use super::json::{number, text};
use super::judge::Rules;
use super::model::{Learned, Model};
use super::names::Names;
use super::place::{self, Places};
use super::sighting::{FEATURES, Feature, SETTLING, Sighting, minute};
use super::tactic::{Api, Apis, Tactic, service};
use super::volume::{Judged, Reader, Volumes};
use super::window::{Act, Added, Windows};
use crate::detector::Context;

const WORDS: Words = Words { realm: "account", act: "API", area: "region", thing: "bucket or role" };

const RULES: Rules = Rules {
    candidate: 8.0,
    enough: 24.0,
    looks: 4.0,
    alone: (28.0, 46.0),
    around: (20.0, 28.0),
    newcomer: 24.0,
    cold: 18.0,
    first_week: 12.0,
};

/// How much likelier it is that a tool that builds infrastructure makes a change, than that a person does.
const BUILDS: f32 = 10.0;

/// What stands for roles, whatever their account.
const ROLES: u64 = 0x0072_6f6c_6573;

/// What stands for all that is built by one tool.
const BUILDERS: u64 = 0x6275_696c_6465_7273;

/// Bits of a volume from which it counts.
const VOLUME: f32 = 3.0;

/// Bits of a volume that is looked at, however usual all else is.
const LARGE: f32 = 6.0;

/// Profiles of the identities of CloudTrail.
pub(super) struct CloudTrail {
    model: Model,
    windows: Windows<Detail>,
    apis: Apis,
    agents: Agents,
    places: Places,
    names: Names,
    volumes: Volumes,
}

impl CloudTrail {
    pub(super) fn new() -> Self {
        Self {
            model: Model::new(),
            windows: Windows::new(RULES),
            apis: Apis::new(),
            agents: Agents::default(),
            places: Places::default(),
            names: Names::default(),
            volumes: Volumes::default(),
        }
    }

    /// Learns a call, and keeps it for judgement where it may be unusual.
    pub(super) fn feed(&mut self, event: &Event<'_>, cx: Context<'_>) {
        let Some(mut who) = identify(event) else { return };
        let data = event.category == "Data" || event.management == Some(false);
        let api = self.apis.find(&event.source, &event.name, data);
        let agent = self.agents.find(&event.user_agent);
        let minute = minute(event.time);
        let bucket = if api.s3 { bucket(event.request) } else { "" };
        if anonymous(&event.identity) {
            // Anyone, on this bucket.
            who.cohort = hash::after(who.realm, "anonymous");
            who.actor = hash::after(who.cohort, bucket);
        }
        let assumed = if api.assumes { text(event.request, "roleArn").unwrap_or("") } else { "" };
        let thing = if assumed.is_empty() { bucket } else { assumed };
        let denied = denied(&event.error_code);
        let mut values = [0; FEATURES];
        for (value, of) in values.iter_mut().zip([
            api.act,
            self.places.find(&event.source_ip, minute, cx.intel),
            agent.family,
            if api.global { 0 } else { hash::text(&event.region) },
            if thing.is_empty() { who.hat } else { hash::text(thing) },
            if denied { api.act } else { 0 },
        ]) {
            *value = of;
        }
        // What builds infrastructure does alike wherever it runs, for whom.
        let cohort = if agent.builds { both(BUILDERS, agent.family) } else { who.cohort };
        let Who { realm, namesakes, actor, .. } = who;
        let sighting = Sighting { realm, cohort, namesakes, actor, minute, values };
        let read = api.tactic == Some(Tactic::S3Exfiltration) && data && !denied;
        let circle = if who.hat == 0 { who.cohort } else { who.realm };
        let volume = if read { self.read(event, &sighting, circle) } else { None };
        match self.model.learn(&sighting) {
            Some(learned) => {
                self.look(event, cx.intel, &sighting, (api, agent), learned, volume, (bucket, thing));
            }
            None if volume.is_some_and(|volume| volume.bits >= LARGE) => {
                let learned = Learned { settled: true, ..Learned::default() };
                self.look(event, cx.intel, &sighting, (api, agent), learned, volume, (bucket, thing));
            }
            None => self.windows.repeat(&sighting, event.time, volume),
        }
    }

    fn read(&mut self, event: &Event<'_>, sighting: &Sighting, circle: u64) -> Option<Judged> {
        let bytes = number(event.additional, "bytesTransferredOut").unwrap_or(0);
        let actor = self.model.actor(sighting.actor);
        let reader = Reader {
            actor: sighting.actor,
            kind: sighting.cohort,
            circle,
            strange: actor.is_none_or(|actor| {
                let bucket = sighting.value(Feature::Thing);
                !actor.habit(Feature::Thing, bucket, sighting.minute, SETTLING)
            }),
            day: sighting.minute / (24 * 60),
            // Work is done in two quarters of a day.
            active: actor.map_or(0.0, |actor| actor.quarters / 2.0),
            settled: actor.is_some_and(|actor| actor.days(sighting.minute) >= 7),
        };
        let judged = self.volumes.read(&reader, bytes)?;
        (judged.bits >= VOLUME).then_some(judged)
    }

    /// Keeps a call that was not seen lately, where it may be unusual.
    #[allow(clippy::too_many_arguments, reason = "one caller; a struct would be the same list again")]
    fn look(
        &mut self,
        event: &Event<'_>,
        intel: &Intel,
        sighting: &Sighting,
        (api, agent): (Api, Agent),
        learned: Learned,
        volume: Option<Judged>,
        (bucket, thing): (&str, &str),
    ) {
        if learned.fresh != 0 {
            self.names.keep(Feature::Act, api.act, &event.name);
            self.names.keep(
                Feature::Place,
                sighting.value(Feature::Place),
                &place::name(&event.source_ip, intel),
            );
            self.names.keep(Feature::Tool, agent.family, &agent::name(&event.user_agent));
            if !bucket.is_empty() {
                self.names.keep(Feature::Thing, sighting.value(Feature::Thing), bucket);
            }
        }
        // What a service does on someone's behalf follows from the call to that service, which is looked at.
        if !event.identity.invoked_by.is_empty() {
            return;
        }
        let prior = if agent.builds && !api.reads { (api.prior * BUILDS).min(0.3) } else { api.prior };
        let candidate = api.tactic.filter(|_| {
            let measured = self.model.measure(sighting, prior, SETTLING);
            volume.is_some_and(|volume| volume.bits >= LARGE)
                || measured.of(Feature::Act) + measured.context() >= RULES.candidate
        });
        let new = learned.settled && learned.act_new;
        if candidate.is_none() && !learned.denial_new && !new {
            return;
        }
        let added = Added {
            new: learned.act_new.then_some(if agent.console { api.service } else { api.act }),
            denied: learned.denial_new.then_some(if agent.console { api.service } else { api.act }),
            service: api.service,
        };
        let Some(window) = self.windows.add(sighting, added) else { return };
        let Some((tactic, kind)) = candidate.and_then(|tactic| Some((tactic, tactic.kind()?))) else {
            return;
        };
        let detection = prototype(event, sighting, tactic, bucket, kind, intel);
        window.act(Act {
            sighting: *sighting,
            group: tactic as u8,
            looks: tactic.looks() && !anonymous(&event.identity),
            clicked: agent.console,
            open: anonymous(&event.identity),
            prior,
            volume: volume.map_or(0.0, |volume| volume.bits),
            zone: 0.0,
            count: 1,
            first: event.time,
            last: event.time,
            detail: Detail {
                detection,
                act: format!("{} {}", service(&event.source), event.name),
                outcome: if event.error_code.is_empty() {
                    "success".into()
                } else {
                    event.error_code.to_string()
                },
                place: place::name(&event.source_ip, intel),
                tool: agent::name(&event.user_agent),
                area: event.region.to_string(),
                thing: if thing.is_empty() { name(&event.identity).into_owned() } else { thing.to_owned() },
                realm: if identify(event).is_some_and(|who| who.hat != 0) { "company" } else { WORDS.realm },
                volume: volume.as_ref().map(explain::volume),
                zone: None,
            },
        });
    }

    /// Judges what has ended.
    pub(super) fn tick(&mut self, now: Timestamp, out: &mut Vec<Detection>) {
        let (model, names) = (&self.model, &self.names);
        self.windows.tick(now, model, &mut |window, verdicts, baseline| {
            for verdict in verdicts {
                let Some(mut made) = explain::detection(window, verdict, baseline, model, &WORDS) else {
                    continue;
                };
                if let Action::ApiCall(call) = &made.action {
                    let category = agent::name(&call.user_agent);
                    made.additional =
                        explain::additional(window, verdict, model, names, (&call.user_agent, &category));
                }
                let others = verdict.acts.iter().filter_map(|(at, _)| window.acts.get(*at));
                for act in others {
                    gather(&mut made.resource, &act.detail.detection.resource);
                }
                out.push(made);
            }
        });
        for told in self.windows.unusual() {
            self.model.unsettle(&told.sighting, told.last);
        }
    }
}

/// Adds buckets that another detection names.
fn gather(into: &mut Resource, from: &Resource) {
    if let (Resource::Buckets(all, _), Resource::Buckets(more, _)) = (into, from) {
        for bucket in more {
            if all.len() < 20 && !all.iter().any(|known| known.name == bucket.name) {
                all.push(bucket.clone());
            }
        }
    }
}

fn prototype(
    event: &Event<'_>,
    sighting: &Sighting,
    tactic: Tactic,
    bucket: &str,
    kind: &'static bastide_finding::FindingType,
    intel: &Intel,
) -> Detection {
    let identity = &event.identity;
    let key = AccessKey {
        id: identity.access_key.to_string(),
        principal_id: identity.principal_id.to_string(),
        user_name: name(identity).into_owned(),
        user_type: identity.kind.to_string(),
    };
    let resource = if tactic.s3() {
        let object = text(event.request, "key").map(str::to_owned);
        let bucket =
            Bucket { name: bucket.to_owned(), objects: object.into_iter().collect(), ..Bucket::default() };
        Resource::Buckets(if bucket.name.is_empty() { Vec::new() } else { vec![bucket] }, key)
    } else {
        Resource::AccessKey(key)
    };
    let address = event.source_ip.parse().ok();
    let foreign = !identity.account.is_empty() && identity.account != event.account;
    let action = ApiCall {
        api: event.name.to_string(),
        service: event.source.to_string(),
        caller_service: address.is_none().then(|| event.source_ip.to_string()),
        remote: Remote { address, location: address.and_then(|address| intel.location(address)) },
        error_code: event.error_code.to_string(),
        user_agent: event.user_agent.to_string(),
        remote_account: if foreign { identity.account.to_string() } else { String::new() },
        affected: Vec::new(),
    };
    let place = (&*event.account, &*event.region);
    let key = explain::key(sighting);
    let mut made = Detection::new(kind, place, key, event.time, resource, Action::ApiCall(Box::new(action)));
    let what = format!("{} {}", service(&event.source), event.name);
    made.evidence = vec![Evidence { id: event.id.to_string(), time: event.time, what }];
    made
}

fn name<'a>(identity: &'a Identity<'_>) -> Cow<'a, str> {
    if !identity.user_name.is_empty() {
        return Cow::Borrowed(&identity.user_name);
    }
    let arn = if identity.issuer_arn.is_empty() { &identity.arn } else { &identity.issuer_arn };
    Cow::Borrowed(arn.rsplit(['/', ':']).next().unwrap_or_default())
}

/// Whose profile a call belongs to.
struct Who {
    realm: u64,
    cohort: u64,
    /// Roles of the same name in all accounts.
    namesakes: u64,
    actor: u64,
    /// The role that a person has taken on.
    hat: u64,
}

/// The identity of a call: a user, or a role whatever its sessions are called; but each person who comes through
/// single sign-on or whose sessions bear an address is one. `None` for what services do by themselves, and for
/// calls without an identity.
fn identify(event: &Event<'_>) -> Option<Who> {
    let identity = &event.identity;
    if event.kind == "AwsServiceEvent" || matches!(&*identity.kind, "AWSService" | "") {
        return None;
    }
    let realm = hash::text(&event.account);
    let foreign = !identity.account.is_empty() && identity.account != event.account;
    let cohort = hash::after(realm, if foreign { "foreign" } else { &identity.kind });
    let mut namesakes = 0;
    let actor = match &*identity.kind {
        "Root" => hash::after(realm, "root"),
        "AssumedRole" | "FederatedUser" | "Role" => {
            let (role, session) = (role(identity), session(identity));
            if let Some(person) = person(role, session) {
                return Some(person);
            }
            namesakes = hash::after(ROLES, role.rsplit('/').next().unwrap_or_default());
            hash::text(role)
        }
        _ => {
            let best = [&identity.arn, &identity.principal_id, &identity.access_key, &identity.account];
            hash::text(best.iter().find(|text| !text.is_empty())?)
        }
    };
    let actor_here = if foreign { both(actor, realm) } else { actor };
    (actor != 0).then_some(Who { realm, cohort, namesakes, actor: actor_here, hat: 0 })
}

/// A person, who is the same in all accounts; their peers are all people of the same domain, and those with the
/// same permission set are of their kind. The role, which names the account, is what they act on.
fn person(role: &str, session: &str) -> Option<Who> {
    let set = role.rsplit('/').next().and_then(|name| name.strip_prefix("AWSReservedSSO_"));
    let domain = session.rsplit_once('@').map(|(_, domain)| domain);
    if session.is_empty() || set.is_none() && domain.is_none() {
        return None;
    }
    let realm = hash::after(hash::text("people"), domain.unwrap_or_default());
    // The end of a permission set's role is another in each account.
    let kind = set.map_or("", |set| set.rsplit_once('_').map_or(set, |(set, _)| set));
    Some(Who {
        realm,
        cohort: hash::after(realm, kind),
        namesakes: 0,
        actor: hash::after(realm, session),
        hat: hash::text(role),
    })
}

fn role<'a>(identity: &'a Identity<'_>) -> &'a str {
    if !identity.issuer_arn.is_empty() {
        return &identity.issuer_arn;
    }
    match identity.arn.rsplit_once('/') {
        Some((role, _)) => role,
        None if !identity.principal_id.is_empty() => {
            identity.principal_id.split(':').next().unwrap_or_default()
        }
        None => &identity.arn,
    }
}

fn session<'a>(identity: &'a Identity<'_>) -> &'a str {
    match identity.principal_id.split_once(':') {
        Some((_, session)) => session,
        None => identity.arn.rsplit_once('/').map_or("", |(_, session)| session),
    }
}

/// Whether a call was made without credentials.
fn anonymous(identity: &Identity<'_>) -> bool {
    identity.kind == "AWSAccount" && identity.account.eq_ignore_ascii_case("anonymous")
        || identity.account == "ANONYMOUS_PRINCIPAL"
}

/// Whether an error is a refusal for lack of permission.
fn denied(code: &str) -> bool {
    !code.is_empty()
        && ["Denied", "Unauthorized", "NotAuthorized", "Forbidden"].iter().any(|it| code.contains(it))
}

/// The bucket of a request to S3.
fn bucket(request: &str) -> &str {
    text(request, "bucketName").unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_of_a_role_are_one_identity_but_people_are_not() {
        let of = |role: &'static str, session: &str| {
            let mut event = Event { account: "111122223333".into(), ..Event::default() };
            event.identity.kind = "AssumedRole".into();
            event.identity.issuer_arn = role.into();
            event.identity.principal_id = format!("AROAEXAMPLE:{session}").into();
            identify(&event).unwrap().actor
        };
        let role = "arn:aws:iam::111122223333:role/deploy";
        assert_eq!(of(role, "one"), of(role, "two"));
        assert_ne!(of(role, "ann@example.com"), of(role, "bob@example.com"));
        let single = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1";
        let other = "arn:aws:iam::444455556666:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_2";
        assert_ne!(of(single, "ann"), of(single, "bob"));
        assert_eq!(of(single, "ann"), of(other, "ann"), "a person is the same in all accounts");
    }
}
