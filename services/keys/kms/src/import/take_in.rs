use std::time::Duration;

use bastide_crypto::{CryptoError, SecretKey, wrap};
use bastide_door::{Failure, Permitted};
use bastide_ids::Timestamp;
use bastide_resources::{Store, Stored};
use bastide_shape::Document;

use super::token::ImportToken;
use super::{check_origin, material_id, next_expiry};
use crate::multi_region::{related, synchronized};
use crate::refusal;
use crate::stored::{Import, Key, Material, State, Version};

/// Material may expire at most so long after it is imported: 365 days.
const LONGEST: Duration = Duration::from_secs(365 * 86_400);

/// ImportKeyMaterial: material for a key that was made without, again or for a rotation.
///
/// # Errors
/// `ExpiredImportTokenException`, `IncorrectKeyMaterialException`, `InvalidCiphertextException`,
/// `InvalidImportTokenException`, `KMSInvalidStateException`, `UnsupportedOperationException`.
pub(crate) async fn import_key_material(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    check_origin(&read)?;
    check_members(call.input(), &read)?;
    Key::must_allow(call, &read)?;
    let expires = expires(call)?;
    let opened = unwrap(call, &read)?;
    let id = material_id(&read.key.id, &opened);
    let wanted = Wanted::of(call.input(), &read, &id)?;

    let mut key = read.value.clone();
    if wanted == Wanted::New {
        wait(call, &read, &mut key, &id).await?;
    }
    let description = call.input().str("KeyMaterialDescription").map(str::to_owned);
    let Some(version) = key.versions_mut().iter_mut().find(|version| version.id == id) else {
        return Err(Failure::internal("imported material has no place in its key"));
    };
    let import = version.import.get_or_insert_default();
    let description = description.or_else(|| import.description.take());
    *import = Import { present: true, expires, description };
    if key.state == State::PendingImport && !key.lacks_material() {
        key.state = State::Enabled;
    }
    let (place, key_id) = (&read.key.place, &read.key.id);
    let (material, _) = Material::seal(call.sealer(), place, Key::arn(&read), opened)?;
    call.changes().put(place, Material::id(key_id, &id), material);
    let changed = Stored { key: read.key.clone(), value: key, ..*read };
    if let Some(due) = next_expiry(&changed) {
        call.changes().put(&Store::global(), due.id(), due);
    }
    call.changes().update(&read, changed.value);
    Ok(Document::new().with("KeyId", Key::arn(&read)).with("KeyMaterialId", id))
}

/// Members that only symmetric keys take.
fn check_members(input: &Document, key: &Stored<Key>) -> Result<(), Failure> {
    let only_symmetric = ["ImportType", "KeyMaterialDescription", "KeyMaterialId"];
    match only_symmetric.into_iter().find(|name| input.str(name).is_some()) {
        Some(name) if !key.is_symmetric() => {
            Err(Failure::validation(format!("{name} is only for symmetric encryption keys.")))
        }
        _ => Ok(()),
    }
}

/// When the material is to expire, if it is.
fn expires(call: &Permitted) -> Result<Option<Timestamp>, Failure> {
    let (input, now) = (call.input(), call.now());
    let moment = input.time("ValidTo");
    match (input.str("ExpirationModel"), moment) {
        (Some("KEY_MATERIAL_DOES_NOT_EXPIRE"), None) => Ok(None),
        (Some("KEY_MATERIAL_DOES_NOT_EXPIRE"), Some(_)) => {
            let message = "ValidTo must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE.";
            Err(Failure::validation(message))
        }
        (_, None) => {
            let message = "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES";
            Err(Failure::validation(message))
        }
        (_, Some(moment)) if moment <= now => Err(Failure::validation("ValidTo must be in the future.")),
        (_, Some(moment)) if moment > now.plus(LONGEST) => {
            Err(Failure::validation("ValidTo must be at most 365 days from now."))
        }
        (_, Some(moment)) => Ok(Some(moment)),
    }
}

/// The material in the clear, which is of the key's spec.
fn unwrap(call: &Permitted, key: &Stored<Key>) -> Result<SecretKey, Failure> {
    let input = call.input();
    let token = input.blob("ImportToken").unwrap_or_default();
    let token = ImportToken::read(token, call.sealer(), key).ok_or_else(refusal::invalid_import_token)?;
    if token.valid_to <= call.now() {
        return Err(refusal::expired_import_token());
    }
    let wrapped = input.blob("EncryptedKeyMaterial").unwrap_or_default();
    let bytes = wrap::unwrap(&token.wrapping_key, token.algorithm, wrapped)
        .map_err(|_| refusal::invalid_ciphertext())?;
    SecretKey::from_bytes(key.spec, &bytes).map_err(|error| match error {
        CryptoError::InvalidKey(_) => refusal::incorrect_key_material("it is not of the key's spec"),
        other => Failure::internal(other),
    })
}

/// What an import is.
#[derive(PartialEq, Eq)]
enum Wanted {
    /// Material that the key has not had: its first, or the one to rotate to.
    New,
    /// Material that it has had, or that a related key has.
    Existing,
}

impl Wanted {
    fn of(input: &Document, key: &Stored<Key>, id: &str) -> Result<Self, Failure> {
        let versions = key.versions();
        let known = versions.iter().any(|version| version.id == id);
        let new = match input.str("ImportType") {
            Some(kind) => kind == "NEW_KEY_MATERIAL",
            None => versions.is_empty(),
        };
        let named = input.str("KeyMaterialId");
        if new {
            if named.is_some() {
                return Err(Failure::validation("KeyMaterialId cannot be used with NEW_KEY_MATERIAL."));
            }
            return match known {
                true => Err(refusal::incorrect_key_material("it is associated with the key already")),
                false => Ok(Self::New),
            };
        }
        if !known || named.is_some_and(|named| named != id) {
            return Err(refusal::incorrect_key_material("it is not the material that was imported before"));
        }
        Ok(Self::Existing)
    }
}

/// Gives new material its place in a key and in its replicas: the present one of a key without any, otherwise the one
/// that waits for a rotation.
async fn wait(call: &mut Permitted, read: &Stored<Key>, key: &mut Key, id: &str) -> Result<(), Failure> {
    if key.is_replica(&read.key.place) {
        return Err(refusal::replica(Key::arn(read)));
    }
    add(read, key, id)?;
    for other in related(call.store(), read).await? {
        let mut value = other.value.clone();
        add(&other, &mut value, id)?;
        call.changes().update(&other, value);
        call.record_event(synchronized(&other));
    }
    Ok(())
}

fn add(read: &Stored<Key>, key: &mut Key, id: &str) -> Result<(), Failure> {
    let waits = key.versions().last().is_some_and(|last| last.id != key.material);
    if waits {
        let is = "in possession of key material that waits for a rotation";
        return Err(refusal::invalid_state(Key::arn(read), is));
    }
    let version = Version { id: id.to_owned(), rotated: None, import: Some(Import::default()) };
    key.versions_mut().push(version);
    if key.material.is_empty() {
        id.clone_into(&mut key.material);
    }
    Ok(())
}
