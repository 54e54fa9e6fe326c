//! AWS Key Management Service, and the example that other services follow.
//!
//! - [`room`]: every operation and what carries it out, one line each;
//! - `keys`, `aliases`, `policies`, `tags`, `grants`, `cryptography`, `rotation`, `import`, `multi_region`, `usage`: the
//!   operations, by what they are about;
//! - `stores`: keys whose material is kept elsewhere;
//! - `proxy`: keys of this KMS for the external key store of another;
//! - `resolve`: which key a request names, and what the door must know to decide on it;
//! - `stored`: the documents in the store, apart from the shapes on the wire;
//! - `managed`: the keys that services make for themselves;
//! - [`quota`]: how often an account may ask;
//! - [`work`]: what happens when nobody calls.

mod aliases;
mod cryptography;
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz;
mod grants;
mod hex;
mod import;
mod keys;
mod managed;
mod multi_region;
mod paging;
mod policies;
mod proxy;
pub mod quota;
mod refusal;
mod reseal;
mod resolve;
mod rotation;
mod stored;
mod stores;
mod tags;
mod usage;
pub mod work;

pub use reseal::reseal;

use bastide_api_kms::{KMS, operations as row};
use bastide_door::{Handler, Room};
use bastide_shape::Operation;

pub use proxy::xks_proxy_room;
pub use stores::{HsmClusters, KeyStoreSettings, VpcEndpointService};

/// KMS, as the door knows it.
#[must_use]
pub fn room() -> Room {
    Room { service: &KMS, handlers: HANDLERS, resolver: resolve::resolve }
}

/// Makes a handler of a function; request quotas stand before each.
macro_rules! handler {
    ($function:path) => {
        |call| {
            Box::pin(async move {
                quota::check(call)?;
                $function(call).await
            })
        }
    };
}

static HANDLERS: &[(&Operation, Handler)] = &[
    (&row::CreateKey, handler!(keys::create::create_key)),
    (&row::DescribeKey, handler!(keys::describe::describe_key)),
    (&row::ListKeys, handler!(keys::describe::list_keys)),
    (&row::EnableKey, handler!(keys::update::enable_key)),
    (&row::DisableKey, handler!(keys::update::disable_key)),
    (&row::UpdateKeyDescription, handler!(keys::update::update_key_description)),
    (&row::ScheduleKeyDeletion, handler!(keys::deletion::schedule_key_deletion)),
    (&row::CancelKeyDeletion, handler!(keys::deletion::cancel_key_deletion)),
    (&row::GetKeyLastUsage, handler!(usage::get_key_last_usage)),
    (&row::EnableKeyRotation, handler!(rotation::status::enable_key_rotation)),
    (&row::DisableKeyRotation, handler!(rotation::status::disable_key_rotation)),
    (&row::GetKeyRotationStatus, handler!(rotation::status::get_key_rotation_status)),
    (&row::RotateKeyOnDemand, handler!(rotation::rotate::rotate_key_on_demand)),
    (&row::ListKeyRotations, handler!(rotation::list::list_key_rotations)),
    (&row::GetParametersForImport, handler!(import::parameters::get_parameters_for_import)),
    (&row::ImportKeyMaterial, handler!(import::take_in::import_key_material)),
    (&row::DeleteImportedKeyMaterial, handler!(import::drop::delete_imported_key_material)),
    (&row::ReplicateKey, handler!(multi_region::replicate::replicate_key)),
    (&row::UpdatePrimaryRegion, handler!(multi_region::primary::update_primary_region)),
    (&row::CreateAlias, handler!(aliases::create_alias)),
    (&row::UpdateAlias, handler!(aliases::update_alias)),
    (&row::DeleteAlias, handler!(aliases::delete_alias)),
    (&row::ListAliases, handler!(aliases::list_aliases)),
    (&row::GetKeyPolicy, handler!(policies::get_key_policy)),
    (&row::PutKeyPolicy, handler!(policies::put_key_policy)),
    (&row::ListKeyPolicies, handler!(policies::list_key_policies)),
    (&row::TagResource, handler!(tags::tag_resource)),
    (&row::UntagResource, handler!(tags::untag_resource)),
    (&row::ListResourceTags, handler!(tags::list_resource_tags)),
    (&row::CreateGrant, handler!(grants::create::create_grant)),
    (&row::ListGrants, handler!(grants::list::list_grants)),
    (&row::ListRetirableGrants, handler!(grants::list::list_retirable_grants)),
    (&row::RetireGrant, handler!(grants::end::retire_grant)),
    (&row::RevokeGrant, handler!(grants::end::revoke_grant)),
    (&row::Encrypt, handler!(cryptography::encrypt::encrypt)),
    (&row::Decrypt, handler!(cryptography::decrypt::decrypt)),
    (&row::ReEncrypt, handler!(cryptography::re_encrypt::re_encrypt)),
    (&row::GenerateDataKey, handler!(cryptography::generate::generate_data_key)),
    (
        &row::GenerateDataKeyWithoutPlaintext,
        handler!(cryptography::generate::generate_data_key_without_plaintext),
    ),
    (&row::GenerateDataKeyPair, handler!(cryptography::key_pair::generate_data_key_pair)),
    (
        &row::GenerateDataKeyPairWithoutPlaintext,
        handler!(cryptography::key_pair::generate_data_key_pair_without_plaintext),
    ),
    (&row::GetPublicKey, handler!(cryptography::public_key::get_public_key)),
    (&row::Sign, handler!(cryptography::sign::sign)),
    (&row::Verify, handler!(cryptography::sign::verify)),
    (&row::GenerateMac, handler!(cryptography::mac::generate_mac)),
    (&row::VerifyMac, handler!(cryptography::mac::verify_mac)),
    (&row::DeriveSharedSecret, handler!(cryptography::agreement::derive_shared_secret)),
    (&row::Encapsulate, handler!(cryptography::agreement::encapsulate)),
    (&row::Decapsulate, handler!(cryptography::agreement::decapsulate)),
    (&row::GenerateRandom, handler!(cryptography::generate::generate_random)),
    (&row::CreateCustomKeyStore, handler!(stores::create::create_custom_key_store)),
    (&row::DescribeCustomKeyStores, handler!(stores::describe::describe_custom_key_stores)),
    (&row::ConnectCustomKeyStore, handler!(stores::connect::connect_custom_key_store)),
    (&row::DisconnectCustomKeyStore, handler!(stores::connect::disconnect_custom_key_store)),
    (&row::UpdateCustomKeyStore, handler!(stores::update::update_custom_key_store)),
    (&row::DeleteCustomKeyStore, handler!(stores::connect::delete_custom_key_store)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_operation_has_a_handler() {
        for operation in KMS.operations {
            assert!(room().has(operation), "{}", operation.name);
        }
        assert_eq!(HANDLERS.len(), KMS.operations.len());
    }
}
