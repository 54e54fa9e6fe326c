//! Shapes: mfa.

use bastide_shape::{blob, enumeration, list, map, member, shapes, string, structure};

use super::*;

shapes! {
    CreateVirtualMFADeviceRequest = structure(&[
        member("Path", &pathType),
        member("VirtualMFADeviceName", &virtualMFADeviceName).required(),
        member("Tags", &tagListType),
    ]);
    virtualMFADeviceName = string().at_least(1).pattern(r"[\w+=,.@-]+").told(NAME);
    CreateVirtualMFADeviceResponse = structure(&[
        member("VirtualMFADevice", &VirtualMFADevice).required(),
    ]);
    VirtualMFADevice = structure(&[
        member("SerialNumber", &serialNumberType).required(),
        member("Base32StringSeed", &BootstrapDatum),
        member("QRCodePNG", &BootstrapDatum),
        member("User", &User),
        member("EnableDate", &dateType),
        member("Tags", &tagListType),
    ]);
    serialNumberType = string().length(9, 256).pattern(r"[\w+=/:,.@-]+");
    BootstrapDatum = blob().sensitive();
    DeleteVirtualMFADeviceRequest = structure(&[
        member("SerialNumber", &serialNumberType).required(),
    ]);
    ListVirtualMFADevicesRequest = structure(&[
        member("AssignmentStatus", &assignmentStatusType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    assignmentStatusType = enumeration(&["Assigned", "Unassigned", "Any"]);
    ListVirtualMFADevicesResponse = structure(&[
        member("VirtualMFADevices", &virtualMFADeviceListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    virtualMFADeviceListType = list(&member("member", &VirtualMFADevice));
    EnableMFADeviceRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("SerialNumber", &serialNumberType).required(),
        member("AuthenticationCode1", &authenticationCodeType).required(),
        member("AuthenticationCode2", &authenticationCodeType).required(),
    ]);
    authenticationCodeType = string().length(6, 6).pattern(r"[\d]+");
    DeactivateMFADeviceRequest = structure(&[
        member("UserName", &existingUserNameType),
        member("SerialNumber", &serialNumberType).required(),
    ]);
    ListMFADevicesRequest = structure(&[
        member("UserName", &existingUserNameType),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListMFADevicesResponse = structure(&[
        member("MFADevices", &mfaDeviceListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
    mfaDeviceListType = list(&member("member", &MFADevice));
    MFADevice = structure(&[
        member("UserName", &userNameType).required(),
        member("SerialNumber", &serialNumberType).required(),
        member("EnableDate", &dateType).required(),
    ]);
    ResyncMFADeviceRequest = structure(&[
        member("UserName", &existingUserNameType).required(),
        member("SerialNumber", &serialNumberType).required(),
        member("AuthenticationCode1", &authenticationCodeType).required(),
        member("AuthenticationCode2", &authenticationCodeType).required(),
    ]);
    GetMFADeviceRequest = structure(&[
        member("SerialNumber", &serialNumberType).required(),
        member("UserName", &userNameType),
    ]);
    GetMFADeviceResponse = structure(&[
        member("UserName", &userNameType),
        member("SerialNumber", &serialNumberType).required(),
        member("EnableDate", &dateType),
        member("Certifications", &CertificationMapType),
    ]);
    CertificationMapType = map(&member("key", &CertificationKeyType), &member("value", &CertificationValueType));
    CertificationKeyType = string().length(1, 128).pattern(r"[\u0020-\u00FF]+");
    CertificationValueType = string().length(1, 32).pattern(r"[\u0020-\u00FF]+");
    TagMFADeviceRequest = structure(&[
        member("SerialNumber", &serialNumberType).required(),
        member("Tags", &tagListType).required(),
    ]);
    UntagMFADeviceRequest = structure(&[
        member("SerialNumber", &serialNumberType).required(),
        member("TagKeys", &tagKeyListType).required(),
    ]);
    ListMFADeviceTagsRequest = structure(&[
        member("SerialNumber", &serialNumberType).required(),
        member("Marker", &markerType),
        member("MaxItems", &maxItemsType),
    ]);
    ListMFADeviceTagsResponse = structure(&[
        member("Tags", &tagListType).required(),
        member("IsTruncated", &booleanType),
        member("Marker", &responseMarkerType),
    ]);
}
