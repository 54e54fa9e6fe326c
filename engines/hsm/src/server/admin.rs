//! Users, quorums and trust anchors.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use bastide_ids::{Clock as _, SystemClock};
use minicbor::{Decode, Encode};

use super::connection::Session;
use super::der;
use super::hsm::{Hsm, phase};
use super::record::{UserRecord, setting};
use super::state::{Change, Entries, broken};
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
/// Approvals that a service may need at most, as in AWS.
const MAX_APPROVALS: u8 = 8;
/// How long a token may be used: 10 minutes, as in AWS.
const TOKEN_MILLIS: i64 = 600_000;
const SERVICES: [QuorumService; 5] = [
    QuorumService::User,
    QuorumService::Quorum,
    QuorumService::Cluster,
    QuorumService::KeyManagement,
    QuorumService::KeyUsage,
];

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
            let quorums = SERVICES.iter().take(3).map(|service| (*service, quorum(&now, *service)));
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
        AdminRequest::QuorumChallenge => Ok(Reply::Admin(AdminReply::Bytes(challenge(hsm, &actor)))),
        AdminRequest::GenerateToken { service, .. } => generate_token(hsm, &actor, service),
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
            register_quorum_key(hsm, actor, operation, &public_key, &signature)
        }
        AdminRequest::SetQuorum { service, approvals, approval } => {
            set_quorum(hsm, actor, operation, (service, approvals), approval.as_ref())
        }
        AdminRequest::DeleteToken { token } => {
            read_token(hsm, &token)?;
            hsm.change(Some(operation), |_| Ok(vec![used(&token)]))
        }
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
fn was_done(hsm: &Hsm, name: &EntryName, operation: OperationId) -> bool {
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
        let mut changes = approved(hsm, now, QuorumService::User, approval)?;
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
        let mut changes = approved(hsm, now, QuorumService::User, approval)?;
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
        let mut changes = if own { Vec::new() } else { approved(hsm, now, QuorumService::User, approval)? };
        changes.extend(update(now, name, |user| set_password(user, hash))?);
        Ok(changes)
    })
}

/// What a user signs to show that it has the private key: bound to its password's generation.
fn challenge(hsm: &Hsm, actor: &Actor) -> Vec<u8> {
    let about = [b"bastide hsm quorum key", &actor.record.generation[..], actor.name.as_bytes()].concat();
    hsm.keys().names.mac(&about)
}

fn register_quorum_key(
    hsm: &Hsm,
    actor: &Actor,
    operation: OperationId,
    public_key: &str,
    signature: &[u8],
) -> Result<(), Fault> {
    use rustls::pki_types::SubjectPublicKeyInfoDer;
    use rustls::pki_types::pem::PemObject as _;
    let wrong = || Fault::new(Code::Arguments, "the quorum key is an RSA public key of 2048 bits in PEM");
    let spki = SubjectPublicKeyInfoDer::from_pem_slice(public_key.as_bytes()).map_err(|_| wrong())?;
    let (algorithm, _, key) = der::read_public_key_info(&spki).ok_or_else(wrong)?;
    let modulus = der::read_integers(key).and_then(|numbers| numbers.first().map(|modulus| modulus.len()));
    if algorithm != der::RSA_ENCRYPTION || modulus != Some(256) {
        return Err(wrong());
    }
    verify(&spki, &challenge(hsm, actor), signature)
        .map_err(|()| Fault::new(Code::Signature, "the key's signature of the challenge does not verify"))?;
    hsm.change(Some(operation), |now| update(now, &actor.name, |user| user.quorum_key = Some(spki.to_vec())))
}

fn verify(spki: &[u8], message: &[u8], signature: &[u8]) -> Result<(), ()> {
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki).verify(message, signature).map_err(|_| ())
}

/// How many approvals a service needs.
fn quorum(now: &Entries, service: QuorumService) -> u8 {
    let value = now.setting(&format!("{}{}", setting::QUORUM, service.name()));
    value.and_then(|value| value.first().copied()).unwrap_or(0)
}

fn set_quorum(
    hsm: &Hsm,
    actor: &Actor,
    operation: OperationId,
    (service, approvals): (QuorumService, u8),
    approval: Option<&Approval>,
) -> Result<(), Fault> {
    actor.must_be_admin()?;
    let name = format!("{}{}", setting::QUORUM, service.name());
    if was_done(hsm, &EntryName::Setting(name.clone()), operation) {
        return Ok(());
    }
    if matches!(service, QuorumService::KeyManagement | QuorumService::KeyUsage) {
        return Err(Fault::new(Code::NotSupported, "quorums of keys are not built yet"));
    }
    hsm.change(Some(operation), |now| {
        let able = now.users().iter().filter(|(_, user)| is_approver(user)).count();
        if approvals > MAX_APPROVALS || usize::from(approvals) > able && approvals > 1 {
            let why =
                format!("{able} admins have registered a quorum key: no more approvals can be asked for");
            return Err(Fault::new(Code::Arguments, why));
        }
        let mut changes = approved(hsm, now, QuorumService::Quorum, approval)?;
        changes.push(Change::setting(name.clone(), Secret::from(&[approvals][..])));
        Ok(changes)
    })
}

