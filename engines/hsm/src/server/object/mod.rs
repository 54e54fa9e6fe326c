//! Objects: keys, certificates, data; who may see and change them.

pub(crate) mod curve;
mod parts;
mod template;

use std::sync::Arc;

pub(crate) use self::template::Origin;
use super::admin::was_done;
use super::hsm::Hsm;
use super::quorum;
use super::record::{Object, ObjectRecord, encoded};
use super::replicate;
use super::state::{Change, Entries};
use super::users::{Actor, no_such_user};
use crate::wire::{
    Approval, AttributeAnswer, AttributeType as A, Code, EntryName, Fault, Handle, OperationId,
    QuorumService, Role, Secret, Template, Value, class, key_type,
};

/// Crypto users that a key is shared with at most.
const MAX_SHARES: usize = 128;
/// Bytes of a secret key at most.
const MAX_SECRET: usize = 4096;
/// Attributes that are asked for at once.
const MAX_ASKED: usize = 128;
/// The bit of a handle that says that the object lives as long as its client's session.
const SESSION_BIT: u64 = 1 << 62;
/// Never shown of a sensitive key.
const SECRET_PARTS: [A; 7] =
    [A::VALUE, A::PRIVATE_EXPONENT, A::PRIME_1, A::PRIME_2, A::EXPONENT_1, A::EXPONENT_2, A::COEFFICIENT];

/// For whom something is made, and by which change.
pub(crate) struct Target<'a> {
    actor: &'a Actor,
    operation: OperationId,
    approval: Option<Approval>,
}

impl<'a> Target<'a> {
    pub(crate) fn new(actor: &'a Actor, operation: OperationId) -> Self {
        Self { actor, operation, approval: None }
    }

    /// With the approval of others.
    pub(crate) fn approved(actor: &'a Actor, operation: OperationId, approval: Option<Approval>) -> Self {
        Self { actor, operation, approval }
    }

    /// Whether what is done to this object has the approvals that it needs.
    fn may_manage(&self, hsm: &Hsm, now: &Entries, object: &Object) -> Result<Vec<Change>, Fault> {
        quorum::approved_for_key(hsm, now, QuorumService::KeyManagement, object, self.approval.as_ref())
    }
}

/// The handle of what a change makes: the same on every HSM, whoever makes it, and however often it is asked for.
fn handle(hsm: &Hsm, operation: OperationId, place: u8, session: bool) -> u64 {
    let mac = hsm.keys().names.mac(&[b"handle", &operation.0[..], &[place]].concat());
    let number = mac.first_chunk().map_or(1, |start| u64::from_be_bytes(*start));
    let number = (number & (SESSION_BIT - 1)).max(1);
    if session { number | SESSION_BIT } else { number }
}

/// Keeps new objects, unless this change made them before.
fn keep(hsm: &Hsm, target: &Target<'_>, records: Vec<ObjectRecord>) -> Result<Vec<Handle>, Fault> {
    let mut made = Vec::with_capacity(records.len());
    for (place, record) in (0_u8..).zip(records) {
        let session = record.client.is_some();
        made.push((handle(hsm, target.operation, place, session), session, record));
    }
    let handles = made.iter().map(|(handle, ..)| Handle(*handle)).collect();
    hsm.change(Some(target.operation), |now| {
        let mut changes = Vec::with_capacity(made.len());
        for (handle, session, record) in &made {
            match now.object(*handle) {
                Some(known) if known.record.made_by == Some(target.operation) => {}
                Some(_) => return Err(Fault::new(Code::Arguments, "the operation's id was used before")),
                None => changes.push(Change {
                    name: EntryName::Object(*handle),
                    session: *session,
                    body: Some(encoded(record)),
                }),
            }
        }
        Ok(changes)
    })?;
    Ok(handles)
}

/// What this change made already, when it is asked for again.
fn made_before(hsm: &Hsm, target: &Target<'_>, session: bool, count: u8) -> Option<Vec<Handle>> {
    let handles: Vec<Handle> =
        (0..count).map(|place| Handle(handle(hsm, target.operation, place, session))).collect();
    let now = hsm.state.read();
    let ours = |handle: &Handle| {
        now.object(handle.0).is_some_and(|object| {
            object.record.made_by == Some(target.operation) && object.record.owner == target.actor.name
        })
    };
    handles.iter().all(ours).then_some(handles)
}

fn record(target: &Target<'_>, attributes: Template, secret: Secret) -> ObjectRecord {
    let session = attributes.flag(A::TOKEN) != Some(true);
    ObjectRecord {
        attributes,
        secret,
        owner: target.actor.name.clone(),
        shared: Vec::new(),
        client: session.then_some(target.actor.client),
        manage_quorum: 0,
        use_quorum: 0,
        made_by: Some(target.operation),
    }
}

