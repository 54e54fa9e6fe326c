//! Shapes: multi-Region keys.

use bastide_shape::{member, shapes, structure};

use super::*;

shapes! {
    ReplicateKeyRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("ReplicaRegion", &RegionType).required(),
        member("Policy", &PolicyType),
        member("BypassPolicyLockoutSafetyCheck", &BooleanType),
        member("Description", &DescriptionType),
        member("Tags", &TagList),
    ]);
    ReplicateKeyResponse = structure(&[
        member("ReplicaKeyMetadata", &KeyMetadata),
        member("ReplicaPolicy", &PolicyType),
        member("ReplicaTags", &TagList),
    ]);
    UpdatePrimaryRegionRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("PrimaryRegion", &RegionType).required(),
    ]);
}
