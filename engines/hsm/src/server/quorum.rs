//! Approval by several users: of what admins do, and of what is done with a key.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use bastide_ids::{Clock as _, SystemClock};
use minicbor::{Decode, Encode};

use super::admin::was_done;
use super::der;
use super::hsm::Hsm;
use super::object;
use super::record::{Object, ObjectRecord, UserRecord, setting};
use super::state::{Change, Entries, broken};
use super::users::{Actor, update};
use crate::wire::{
    AdminReply, Approval, Code, EntryName, Fault, Handle, OperationId, QuorumService, Reply, Role, Secret,
};

/// Approvals that a service or a key may need at most, as in AWS.
const MAX_APPROVALS: u8 = 8;
/// How long a token may be used: 10 minutes, as in AWS.
const TOKEN_MILLIS: i64 = 600_000;
/// The services whose quorum is the cluster's, not a key's.
pub(crate) const SERVICES: [QuorumService; 3] =
    [QuorumService::User, QuorumService::Quorum, QuorumService::Cluster];

/// What a user signs to show that it has the private key: bound to its password's generation.
pub(crate) fn challenge(hsm: &Hsm, actor: &Actor) -> Vec<u8> {
    let about = [b"bastide hsm quorum key", &actor.record.generation[..], actor.name.as_bytes()].concat();
    hsm.keys().names.mac(&about)
}

/// Registers the key with which the user approves.
pub(crate) fn register_key(
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
pub(crate) fn of(now: &Entries, service: QuorumService) -> u8 {
    let value = now.setting(&format!("{}{}", setting::QUORUM, service.name()));
    value.and_then(|value| value.first().copied()).unwrap_or(0)
}

/// Sets how many approvals a service needs.
pub(crate) fn set(
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
        let why = "the quorum of a key is set on the key itself, by its owner";
        return Err(Fault::new(Code::Arguments, why));
    }
    hsm.change(Some(operation), |now| {
        let able = now.users().iter().filter(|(_, user)| approves(user, Role::Admin)).count();
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

fn approves(user: &UserRecord, role: Role) -> bool {
    user.role == role && user.quorum_key.is_some() && !user.locked
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
    /// The key that it is for.
    #[n(6)]
    key: Option<u64>,
    /// By the cluster, over everything before.
    #[n(7)]
    #[cbor(with = "minicbor::bytes")]
    mac: Vec<u8>,
}

impl Token {
    fn signed(&self) -> Vec<u8> {
        let Self { version, cluster, service, made_by, time, nonce, key, mac: _ } = self;
        let about = (version, cluster, service, made_by, time, minicbor::bytes::ByteArray::from(*nonce), key);
        minicbor::to_vec(about).unwrap_or_default()
    }
}

/// Makes a token: an admin for a service of the cluster, a crypto user for a key that it may use.
pub(crate) fn generate_token(
    hsm: &Hsm,
    actor: &Actor,
    service: QuorumService,
    key: Option<Handle>,
) -> Result<Reply, Fault> {
    let approvals = match (SERVICES.contains(&service), key) {
        (true, None) => {
            actor.must_be_admin()?;
            of(&hsm.state.read(), service)
        }
        (false, Some(key)) => of_key(&object::usable(hsm, actor, key)?.record, service),
        _ => {
            return Err(Fault::new(
                Code::Arguments,
                "a token is for a service of the cluster, or for one key",
            ));
        }
    };
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
        key: key.map(|key| key.0),
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

/// Makes a token useless.
pub(crate) fn delete_token(hsm: &Hsm, operation: OperationId, token: &[u8]) -> Result<(), Fault> {
    read_token(hsm, token)?;
    hsm.change(Some(operation), |_| Ok(vec![used(token)]))
}

/// Whether enough admins approved, if the service needs it; and the mark that the token is used now.
pub(crate) fn approved(
    hsm: &Hsm,
    now: &Entries,
    service: QuorumService,
    approval: Option<&Approval>,
) -> Result<Vec<Change>, Fault> {
    check(hsm, now, (service, None), of(now, service), approval, |_, user| approves(user, Role::Admin))
}

/// How many approvals a key needs.
fn of_key(record: &ObjectRecord, service: QuorumService) -> u8 {
    match service {
        QuorumService::KeyManagement => record.manage_quorum,
        QuorumService::KeyUsage => record.use_quorum,
        _ => 0,
    }
}

/// Whether enough of those who may use a key approved, if it needs that; and the mark that the token is used now.
pub(crate) fn approved_for_key(
    hsm: &Hsm,
    now: &Entries,
    service: QuorumService,
    key: &Object,
    approval: Option<&Approval>,
) -> Result<Vec<Change>, Fault> {
    let record = &key.record;
    let about = (service, Some(key.handle));
    check(hsm, now, about, of_key(record, service), approval, |name, user| {
        may_approve(record, name) && approves(user, Role::CryptoUser)
    })
}

/// Lets a key be used now: with the approval that it needs, which is good for this one use.
pub(crate) fn allow_use(hsm: &Hsm, key: &Object, approval: Option<&Approval>) -> Result<(), Fault> {
    if key.record.use_quorum < 2 {
        return Ok(());
    }
    hsm.change(None, |now| approved_for_key(hsm, now, QuorumService::KeyUsage, key, approval))
}

/// Sets how many approvals managing and using a key need.
pub(crate) fn set_of_key(
    hsm: &Hsm,
    now: &Entries,
    record: &mut ObjectRecord,
    (manage, usage): (u8, u8),
) -> Result<(), Fault> {
    let users = now.users();
    let able =
        users.iter().filter(|(name, user)| may_approve(record, name) && approves(user, Role::CryptoUser));
    let able = able.count();
    let most = manage.max(usage);
    if most > MAX_APPROVALS || most > 1 && usize::from(most) > able {
        let why = format!(
            "{able} users of the key in `{}` have registered a quorum key: no more approvals can be asked for",
            hsm.cluster
        );
        return Err(Fault::new(Code::Arguments, why));
    }
    record.manage_quorum = manage;
    record.use_quorum = usage;
    Ok(())
}

fn may_approve(record: &ObjectRecord, user: &str) -> bool {
    record.owner == user || record.shared.iter().any(|shared| shared == user)
}

/// A token is marked as used here and pushed to the other HSMs before the answer. Two HSMs that are asked within one
/// push could both take it: what was approved is then done twice, but nothing that was not approved.
fn check(
    hsm: &Hsm,
    now: &Entries,
    (service, key): (QuorumService, Option<u64>),
    needed: u8,
    approval: Option<&Approval>,
    may_approve: impl Fn(&str, &UserRecord) -> bool,
) -> Result<Vec<Change>, Fault> {
    if needed < 2 {
        return Ok(Vec::new());
    }
    let Some(Approval { token: bytes, signatures }) = approval else {
        let why = format!("the service `{}` needs {needed} approvals: make a token for it", service.name());
        return Err(Fault::new(Code::QuorumNeeded, why));
    };
    let invalid = |why: &str| Fault::new(Code::QuorumInvalid, why);
    let token = read_token(hsm, bytes)?;
    if token.service != service || token.key != key {
        return Err(invalid("the token is for another service or another key"));
    }
    if now.setting(&token_name(bytes)).is_some() {
        return Err(invalid("the token was used before"));
    }
    let mut approvers: Vec<&str> = Vec::new();
    for signature in signatures {
        let user = now.user(&signature.user).filter(|user| may_approve(&signature.user, user));
        let key = user.and_then(|user| user.quorum_key.as_deref());
        let key = key.ok_or_else(|| invalid("a signature is not of somebody who may approve this"))?;
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
