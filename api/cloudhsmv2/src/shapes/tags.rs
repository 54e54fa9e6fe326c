//! Shapes: tags.

use bastide_shape::{integer, list, member, shapes, string, structure};

use super::*;

shapes! {
    TagResourceRequest = structure(&[
        member("ResourceId", &ResourceId).required(),
        member("TagList", &TagList).required(),
    ]);
    ResourceId = string().pattern(r"(?:cluster|backup)-[2-7a-zA-Z]{11,16}");
    TagResourceResponse = structure(&[]);
    UntagResourceRequest = structure(&[
        member("ResourceId", &ResourceId).required(),
        member("TagKeyList", &TagKeyList).required(),
    ]);
    TagKeyList = list(&member("member", &TagKey)).length(1, 50);
    UntagResourceResponse = structure(&[]);
    ListTagsRequest = structure(&[
        member("ResourceId", &ResourceId).required(),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxSize),
    ]);
    MaxSize = integer().range(1, 100);
    ListTagsResponse = structure(&[
        member("TagList", &TagList).required(),
        member("NextToken", &NextToken),
    ]);
}
