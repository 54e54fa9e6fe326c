//! Shapes: used by several topics.

use bastide_shape::{enumeration, list, map, member, shapes, string, structure, timestamp};

shapes! {
    NextToken = string().at_most(256).pattern(r".*");
    Filters = map(&member("key", &Field), &member("value", &Strings)).at_most(30);
    Field = string().pattern(r"[a-zA-Z0-9_-]+");
    Strings = list(&member("member", &String));
    String = string();
    BackupId = string().pattern(r"backup-[2-7a-zA-Z]{11,16}");
    BackupArn = string().pattern(r"^(arn:aws(-(us-gov))?:cloudhsm:([a-z]{2}(-(gov|isob|iso))?-(east|west|north|south|central){1,2}-[0-9]{1}):[0-9]{12}:backup/)?backup-[2-7a-zA-Z]{11,16}");
    ClusterId = string().pattern(r"cluster-[2-7a-zA-Z]{11,16}");
    Timestamp = timestamp();
    TagList = list(&member("member", &Tag)).length(1, 50);
    Tag = structure(&[
        member("Key", &TagKey).required(),
        member("Value", &TagValue).required(),
    ]);
    TagKey = string().length(1, 128).pattern(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$");
    TagValue = string().length(0, 256).pattern(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$");
    HsmType = string().at_most(32).pattern(r"((p|)hsm[0-9][a-z.]*\.[a-zA-Z]+)");
    ClusterMode = enumeration(&["FIPS", "NON_FIPS"]);
    SubnetId = string().pattern(r"subnet-[0-9a-fA-F]{8,17}");
    Hsm = structure(&[
        member("AvailabilityZone", &ExternalAz),
        member("ClusterId", &ClusterId),
        member("SubnetId", &SubnetId),
        member("EniId", &EniId),
        member("EniIp", &IpAddress),
        member("EniIpV6", &IpV6Address),
        member("HsmId", &HsmId).required(),
        member("HsmType", &HsmType),
        member("State", &HsmState),
        member("StateMessage", &String),
    ]);
    ExternalAz = string().pattern(r"[a-z]{2}(-(gov))?-(east|west|north|south|central){1,2}-\d[a-z]");
    EniId = string().pattern(r"eni-[0-9a-fA-F]{8,17}");
    IpAddress = string().pattern(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}");
    IpV6Address = string().at_most(100);
    HsmId = string().pattern(r"hsm-[2-7a-zA-Z]{11,16}");
    HsmState = enumeration(&["CREATE_IN_PROGRESS", "ACTIVE", "DEGRADED", "DELETE_IN_PROGRESS", "DELETED"]);
}
