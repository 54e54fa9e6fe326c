"""CloudHSM as an unmodified boto3 sees it; the HSMs behind it are real processes."""

import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from bastide import BINARY, wait_until
from botocore.exceptions import ClientError
from hsms import ALICE, MODULE, Authority, Clusters, kill, process_of

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


# From here on with HSMs.

DAY = 86_400
# Addresses that no other run on this machine has.
HERE = f"127.{240 + os.getpid() // 65_025 % 15}.{os.getpid() // 255 % 255}.{1 + os.getpid() % 254}"
# With the PKCS#11 module: a key that never leaves its cluster, and what it encrypts.
SEAL = """
key = s.aes(LABEL="payroll", TOKEN=True, EXTRACTABLE=False)
print(s.encrypt(key, AES_CBC_PAD, b"the payroll", bytes(16)).hex())
"""
OPEN = """
[key] = s.find(LABEL="payroll")
print(s.decrypt(key, AES_CBC_PAD, bytes.fromhex("{}"), bytes(16)).decode())
"""


@pytest.fixture(scope="module")
def server(fresh_module):
    return fresh_module("--dev")


@pytest.fixture
def clusters(server):
    """The clusters of an account that nobody else has, on a server whose clock may be moved."""
    made = Clusters(server, server.client("cloudhsmv2", credentials=(str(next(ACCOUNTS)), "x")))
    yield made
    for cluster in made.hsm.describe_clusters()["Clusters"]:
        for each in cluster["Hsms"]:
            if each["State"] != "DELETE_IN_PROGRESS":
                made.hsm.delete_hsm(ClusterId=cluster["ClusterId"], HsmId=each["HsmId"])


def other_region(clusters, region):
    return clusters.server.client("cloudhsmv2", region=region, credentials=(clusters.hsm._request_signer._credentials.access_key, "x"))


def test_the_life_of_a_cluster(clusters):
    hsm = clusters.hsm
    cluster = clusters.create()
    made = hsm.create_hsm(ClusterId=cluster, AvailabilityZone="us-east-1b")["Hsm"]
    assert made["State"] == "CREATE_IN_PROGRESS" and made["SubnetId"] == "subnet-22222222"
    assert made["EniIp"].startswith("127.") and made["EniId"].startswith("eni-") and made["HsmType"] == "hsm2m.medium"
    second = refused(hsm.create_hsm, ClusterId=cluster, AvailabilityZone="us-east-1a")
    assert second == (INVALID, f"Cluster '{cluster}' already contains an HSM but has not yet been fully activated")
    now = clusters.hsm_state(cluster, made["HsmId"], "ACTIVE")
    assert now["State"] == "UNINITIALIZED" and now["Hsms"] == [{**made, "State": "ACTIVE"}]
    wanted = {"ClusterCsr", "HsmCertificate", "AwsHardwareCertificate", "ManufacturerHardwareCertificate"}
    assert set(now["Certificates"]) == wanted
    assert process_of(made["HsmId"])
    assert hsm.describe_backups()["Backups"] == []

    authority = Authority()
    signed = clusters.initialize(cluster, authority)
    now = clusters.state(cluster, "INITIALIZED")
    assert now["Certificates"]["ClusterCertificate"] == signed and "ClusterCsr" not in now["Certificates"]
    assert "StateMessage" not in now
    again = refused(hsm.initialize_cluster, ClusterId=cluster, SignedCert=signed, TrustAnchor=authority.pem)
    assert again[0] == INVALID and "INITIALIZED" in again[1]
    clusters.run(cluster, "activate")
    clusters.state(cluster, "ACTIVE")
    clusters.run(cluster, "create-user", "alice")
    assert clusters.users(cluster) == ["admin", "alice"]

    other = clusters.add(cluster, "us-east-1a")
    info = clusters.run(cluster, "info")
    assert info["cluster"] == cluster and info["state"] == "ACTIVE" and len(info["hsms"]) == 2
    # One HSM of two is killed: the other answers, and it comes back.
    before = process_of(other)
    kill(other)
    assert clusters.users(cluster) == ["admin", "alice"]
    wait_until(lambda: process_of(other) not in (None, before))
    clusters.hsm_state(cluster, other, "ACTIVE")

    refusal = refused(hsm.delete_cluster, ClusterId=cluster)
    assert refusal[0] == INVALID and "contains HSMs" in refusal[1]
    clusters.remove(cluster, other)
    gone = hsm.delete_hsm(ClusterId=cluster, EniIp=made["EniIp"])
    assert gone["HsmId"] == made["HsmId"]
    again = refused(hsm.delete_hsm, ClusterId=cluster, EniId=made["EniId"])
    assert again[0] in (INVALID, MISSING)
    clusters.until(cluster, lambda now: not now["Hsms"])
    assert process_of(made["HsmId"]) is None
    assert not os.path.exists(os.path.join(clusters.server.data_dir, "hsm", cluster, made["HsmId"]))
    # When it was initialised, when an HSM came, and when each went.
    backups = hsm.describe_backups(Filters={"clusterIds": [cluster]})["Backups"]
    assert len(backups) == 4 and all(backup["BackupState"] == "READY" for backup in backups)

    # A cluster without HSMs is its last backup.
    clusters.add(cluster)
    assert clusters.users(cluster) == ["admin", "alice"]
    audit = os.path.join(clusters.server.data_dir, "hsm", cluster, "audit", f"{made['HsmId']}.jsonl")
    with open(audit) as lines:
        entries = [json.loads(line) for line in lines]
    assert entries and ALICE not in json.dumps(entries)


