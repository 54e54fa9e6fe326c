"""Multi-Region keys, in a dev server whose clock is moved, as an unmodified boto3 sees them."""

import json
import uuid

import pytest
from kms_tools import DAY, events, make_key, refused

HOME, AWAY, FAR = "us-east-1", "eu-west-1", "ap-southeast-2"


@pytest.fixture(scope="module")
def server(fresh_module):
    return fresh_module("--dev")


@pytest.fixture
def account():
    return (str(uuid.uuid4().int)[:12], "x")


@pytest.fixture
def kms(server, account):
    """`kms(region)`: a client."""
    clients = {}
    return lambda region: clients.setdefault(region, server.client("kms", region=region, credentials=account))


@pytest.fixture
def key(kms):
    return make_key(kms(HOME), MultiRegion=True, Description="at home")["KeyId"]


def describe(client, key):
    return client.describe_key(KeyId=key)["KeyMetadata"]


def regions(metadata):
    config = metadata["MultiRegionConfiguration"]
    return config["PrimaryKey"]["Region"], [replica["Region"] for replica in config["ReplicaKeys"]]


def test_a_primary_key(kms):
    made = make_key(kms(HOME), MultiRegion=True)
    assert made["KeyId"].startswith("mrk-") and len(made["KeyId"]) == 36 and made["MultiRegion"]
    assert made["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY"
    assert made["MultiRegionConfiguration"]["PrimaryKey"] == {"Arn": made["Arn"], "Region": HOME}
    assert regions(made) == (HOME, [])


def test_a_replica(kms, key, server, account):
    tags = [{"TagKey": "team", "TagValue": "blue"}]
    made = kms(HOME).replicate_key(KeyId=key, ReplicaRegion=AWAY, Description="away", Tags=tags)
    replica = made["ReplicaKeyMetadata"]
    assert replica["KeyId"] == key and replica["Arn"].split(":")[3] == AWAY
    assert replica["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"
    assert made["ReplicaTags"] == tags and json.loads(made["ReplicaPolicy"])["Id"] == "key-default-1"
    home, away = describe(kms(HOME), key), describe(kms(AWAY), key)
    assert regions(home) == regions(away) == (HOME, [AWAY])
    assert home["CurrentKeyMaterialId"] == away["CurrentKeyMaterialId"]
    # Each has its own description and tags.
    assert (home["Description"], away["Description"]) == ("at home", "away")
    assert kms(HOME).list_resource_tags(KeyId=key)["Tags"] == []
    assert kms(AWAY).list_resource_tags(KeyId=key)["Tags"] == tags
    assert refused(kms(HOME).replicate_key, KeyId=key, ReplicaRegion=AWAY)[0] == "AlreadyExistsException"
    assert refused(kms(AWAY).replicate_key, KeyId=key, ReplicaRegion=FAR)[0] == "UnsupportedOperationException"
    (event,) = events(server, "CreateKey", region=AWAY, credentials=account)
    assert event["resources"][0]["ARN"] == replica["Arn"]


def test_a_key_of_one_region_has_no_replicas(kms):
    key = make_key(kms(HOME))["KeyId"]
    for operation, region in ((kms(HOME).replicate_key, "ReplicaRegion"), (kms(HOME).update_primary_region, "PrimaryRegion")):
        assert refused(operation, KeyId=key, **{region: AWAY})[0] == "UnsupportedOperationException"
    assert refused(kms(HOME).replicate_key, KeyId=key, ReplicaRegion="us-gov-west-1")[0] != "InternalFailure"


def test_ciphertexts_open_in_every_region(kms, key):
    early = kms(HOME).encrypt(KeyId=key, Plaintext=b"early", EncryptionContext={"a": "b"})["CiphertextBlob"]
    assert refused(kms(AWAY).decrypt, CiphertextBlob=early, EncryptionContext={"a": "b"})[0] == "AccessDeniedException"
    kms(HOME).replicate_key(KeyId=key, ReplicaRegion=AWAY)
    opened = kms(AWAY).decrypt(CiphertextBlob=early, EncryptionContext={"a": "b"})
    assert opened["Plaintext"] == b"early" and opened["KeyId"].split(":")[3] == AWAY
    assert kms(AWAY).decrypt(CiphertextBlob=early, EncryptionContext={"a": "b"}, KeyId=key)["Plaintext"] == b"early"
    assert refused(kms(AWAY).decrypt, CiphertextBlob=early)[0] == "InvalidCiphertextException"
    back = kms(AWAY).generate_data_key(KeyId=key, KeySpec="AES_256")
    assert kms(HOME).decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"] == back["Plaintext"]
    # A key of one Region does not.
    single = make_key(kms(HOME))["KeyId"]
    blob = kms(HOME).encrypt(KeyId=single, Plaintext=b"x")["CiphertextBlob"]
    assert refused(kms(AWAY).decrypt, CiphertextBlob=blob)[0] == "AccessDeniedException"


def test_rotation_is_shared(server, kms, key, account):
    kms(HOME).replicate_key(KeyId=key, ReplicaRegion=AWAY)
    kms(HOME).enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    home, away = (kms(region).get_key_rotation_status(KeyId=key) for region in (HOME, AWAY))
    assert away["KeyRotationEnabled"] and home["NextRotationDate"] == away["NextRotationDate"]
    for operation in ("enable_key_rotation", "disable_key_rotation", "rotate_key_on_demand"):
        assert refused(getattr(kms(AWAY), operation), KeyId=key)[0] == "UnsupportedOperationException"
    old = kms(AWAY).encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    server.advance(91 * DAY)
    assert len(kms(HOME).list_key_rotations(KeyId=key)["Rotations"]) == 1
    assert kms(HOME).list_key_rotations(KeyId=key)["Rotations"] == kms(AWAY).list_key_rotations(KeyId=key)["Rotations"]
    new = kms(HOME).encrypt(KeyId=key, Plaintext=b"new")["CiphertextBlob"]
    for region in (HOME, AWAY):
        assert kms(region).decrypt(CiphertextBlob=old)["Plaintext"] == b"old"
        assert kms(region).decrypt(CiphertextBlob=new)["Plaintext"] == b"new"
        assert len(events(server, "RotateKey", region=region, credentials=account)) == 1
    kms(HOME).rotate_key_on_demand(KeyId=key)
    # A replica that comes later opens everything.
    kms(HOME).replicate_key(KeyId=key, ReplicaRegion=FAR)
    assert kms(FAR).decrypt(CiphertextBlob=old)["Plaintext"] == b"old"
    assert len(kms(FAR).list_key_rotations(KeyId=key)["Rotations"]) == 2


def test_the_primary_moves(server, kms, key):
    kms(HOME).enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    for region in (AWAY, FAR):
        kms(HOME).replicate_key(KeyId=key, ReplicaRegion=region)
    assert refused(kms(HOME).update_primary_region, KeyId=key, PrimaryRegion="sa-east-1")[0] == "NotFoundException"
    assert refused(kms(AWAY).update_primary_region, KeyId=key, PrimaryRegion=FAR)[0] == "UnsupportedOperationException"
    kms(AWAY).disable_key(KeyId=key)
    assert refused(kms(HOME).update_primary_region, KeyId=key, PrimaryRegion=AWAY)[0] == "DisabledException"
    kms(AWAY).enable_key(KeyId=key)
    kms(HOME).update_primary_region(KeyId=key, PrimaryRegion=AWAY)
    for region in (HOME, AWAY, FAR):
        metadata = describe(kms(region), key)
        assert regions(metadata) == (AWAY, sorted([HOME, FAR])), region
        kind = "PRIMARY" if region == AWAY else "REPLICA"
        assert metadata["MultiRegionConfiguration"]["MultiRegionKeyType"] == kind
    kms(AWAY).rotate_key_on_demand(KeyId=key)
    server.advance(91 * DAY)
    kinds = [entry["RotationType"] for entry in kms(HOME).list_key_rotations(KeyId=key)["Rotations"]]
    assert kinds == ["ON_DEMAND", "AUTOMATIC"]


def test_states_are_their_own(kms, key):
    kms(HOME).replicate_key(KeyId=key, ReplicaRegion=AWAY)
    kms(HOME).disable_key(KeyId=key)
    assert describe(kms(AWAY), key)["KeyState"] == "Enabled"
    assert refused(kms(HOME).replicate_key, KeyId=key, ReplicaRegion=FAR)[0] == "DisabledException"
    kms(AWAY).create_alias(AliasName="alias/away", TargetKeyId=key)
    assert refused(kms(HOME).describe_key, KeyId="alias/away")[0] == "NotFoundException"


def test_a_primary_waits_for_its_replicas(server, kms, key):
    kms(HOME).replicate_key(KeyId=key, ReplicaRegion=AWAY)
    scheduled = kms(HOME).schedule_key_deletion(KeyId=key, PendingWindowInDays=10)
    assert scheduled["KeyState"] == "PendingReplicaDeletion" and "DeletionDate" not in scheduled
    home = describe(kms(HOME), key)
    assert home["PendingDeletionWindowInDays"] == 10 and "DeletionDate" not in home and not home["Enabled"]
    assert refused(kms(HOME).encrypt, KeyId=key, Plaintext=b"x")[0] == "KMSInvalidStateException"
    kms(AWAY).encrypt(KeyId=key, Plaintext=b"x")
    server.advance(30 * DAY)
    assert describe(kms(HOME), key)["KeyState"] == "PendingReplicaDeletion"
    kms(AWAY).schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    server.advance(8 * DAY)
    assert refused(kms(AWAY).describe_key, KeyId=key)[0] == "NotFoundException"
    home = describe(kms(HOME), key)
    assert home["KeyState"] == "PendingDeletion" and home["DeletionDate"] and regions(home) == (HOME, [])
    kms(HOME).cancel_key_deletion(KeyId=key)
    kms(HOME).enable_key(KeyId=key)
    # The Region is free again.
    kms(HOME).replicate_key(KeyId=key, ReplicaRegion=AWAY)
    kms(AWAY).encrypt(KeyId=key, Plaintext=b"x")
    kms(HOME).schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    kms(HOME).cancel_key_deletion(KeyId=key)
    assert describe(kms(HOME), key)["KeyState"] == "Disabled"
