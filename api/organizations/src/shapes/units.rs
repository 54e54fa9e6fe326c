//! Shapes: units.

use bastide_shape::{list, member, shapes, string, structure};

use super::*;

shapes! {
    CreateOrganizationalUnitRequest = structure(&[
        member("ParentId", &ParentId).required(),
        member("Name", &OrganizationalUnitName).required(),
        member("Tags", &Tags),
    ]);
    OrganizationalUnitName = string().length(1, 128).pattern(r"[\s\S]*");
    CreateOrganizationalUnitResponse = structure(&[
        member("OrganizationalUnit", &OrganizationalUnit),
    ]);
    OrganizationalUnit = structure(&[
        member("Id", &OrganizationalUnitId),
        member("Arn", &OrganizationalUnitArn),
        member("Name", &OrganizationalUnitName),
        member("Path", &Path),
    ]);
    OrganizationalUnitId = string().at_most(68).pattern(r"^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$");
    OrganizationalUnitArn = string().pattern(r"^arn:aws:organizations::\d{12}:ou\/o-[a-z0-9]{10,32}\/ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}");
    DescribeOrganizationalUnitRequest = structure(&[
        member("OrganizationalUnitId", &OrganizationalUnitId).required(),
    ]);
    DescribeOrganizationalUnitResponse = structure(&[
        member("OrganizationalUnit", &OrganizationalUnit),
    ]);
    UpdateOrganizationalUnitRequest = structure(&[
        member("OrganizationalUnitId", &OrganizationalUnitId).required(),
        member("Name", &OrganizationalUnitName),
    ]);
    UpdateOrganizationalUnitResponse = structure(&[
        member("OrganizationalUnit", &OrganizationalUnit),
    ]);
    DeleteOrganizationalUnitRequest = structure(&[
        member("OrganizationalUnitId", &OrganizationalUnitId).required(),
    ]);
    ListOrganizationalUnitsForParentRequest = structure(&[
        member("ParentId", &ParentId).required(),
        member("NextToken", &NextToken),
        member("MaxResults", &MaxResults),
    ]);
    ListOrganizationalUnitsForParentResponse = structure(&[
        member("OrganizationalUnits", &OrganizationalUnits),
        member("NextToken", &NextToken),
    ]);
    OrganizationalUnits = list(&member("member", &OrganizationalUnit));
}
