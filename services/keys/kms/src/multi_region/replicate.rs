use bastide_api_kms::errors::AlreadyExistsException;
use bastide_door::{Failure, Permitted, Resource};
use bastide_ids::{Place, Region};
use bastide_policy::ResourceRule;
use bastide_resources::Stored;
use bastide_shape::Document;

use super::{beside, related, synchronized};
use crate::keys::describe;
use crate::resolve::KEY;
use crate::rotation::rotate::event;
use crate::stored::{Import, Key, Manager, Material, MultiRegion, Origin, State, Version};
use crate::{policies, refusal, tags};

/// ReplicateKey: a key in another Region with the same id and material as a multi-Region primary key.
///
/// # Errors
/// `AlreadyExistsException`, `DisabledException`, `KMSInvalidStateException`, `LimitExceededException`,
/// `MalformedPolicyDocumentException`, `TagException`, `UnsupportedOperationException`.
pub(crate) async fn replicate_key(call: &mut Permitted) -> Result<Document, Failure> {
    let primary = call.resource::<Stored<Key>>()?;
    let arn = Key::arn(&primary);
    let Some(set) = &primary.multi_region else { return Err(refusal::not_primary(arn)) };
    if !set.is_primary(&primary.key.place.region) {
        return Err(refusal::not_primary(arn));
    }
    Key::must_allow(call, &primary)?;
    let there = replica_place(call, &primary)?;
    // Also one whose time has come: what it leaves behind (grants, aliases) must be gone first.
    if let Some(key) = call.store().find::<Key>(&there, &primary.key.id).await? {
        let message = format!("{} already exists, in the Region {}.", Key::arn(&key), there.region);
        return Err(Failure::new(&AlreadyExistsException, message));
    }
    let mut set = set.clone();
    set.replicas.insert(there.region.clone());
    let replica = new_replica(call, &primary, &there, &set).await?;
    let answer = Document::new()
        .with("ReplicaKeyMetadata", describe::metadata(&there, &primary.key.id, &replica))
        .with("ReplicaPolicy", replica.policy.as_str())
        .with("ReplicaTags", tags::show(&replica.tags));
    write(call, &primary, &there, replica, &set).await?;
    Ok(answer)
}

/// Where the replica is to be.
fn replica_place(call: &Permitted, primary: &Stored<Key>) -> Result<Place, Failure> {
    let text = call.input().text("ReplicaRegion");
    let region = Region::parse(text).map_err(|error| Failure::validation(error.to_string()))?;
    if region.partition() != primary.key.place.partition {
        let message = format!("The Region {region} is not in the partition {}.", primary.key.place.partition);
        return Err(Failure::validation(message));
    }
    Ok(beside(primary, &region))
}

/// The replica as it will be: what is shared comes from the primary, the rest from the request.
async fn new_replica(
    call: &mut Permitted,
    primary: &Stored<Key>,
    there: &Place,
    set: &MultiRegion,
) -> Result<Key, Failure> {
    let arn = Key::arn_in(there, &primary.key.id);
    let policy = match call.input().str("Policy") {
        Some(text) => text.to_owned(),
        None => policies::default_policy(there),
    };
    let compiled = policies::compile(call, &policy).await?;
    let mut replica = Key::new(call.now(), Manager::Customer, policy, primary.material.clone());
    replica.spec = primary.spec;
    replica.usage = primary.usage;
    replica.origin = primary.origin;
    replica.rotation = primary.rotation;
    replica.multi_region = Some(set.clone());
    *replica.versions_mut() = primary.versions().iter().map(without_import).collect();
    if replica.origin == Origin::External {
        replica.state = State::PendingImport;
    }
    call.input().str("Description").unwrap_or_default().clone_into(&mut replica.description);
    tags::add(&mut replica.tags, tags::read(call.input())?)?;
    let new = Resource { account: Some(there.account), ..Resource::any() };
    call.require("kms:CreateKey", &new).await?;
    if !replica.tags.is_empty() {
        let resource = Resource { account: Some(there.account), ..Resource::new(arn.clone(), KEY) };
        call.require("kms:TagResource", &resource).await?;
    }
    if call.input().str("Policy").is_some() {
        let resource = Resource {
            account: Some(there.account),
            policy: Some(compiled),
            rule: ResourceRule::ResourceMustTrust,
            ..Resource::new(arn, KEY)
        };
        policies::check_lockout(call, resource).await?;
    }
    Ok(replica)
}

/// Imported material must be imported into each replica.
fn without_import(version: &Version) -> Version {
    let import = version.import.as_ref().map(|import| Import {
        present: false,
        expires: None,
        description: import.description.clone(),
    });
    Version { import, ..version.clone() }
}

async fn write(
    call: &mut Permitted,
    primary: &Stored<Key>,
    there: &Place,
    replica: Key,
    set: &MultiRegion,
) -> Result<(), Failure> {
    let (store, id) = (call.store().clone(), &primary.key.id);
    let (arn, replica_arn) = (Key::arn(primary), Key::arn_in(there, id));
    let mut copies = Vec::new();
    if primary.origin == Origin::AwsKms {
        for version in primary.versions().iter() {
            let document = Material::id(id, &version.id);
            let found = store.find::<Material>(&primary.key.place, &document).await?;
            let material = found.ok_or_else(|| Failure::internal(format!("{arn} lacks key material")))?;
            let from = (&primary.key.place, arn);
            copies.push((document, material.replicate(call.sealer(), from, (there, &replica_arn))?));
        }
    }
    for other in related(&store, primary).await? {
        let value = other.value.in_set(set.clone());
        call.changes().update(&other, value);
        call.record_event(synchronized(&other));
    }
    let changes = call.changes();
    changes.update(primary, primary.value.in_set(set.clone()));
    for (document, material) in copies {
        changes.create(there, document, material);
    }
    let mut made = event("CreateKey", primary, Document::new().with("keyId", id.as_str()));
    made.place = there.clone();
    made.resources = vec![(KEY, replica_arn.clone())];
    changes.create(there, id.as_str(), replica);
    call.record_event(made);
    call.record_resource(KEY, replica_arn);
    Ok(())
}
