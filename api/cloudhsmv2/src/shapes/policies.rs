//! Shapes: policies.

use bastide_shape::{member, shapes, string, structure};

shapes! {
    PutResourcePolicyRequest = structure(&[
        member("ResourceArn", &CloudHsmArn),
        member("Policy", &ResourcePolicy),
    ]);
    CloudHsmArn = string().pattern(r"arn:aws(-(us-gov))?:cloudhsm:([a-z]{2}(-(gov|isob|iso))?-(east|west|north|south|central){1,2}-[0-9]{1}):[0-9]{12}:(backup/backup|cluster/cluster|hsm/hsm)-[2-7a-zA-Z]{11,16}");
    ResourcePolicy = string().length(1, 20000);
    PutResourcePolicyResponse = structure(&[
        member("ResourceArn", &CloudHsmArn),
        member("Policy", &ResourcePolicy),
    ]);
    GetResourcePolicyRequest = structure(&[
        member("ResourceArn", &CloudHsmArn),
    ]);
    GetResourcePolicyResponse = structure(&[
        member("Policy", &ResourcePolicy),
    ]);
    DeleteResourcePolicyRequest = structure(&[
        member("ResourceArn", &CloudHsmArn),
    ]);
    DeleteResourcePolicyResponse = structure(&[
        member("ResourceArn", &CloudHsmArn),
        member("Policy", &ResourcePolicy),
    ]);
}
