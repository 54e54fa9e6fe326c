//! Users, quorums and trust anchors.

use aws_lc_rs::digest;

use super::connection::Session;
use super::hsm::{Hsm, phase};
use super::quorum;
use super::record::{UserRecord, setting};
use super::state::Change;
use super::users::{self, Actor, is_last_admin, new_password, no_such_user, set_password, update};
use crate::wire::{
    AdminReply, AdminRequest, Approval, Code, EntryName, Fault, OperationId, QuorumService, Reply, Role,
    Secret, State as Phase,
};
use crate::x509;

/// Users of a cluster at most, as in AWS's hsm2m.medium.
const MAX_USERS: usize = 1024;
/// Registered trust anchors at most, as in AWS.
const MAX_ANCHORS: usize = 2;

/// How the audit log calls a request; none for those that only read.
pub(crate) fn command(request: &AdminRequest) -> Option<(&'static str, Option<String>)> {
    Some(match request {
        AdminRequest::Activate { .. } => ("ACTIVATE", None),
        AdminRequest::CreateUser { name, role, .. } => {
            ("CREATE_USER", Some(format!("{name} {}", role.name())))
        }
        AdminRequest::DeleteUser { name, .. } => ("DELETE_USER", Some(name.clone())),
        AdminRequest::ChangePassword { name, .. } => ("CHANGE_PASSWORD", Some(name.clone())),
        AdminRequest::RegisterQuorumKey { .. } => ("REGISTER_QUORUM_KEY", None),
        AdminRequest::SetQuorum { service, approvals, .. } => {
            ("SET_QUORUM", Some(format!("{} {approvals}", service.name())))
        }
        AdminRequest::GenerateToken { service, .. } => ("GENERATE_TOKEN", Some(service.name().to_owned())),
        AdminRequest::DeleteToken { .. } => ("DELETE_TOKEN", None),
        AdminRequest::RegisterTrustAnchor { .. } => ("REGISTER_TRUST_ANCHOR", None),
        AdminRequest::DeregisterTrustAnchor { reference, .. } => {
            ("DEREGISTER_TRUST_ANCHOR", Some(reference.clone()))
        }
        _ => return None,
    })
}

/// Answers a request about users, quorums or trust anchors.
pub(crate) fn answer(
    hsm: &Hsm,
    session: &mut Session,
    operation: OperationId,
    request: AdminRequest,
) -> Result<Reply, Fault> {
    if let AdminRequest::Activate { password } = request {
        if was_done(hsm, &EntryName::User(super::genesis::ADMIN.to_owned()), operation) {
            return Ok(Reply::Done);
        }
        let hash = new_password(&password)?;
        hsm.change(Some(operation), |now| users::activate(now, hash))?;
        return Ok(Reply::Done);
    }
    let actor = users::actor(hsm, session)?;
    match request {
        AdminRequest::ListUsers => {
            let now = hsm.state.read();
            let users = now.users().into_iter().map(|(name, user)| users::shown(name, user)).collect();
            Ok(Reply::Admin(AdminReply::Users(users)))
        }
        AdminRequest::ListQuorums => {
            let now = hsm.state.read();
            let quorums = quorum::SERVICES.iter().map(|service| (*service, quorum::of(&now, *service)));
            Ok(Reply::Admin(AdminReply::Quorums(quorums.collect())))
        }
        AdminRequest::ListTrustAnchors => {
            let now = hsm.state.read();
            let anchors = now.settings(setting::ANCHOR);
            let mut anchors: Vec<_> =
                anchors.map(|(name, der)| (name.to_owned(), x509::to_pem(der))).collect();
            anchors.sort();
            Ok(Reply::Admin(AdminReply::TrustAnchors(anchors)))
        }
        AdminRequest::QuorumChallenge => Ok(Reply::Admin(AdminReply::Bytes(quorum::challenge(hsm, &actor)))),
        AdminRequest::GenerateToken { service, key } => quorum::generate_token(hsm, &actor, service, key),
        request => change(hsm, &actor, operation, request).map(|()| Reply::Done),
    }
}