def test_certificates_that_do_not_fit(clusters):
    hsm = clusters.hsm
    cluster = clusters.create()
    mine, other = Authority(), Authority()
    unsigned = refused(hsm.initialize_cluster, ClusterId=cluster, SignedCert=mine.pem, TrustAnchor=mine.pem)
    assert unsigned[0] == INVALID and "no active HSM" in unsigned[1]
    clusters.add(cluster)
    csr = clusters.now(cluster)["Certificates"]["ClusterCsr"]
    bad = [
        (mine.pem, mine.pem),  # another key
        (mine.sign(csr), other.pem),  # another authority of the same name
        (mine.sign(csr), mine.sign(csr)),  # no authority
        (mine.sign(csr, days=-1), mine.pem),  # expired
        ("", mine.pem),
        (mine.sign(csr), "no certificate"),
    ]
    for signed, anchor in bad:
        code, message = refused(hsm.initialize_cluster, ClusterId=cluster, SignedCert=signed, TrustAnchor=anchor)
        assert code == INVALID and message.startswith("The certificates do not fit"), (signed, anchor, message)
    assert clusters.now(cluster)["State"] == "UNINITIALIZED"
    clusters.initialize(cluster, mine)


def test_hsms_that_cannot_be(clusters):
    hsm = clusters.hsm
    cluster = clusters.create(SubnetIds=["subnet-11111111"])
    assert refused(hsm.create_hsm, ClusterId=cluster, AvailabilityZone="us-east-1b")[0] == INVALID
    assert refused(hsm.create_hsm, ClusterId=cluster, AvailabilityZone="us-east-1a", IpAddress="10.0.0.1")[0] == INVALID
    assert refused(hsm.delete_hsm, ClusterId=cluster)[0] == INVALID
    assert refused(hsm.delete_hsm, ClusterId=cluster, HsmId="hsm-aaaaaaaaaaa")[0] == MISSING
    both = {"HsmId": "hsm-aaaaaaaaaaa", "EniId": "eni-11111111"}
    assert refused(hsm.delete_hsm, ClusterId=cluster, **both)[0] == INVALID
    # An address that the customer chooses; another HSM cannot have it.
    made = clusters.add(cluster, IpAddress=HERE)
    assert clusters.now(cluster)["Hsms"][0]["EniIp"] == HERE
    elsewhere = clusters.create()
    taken = refused(hsm.create_hsm, ClusterId=elsewhere, AvailabilityZone="us-east-1a", IpAddress=HERE)
    assert taken[0] == INVALID
    # A cluster without a certificate goes back to its beginning.
    clusters.remove(cluster, made)
    assert clusters.now(cluster)["Certificates"] == {} and hsm.describe_backups()["Backups"] == []
    clusters.add(cluster)
    hsm.modify_cluster(ClusterId=elsewhere, BackupRetentionPolicy={"Type": "DAYS", "Value": "8"})
    assert refused(hsm.modify_cluster, ClusterId=elsewhere)[0] == INVALID
    assert refused(hsm.modify_cluster, ClusterId=elsewhere, HsmType="hsm1.medium")[0] == INVALID


