"""Rotation of key material, in a dev server whose clock is moved, as an unmodified boto3 sees it."""

import datetime
import uuid

import pytest
from kms_tools import DAY, events, make_key, refused


@pytest.fixture(scope="module")
def server(fresh_module):
    return fresh_module("--dev")


@pytest.fixture
def account():
    """Credentials of an account of the test's own."""
    return (str(uuid.uuid4().int)[:12], "x")


@pytest.fixture
def kms(server, account):
    return server.client("kms", credentials=account)


@pytest.fixture
def key(kms):
    return make_key(kms)["KeyId"]


def rotations(kms, key, **parameters):
    pages = kms.get_paginator("list_key_rotations").paginate(KeyId=key, **parameters)
    return [entry for page in pages for entry in page["Rotations"]]


def test_status(kms, key):
    status = kms.get_key_rotation_status(KeyId=key)
    assert status["KeyRotationEnabled"] is False and status["KeyId"] == key
    assert not {"RotationPeriodInDays", "NextRotationDate", "OnDemandRotationStartDate"} & set(status)
    kms.enable_key_rotation(KeyId=key)
    status = kms.get_key_rotation_status(KeyId=key)
    assert status["KeyRotationEnabled"] and status["RotationPeriodInDays"] == 365
    created = kms.describe_key(KeyId=key)["KeyMetadata"]["CreationDate"]
    ahead = status["NextRotationDate"] - created
    assert datetime.timedelta(days=365) <= ahead < datetime.timedelta(days=365, minutes=5)
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 90
    kms.disable_key_rotation(KeyId=key)
    status = kms.get_key_rotation_status(KeyId=key)
    assert status["KeyRotationEnabled"] is False and "NextRotationDate" not in status


@pytest.mark.parametrize("days", [89, 2561])
def test_a_period_has_bounds(server, account, key, days):
    kms = server.client("kms", credentials=account, parameter_validation=False)
    assert refused(kms.enable_key_rotation, KeyId=key, RotationPeriodInDays=days)[0] == "ValidationException"
    for fits in (90, 2560):
        kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=fits)