fn is_session(template: &Template) -> bool {
    template.flag(A::TOKEN) != Some(true)
}

fn one(handles: &[Handle]) -> Result<Handle, Fault> {
    handles.first().copied().ok_or_else(|| Fault::new(Code::Device, "nothing was made"))
}

/// Makes a secret key.
pub(crate) fn generate_key(hsm: &Hsm, target: &Target<'_>, template: &Template) -> Result<Handle, Fault> {
    target.actor.must_be_crypto_user()?;
    template::check(template, target.actor)?;
    if let Some(before) = made_before(hsm, target, is_session(template), 1) {
        return one(&before);
    }
    let kind = key_type_of(template)?;
    let length = template.number(A::VALUE_LEN);
    let length = length.ok_or_else(|| Fault::new(Code::TemplateIncomplete, "`VALUE_LEN` is missing"))?;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    secret_length(hsm.fips, kind, length)?;
    let mut key = vec![0; length];
    aws_lc_rs::rand::fill(&mut key).map_err(|_| Fault::new(Code::Device, "there is no randomness"))?;
    keep_secret(hsm, target, template, kind, Secret::new(key), Origin::Generated)
}

/// Makes a key pair.
pub(crate) fn generate_key_pair(
    hsm: &Hsm,
    target: &Target<'_>,
    public: &Template,
    private: &Template,
) -> Result<(Handle, Handle), Fault> {
    target.actor.must_be_crypto_user()?;
    template::check(public, target.actor)?;
    template::check(private, target.actor)?;
    let kind = key_type_of(public).or_else(|_| key_type_of(private))?;
    let mut public_all = template::of_key(hsm.fips, public, (class::PUBLIC_KEY, kind), Origin::Generated)?;
    let mut private_all = template::of_key(hsm.fips, private, (class::PRIVATE_KEY, kind), Origin::Generated)?;
    let done = (
        handle(hsm, target.operation, 0, is_session(public)),
        handle(hsm, target.operation, 1, is_session(private)),
    );
    let known = |handle| {
        let now = hsm.state.read();
        now.object(handle).is_some_and(|object| object.record.made_by == Some(target.operation))
    };
    if known(done.0) && known(done.1) {
        return Ok((Handle(done.0), Handle(done.1)));
    }
    let key = parts::generate(public, kind)?;
    let spki = key.public_key().map_err(|error| super::key::crypto(&error))?.spki();
    parts::set_public(&mut public_all, spki, false)?;
    parts::set_public(&mut private_all, spki, true)?;
    let records = vec![
        record(target, public_all, Secret::from(spki)),
        record(target, private_all, Secret::from(key.bytes())),
    ];
    match keep(hsm, target, records)?.as_slice() {
        [public, private] => Ok((*public, *private)),
        _ => Err(Fault::new(Code::Device, "nothing was made")),
    }
}

/// Makes an object of given attributes.
pub(crate) fn create(hsm: &Hsm, target: &Target<'_>, template: &Template) -> Result<Handle, Fault> {
    target.actor.must_be_crypto_user()?;
    template::check(template, target.actor)?;
    let class = template.number(A::CLASS);
    match class.ok_or_else(|| Fault::new(Code::TemplateIncomplete, "`CLASS` is missing"))? {
        class @ (class::DATA | class::CERTIFICATE) => {
            let all = template::of_data(template, class);
            one(&keep(hsm, target, vec![record(target, all, Secret::default())])?)
        }
        class::PUBLIC_KEY => {
            let kind = key_type_of(template)?;
            let mut all = template::of_key(hsm.fips, template, (class::PUBLIC_KEY, kind), Origin::Imported)?;
            let spki = parts::public_from(template, kind)?;
            parts::set_public(&mut all, &spki, false)?;
            one(&keep(hsm, target, vec![record(target, all, Secret::new(spki))])?)
        }
        class::PRIVATE_KEY => {
            let kind = key_type_of(template)?;
            let pkcs8 = parts::private_from(template, kind)?;
            keep_private(hsm, target, template, kind, &pkcs8, Origin::Imported)
        }
        class::SECRET_KEY => {
            let kind = key_type_of(template)?;
            let key = template.bytes(A::VALUE);
            let key = key.ok_or_else(|| Fault::new(Code::TemplateIncomplete, "`VALUE` is missing"))?;
            secret_length(hsm.fips, kind, key.len())?;
            keep_secret(hsm, target, template, kind, Secret::from(key), Origin::Imported)
        }
        _ => Err(Fault::new(Code::AttributeValue, "objects of this class are not built")),
    }
}

