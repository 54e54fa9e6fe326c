//! From a request to the one that answers it.

use super::audit::Event;
use super::connection::Session;
use super::hsm::Hsm;
use super::key::{cipher, derive, sign, wrap};
use super::object::{self, Target};
use super::trust::Party;
use super::users::{self, Actor};
use super::{admin, control, quorum, replicate};
use crate::wire::{Approval, Code, Fault, Handle, Reply, Request, Secret};

/// Random bytes in one answer.
const MAX_RANDOM: u32 = 64 << 10;

/// Answers a request.
pub(crate) fn answer(hsm: &Hsm, session: &mut Session, request: Request) -> Result<Reply, Fault> {
    match (&session.party, request) {
        // Not even who it is: it knows of no other HSM yet, and a client would forget those that it knows.
        (Party::Client(_), _) if !hsm.is_ready() => {
            let why =
                "the HSM is not in step with its cluster yet: its supervisor has to tell it the members";
            Err(Fault::new(Code::Unavailable, why))
        }
        (_, Request::Info) => {
            let mut info = hsm.info()?;
            info.user = users::actor(hsm, session).ok().map(|actor| actor.shown());
            Ok(Reply::Info(info))
        }
        (Party::Supervisor, Request::Control(request)) => {
            control::answer(hsm, request).map(|reply| reply.map_or(Reply::Done, Reply::Control))
        }
        (Party::Member, Request::Peer(request)) => replicate::answer(hsm, request).map(Reply::Peer),
        (Party::Client(_), Request::Control(_) | Request::Peer(_))
        | (Party::Member | Party::Supervisor, _) => {
            Err(Fault::new(Code::NotPermitted, "the certificate of this connection is for other requests"))
        }
        (Party::Client(certificate), request) => {
            let certificate = *certificate;
            audited(hsm, session, request, |session, request| client(hsm, session, certificate, request))
        }
    }
}

/// Writes down what was asked, when it is something that the audit log is for, and how it ended.
fn audited(
    hsm: &Hsm,
    session: &mut Session,
    request: Request,
    run: impl FnOnce(&mut Session, Request) -> Result<Reply, Fault>,
) -> Result<Reply, Fault> {
    let Some((command, subject)) = command(&request) else { return run(session, request) };
    let before = session.login.clone();
    let outcome = run(session, request);
    let user = before.or_else(|| session.login.clone()).map(|login| login.user);
    let role = user.as_deref().and_then(|user| hsm.state.read().user(user).map(|user| user.role.name()));
    let response = match &outcome {
        Ok(_) => "SUCCESS".to_owned(),
        Err(fault) => format!("{:?}", fault.code),
    };
    let made = match &outcome {
        Ok(Reply::Handle(handle)) => Some(shown(*handle)),
        Ok(Reply::Pair { public, private }) => Some(format!("{} {}", shown(*public), shown(*private))),
        _ => None,
    };
    let client = match &session.party {
        Party::Client(hash) => Some(hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()),
        _ => None,
    };
    let subject = match (subject, made) {
        (Some(subject), Some(made)) => Some(format!("{subject} {made}")),
        (subject, made) => subject.or(made),
    };
    let (user, response) = (user.as_deref(), response.as_str());
    hsm.audit.write(&Event { command, user, role, client, subject, response })?;
    outcome
}

/// A handle as it is written.
pub(crate) fn shown(handle: Handle) -> String {
    format!("0x{:016x}", handle.0)
}

/// How the audit log calls a request, and what it is about; none for what is not written down: reading, and the use
/// of keys, of which there may be thousands in a second.
fn command(request: &Request) -> Option<(&'static str, Option<String>)> {
    Some(match request {
        Request::Login { user, .. } => ("LOGIN", Some(user.clone())),
        Request::Logout => return None,
        Request::GenerateKey { .. } => ("GENERATE_KEY", None),
        Request::GenerateKeyPair { .. } => ("GENERATE_KEY_PAIR", None),
        Request::CreateObject { .. } => ("CREATE_OBJECT", None),
        Request::CopyObject { object, .. } => ("COPY_OBJECT", Some(shown(*object))),
        Request::Destroy { object, .. } => ("DESTROY_OBJECT", Some(shown(*object))),
        Request::SetAttributes { object, .. } => ("SET_ATTRIBUTES", Some(shown(*object))),
        Request::Share { object, user, shared, .. } => {
            (if *shared { "SHARE_KEY" } else { "UNSHARE_KEY" }, Some(format!("{} {user}", shown(*object))))
        }
        Request::SetKeyQuorum { object, manage, usage, .. } => {
            ("SET_KEY_QUORUM", Some(format!("{} {manage} {usage}", shown(*object))))
        }
        Request::Wrap { by, key, .. } => ("WRAP_KEY", Some(format!("{} by {}", shown(*key), shown(*by)))),
        Request::Unwrap { by, .. } => ("UNWRAP_KEY", Some(format!("by {}", shown(*by)))),
        Request::Derive { from, .. } => ("DERIVE_KEY", Some(format!("from {}", shown(*from)))),
        Request::Admin { request, .. } => return admin::command(request),
        _ => return None,
    })
}

