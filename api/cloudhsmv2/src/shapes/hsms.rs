//! Shapes: hsms.

use bastide_shape::{member, shapes, structure};

use super::*;

shapes! {
    CreateHsmRequest = structure(&[
        member("ClusterId", &ClusterId).required(),
        member("AvailabilityZone", &ExternalAz).required(),
        member("IpAddress", &IpAddress),
    ]);
    CreateHsmResponse = structure(&[
        member("Hsm", &Hsm),
    ]);
    DeleteHsmRequest = structure(&[
        member("ClusterId", &ClusterId).required(),
        member("HsmId", &HsmId),
        member("EniId", &EniId),
        member("EniIp", &IpAddress),
    ]);
    DeleteHsmResponse = structure(&[
        member("HsmId", &HsmId),
    ]);
}
