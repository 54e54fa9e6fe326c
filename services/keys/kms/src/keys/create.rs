use bastide_api_kms::errors::CustomKeyStoreNotFoundException;
use bastide_crypto::{KeySpec, KeyUsage};
use bastide_door::{Failure, Permitted, Resource};
use bastide_ids::Uuid;
use bastide_policy::ResourceRule;
use bastide_shape::Document;

use super::describe;
use crate::resolve::KEY;
use crate::stored::{Key, Manager, Material, Origin};
use crate::{hex, policies, refusal, tags};

/// CreateKey: a customer managed key for symmetric encryption.
///
/// # Errors
/// `LimitExceededException`, `MalformedPolicyDocumentException`, `TagException`, and
/// `UnsupportedOperationException` for the kinds of keys that are not built.
pub(crate) async fn create_key(call: &mut Permitted) -> Result<Document, Failure> {
    check_kind(call.input())?;
    let (place, id, material_id) = (call.place().clone(), Uuid::random().to_string(), hex::random_id());
    let arn = Key::arn_in(&place, &id);
    let policy = match call.input().str("Policy") {
        Some(text) => text.to_owned(),
        None => policies::default_policy(&place),
    };
    let compiled = policies::compile(&policy)?;
    let mut key = Key::new(call.now(), Manager::Customer, policy, material_id);
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
    let (material, _) = Material::generate(call.sealer(), &place, &arn)?;
    let answer = Document::new().with("KeyMetadata", describe::metadata(&place, &id, &key));
    call.record_resource(KEY, arn);
    call.changes().create(&place, Material::id(&id, &key.material), material).create(&place, id, key);
    Ok(answer)
}

/// Symmetric encryption keys with material made here are what is built.
fn check_kind(input: &Document) -> Result<(), Failure> {
    let spec = match (input.str("KeySpec"), input.str("CustomerMasterKeySpec")) {
        (Some(_), Some(_)) => {
            let message = "Specify KeySpec or the older CustomerMasterKeySpec, not both.";
            return Err(Failure::validation(message));
        }
        (spec, older) => spec.or(older).unwrap_or(KeySpec::default().as_str()),
    };
    let usage = input.str("KeyUsage");
    if spec != KeySpec::default().as_str() && usage.is_none() {
        let message =
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.";
        return Err(Failure::validation(message));
    }
    if spec != KeySpec::default().as_str() {
        return Err(refusal::unsupported(&format!("the key spec {spec}")));
    }
    if let Some(other) = usage.filter(|usage| *usage != KeyUsage::default().as_str()) {
        return Err(Failure::validation(format!("KeyUsage {other} is not compatible with KeySpec {spec}")));
    }
    let origin = input.str("Origin").and_then(Origin::parse).unwrap_or_default();
    if origin == Origin::External || (origin.is_in_key_store() && input.str("CustomKeyStoreId").is_none()) {
        return Err(refusal::unsupported(&format!("the key origin {}", origin.as_str())));
    }
    if input.bool("MultiRegion") == Some(true) {
        return Err(refusal::unsupported("a multi-Region key"));
    }
    if let Some(id) = input.str("CustomKeyStoreId") {
        let message = format!("Custom key store {id} is not found.");
        return Err(Failure::new(&CustomKeyStoreNotFoundException, message));
    }
    if input.str("XksKeyId").is_some() {
        return Err(Failure::validation("XksKeyId is only for keys with the origin EXTERNAL_KEY_STORE."));
    }
    Ok(())
}
