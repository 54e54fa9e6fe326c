//! Shapes: tags.

use bastide_shape::{list, member, shapes, structure};

use super::*;

shapes! {
    TagResourceRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("Tags", &TagList).required(),
    ]);
    UntagResourceRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("TagKeys", &TagKeyList).required(),
    ]);
    TagKeyList = list(&member("member", &TagKeyType));
    ListResourceTagsRequest = structure(&[
        member("KeyId", &KeyIdType).required(),
        member("Limit", &LimitType),
        member("Marker", &MarkerType),
    ]);
    ListResourceTagsResponse = structure(&[
        member("Tags", &TagList),
        member("NextMarker", &MarkerType),
        member("Truncated", &BooleanType),
    ]);
}
