use bastide_door::{Failure, Permitted};
use bastide_resources::Stored;
use bastide_shape::Document;

use super::check_kind;
use crate::multi_region::related;
use crate::paging::Paging;
use crate::stored::{Key, Version};

/// ListKeyRotations: the rotations of a key, and if asked for its first material and the one that waits.
///
/// # Errors
/// `InvalidMarkerException`, `UnsupportedOperationException`.
pub(crate) async fn list_key_rotations(call: &mut Permitted) -> Result<Document, Failure> {
    let key = call.resource::<Stored<Key>>()?;
    check_kind(&key)?;
    let paging = Paging::of(call, 100, 1000)?;
    let all = call.input().str("IncludeKeyMaterial") == Some("ALL_KEY_MATERIAL");
    let versions = key.versions();
    let awaited = is_awaited(call, &key, &versions).await?;
    let current = versions.iter().position(|version| version.id == key.material);
    let entries: Vec<(String, Document)> = versions
        .iter()
        .enumerate()
        .filter(|(_, version)| all || version.rotated.is_some())
        .map(|(at, version)| (format!("{at:08}"), show(&key, version, state(at, current, awaited))))
        .collect();
    Ok(paging.cut("Rotations", entries, |(at, _)| at.as_str(), |(_, entry)| entry))
}

/// `KeyMaterialState` of the material at a position.
fn state(at: usize, current: Option<usize>, awaited: bool) -> &'static str {
    match current {
        Some(current) if at == current => "CURRENT",
        Some(current) if at < current => "NON_CURRENT",
        _ if awaited => "PENDING_MULTI_REGION_IMPORT_AND_ROTATION",
        _ => "PENDING_ROTATION",
    }
}

/// Whether the newest material still is to be imported into one of the related keys.
async fn is_awaited(call: &Permitted, key: &Stored<Key>, versions: &[Version]) -> Result<bool, Failure> {
    let Some(newest) = versions.last().filter(|newest| newest.import.is_some() && newest.id != key.material)
    else {
        return Ok(false);
    };
    let lacks = |key: &Key| !key.versions().iter().any(|one| one.id == newest.id && one.is_present());
    Ok(related(call.store(), key).await?.iter().any(|other| lacks(other)))
}

/// A material as `RotationsListEntry` has it.
fn show(key: &Stored<Key>, version: &Version, state: &'static str) -> Document {
    let mut entry = Document::new()
        .with("KeyId", key.key.id.as_str())
        .with("KeyMaterialId", version.id.as_str())
        .with("KeyMaterialState", state);
    if let Some(import) = &version.import {
        let expires = import.expires.filter(|_| import.present);
        let model = if expires.is_some() { "KEY_MATERIAL_EXPIRES" } else { "KEY_MATERIAL_DOES_NOT_EXPIRE" };
        entry.push("KeyMaterialDescription", import.description.clone().unwrap_or_default());
        entry.push("ImportState", if import.present { "IMPORTED" } else { "PENDING_IMPORT" });
        if import.present {
            entry.push("ExpirationModel", model);
        }
        if let Some(expires) = expires {
            entry.push("ValidTo", expires);
        }
    }
    if let Some((moment, kind)) = version.rotated {
        entry.push("RotationDate", moment);
        entry.push("RotationType", kind.as_str());
    }
    entry
}
