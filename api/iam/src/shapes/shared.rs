//! Shapes: used by several topics.

use bastide_shape::{boolean, enumeration, integer, list, member, shapes, string, structure, timestamp};

/// What IAM says of names that do not match their pattern.
pub(crate) const NAME: &str = "It must contain only alphanumeric characters and/or the following: +=,.@_-";
const PATH: &str =
    "It must begin and end with / and contain only alphanumeric characters and/or / characters.";
const PATH_PREFIX: &str =
    "It must begin with the / character and contain only alphanumeric characters and/or / characters.";

shapes! {
    existingUserNameType = string().length(1, 128).pattern(r"[\w+=,.@-]+").told(NAME);
    userNameType = string().length(1, 64).pattern(r"[\w+=,.@-]+").told(NAME);
    dateType = timestamp();
    markerType = string().length(1, 320).pattern(r"[\u0020-\u00FF]+");
    maxItemsType = integer().range(1, 1000);
    booleanType = boolean();
    responseMarkerType = string();
    stringType = string();
    booleanObjectType = boolean();
    EntityType = enumeration(&["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]);
    pathType = string().length(1, 512).pattern(r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)").told(PATH);
    idType = string().length(16, 128).pattern(r"[\w]+");
    arnType = string().length(20, 2048);
    policyNameType = string().length(1, 128).pattern(r"[\w+=,.@-]+").told(NAME);
    policyDocumentType = string().length(1, 131072).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
    groupNameType = string().length(1, 128).pattern(r"[\w+=,.@-]+").told(NAME);
    attachedPoliciesListType = list(&member("member", &AttachedPolicy));
    AttachedPolicy = structure(&[
        member("PolicyName", &policyNameType),
        member("PolicyArn", &arnType),
    ]);
    AttachedPermissionsBoundary = structure(&[
        member("PermissionsBoundaryType", &PermissionsBoundaryAttachmentType),
        member("PermissionsBoundaryArn", &arnType),
    ]);
    PermissionsBoundaryAttachmentType = enumeration(&["PermissionsBoundaryPolicy"]);
    tagListType = list(&member("member", &Tag)).at_most(50);
    Tag = structure(&[
        member("Key", &tagKeyType).required(),
        member("Value", &tagValueType).required(),
    ]);
    tagKeyType = string().length(1, 128).pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+");
    tagValueType = string().length(0, 256).pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*");
    roleNameType = string().length(1, 64).pattern(r"[\w+=,.@-]+").told(NAME);
    instanceProfileListType = list(&member("member", &InstanceProfile));
    InstanceProfile = structure(&[
        member("Path", &pathType).required(),
        member("InstanceProfileName", &instanceProfileNameType).required(),
        member("InstanceProfileId", &idType).required(),
        member("Arn", &arnType).required(),
        member("CreateDate", &dateType).required(),
        member("Roles", &roleListType).required(),
        member("Tags", &tagListType),
    ]);
    instanceProfileNameType = string().length(1, 128).pattern(r"[\w+=,.@-]+").told(NAME);
    roleListType = list(&member("member", &Role));
    Role = structure(&[
        member("Path", &pathType).required(),
        member("RoleName", &roleNameType).required(),
        member("RoleId", &idType).required(),
        member("Arn", &arnType).required(),
        member("CreateDate", &dateType).required(),
        member("AssumeRolePolicyDocument", &policyDocumentType),
        member("Description", &roleDescriptionType),
        member("MaxSessionDuration", &roleMaxSessionDurationType),
        member("PermissionsBoundary", &AttachedPermissionsBoundary),
        member("Tags", &tagListType),
        member("RoleLastUsed", &RoleLastUsed),
        member("SourceRoleTemplate", &SourceRoleTemplate),
    ]);
    roleDescriptionType = string().at_most(1000).pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*");
    roleMaxSessionDurationType = integer().range(3600, 43200);
    RoleLastUsed = structure(&[
        member("LastUsedDate", &dateType),
        member("Region", &stringType),
    ]);
    SourceRoleTemplate = structure(&[
        member("TemplateArn", &arnType).required(),
        member("TemplateMinorVersion", &integerType).required(),
    ]);
    integerType = integer();
    policyPathType = string().length(1, 512).pattern(r"((/[A-Za-z0-9\.,\+@=_-]+)*)/").told(PATH);
    policyVersionIdType = string().pattern(r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?");
    attachmentCountType = integer();
    policyDescriptionType = string().at_most(1000);
    policyDocumentVersionListType = list(&member("member", &PolicyVersion));
    PolicyVersion = structure(&[
        member("Document", &policyDocumentType),
        member("VersionId", &policyVersionIdType),
        member("IsDefaultVersion", &booleanType),
        member("CreateDate", &dateType),
    ]);
    userListType = list(&member("member", &User));
    User = structure(&[
        member("Path", &pathType).required(),
        member("UserName", &userNameType).required(),
        member("UserId", &idType).required(),
        member("Arn", &arnType).required(),
        member("CreateDate", &dateType).required(),
        member("PasswordLastUsed", &dateType),
        member("PermissionsBoundary", &AttachedPermissionsBoundary),
        member("Tags", &tagListType),
    ]);
    pathPrefixType = string().length(1, 512).pattern(r"\u002F[\u0021-\u007F]*").told(PATH_PREFIX);
    policyNameListType = list(&member("member", &policyNameType));
    tagKeyListType = list(&member("member", &tagKeyType)).at_most(50);
}
