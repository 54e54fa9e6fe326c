//! Operations: mfa.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    CreateVirtualMFADevice = operation(Access::Write)
        .input(&CreateVirtualMFADeviceRequest)
        .output(&CreateVirtualMFADeviceResponse)
        .wrapped("CreateVirtualMFADeviceResult")
        .errors(&[
            &ConcurrentModificationException, &EntityAlreadyExistsException, &InvalidInputException,
            &LimitExceededException, &ServiceFailureException,
        ])
        .on(&[target("mfa", "VirtualMFADeviceName")]);
    DeleteVirtualMFADevice = operation(Access::Write)
        .input(&DeleteVirtualMFADeviceRequest)
        .errors(&[
            &ConcurrentModificationException, &DeleteConflictException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("mfa", "SerialNumber")]);
    ListVirtualMFADevices = operation(Access::List)
        .input(&ListVirtualMFADevicesRequest)
        .output(&ListVirtualMFADevicesResponse)
        .wrapped("ListVirtualMFADevicesResult");
    EnableMFADevice = operation(Access::Write)
        .input(&EnableMFADeviceRequest)
        .errors(&[
            &ConcurrentModificationException, &EntityAlreadyExistsException,
            &EntityTemporarilyUnmodifiableException, &InvalidAuthenticationCodeException,
            &LimitExceededException, &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")])
        .unrecorded(&["AuthenticationCode1", "AuthenticationCode2"]);
    DeactivateMFADevice = operation(Access::Write)
        .input(&DeactivateMFADeviceRequest)
        .errors(&[
            &ConcurrentModificationException, &EntityTemporarilyUnmodifiableException,
            &LimitExceededException, &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")]);
    ListMFADevices = operation(Access::List)
        .input(&ListMFADevicesRequest)
        .output(&ListMFADevicesResponse)
        .wrapped("ListMFADevicesResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    ResyncMFADevice = operation(Access::Write)
        .input(&ResyncMFADeviceRequest)
        .errors(&[
            &ConcurrentModificationException, &InvalidAuthenticationCodeException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("user", "UserName")])
        .unrecorded(&["AuthenticationCode1", "AuthenticationCode2"]);
    GetMFADevice = operation(Access::Read)
        .input(&GetMFADeviceRequest)
        .output(&GetMFADeviceResponse)
        .wrapped("GetMFADeviceResult")
        .errors(&[&NoSuchEntityException, &ServiceFailureException])
        .on(&[target("user", "UserName")]);
    TagMFADevice = operation(Access::Tagging)
        .input(&TagMFADeviceRequest)
        .errors(&[
            &ConcurrentModificationException, &InvalidInputException, &LimitExceededException,
            &NoSuchEntityException, &ServiceFailureException,
        ])
        .on(&[target("mfa", "SerialNumber")]);
    UntagMFADevice = operation(Access::Tagging)
        .input(&UntagMFADeviceRequest)
        .errors(&[
            &ConcurrentModificationException, &InvalidInputException, &NoSuchEntityException,
            &ServiceFailureException,
        ])
        .on(&[target("mfa", "SerialNumber")]);
    ListMFADeviceTags = operation(Access::List)
        .input(&ListMFADeviceTagsRequest)
        .output(&ListMFADeviceTagsResponse)
        .wrapped("ListMFADeviceTagsResult")
        .errors(&[&InvalidInputException, &NoSuchEntityException, &ServiceFailureException])
        .on(&[target("mfa", "SerialNumber")]);
}
