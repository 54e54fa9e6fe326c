use std::sync::Arc;

use bastide_api_kms::KMS;
use bastide_door::{Failure, Permitted, ServiceEvent};
use bastide_ids::Timestamp;
use bastide_resources::{Changes, Store, Stored};
use bastide_seal::Sealer;
use bastide_shape::Document;

use super::{check_kind, check_own};
use crate::multi_region::{related, synchronized};
use crate::stored::{Key, Material, Origin, RotationType, Version};
use crate::{hex, refusal};

/// A key is rotated on demand at most so often. Source: AWS KMS API Reference, RotateKeyOnDemand.
const MOST_ON_DEMAND: usize = 25;

/// RotateKeyOnDemand: new material now. The rhythm of the automatic rotation stays.
///
/// # Errors
/// `DisabledException`, `KMSInvalidStateException`, `LimitExceededException`, `UnsupportedOperationException`.
pub(crate) async fn rotate_key_on_demand(call: &mut Permitted) -> Result<Document, Failure> {
    let read = call.resource::<Stored<Key>>()?;
    // Unlike for other operations, the state of the key counts before its kind (observed on AWS).
    Key::must_allow(call, &read)?;
    check_kind(&read)?;
    check_own(&read)?;
    if read.rotations_on_demand() >= MOST_ON_DEMAND {
        return Err(refusal::limit_exceeded(format!(
            "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be \
             performed for this key: {}",
            Key::arn(&read)
        )));
    }
    let rotation = prepare(call.store(), call.sealer(), &read, RotationType::OnDemand, call.now()).await?;
    rotation.write(call.changes());
    for event in rotation.events() {
        call.record_event(event);
    }
    Ok(Document::new().with("KeyId", Key::arn(&read)))
}

/// A rotation, ready to be written.
pub(crate) struct Rotation {
    kind: RotationType,
    /// The key, and then its replicas.
    keys: Vec<(Arc<Stored<Key>>, Key, Option<Material>)>,
}

/// Makes what a rotation of a key and of its replicas needs: new material, or for imported keys the one that waits.
///
/// # Errors
/// `KMSInvalidStateException` when no imported material waits; otherwise when the store or the sealer fails.
pub(crate) async fn prepare(
    store: &Store,
    sealer: &Sealer,
    key: &Arc<Stored<Key>>,
    kind: RotationType,
    now: Timestamp,
) -> Result<Rotation, Failure> {
    let mut keys = vec![Arc::clone(key)];
    keys.extend(related(store, key).await?);
    if key.origin == Origin::External {
        return waiting(key, keys, kind, now);
    }
    let (id, arn) = (hex::random_id(), Key::arn(key));
    let (material, _) = Material::generate(sealer, &key.key.place, arn)?;
    let mut rotated = Vec::with_capacity(keys.len());
    for read in keys {
        let to = (&read.key.place, Key::arn(&read));
        let material = if to.0 == &key.key.place {
            material.clone()
        } else {
            material.replicate(sealer, (&key.key.place, arn), to)?
        };
        let mut value = read.value.clone();
        let version = Version { id: id.clone(), rotated: Some((now, kind)), import: None };
        value.versions_mut().push(version);
        value.material.clone_from(&id);
        value.rotation = next(&value, kind, now);
        rotated.push((read, value, Some(material)));
    }
    Ok(Rotation { kind, keys: rotated })
}

/// The rotation to imported material that waits for it.
fn waiting(
    key: &Stored<Key>,
    keys: Vec<Arc<Stored<Key>>>,
    kind: RotationType,
    now: Timestamp,
) -> Result<Rotation, Failure> {
    let mut rotated = Vec::with_capacity(keys.len());
    for read in keys {
        let mut value = read.value.clone();
        let current = value.material.clone();
        let versions = value.versions_mut();
        let position = versions.iter().position(|version| version.id == current);
        let next = position.and_then(|at| versions.get_mut(at + 1)).filter(|next| next.is_present());
        let Some(version) = next else { return Err(refusal::no_material_waits(Key::arn(key))) };
        version.rotated = Some((now, kind));
        value.material = version.id.clone();
        rotated.push((read, value, None));
    }
    Ok(Rotation { kind, keys: rotated })
}

fn next(key: &Key, kind: RotationType, now: Timestamp) -> Option<crate::stored::Automatic> {
    match kind {
        RotationType::Automatic => key.rotation.map(|rotation| rotation.after(now)),
        RotationType::OnDemand => key.rotation,
    }
}

impl Rotation {
    /// Writes what it changes.
    pub(crate) fn write(&self, changes: &mut Changes) {
        for (read, value, material) in &self.keys {
            if let Some(material) = material {
                let id = Material::id(&read.key.id, &value.material);
                changes.create(&read.key.place, id, material.clone());
            }
            changes.update(read, value.clone());
        }
    }

    /// The key as it is afterwards.
    pub(crate) fn key(&self) -> Option<&Key> {
        self.keys.first().map(|(_, value, _)| value)
    }

    /// What the trail shows of it, in the Region of each key.
    pub(crate) fn events(&self) -> Vec<ServiceEvent> {
        let mut events = Vec::new();
        for (index, (read, value, _)) in self.keys.iter().enumerate() {
            let details = Document::new()
                .with("keyId", read.key.id.as_str())
                .with("keyOrigin", read.origin.as_str())
                .with("rotationType", self.kind.as_str())
                .with("previousKeyMaterialId", read.material.as_str())
                .with("currentKeyMaterialId", value.material.as_str());
            if index > 0 {
                events.push(synchronized(read));
            }
            events.push(event("RotateKey", read, details));
        }
        events
    }
}

/// Something that KMS did to a key by itself.
pub(crate) fn event(name: &'static str, key: &Stored<Key>, details: Document) -> ServiceEvent {
    let resources = vec![(crate::resolve::KEY, Key::arn(key).to_owned())];
    ServiceEvent { service: &KMS, name, place: key.key.place.clone(), resources, details }
}