def test_a_backup_makes_a_cluster_with_the_users_of_the_first(clusters):
    hsm = clusters.hsm
    cluster, first = clusters.active(Mode="NON_FIPS")
    clusters.run(cluster, "create-user", "alice")
    module = os.path.exists(MODULE)
    if module:
        sealed = clusters.pkcs11(cluster, SEAL)
    clusters.remove(cluster, first)
    backup = hsm.describe_backups()["Backups"][0]
    assert backup["ClusterId"] == cluster and backup["Mode"] == "NON_FIPS" and not backup["NeverExpires"]
    wrong = refused(create, hsm=hsm, SourceBackupId=backup["BackupId"], Mode="FIPS")
    assert wrong[0] == INVALID
    assert refused(create, hsm=hsm, SourceBackupId=backup["BackupId"], HsmType="hsm1.medium")[0] == INVALID
    made = create(hsm, SourceBackupId=backup["BackupId"])
    assert made["SourceBackupId"] == backup["BackupId"] and made["Mode"] == "NON_FIPS"
    assert made["Certificates"]["ClusterCertificate"]
    clusters.state(made["ClusterId"], "ACTIVE")
    clusters.add(made["ClusterId"])
    assert clusters.now(made["ClusterId"])["State"] == "ACTIVE"
    assert clusters.users(made["ClusterId"]) == ["admin", "alice"]
    if module:
        assert clusters.pkcs11(made["ClusterId"], OPEN.format(sealed)) == "the payroll"


def test_backups_are_copied_deleted_restored_and_shared(clusters):
    hsm = clusters.hsm
    cluster, first = clusters.active()
    clusters.remove(cluster, first)
    newest, oldest = hsm.describe_backups()["Backups"]
    assert newest["CreateTimestamp"] > oldest["CreateTimestamp"]
    ascending = hsm.describe_backups(SortAscending=True)["Backups"]
    assert [backup["BackupId"] for backup in ascending] == [oldest["BackupId"], newest["BackupId"]]
    pages = hsm.get_paginator("describe_backups").paginate(PaginationConfig={"PageSize": 1})
    assert [page["Backups"] for page in pages] == [[newest], [oldest]]
    backup = newest["BackupId"]
    arn = newest["BackupArn"]
    assert arn.endswith(f":backup/{backup}") and ":cloudhsm:us-east-1:" in arn

    hsm.tag_resource(ResourceId=backup, TagList=[{"Key": "a", "Value": "1"}])
    assert refused(hsm.copy_backup_to_region, BackupId=backup, DestinationRegion="us-east-1")[0] == INVALID
    copied = hsm.copy_backup_to_region(BackupId=backup, DestinationRegion="eu-west-1")["DestinationBackup"]
    assert copied["SourceRegion"] == "us-east-1" and copied["SourceBackup"] == backup
    assert copied["SourceCluster"] == cluster
    there = other_region(clusters, "eu-west-1")
    [copy] = there.describe_backups(Filters={"sourceBackupIds": [backup]})["Backups"]
    assert copy["BackupState"] == "READY" and copy["TagList"] == [{"Key": "a", "Value": "1"}]
    assert copy["CopyTimestamp"] and copy["SourceRegion"] == "us-east-1" and copy["BackupId"] != backup
    abroad = Clusters(clusters.server, there)
    restored = abroad.create(SourceBackupId=copy["BackupId"])
    abroad.add(restored, "eu-west-1a")
    assert abroad.users(restored) == ["admin"]
    abroad.hsm.delete_hsm(ClusterId=restored, HsmId=abroad.now(restored)["Hsms"][0]["HsmId"])

    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "999999999999"},
                "Action": ["cloudhsm:DescribeBackups", "cloudhsm:CreateCluster"],
                "Resource": arn,
            }
        ],
    }
    stranger = clusters.server.client("cloudhsmv2", credentials=("999999999999", "x"))
    assert stranger.describe_backups(Shared=True)["Backups"] == []
    refusal = refused(create, hsm=stranger, SourceBackupId=arn)
    assert refusal[0] in ("AccessDeniedException", MISSING)
    assert refused(hsm.put_resource_policy, ResourceArn=arn, Policy="{")[0] == INVALID
    text = json.dumps(policy)
    assert hsm.put_resource_policy(ResourceArn=arn, Policy=text)["Policy"] == text
    assert hsm.get_resource_policy(ResourceArn=arn)["Policy"] == text
    assert [shared["BackupId"] for shared in stranger.describe_backups(Shared=True)["Backups"]] == [backup]
    assert create(stranger, SourceBackupId=arn)["SourceBackupId"] == backup
    assert hsm.delete_resource_policy(ResourceArn=arn)["Policy"] == text
    assert refused(hsm.get_resource_policy, ResourceArn=arn)[0] == MISSING
    assert stranger.describe_backups(Shared=True)["Backups"] == []

    kept = hsm.modify_backup_attributes(BackupId=backup, NeverExpires=True)["Backup"]
    assert kept["NeverExpires"]
    assert [found["BackupId"] for found in hsm.describe_backups(Filters={"neverExpires": ["true"]})["Backups"]] == [backup]
    deleted = hsm.delete_backup(BackupId=backup)["Backup"]
    assert deleted["BackupState"] == "PENDING_DELETION" and deleted["DeleteTimestamp"]
    assert refused(hsm.delete_backup, BackupId=backup)[0] == INVALID
    assert refused(hsm.modify_backup_attributes, BackupId=backup, NeverExpires=True)[0] == INVALID
    assert refused(hsm.copy_backup_to_region, BackupId=backup, DestinationRegion="eu-west-1")[0] == INVALID
    assert refused(create, hsm=hsm, SourceBackupId=backup)[0] == INVALID
    assert len(hsm.describe_backups(Filters={"states": ["PENDING_DELETION"]})["Backups"]) == 1
    assert hsm.restore_backup(BackupId=backup)["Backup"]["BackupState"] == "READY"
    assert refused(hsm.restore_backup, BackupId=backup)[0] == INVALID
    hsm.delete_backup(BackupId=backup)
    clusters.server.advance(7 * DAY + 1)
    assert refused(hsm.restore_backup, BackupId=backup)[0] == MISSING
    assert [left["BackupId"] for left in hsm.describe_backups()["Backups"]] == [oldest["BackupId"]]