/// Keeps an unwrapped or derived key.
pub(crate) fn keep_key(
    hsm: &Hsm,
    target: &Target<'_>,
    template: &Template,
    key: Secret,
    origin: Origin,
) -> Result<Handle, Fault> {
    target.actor.must_be_crypto_user()?;
    template::check(template, target.actor)?;
    let kind = key_type_of(template)?;
    match template.number(A::CLASS) {
        Some(class::PRIVATE_KEY) if origin == Origin::Unwrapped => {
            keep_private(hsm, target, template, kind, &key, origin)
        }
        None | Some(class::SECRET_KEY) => {
            secret_length(hsm.fips, kind, key.len())?;
            if template.number(A::VALUE_LEN).is_some_and(|length| length != key.len() as u64) {
                return Err(Fault::new(
                    Code::TemplateInconsistent,
                    "the key has another length than `VALUE_LEN`",
                ));
            }
            keep_secret(hsm, target, template, kind, key, origin)
        }
        Some(_) => Err(Fault::new(Code::TemplateInconsistent, "a key of this class cannot come of this")),
    }
}

fn keep_secret(
    hsm: &Hsm,
    target: &Target<'_>,
    template: &Template,
    kind: u64,
    key: Secret,
    origin: Origin,
) -> Result<Handle, Fault> {
    let mut all = template::of_key(hsm.fips, template, (class::SECRET_KEY, kind), origin)?;
    all.set(A::VALUE_LEN, key.len() as u64);
    all.set(A::CHECK_VALUE, template::check_value(kind, &key));
    one(&keep(hsm, target, vec![record(target, all, key)])?)
}

fn keep_private(
    hsm: &Hsm,
    target: &Target<'_>,
    template: &Template,
    kind: u64,
    pkcs8: &[u8],
    origin: Origin,
) -> Result<Handle, Fault> {
    let mut all = template::of_key(hsm.fips, template, (class::PRIVATE_KEY, kind), origin)?;
    let key = parts::open_private(pkcs8, kind)?;
    let spki = key.public_key().map_err(|error| super::key::crypto(&error))?.spki();
    parts::set_public(&mut all, spki, true)?;
    one(&keep(hsm, target, vec![record(target, all, Secret::from(key.bytes()))])?)
}

fn key_type_of(template: &Template) -> Result<u64, Fault> {
    let kind = template.number(A::KEY_TYPE);
    kind.ok_or_else(|| Fault::new(Code::TemplateIncomplete, "`KEY_TYPE` is missing"))
}

fn secret_length(fips: bool, kind: u64, length: usize) -> Result<(), Fault> {
    let fits = match kind {
        key_type::AES => matches!(length, 16 | 24 | 32),
        key_type::GENERIC_SECRET
        | key_type::SHA_1_HMAC
        | key_type::SHA224_HMAC
        | key_type::SHA256_HMAC
        | key_type::SHA384_HMAC
        | key_type::SHA512_HMAC => (if fips { 14 } else { 1 }..=MAX_SECRET).contains(&length),
        _ => return Err(Fault::new(Code::AttributeValue, "secret keys of this type are not built")),
    };
    if fits { Ok(()) } else { Err(Fault::new(Code::KeySize, "a key of this type has another length")) }
}

/// Copies an object.
pub(crate) fn copy(
    hsm: &Hsm,
    target: &Target<'_>,
    object: Handle,
    changes: &Template,
) -> Result<Handle, Fault> {
    target.actor.must_be_crypto_user()?;
    template::check(changes, target.actor)?;
    let original = owned(hsm, target.actor, object)?;
    if original.record.attributes.flag(A::COPYABLE) == Some(false) {
        return Err(Fault::new(Code::ActionProhibited, "the object must not be copied"));
    }
    let before = &original.record.attributes;
    let attributes = template::change(hsm.fips, before, changes, target.actor, true)?;
    let mut copied = record(target, attributes, original.record.secret.clone());
    // A copy is not a way around the approvals that the original needs: so it is shared with those who give them.
    copied.manage_quorum = original.record.manage_quorum;
    copied.use_quorum = original.record.use_quorum;
    copied.shared.clone_from(&original.record.shared);
    one(&keep(hsm, target, vec![copied])?)
}

