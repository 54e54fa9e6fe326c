//! Shapes: tags.

use bastide_shape::{list, member, shapes, string, structure};

use super::*;

shapes! {
    TagResourceRequest = structure(&[
        member("ResourceId", &TaggableResourceId).required(),
        member("Tags", &Tags).required(),
    ]);
    TaggableResourceId = string().at_most(130).pattern(r"^(r-[0-9a-z]{4,32})|(\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})|(^p-[0-9a-zA-Z_]{8,128})|(^rp-[0-9a-zA-Z_]{4,128})|(^rt-[0-9a-zA-Z_]{8,32})$");
    UntagResourceRequest = structure(&[
        member("ResourceId", &TaggableResourceId).required(),
        member("TagKeys", &TagKeys).required(),
    ]);
    TagKeys = list(&member("member", &TagKey));
    ListTagsForResourceRequest = structure(&[
        member("ResourceId", &TaggableResourceId).required(),
        member("NextToken", &NextToken),
    ]);
    ListTagsForResourceResponse = structure(&[
        member("Tags", &Tags),
        member("NextToken", &NextToken),
    ]);
}