fn is_approver(user: &UserRecord) -> bool {
    user.role == Role::Admin && user.quorum_key.is_some() && !user.locked
}

/// What is signed to approve.
#[derive(Encode, Decode)]
struct Token {
    #[n(0)]
    version: u8,
    #[n(1)]
    cluster: String,
    #[n(2)]
    service: QuorumService,
    #[n(3)]
    made_by: String,
    /// When it was made, in milliseconds since 1970.
    #[n(4)]
    time: i64,
    #[n(5)]
    #[cbor(with = "minicbor::bytes")]
    nonce: [u8; 16],
    /// By the cluster, over everything before.
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    mac: Vec<u8>,
}

impl Token {
    fn signed(&self) -> Vec<u8> {
        let Self { version, cluster, service, made_by, time, nonce, mac: _ } = self;
        let about = (version, cluster, service, made_by, time, minicbor::bytes::ByteArray::from(*nonce));
        minicbor::to_vec(about).unwrap_or_default()
    }
}

fn generate_token(hsm: &Hsm, actor: &Actor, service: QuorumService) -> Result<Reply, Fault> {
    actor.must_be_admin()?;
    let approvals = quorum(&hsm.state.read(), service);
    if approvals < 2 {
        let why = format!("the service `{}` needs no quorum", service.name());
        return Err(Fault::new(Code::Arguments, why));
    }
    let mut token = Token {
        version: 1,
        cluster: hsm.cluster.clone(),
        service,
        made_by: actor.name.clone(),
        time: SystemClock.now().millis(),
        nonce: bastide_ids::random_bytes(),
        mac: Vec::new(),
    };
    token.mac = hsm.keys().names.mac(&token.signed());
    let token = minicbor::to_vec(&token).map_err(|error| broken(&error))?;
    Ok(Reply::Admin(AdminReply::Token { token, approvals }))
}

/// A token of this cluster that has not expired.
fn read_token(hsm: &Hsm, bytes: &[u8]) -> Result<Token, Fault> {
    let invalid = || Fault::new(Code::QuorumInvalid, "the token is not valid: make a new one");
    let token: Token = crate::wire::decode(bytes).map_err(|_| invalid())?;
    let authentic = token.version == 1
        && token.cluster == hsm.cluster
        && hsm.keys().names.mac_matches(&token.signed(), &token.mac);
    let age = SystemClock.now().millis() - token.time;
    if !authentic || !(-TOKEN_MILLIS..TOKEN_MILLIS).contains(&age) {
        return Err(invalid());
    }
    Ok(token)
}

fn token_name(token: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, token);
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}{hex}", setting::TOKEN)
}

fn used(token: &[u8]) -> Change {
    Change::setting(token_name(token), Secret::from(&[1][..]))
}

/// Whether enough admins approved, if the service needs it; and the mark that the token is used now.
fn approved(
    hsm: &Hsm,
    now: &Entries,
    service: QuorumService,
    approval: Option<&Approval>,
) -> Result<Vec<Change>, Fault> {
    let needed = quorum(now, service);
    if needed < 2 {
        return Ok(Vec::new());
    }
    let Some(Approval { token: bytes, signatures }) = approval else {
        let why = format!("the service `{}` needs {needed} approvals: make a token for it", service.name());
        return Err(Fault::new(Code::QuorumNeeded, why));
    };
    let invalid = |why: &str| Fault::new(Code::QuorumInvalid, why);
    let token = read_token(hsm, bytes)?;
    if token.service != service {
        return Err(invalid("the token is for another service"));
    }
    if now.setting(&token_name(bytes)).is_some() {
        return Err(invalid("the token was used before"));
    }
    let mut approvers: Vec<&str> = Vec::new();
    for signature in signatures {
        let user = now.user(&signature.user).filter(|user| is_approver(user));
        let key = user.and_then(|user| user.quorum_key.as_deref());
        let key = key.ok_or_else(|| invalid("a signature is not of an admin with a quorum key"))?;
        verify(key, bytes, &signature.signature).map_err(|()| invalid("a signature does not verify"))?;
        if !approvers.contains(&signature.user.as_str()) {
            approvers.push(&signature.user);
        }
    }
    if approvers.len() < usize::from(needed) {
        return Err(invalid("the token has too few signatures"));
    }
    Ok(vec![used(bytes)])
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
        let mut changes = approved(hsm, now, QuorumService::Cluster, approval)?;
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
        let mut changes = approved(hsm, now, QuorumService::Cluster, approval)?;
        changes.push(Change { name: name.clone(), session: false, body: None });
        Ok(changes)
    })?;
    hsm.follow_trust()
}