fn client(hsm: &Hsm, session: &mut Session, certificate: [u8; 32], request: Request) -> Result<Reply, Fault> {
    match request {
        Request::Login { user, password, role } => {
            users::login(hsm, session, &certificate, &user, &password, role)
        }
        Request::Resume { ticket } => users::resume(hsm, session, &certificate, &ticket),
        Request::Logout => {
            session.login = None;
            Ok(Reply::Done)
        }
        Request::Admin { operation, request } => admin::answer(hsm, session, operation, request),
        Request::Random { length } => random(length),
        Request::Digest { hash, data } => Ok(Reply::Bytes(sign::digest(hash, &data))),
        request => {
            let actor = users::actor(hsm, session)?;
            manage(hsm, &actor, request)
        }
    }
}

/// What is done with objects as objects.
fn manage(hsm: &Hsm, actor: &Actor, request: Request) -> Result<Reply, Fault> {
    match request {
        Request::EndSession => object::end_session(hsm, actor).map(|()| Reply::Done),
        Request::GenerateKey { operation, template } => {
            object::generate_key(hsm, &Target::new(actor, operation), &template).map(Reply::Handle)
        }
        Request::GenerateKeyPair { operation, public, private } => {
            let made = object::generate_key_pair(hsm, &Target::new(actor, operation), &public, &private);
            made.map(|(public, private)| Reply::Pair { public, private })
        }
        Request::CreateObject { operation, template } => {
            object::create(hsm, &Target::new(actor, operation), &template).map(Reply::Handle)
        }
        Request::CopyObject { operation, object, template } => {
            object::copy(hsm, &Target::new(actor, operation), object, &template).map(Reply::Handle)
        }
        Request::Destroy { operation, object, approval } => {
            let target = Target::approved(actor, operation, approval);
            object::destroy(hsm, &target, object).map(|()| Reply::Done)
        }
        Request::Find { template } => Ok(Reply::Handles(object::find(hsm, actor, &template))),
        Request::Attributes { object, types } => {
            object::attributes(hsm, actor, object, &types).map(Reply::Attributes)
        }
        Request::SetAttributes { operation, object, template, approval } => {
            let target = Target::approved(actor, operation, approval);
            object::set_attributes(hsm, &target, object, &template).map(|()| Reply::Done)
        }
        Request::Share { operation, object, user, shared, approval } => {
            let target = Target::approved(actor, operation, approval);
            object::share(hsm, &target, object, &user, shared).map(|()| Reply::Done)
        }
        Request::SetKeyQuorum { operation, object, manage, usage, approval } => {
            let target = Target::approved(actor, operation, approval);
            object::set_quorum(hsm, &target, object, (manage, usage)).map(|()| Reply::Done)
        }
        Request::Shares { object } => {
            object::shares(hsm, actor, object).map(|(owner, users)| Reply::Shares { owner, users })
        }
        request => use_key(hsm, actor, request),
    }
}

/// What keys do.
fn use_key(hsm: &Hsm, actor: &Actor, request: Request) -> Result<Reply, Fault> {
    let key = |handle: Handle| object::usable(hsm, actor, handle);
    let approved = |handle: Handle, approval: Option<Approval>| {
        let key = key(handle)?;
        quorum::allow_use(hsm, &key, approval.as_ref()).map(|()| key)
    };
    match request {
        Request::Sign { key: handle, mechanism, data, approval } => {
            sign::sign(hsm.fips, &*approved(handle, approval)?, &mechanism, &data).map(Reply::Bytes)
        }
        Request::Verify { key: handle, mechanism, data, signature } => {
            sign::verify(&*key(handle)?, &mechanism, &data, &signature).map(|()| Reply::Done)
        }
        Request::Encrypt { key: handle, mechanism, data } => {
            let (data, iv) = cipher::encrypt(hsm.fips, &*key(handle)?, &mechanism, &data)?;
            Ok(Reply::Encrypted { data, iv })
        }
        Request::Decrypt { key: handle, mechanism, data, approval } => {
            cipher::decrypt(hsm.fips, &*approved(handle, approval)?, &mechanism, &data).map(Reply::Secret)
        }
        Request::Wrap { by, mechanism, key: handle, approval } => {
            let (by, wrapped) = (key(by)?, object::owned(hsm, actor, handle)?);
            object::allow_wrap(hsm, &wrapped, approval.as_ref())?;
            let (data, iv) = wrap::wrap(hsm.fips, &by, &mechanism, &wrapped)?;
            Ok(Reply::Encrypted { data, iv })
        }
        Request::Unwrap { operation, by, mechanism, wrapped, template, approval } => {
            let by = approved(by, approval)?;
            let target = Target::new(actor, operation);
            wrap::unwrap(hsm, &target, &by, &mechanism, &wrapped, &template).map(Reply::Handle)
        }
        Request::Derive { operation, from, mechanism, template, approval } => {
            let from = approved(from, approval)?;
            let target = Target::new(actor, operation);
            derive::derive(hsm, &target, &from, &mechanism, &template).map(Reply::Handle)
        }
        _ => Err(Fault::new(Code::NotSupported, "the HSM does not know this request")),
    }
}

fn random(length: u32) -> Result<Reply, Fault> {
    if length > MAX_RANDOM {
        return Err(Fault::new(Code::Arguments, "at most 65536 random bytes are given at once"));
    }
    let mut bytes = vec![0; length as usize];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Fault::new(Code::Device, "there is no randomness"))?;
    Ok(Reply::Secret(Secret::new(bytes)))
}