def test_backups_are_made_daily_and_kept_as_long_as_the_cluster_says(clusters):
    hsm = clusters.hsm
    cluster, _ = clusters.active(BackupRetentionPolicy={"Type": "DAYS", "Value": "7"})
    for count in (2, 3):
        clusters.server.advance(DAY + 1)
        wait_until(lambda: len(hsm.describe_backups()["Backups"]) == count)
    clusters.server.advance(6 * DAY)
    pending = {"states": ["PENDING_DELETION"]}
    wait_until(lambda: len(hsm.describe_backups(Filters=pending)["Backups"]) == 2)
    trail = clusters.server.client("cloudtrail", credentials=(hsm._request_signer._credentials.access_key, "x"))
    wanted = [{"AttributeKey": "EventName", "AttributeValue": "DeleteBackup"}]
    events = [json.loads(event["CloudTrailEvent"]) for event in trail.lookup_events(LookupAttributes=wanted)["Events"]]
    assert [event["eventType"] for event in events] == ["AwsServiceEvent"] * 2
    assert all(event["serviceEventDetails"]["clusterId"] == cluster for event in events)
    clusters.server.advance(8 * DAY)
    wait_until(lambda: len(hsm.describe_backups(Filters={"states": ["READY"]})["Backups"]) == 1)


def test_nothing_is_lost_when_the_server_is_killed(fresh):
    server = fresh("--dev")
    clusters = Clusters(server, server.client("cloudhsmv2"))
    cluster, hsm = clusters.active()
    clusters.run(cluster, "create-user", "alice")
    module = os.path.exists(MODULE)
    if module:
        sealed = clusters.pkcs11(cluster, SEAL)
    other = clusters.hsm.create_hsm(ClusterId=cluster, AvailabilityZone="us-east-1b")["Hsm"]["HsmId"]
    server.kill()
    # HSMs end with their server, however it ends.
    wait_until(lambda: process_of(hsm) is None and process_of(other) is None)
    server.start()
    clusters.hsm_state(cluster, other, "ACTIVE")
    wait_until(lambda: process_of(hsm))
    clusters.hsm_state(cluster, hsm, "ACTIVE")
    assert clusters.users(cluster) == ["admin", "alice"]
    if module:
        # With both HSMs, and with each alone.
        assert clusters.pkcs11(cluster, OPEN.format(sealed)) == "the payroll"
        kill(hsm)
        assert clusters.pkcs11(cluster, OPEN.format(sealed)) == "the payroll"
        clusters.hsm_state(cluster, hsm, "ACTIVE")
        wait_until(lambda: process_of(hsm))
    assert server.stop() == 0
    wait_until(lambda: process_of(hsm) is None and process_of(other) is None)


