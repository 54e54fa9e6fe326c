"""CloudHSM as an unmodified boto3 sees it; the HSMs behind it are real processes."""

import itertools

import pytest
from bastide import wait_until
from botocore.exceptions import ClientError

REGION = "us-east-1"
ACCOUNTS = itertools.count(700000000001)


@pytest.fixture
def hsm(dev_client):
    """CloudHSM of an account that nobody else has."""
    return dev_client("cloudhsmv2", credentials=(str(next(ACCOUNTS)), "x"))


def refused(operation, **parameters):
    """The error's code and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


INVALID, MISSING = "CloudHsmInvalidRequestException", "CloudHsmResourceNotFoundException"


def create(hsm, **parameters):
    wanted = {"HsmType": "hsm2m.medium", "SubnetIds": ["subnet-11111111", "subnet-22222222"], **parameters}
    return hsm.create_cluster(**wanted)["Cluster"]


def cluster(hsm, cluster_id):
    return hsm.describe_clusters(Filters={"clusterIds": [cluster_id]})["Clusters"][0]


def until(hsm, cluster_id, state):
    """Waits until a cluster is in a state."""

    def reached():
        now = cluster(hsm, cluster_id)
        return now if now["State"] == state else None

    return wait_until(reached)


def test_a_cluster_is_made_described_and_deleted(hsm):
    made = create(hsm, TagList=[{"Key": "team", "Value": "blue"}], BackupRetentionPolicy={"Type": "DAYS", "Value": "7"})
    assert made["State"] == "CREATE_IN_PROGRESS" and made["Hsms"] == [] and made["Certificates"] == {}
    assert made["SubnetMapping"] == {"us-east-1a": "subnet-11111111", "us-east-1b": "subnet-22222222"}
    assert made["Mode"] == "FIPS" and made["HsmType"] == "hsm2m.medium" and made["NetworkType"] == "IPV4"
    assert made["BackupPolicy"] == "DEFAULT" and made["BackupRetentionPolicy"] == {"Type": "DAYS", "Value": "7"}
    assert made["VpcId"].startswith("vpc-") and made["SecurityGroup"].startswith("sg-")
    assert made["TagList"] == [{"Key": "team", "Value": "blue"}] and "StateMessage" not in made
    now = until(hsm, made["ClusterId"], "UNINITIALIZED")
    assert now == {**made, "State": "UNINITIALIZED"}
    changed = hsm.modify_cluster(ClusterId=made["ClusterId"], BackupRetentionPolicy={"Type": "DAYS", "Value": "379"})
    assert changed["Cluster"]["BackupRetentionPolicy"]["Value"] == "379"
    assert hsm.delete_cluster(ClusterId=made["ClusterId"])["Cluster"]["State"] == "DELETE_IN_PROGRESS"
    until(hsm, made["ClusterId"], "DELETED")
    assert refused(hsm.delete_cluster, ClusterId=made["ClusterId"])[0] == MISSING
    assert refused(hsm.list_tags, ResourceId=made["ClusterId"])[0] == MISSING


def test_clusters_are_filtered_and_paged(hsm):
    made = [create(hsm)["ClusterId"] for _ in range(3)]
    pages = list(hsm.get_paginator("describe_clusters").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["Clusters"]) for page in pages] == [2, 1]
    assert {found["ClusterId"] for page in pages for found in page["Clusters"]} == set(made)
    wait_until(lambda: len(hsm.describe_clusters(Filters={"states": ["UNINITIALIZED"]})["Clusters"]) == 3)
    assert hsm.describe_clusters(Filters={"states": ["ACTIVE"]})["Clusters"] == []
    vpc = cluster(hsm, made[0])["VpcId"]
    assert len(hsm.describe_clusters(Filters={"vpcIds": [vpc], "clusterIds": made[:2]})["Clusters"]) == 2
    assert hsm.describe_clusters(Filters={"clusterIds": ["cluster-aaaaaaaaaaa"]})["Clusters"] == []
    assert refused(hsm.describe_clusters, Filters={"names": ["x"]})[0] == INVALID
    assert refused(hsm.describe_clusters, NextToken="x")[0] == INVALID
    assert refused(hsm.describe_clusters, MaxResults=26)[0] == "ValidationException"


@pytest.mark.parametrize(
    "parameters",
    [
        {"HsmType": "hsm9.medium"},
        {"HsmType": "hsm1.medium", "Mode": "NON_FIPS"},
        {"SubnetIds": ["subnet-11111111", "subnet-11111111"]},
        {"SubnetIds": [f"subnet-1111111{n}" for n in range(7)]},
        {"BackupRetentionPolicy": {"Type": "DAYS", "Value": "6"}},
        {"BackupRetentionPolicy": {"Type": "DAYS", "Value": "380"}},
        {"BackupRetentionPolicy": {"Type": "DAYS"}},
    ],
)
def test_clusters_that_cannot_be(hsm, parameters):
    wanted = {"HsmType": "hsm2m.medium", "SubnetIds": ["subnet-11111111"], **parameters}
    assert refused(hsm.create_cluster, **wanted)[0] == INVALID
    assert hsm.describe_clusters()["Clusters"] == []


def test_clusters_and_backups_that_are_not_there(hsm):
    nowhere, lost = "cluster-aaaaaaaaaaa", "backup-aaaaaaaaaaa"
    assert refused(hsm.delete_cluster, ClusterId=nowhere) == (MISSING, f"Cluster {nowhere} not found.")
    assert refused(hsm.create_hsm, ClusterId=nowhere, AvailabilityZone="us-east-1a")[0] == MISSING
    assert refused(hsm.delete_hsm, ClusterId=nowhere, HsmId="hsm-aaaaaaaaaaa")[0] == MISSING
    assert refused(hsm.initialize_cluster, ClusterId=nowhere, SignedCert="x", TrustAnchor="x")[0] == MISSING
    for operation in (hsm.delete_backup, hsm.restore_backup):
        assert refused(operation, BackupId=lost) == (MISSING, f"Backup {lost} not found.")
    assert refused(hsm.modify_backup_attributes, BackupId=lost, NeverExpires=True)[0] == MISSING
    assert refused(hsm.copy_backup_to_region, BackupId=lost, DestinationRegion="eu-west-1")[0] == MISSING
    assert refused(create, hsm=hsm, SourceBackupId=lost)[0] == MISSING
    arn = f"arn:aws:cloudhsm:us-east-1:000000000000:backup/{lost}"
    assert refused(hsm.get_resource_policy)[0] == INVALID
    assert refused(hsm.get_resource_policy, ResourceArn=arn.replace(":backup/backup", ":cluster/cluster"))[0] == INVALID
    # Of another account's backups nobody learns which exist.
    assert refused(hsm.get_resource_policy, ResourceArn=arn)[0] in (MISSING, "AccessDeniedException")
    assert hsm.describe_backups()["Backups"] == []
    assert hsm.describe_backups(Shared=True)["Backups"] == []


def test_tags(hsm):
    made = create(hsm, TagList=[{"Key": "a", "Value": "1"}])["ClusterId"]
    until(hsm, made, "UNINITIALIZED")
    hsm.tag_resource(ResourceId=made, TagList=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}])
    first = hsm.list_tags(ResourceId=made, MaxResults=1)
    assert first["TagList"] == [{"Key": "a", "Value": "2"}]
    rest = hsm.list_tags(ResourceId=made, MaxResults=1, NextToken=first["NextToken"])
    assert rest["TagList"] == [{"Key": "b", "Value": ""}] and "NextToken" not in rest
    hsm.untag_resource(ResourceId=made, TagKeyList=["a", "c"])
    assert hsm.list_tags(ResourceId=made)["TagList"] == [{"Key": "b", "Value": ""}]
    reserved = refused(hsm.tag_resource, ResourceId=made, TagList=[{"Key": "aws:x", "Value": ""}])
    assert reserved[0] == "CloudHsmTagException"
    many = [{"Key": f"k{n}", "Value": ""} for n in range(50)]
    assert refused(hsm.tag_resource, ResourceId=made, TagList=many)[0] == "CloudHsmResourceLimitExceededException"
    twice = [{"Key": "x", "Value": "1"}, {"Key": "x", "Value": "2"}]
    assert refused(hsm.tag_resource, ResourceId=made, TagList=twice)[0] == "CloudHsmTagException"