/// Destroys an object.
pub(crate) fn destroy(hsm: &Hsm, target: &Target<'_>, object: Handle) -> Result<(), Fault> {
    let name = EntryName::Object(object.0);
    let again = hsm
        .state
        .read()
        .held(&name)
        .is_some_and(|held| held.body.is_none() && held.operation == Some(target.operation));
    if again {
        return Ok(());
    }
    let found = owned(hsm, target.actor, object)?;
    if found.record.attributes.flag(A::DESTROYABLE) == Some(false) {
        return Err(Fault::new(Code::ActionProhibited, "the object must not be destroyed"));
    }
    let session = found.record.client.is_some();
    hsm.change(Some(target.operation), |now| {
        let mut changes = target.may_manage(hsm, now, &found)?;
        changes.push(Change { name, session, body: None });
        Ok(changes)
    })
}

/// Destroys all session objects of the client.
pub(crate) fn end_session(hsm: &Hsm, actor: &Actor) -> Result<(), Fault> {
    hsm.change(None, |now| {
        let theirs = now
            .objects()
            .filter(|object| object.record.client == Some(actor.client) && object.record.owner == actor.name);
        let gone = |object: &Arc<Object>| Change {
            name: EntryName::Object(object.handle),
            session: true,
            body: None,
        };
        Ok(theirs.map(gone).collect())
    })
}

/// Handles of the objects that the user may see and that match.
pub(crate) fn find(hsm: &Hsm, actor: &Actor, template: &Template) -> Vec<Handle> {
    let now = hsm.state.read();
    let found =
        now.objects().filter(|object| may_see(actor, &object.record) && object.record.matches(template));
    let mut handles: Vec<Handle> = found.map(|object| Handle(object.handle)).collect();
    handles.sort_unstable();
    handles
}

/// What is said of an object's attributes.
pub(crate) fn attributes(
    hsm: &Hsm,
    actor: &Actor,
    object: Handle,
    asked: &[A],
) -> Result<Vec<(A, AttributeAnswer)>, Fault> {
    if asked.len() > MAX_ASKED {
        return Err(Fault::new(Code::Arguments, "at most 128 attributes are asked for at once"));
    }
    let object = visible(hsm, actor, object)?;
    let record = &object.record;
    if asked.is_empty() {
        let all = record.attributes.0.iter();
        return Ok(all.map(|(kind, value)| (*kind, AttributeAnswer::Value(value.clone()))).collect());
    }
    Ok(asked.iter().map(|kind| (*kind, answer(actor, record, *kind))).collect())
}

fn answer(actor: &Actor, record: &ObjectRecord, kind: A) -> AttributeAnswer {
    if let Some(value) = record.attributes.value(kind) {
        return AttributeAnswer::Value(value.clone());
    }
    let is_secret = matches!(record.class(), class::SECRET_KEY | class::PRIVATE_KEY);
    if !is_secret || !SECRET_PARTS.contains(&kind) {
        return AttributeAnswer::Absent;
    }
    let open = !record.flag(A::SENSITIVE) && record.flag(A::EXTRACTABLE) && actor.name == record.owner;
    if !open {
        return AttributeAnswer::Sensitive;
    }
    let part = match record.class() {
        class::SECRET_KEY if kind == A::VALUE => Some(record.secret.to_vec()),
        class::PRIVATE_KEY => parts::secret_part(&record.secret, kind),
        _ => None,
    };
    part.map_or(AttributeAnswer::Absent, |part| AttributeAnswer::Value(Value::Bytes(part)))
}

/// Changes attributes.
pub(crate) fn set_attributes(
    hsm: &Hsm,
    target: &Target<'_>,
    object: Handle,
    changes: &Template,
) -> Result<(), Fault> {
    template::check(changes, target.actor)?;
    let found = visible(hsm, target.actor, object)?;
    if target.actor.role() != Role::Admin {
        must_own(target.actor, &found.record)?;
        if found.record.attributes.flag(A::MODIFIABLE) == Some(false) {
            return Err(Fault::new(Code::ActionProhibited, "the object must not be changed"));
        }
    }
    edit(hsm, target, object, |_, record| {
        record.attributes = template::change(hsm.fips, &record.attributes, changes, target.actor, false)?;
        if record.flag(A::TOKEN) {
            record.client = None;
        }
        Ok(())
    })
}

