//! Operations: tags.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    TagResource = operation(Access::Tagging)
        .input(&TagResourceRequest)
        .output(&TagResourceResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceLimitExceededException,
            &CloudHsmResourceNotFoundException, &CloudHsmServiceException, &CloudHsmTagException,
        ])
        .on(&[target("tagged", "ResourceId")]);
    UntagResource = operation(Access::Tagging)
        .input(&UntagResourceRequest)
        .output(&UntagResourceResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
            &CloudHsmTagException,
        ])
        .on(&[target("tagged", "ResourceId")]);
    ListTags = operation(Access::List)
        .input(&ListTagsRequest)
        .output(&ListTagsResponse)
        .errors(&[
            &CloudHsmAccessDeniedException, &CloudHsmInternalFailureException,
            &CloudHsmInvalidRequestException, &CloudHsmResourceNotFoundException, &CloudHsmServiceException,
            &CloudHsmTagException,
        ])
        .on(&[target("tagged", "ResourceId")]);
}
