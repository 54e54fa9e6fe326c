use bastide_crypto::{KeySpec, KeyUsage};
use bastide_door::{Failure, Permitted, Resource};
use bastide_ids::Uuid;
use bastide_policy::ResourceRule;
use bastide_shape::Document;

use super::describe;
use crate::cryptography::material;
use crate::resolve::KEY;
use crate::stored::{Key, Manager, Material, MultiRegion, Origin};
use crate::{hex, multi_region, policies, refusal, stores, tags};

/// CreateKey: a customer managed key.
///
/// # Errors
/// `LimitExceededException`, `MalformedPolicyDocumentException`, `TagException`, and
/// `UnsupportedOperationException` for the kinds of keys that are not built.
pub(crate) async fn create_key(call: &mut Permitted) -> Result<Document, Failure> {
    let (spec, usage) = kind(call.input())?;
    let custom = stores::keys::requested(call.input())?;
    let origin = call.input().str("Origin").and_then(Origin::parse).unwrap_or_default();
    let (place, material_id) = (call.place().clone(), hex::random_id());
    let multi_region = call.input().bool("MultiRegion") == Some(true);
    let id = if multi_region { multi_region::new_id() } else { Uuid::random().to_string() };
    let arn = Key::arn_in(&place, &id);
    let policy = match call.input().str("Policy") {
        Some(text) => text.to_owned(),
        None => policies::default_policy(&place),
    };
    let compiled = policies::compile(call, &policy).await?;
    let mut key = Key::new(call.now(), Manager::Customer, policy, material_id);
    (key.spec, key.usage, key.origin) = (spec, usage, origin);
    key.multi_region = multi_region.then(|| MultiRegion::new(place.region.clone()));
    call.input().str("Description").unwrap_or_default().clone_into(&mut key.description);
    tags::add(&mut key.tags, tags::read(call.input())?)?;
    if !key.tags.is_empty() {
        let resource = Resource { account: Some(place.account), ..Resource::new(arn.clone(), KEY) };
        call.require("kms:TagResource", &resource).await?;
    }
    if call.input().str("Policy").is_some() {
        let resource = Resource {
            account: Some(place.account),
            policy: Some(compiled),
            rule: ResourceRule::ResourceMustTrust,
            ..Resource::new(arn.clone(), KEY)
        };
        policies::check_lockout(call, resource).await?;
    }
    if let Some(origin) = custom {
        let (kept, cluster) = stores::keys::enter(call, origin, &id).await?;
        (key.in_store, key.cluster) = (Some(kept), cluster);
    }
    if origin == Origin::External {
        key.wait_for_import();
    } else if origin != Origin::AwsCloudHsm {
        // Last, because it is what takes time.
        let made = material::make(spec).await?;
        let (material, _) = Material::seal(call.sealer(), &place, &arn, made)?;
        call.changes().create(&place, Material::id(&id, &key.material), material);
    }
    let answer = Document::new().with("KeyMetadata", describe::metadata(&place, &id, &key));
    call.record_resource(KEY, arn);
    call.changes().create(&place, id, key);
    Ok(answer)
}

/// The spec and usage of the key that is asked for, which must fit each other.
fn kind(input: &Document) -> Result<(KeySpec, KeyUsage), Failure> {
    let name = match (input.str("KeySpec"), input.str("CustomerMasterKeySpec")) {
        (Some(_), Some(_)) => {
            let message = "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. \
                           CustomerMasterKeySpec is deprecated.";
            return Err(Failure::validation(message));
        }
        (name, older) => name.or(older).unwrap_or(KeySpec::default().as_str()),
    };
    let Some(spec) = KeySpec::parse(name).filter(|spec| spec.is_supported()) else {
        return Err(refusal::unsupported(&format!("the key spec {name}")));
    };
    let usage = match input.str("KeyUsage") {
        Some(name) => {
            KeyUsage::parse(name).filter(|usage| spec.usages().contains(usage)).ok_or_else(|| {
                Failure::validation(format!("KeyUsage {name} is not compatible with KeySpec {spec}"))
            })?
        }
        None if spec == KeySpec::default() => KeyUsage::default(),
        None => {
            let message =
                "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.";
            return Err(Failure::validation(message));
        }
    };
    Ok((spec, usage))
}