fn change(hsm: &Hsm, actor: &Actor, operation: OperationId, request: AdminRequest) -> Result<(), Fault> {
    match request {
        AdminRequest::CreateUser { name, role, password, approval } => {
            create_user(hsm, actor, operation, (&name, role, &password), approval.as_ref())
        }
        AdminRequest::DeleteUser { name, role, approval } => {
            delete_user(hsm, actor, operation, (&name, role), approval.as_ref())
        }
        AdminRequest::ChangePassword { name, role, password, approval } => {
            change_password(hsm, actor, operation, (&name, role, &password), approval.as_ref())
        }
        AdminRequest::RegisterQuorumKey { public_key, signature } => {
            quorum::register_key(hsm, actor, operation, &public_key, &signature)
        }
        AdminRequest::SetQuorum { service, approvals, approval } => {
            quorum::set(hsm, actor, operation, (service, approvals), approval.as_ref())
        }
        AdminRequest::DeleteToken { token } => quorum::delete_token(hsm, operation, &token),
        AdminRequest::RegisterTrustAnchor { certificate, approval } => {
            register_anchor(hsm, actor, operation, &certificate, approval.as_ref())
        }
        AdminRequest::DeregisterTrustAnchor { reference, approval } => {
            deregister_anchor(hsm, actor, operation, &reference, approval.as_ref())
        }
        _ => Err(Fault::new(Code::NotSupported, "the HSM does not know this request")),
    }
}

/// Whether this very change was made already: its answer was lost, or another HSM was asked first.
pub(crate) fn was_done(hsm: &Hsm, name: &EntryName, operation: OperationId) -> bool {
    hsm.state.read().held(name).is_some_and(|held| held.operation == Some(operation))
}

