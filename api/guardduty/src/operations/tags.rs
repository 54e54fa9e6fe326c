//! Operations: tags.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    TagResource = operation(Access::Tagging)
        .http("POST", "/tags/{ResourceArn}", 204)
        .input(&TagResourceRequest)
        .output(&TagResourceResponse)
        .errors(&[&AccessDeniedException, &BadRequestException, &InternalServerErrorException])
        .on(&[target("tagged", "ResourceArn")]);
    UntagResource = operation(Access::Tagging)
        .http("DELETE", "/tags/{ResourceArn}", 204)
        .input(&UntagResourceRequest)
        .output(&UntagResourceResponse)
        .errors(&[&AccessDeniedException, &BadRequestException, &InternalServerErrorException])
        .on(&[target("tagged", "ResourceArn")]);
    ListTagsForResource = operation(Access::List)
        .http("GET", "/tags/{ResourceArn}", 200)
        .input(&ListTagsForResourceRequest)
        .output(&ListTagsForResourceResponse)
        .errors(&[&AccessDeniedException, &BadRequestException, &InternalServerErrorException])
        .on(&[target("tagged", "ResourceArn")]);
}