/// Lets another crypto user use a key, or no longer.
pub(crate) fn share(
    hsm: &Hsm,
    target: &Target<'_>,
    object: Handle,
    user: &str,
    shared: bool,
) -> Result<(), Fault> {
    let found = owned(hsm, target.actor, object)?;
    if !matches!(found.record.class(), class::PUBLIC_KEY | class::PRIVATE_KEY | class::SECRET_KEY) {
        return Err(Fault::new(Code::KeyType, "only keys are shared"));
    }
    let known = hsm.state.read().user(user).is_some_and(|known| known.role == Role::CryptoUser);
    if !known || user == found.record.owner {
        return Err(no_such_user(user));
    }
    edit(hsm, target, object, |now, record| {
        record.shared.retain(|other| other != user);
        if !shared {
            // Those who are left must be enough to approve.
            let quorums = (record.manage_quorum, record.use_quorum);
            return quorum::set_of_key(hsm, now, record, quorums);
        }
        if record.shared.len() >= MAX_SHARES {
            return Err(Fault::new(Code::Memory, "the key is shared with as many users as it can be"));
        }
        record.shared.push(user.to_owned());
        Ok(())
    })
}

/// Sets how many approvals managing and using a key need.
pub(crate) fn set_quorum(
    hsm: &Hsm,
    target: &Target<'_>,
    object: Handle,
    quorums: (u8, u8),
) -> Result<(), Fault> {
    let found = owned(hsm, target.actor, object)?;
    if !matches!(found.record.class(), class::PRIVATE_KEY | class::SECRET_KEY) {
        return Err(Fault::new(Code::KeyType, "only secret and private keys have quorums"));
    }
    edit(hsm, target, object, |now, record| quorum::set_of_key(hsm, now, record, quorums))
}

/// The owner of an object, and the others who may use it.
pub(crate) fn shares(hsm: &Hsm, actor: &Actor, object: Handle) -> Result<(String, Vec<String>), Fault> {
    let found = visible(hsm, actor, object)?;
    Ok((found.record.owner.clone(), found.record.shared.clone()))
}

/// Changes a record under the state's lock.
fn edit(
    hsm: &Hsm,
    target: &Target<'_>,
    object: Handle,
    change: impl FnOnce(&Entries, &mut ObjectRecord) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let name = EntryName::Object(object.0);
    if was_done(hsm, &name, target.operation) {
        return Ok(());
    }
    hsm.change(Some(target.operation), |now| {
        let found = now.object(object.0).ok_or_else(no_such_object)?;
        let mut changes = target.may_manage(hsm, now, found)?;
        let mut record = found.record.clone();
        change(now, &mut record)?;
        let session = record.client.is_some();
        changes.push(Change { name, session, body: Some(encoded(&record)) });
        Ok(changes)
    })
}

/// An object that the user may see, wherever in the cluster it was made.
fn visible(hsm: &Hsm, actor: &Actor, object: Handle) -> Result<Arc<Object>, Fault> {
    let find = || {
        let now = hsm.state.read();
        let found = now.object(object.0).cloned();
        let known = now.held(&EntryName::Object(object.0)).is_some();
        (found, known)
    };
    let (mut found, known) = find();
    if !known {
        replicate::look_elsewhere(hsm, &EntryName::Object(object.0));
        found = find().0;
    }
    found.filter(|found| may_see(actor, &found.record)).ok_or_else(no_such_object)
}

/// An object of the user's own.
pub(crate) fn owned(hsm: &Hsm, actor: &Actor, object: Handle) -> Result<Arc<Object>, Fault> {
    let found = visible(hsm, actor, object)?;
    must_own(actor, &found.record)?;
    Ok(found)
}

/// Lets a key be wrapped now: with the approval that it needs, which is good for this once.
pub(crate) fn allow_wrap(hsm: &Hsm, key: &Object, approval: Option<&Approval>) -> Result<(), Fault> {
    if key.record.manage_quorum < 2 {
        return Ok(());
    }
    hsm.change(None, |now| quorum::approved_for_key(hsm, now, QuorumService::KeyManagement, key, approval))
}

/// A key that the user may use: its own or a shared one.
pub(crate) fn usable(hsm: &Hsm, actor: &Actor, key: Handle) -> Result<Arc<Object>, Fault> {
    actor.must_be_crypto_user()?;
    visible(hsm, actor, key)
}

fn must_own(actor: &Actor, record: &ObjectRecord) -> Result<(), Fault> {
    if actor.name == record.owner && actor.role() == Role::CryptoUser {
        return Ok(());
    }
    Err(Fault::new(Code::NotPermitted, "only the owner of an object may do this"))
}

/// Whether a user may know of an object: the owner, those it is shared with, and admins, who see what there is but
/// use nothing. A session object is seen by the client that made it alone.
fn may_see(actor: &Actor, record: &ObjectRecord) -> bool {
    if record.client.is_some_and(|client| client != actor.client) {
        return false;
    }
    actor.role() == Role::Admin || actor.name == record.owner || record.shared.contains(&actor.name)
}

fn no_such_object() -> Fault {
    Fault::new(Code::NoSuchObject, "there is no such object")
}