fn create_user(
    hsm: &Hsm,
    actor: &Actor,
    operation: OperationId,
    (name, role, password): (&str, Role, &Secret),
    approval: Option<&Approval>,
) -> Result<(), Fault> {
    actor.must_be_admin()?;
    if was_done(hsm, &EntryName::User(name.to_owned()), operation) {
        return Ok(());
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.@".contains(c);
    if name.is_empty() || name.len() > 31 || !name.chars().all(is_name) {
        return Err(Fault::new(
            Code::Arguments,
            "a user's name has 1 to 31 letters, digits, `_`, `-`, `.` or `@`",
        ));
    }
    if !matches!(role, Role::Admin | Role::CryptoUser) {
        return Err(Fault::new(Code::Arguments, "a new user is an admin or a crypto user"));
    }
    let mut user = UserRecord {
        role,
        password: None,
        generation: bastide_ids::random_bytes(),
        failures: 0,
        failed_at: 0,
        locked: false,
        quorum_key: None,
    };
    set_password(&mut user, new_password(password)?);
    hsm.change(Some(operation), |now| {
        if now.user(name).is_some() {
            return Err(Fault::new(Code::UserExists, format!("there is a user `{name}` already")));
        }
        if now.users().len() >= MAX_USERS {
            return Err(Fault::new(Code::Memory, "the cluster has as many users as it can have"));
        }
        let mut changes = quorum::approved(hsm, now, QuorumService::User, approval)?;
        changes.push(Change::user(name, &user));
        Ok(changes)
    })
}

fn delete_user(
    hsm: &Hsm,
    actor: &Actor,
    operation: OperationId,
    (name, role): (&str, Role),
    approval: Option<&Approval>,
) -> Result<(), Fault> {
    actor.must_be_admin()?;
    let entry = EntryName::User(name.to_owned());
    if was_done(hsm, &entry, operation) {
        return Ok(());
    }
    hsm.change(Some(operation), |now| {
        let user = now.user(name).filter(|user| user.role == role).ok_or_else(|| no_such_user(name))?;
        if user.role == Role::ApplianceUser || is_last_admin(now, name) {
            return Err(Fault::new(
                Code::NotPermitted,
                format!("the cluster cannot be without the user `{name}`"),
            ));
        }
        let mut changes = quorum::approved(hsm, now, QuorumService::User, approval)?;
        changes.push(Change { name: entry.clone(), session: false, body: None });
        // Nobody could use its keys any more.
        let keys = now.objects().filter(|object| object.record.owner == name);
        changes.extend(keys.map(|object| Change {
            name: EntryName::Object(object.handle),
            session: object.record.client.is_some(),
            body: None,
        }));
        Ok(changes)
    })
}

fn change_password(
    hsm: &Hsm,
    actor: &Actor,
    operation: OperationId,
    (name, role, password): (&str, Role, &Secret),
    approval: Option<&Approval>,
) -> Result<(), Fault> {
    let own = actor.name == name && actor.role() == role;
    if !own {
        actor.must_be_admin()?;
    }
    if was_done(hsm, &EntryName::User(name.to_owned()), operation) {
        return Ok(());
    }
    let hash = new_password(password)?;
    hsm.change(Some(operation), |now| {
        let user = now.user(name).filter(|user| user.role == role).ok_or_else(|| no_such_user(name))?;
        if !matches!(user.role, Role::Admin | Role::CryptoUser) {
            return Err(Fault::new(Code::NotPermitted, format!("the user `{name}` has no password")));
        }
        let mut changes =
            if own { Vec::new() } else { quorum::approved(hsm, now, QuorumService::User, approval)? };
        changes.extend(update(now, name, |user| set_password(user, hash))?);
        Ok(changes)
    })
}

fn register_anchor(
    hsm: &Hsm,
    actor: &Actor,
    operation: OperationId,
    certificate: &str,
    approval: Option<&Approval>,
) -> Result<(), Fault> {
    actor.must_be_admin()?;
    if phase(&hsm.state.read())? != Phase::Active {
        return Err(Fault::new(Code::NotActivated, "the cluster is not activated: activate it first"));
    }
    let refused = |error: x509::CertificateError| Fault::new(Code::Certificate, error.to_string());
    let anchor = x509::read_pem(certificate).map_err(refused)?;
    x509::verify_issued(&anchor, &anchor).map_err(|_| {
        Fault::new(Code::Certificate, "the trust anchor is not a valid self-signed certificate")
    })?;
    let hash = digest::digest(&digest::SHA256, &anchor);
    let reference: String = hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("{}{reference}", setting::ANCHOR);
    hsm.change(Some(operation), |now| {
        if now.setting(&name).is_some() {
            return Ok(Vec::new());
        }
        if now.settings(setting::ANCHOR).count() >= MAX_ANCHORS {
            return Err(Fault::new(Code::Memory, "the cluster has as many trust anchors as it can have"));
        }
        let mut changes = quorum::approved(hsm, now, QuorumService::Cluster, approval)?;
        changes.push(Change::setting(name.clone(), Secret::from(anchor.as_ref())));
        Ok(changes)
    })?;
    hsm.follow_trust()
}

fn deregister_anchor(
    hsm: &Hsm,
    actor: &Actor,
    operation: OperationId,
    reference: &str,
    approval: Option<&Approval>,
) -> Result<(), Fault> {
    actor.must_be_admin()?;
    let name = EntryName::Setting(format!("{}{reference}", setting::ANCHOR));
    if was_done(hsm, &name, operation) {
        return Ok(());
    }
    hsm.change(Some(operation), |now| {
        if now.held(&name).is_none_or(|held| held.body.is_none()) {
            return Err(Fault::new(Code::Arguments, format!("there is no trust anchor `{reference}`")));
        }
        let mut changes = quorum::approved(hsm, now, QuorumService::Cluster, approval)?;
        changes.push(Change { name: name.clone(), session: false, body: None });
        Ok(changes)
    })?;
    hsm.follow_trust()
}