def test_automatic_rotation(server, kms, key, account):
    first = kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=100)
    due = kms.get_key_rotation_status(KeyId=key)["NextRotationDate"]
    old = kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    server.advance(99 * DAY)
    assert rotations(kms, key) == []
    server.advance(2 * DAY)
    (rotation,) = rotations(kms, key)
    assert rotation["RotationType"] == "AUTOMATIC" and rotation["KeyMaterialState"] == "CURRENT"
    assert rotation["KeyId"] == key and rotation["RotationDate"] >= due
    assert "ImportState" not in rotation and "ExpirationModel" not in rotation
    second = kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    assert second == rotation["KeyMaterialId"] != first
    # The rhythm stays.
    following = kms.get_key_rotation_status(KeyId=key)["NextRotationDate"]
    assert following - due == datetime.timedelta(days=100)
    # What was encrypted before names the material that it needs.
    opened = kms.decrypt(CiphertextBlob=old)
    assert opened["Plaintext"] == b"old" and opened["KeyMaterialId"] == first
    new = kms.encrypt(KeyId=key, Plaintext=b"new")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=new)["KeyMaterialId"] == second
    everything = rotations(kms, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    assert [entry["KeyMaterialId"] for entry in everything] == [first, second]
    assert everything[0]["KeyMaterialState"] == "NON_CURRENT" and "RotationDate" not in everything[0]
    (event,) = events(server, "RotateKey", credentials=account)
    assert event["eventType"] == "AwsServiceEvent" and event["userIdentity"]["invokedBy"] == "AWS Internal"
    details = event["serviceEventDetails"]
    assert details["keyId"] == key and details["rotationType"] == "AUTOMATIC"
    assert details["previousKeyMaterialId"] == first and details["currentKeyMaterialId"] == second
    assert event["resources"][0]["ARN"].endswith(key)


def test_rotation_on_demand_and_its_limit(kms, key):
    blobs = []
    for turn in range(25):
        blobs.append(kms.encrypt(KeyId=key, Plaintext=bytes([turn]))["CiphertextBlob"])
        assert kms.rotate_key_on_demand(KeyId=key)["KeyId"].endswith(key)
    code, _ = refused(kms.rotate_key_on_demand, KeyId=key)
    assert code == "LimitExceededException"
    for turn, blob in enumerate(blobs):
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == bytes([turn])
    found = rotations(kms, key, PaginationConfig={"PageSize": 7})
    assert len(found) == 25 and len({entry["KeyMaterialId"] for entry in found}) == 25
    assert {entry["RotationType"] for entry in found} == {"ON_DEMAND"}
    page = kms.list_key_rotations(KeyId=key, Limit=7)
    assert page["Truncated"] and len(page["Rotations"]) == 7
    assert refused(kms.list_key_rotations, KeyId=key, Marker="nonsense")[0] == "InvalidMarkerException"
    assert "OnDemandRotationStartDate" not in kms.get_key_rotation_status(KeyId=key)


def test_on_demand_leaves_the_rhythm(kms, key):
    kms.enable_key_rotation(KeyId=key)
    before = kms.get_key_rotation_status(KeyId=key)
    kms.rotate_key_on_demand(KeyId=key)
    after = kms.get_key_rotation_status(KeyId=key)
    assert before["NextRotationDate"] == after["NextRotationDate"] and after["KeyRotationEnabled"]


def test_a_disabled_key_is_rotated_when_it_is_enabled(server, kms, key):
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    kms.disable_key(KeyId=key)
    arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    for operation in (kms.enable_key_rotation, kms.disable_key_rotation, kms.rotate_key_on_demand):
        assert refused(operation, KeyId=key) == ("DisabledException", f"{arn} is disabled.")
    server.advance(200 * DAY)
    assert rotations(kms, key) == []
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    kms.enable_key(KeyId=key)
    server.advance(1)
    assert len(rotations(kms, key)) == 1


def test_a_key_to_be_deleted_is_not_rotated(server, kms, key):
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    server.advance(80 * DAY)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=30)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    assert refused(kms.rotate_key_on_demand, KeyId=key)[0] == "KMSInvalidStateException"
    server.advance(20 * DAY)
    assert rotations(kms, key) == []
    kms.cancel_key_deletion(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True


def test_an_aws_managed_key_is_rotated_every_year(server, kms):
    key = kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["KeyId"]
    status = kms.get_key_rotation_status(KeyId=key)
    assert status["KeyRotationEnabled"] and status["RotationPeriodInDays"] == 365
    code, message = refused(kms.disable_key_rotation, KeyId=key)
    assert code in ("AccessDeniedException", "UnsupportedOperationException")
    server.advance(366 * DAY)
    status = kms.get_key_rotation_status(KeyId=key)
    assert status["NextRotationDate"].timestamp() > 0
    after = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert after["KeyManager"] == "AWS"


def test_config_knows_of_it(server, kms, key, account):
    config = server.client("config", credentials=account)

    def item():
        wanted = [{"resourceType": "AWS::KMS::Key", "resourceId": key}]
        return config.batch_get_resource_config(resourceKeys=wanted)["baseConfigurationItems"][0]

    assert item()["supplementaryConfiguration"]["KeyRotationStatus"] == "false"
    kms.enable_key_rotation(KeyId=key)
    assert item()["supplementaryConfiguration"]["KeyRotationStatus"] == "true"


def test_a_deleted_key_stands_in_the_trail(server, kms, key, account):
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    server.advance(8 * DAY)
    (event,) = events(server, "DeleteKey", credentials=account)
    assert event["eventType"] == "AwsServiceEvent" and event["serviceEventDetails"]["keyId"] == key
    assert event["resources"] == [
        {"accountId": account[0], "type": "AWS::KMS::Key", "ARN": f"arn:aws:kms:us-east-1:{account[0]}:key/{key}"}
    ]


def test_last_usage(kms, key):
    usage = kms.get_key_last_usage(KeyId=key)
    assert usage["KeyId"] == key and usage["KeyLastUsage"] == {}
    assert usage["KeyCreationDate"] == usage["TrackingStartDate"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    answer = kms.decrypt(CiphertextBlob=blob)
    kms.describe_key(KeyId=key)
    refused(kms.encrypt, KeyId=key, Plaintext=b"x", DryRun=True)
    usage = kms.get_key_last_usage(KeyId=key)["KeyLastUsage"]
    assert usage["Operation"] == "Decrypt" and usage["CloudTrailEventId"]
    assert usage["KmsRequestId"] == answer["ResponseMetadata"]["RequestId"]
