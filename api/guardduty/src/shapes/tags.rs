//! Shapes: tags.

use bastide_shape::{Location, list, member, shapes, string, structure};

use super::*;

shapes! {
    TagResourceRequest = structure(&[
        member("ResourceArn", &GuardDutyArn).required().at(Location::Uri("ResourceArn")),
        member("Tags", &TagMap).required().wire("tags"),
    ]);
    GuardDutyArn = string().pattern(r"arn:[A-Za-z_.-]{1,20}:guardduty:[A-Za-z0-9_/.-]{0,63}:\d+:detector/[A-Za-z0-9_/.-]{32,264}");
    TagResourceResponse = structure(&[]);
    UntagResourceRequest = structure(&[
        member("ResourceArn", &GuardDutyArn).required().at(Location::Uri("ResourceArn")),
        member("TagKeys", &TagKeyList).required().at(Location::Query("tagKeys")),
    ]);
    TagKeyList = list(&member("member", &TagKey)).length(1, 200);
    UntagResourceResponse = structure(&[]);
    ListTagsForResourceRequest = structure(&[
        member("ResourceArn", &GuardDutyArn).required().at(Location::Uri("ResourceArn")),
    ]);
    ListTagsForResourceResponse = structure(&[
        member("Tags", &TagMap).wire("tags"),
    ]);
}
