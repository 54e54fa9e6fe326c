//! Operations: tags.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    TagResource = operation(Access::Tagging)
        .input(&TagResourceRequest)
        .errors(&[
            &InvalidArnException, &KMSInternalException, &KMSInvalidStateException, &LimitExceededException,
            &NotFoundException, &TagException,
        ])
        .on(&[target("key", "KeyId")]);
    UntagResource = operation(Access::Tagging)
        .input(&UntagResourceRequest)
        .errors(&[
            &InvalidArnException, &KMSInternalException, &KMSInvalidStateException, &NotFoundException,
            &TagException,
        ])
        .on(&[target("key", "KeyId")]);
    ListResourceTags = operation(Access::List)
        .input(&ListResourceTagsRequest)
        .output(&ListResourceTagsResponse)
        .errors(&[
            &InvalidArnException, &InvalidMarkerException, &KMSInternalException, &NotFoundException,
        ])
        .on(&[target("key", "KeyId")]);
}
