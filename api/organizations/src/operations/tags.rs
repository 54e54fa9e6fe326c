//! Operations: tags.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    TagResource = operation(Access::Tagging)
        .input(&TagResourceRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &InvalidInputException, &ServiceException,
            &TargetNotFoundException, &TooManyRequestsException,
        ])
        .on(&[target("target", "ResourceId")]);
    UntagResource = operation(Access::Tagging)
        .input(&UntagResourceRequest)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &ConcurrentModificationException,
            &ConstraintViolationException, &InvalidInputException, &ServiceException,
            &TargetNotFoundException, &TooManyRequestsException,
        ])
        .on(&[target("target", "ResourceId")]);
    ListTagsForResource = operation(Access::List)
        .input(&ListTagsForResourceRequest)
        .output(&ListTagsForResourceResponse)
        .errors(&[
            &AWSOrganizationsNotInUseException, &AccessDeniedException, &InvalidInputException,
            &ServiceException, &TargetNotFoundException, &TooManyRequestsException,
        ])
        .on(&[target("target", "ResourceId")]);
}