def test_an_hsm_takes_only_its_own_customers(clusters, tmp_path):
    """Who has another cluster's certificate is not let in."""
    one, _ = clusters.active()
    two, _ = clusters.active()
    folder = os.path.dirname(clusters.config(one))
    with open(clusters.config(two)) as file:
        config = json.load(file)
    cluster = config["clusters"][0]
    cluster["certificate"], cluster["key"] = f"{folder}/client.crt", f"{folder}/client.key"
    cluster["trust_anchor"] = os.path.join(os.path.dirname(clusters.config(two)), "customerCA.crt")
    path = tmp_path / "pkcs11.json"
    path.write_text(json.dumps(config))
    with pytest.raises(AssertionError):
        clusters.run(two, "users", "--config", str(path))
    assert clusters.users(two) == ["admin"]


def test_the_guide(fresh, tmp_path):
    """docs/cloudhsm.md, as it stands there."""
    aws = os.path.join(os.path.dirname(sys.executable), "aws")
    if not (os.path.exists(aws) or shutil.which("aws")) or not shutil.which("openssl"):
        pytest.skip("the aws CLI or openssl is not installed")
    server = fresh()
    text = (pathlib.Path(__file__).parents[2] / "docs/cloudhsm.md").read_text()
    script = re.search(r"```sh\n(.*?)```", text, re.S).group(1)
    environment = {
        "PATH": ":".join([os.path.dirname(sys.executable), os.path.dirname(os.path.abspath(BINARY)), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "BASTIDE_DATA_DIR": server.data_dir,
        "AWS_PAGER": "",
        **dict(re.findall(r"^export (\w+)=(\S+)$", server.greeting, re.M)),
    }
    command = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr + server.errors()
    assert '"name": "alice"' in done.stdout


def test_hsms_at_an_address_of_the_operators_choice_and_a_reset(fresh):
    server = fresh("--dev", "--hsm-address", HERE)
    clusters = Clusters(server, server.client("cloudhsmv2"))
    cluster, first = clusters.active()
    second = clusters.add(cluster)
    hsms = clusters.now(cluster)["Hsms"]
    assert [hsm["EniIp"] for hsm in hsms] == [HERE, HERE]
    assert sorted(clusters.run(cluster, "info")["hsms"]) == [f"{HERE}:2223", f"{HERE}:2224"]
    assert refused(clusters.hsm.delete_hsm, ClusterId=cluster, EniIp=HERE)[0] == INVALID
    assert server.raw("POST", "/_bastide/reset")[0] == 200
    assert clusters.hsm.describe_clusters()["Clusters"] == []
    wait_until(lambda: process_of(first) is None and process_of(second) is None)
    # Everything begins anew, with another root.
    cluster, hsm = clusters.active()
    clusters.run(cluster, "create-user", "alice")
    server.stop()
    server.start()
    clusters.hsm_state(cluster, hsm, "ACTIVE")
    wait_until(lambda: process_of(hsm))
    assert clusters.users(cluster) == ["admin", "alice"]


def test_what_happened_is_on_the_record(clusters):
    cluster = clusters.create(TagList=[{"Key": "a", "Value": "1"}])
    trail = clusters.server.client("cloudtrail", credentials=(clusters.hsm._request_signer._credentials.access_key, "x"))
    wanted = [{"AttributeKey": "EventName", "AttributeValue": "CreateCluster"}]
    [event] = trail.lookup_events(LookupAttributes=wanted)["Events"]
    record = json.loads(event["CloudTrailEvent"])
    assert record["eventSource"] == "cloudhsm.amazonaws.com"
    assert record["responseElements"]["cluster"]["clusterId"] == cluster
    assert record["requestParameters"]["subnetIds"] == ["subnet-11111111", "subnet-22222222"]
