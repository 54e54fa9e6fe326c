"""KMS keys in a cluster of HSMs: custom key stores of the type AWS_CLOUDHSM."""

import glob
import json
import os

import pytest
from bastide import wait_until
from botocore.exceptions import ClientError
from hsms import ADMIN, Authority, Clusters, kill

PASSWORD = "kms-password-1"
CONTEXT = {"tenant": "acme"}
DAY = 24 * 3600


def code(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"]


class World:
    """A server with an active cluster of two HSMs, in which there is a `kmsuser`."""

    def __init__(self, server):
        self.server, self.kms = server, server.client("kms")
        self.clusters = Clusters(server, server.client("cloudhsmv2"))
        self.authority = Authority()
        self.cluster = self.clusters.create()
        self.hsms = [self.clusters.add(self.cluster)]
        self.clusters.initialize(self.cluster, self.authority)
        self.clusters.run(self.cluster, "activate")
        self.clusters.state(self.cluster, "ACTIVE")

    def create(self, name="store", **more):
        wanted = {
            "CustomKeyStoreName": name,
            "CloudHsmClusterId": self.cluster,
            "TrustAnchorCertificate": self.authority.pem,
            "KeyStorePassword": PASSWORD,
            **more,
        }
        return self.kms.create_custom_key_store(**wanted)["CustomKeyStoreId"]

    def show(self, store):
        return self.kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"][0]

    def connect(self, store):
        self.kms.connect_custom_key_store(CustomKeyStoreId=store)
        wait_until(lambda: self.show(store)["ConnectionState"] != "CONNECTING")
        return self.show(store)

    def set_password(self, password):
        self.clusters.run(self.cluster, "change-password", "kmsuser", password=ADMIN, new=password)

    def events(self, name):
        wanted = [{"AttributeKey": "EventName", "AttributeValue": name}]
        found = self.server.client("cloudtrail").lookup_events(LookupAttributes=wanted)["Events"]
        return [json.loads(event["CloudTrailEvent"]) for event in found]


@pytest.fixture(scope="module")
def world(fresh_module):
    return World(fresh_module("--dev"))


@pytest.fixture(scope="module")
def store(world):
    # Before there are two HSMs, and a kmsuser.
    kms, cluster = world.kms, world.cluster
    assert code(world.create) == "CloudHsmClusterInvalidConfigurationException"
    world.hsms.append(world.clusters.add(cluster, "us-east-1b"))
    assert code(world.create, CloudHsmClusterId="cluster-aaaaaaaaaaa") == "CloudHsmClusterNotFoundException"
    assert code(world.create, TrustAnchorCertificate=Authority("other").pem) == "IncorrectTrustAnchorException"
    lacking = {"CustomKeyStoreName": "x", "CloudHsmClusterId": cluster}
    assert code(kms.create_custom_key_store, **lacking) == "ValidationException"
    assert code(world.create, XksProxyUriPath="/kms/xks/v1") == "ValidationException"
    made = world.create()
    assert code(world.create, name="another") == "CloudHsmClusterInUseException"
    shown = world.show(made)
    assert shown["CustomKeyStoreType"] == "AWS_CLOUDHSM" and shown["ConnectionState"] == "DISCONNECTED"
    assert shown["CloudHsmClusterId"] == cluster and shown["TrustAnchorCertificate"] == world.authority.pem
    assert "Password" not in json.dumps(shown, default=str)
    assert code(kms.create_key, Origin="AWS_CLOUDHSM", CustomKeyStoreId=made) == "CustomKeyStoreInvalidStateException"
    assert world.connect(made)["ConnectionErrorCode"] == "INVALID_CREDENTIALS"
    assert code(kms.connect_custom_key_store, CustomKeyStoreId=made) == "CustomKeyStoreInvalidStateException"
    kms.disconnect_custom_key_store(CustomKeyStoreId=made)
    world.clusters.run(cluster, "create-user", "kmsuser", new=PASSWORD)
    connected = world.connect(made)
    assert connected["ConnectionState"] == "CONNECTED" and "ConnectionErrorCode" not in connected
    return made


@pytest.fixture
def key(world, store):
    return world.kms.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store)["KeyMetadata"]


def test_a_key_in_a_cluster(world, store, key):
    kms = world.kms
    described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert described == key
    assert key["Origin"] == "AWS_CLOUDHSM" and key["CustomKeyStoreId"] == store
    assert key["CloudHsmClusterId"] == world.cluster and "CurrentKeyMaterialId" not in key
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"secret", EncryptionContext=CONTEXT)["CiphertextBlob"]
    assert b"secret" not in sealed
    opened = kms.decrypt(CiphertextBlob=sealed, EncryptionContext=CONTEXT)
    assert opened["Plaintext"] == b"secret" and opened["KeyId"] == key["Arn"]
    assert kms.encrypt(KeyId=key["KeyId"], Plaintext=b"secret", EncryptionContext=CONTEXT)["CiphertextBlob"] != sealed
    assert code(kms.decrypt, CiphertextBlob=sealed) == "InvalidCiphertextException"
    assert code(kms.decrypt, CiphertextBlob=sealed, EncryptionContext={"tenant": "other"}) == "InvalidCiphertextException"
    for at in range(len(sealed)):
        altered = bytearray(sealed)
        altered[at] ^= 1
        with pytest.raises(ClientError):
            kms.decrypt(CiphertextBlob=bytes(altered), EncryptionContext=CONTEXT, KeyId=key["KeyId"])
    data = kms.generate_data_key(KeyId=key["KeyId"], KeySpec="AES_256")
    assert kms.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"] == data["Plaintext"]
    local = kms.create_key()["KeyMetadata"]["KeyId"]
    moved = kms.re_encrypt(CiphertextBlob=sealed, SourceEncryptionContext=CONTEXT, DestinationKeyId=local)
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"])["Plaintext"] == b"secret"
    [event] = [e for e in world.events("Encrypt") if e["additionalEventData"].get("customKeyStoreId") == store][:1]
    assert "secret" not in json.dumps(event)


def test_what_such_a_key_cannot(world, store, key):
    kms = world.kms
    wanted = {"Origin": "AWS_CLOUDHSM", "CustomKeyStoreId": store}
    assert code(kms.create_key, **wanted, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY") == "UnsupportedOperationException"
    assert code(kms.create_key, **wanted, MultiRegion=True) == "UnsupportedOperationException"
    assert code(kms.create_key, Origin="AWS_CLOUDHSM") == "ValidationException"
    assert code(kms.create_key, CustomKeyStoreId=store) == "ValidationException"
    assert code(kms.enable_key_rotation, KeyId=key["KeyId"]) == "UnsupportedOperationException"
    assert code(kms.generate_data_key_pair, KeyId=key["KeyId"], KeyPairSpec="ECC_NIST_P256") == "UnsupportedOperationException"


def test_random_bytes_come_from_the_cluster(world, store):
    asked = {"NumberOfBytes": 32, "CustomKeyStoreId": store}
    first, second = (world.kms.generate_random(**asked)["Plaintext"] for _ in range(2))
    assert len(first) == len(second) == 32 and first != second


def test_keys_are_unavailable_while_the_store_is_disconnected(world, store, key):
    kms = world.kms
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    assert code(kms.delete_custom_key_store, CustomKeyStoreId=store) == "CustomKeyStoreHasCMKsException"
    assert code(kms.update_custom_key_store, CustomKeyStoreId=store, KeyStorePassword=PASSWORD) == "CustomKeyStoreInvalidStateException"
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Unavailable"
    assert code(kms.decrypt, CiphertextBlob=sealed) == "KMSInvalidStateException"
    assert code(kms.generate_random, NumberOfBytes=8, CustomKeyStoreId=store) == "CustomKeyStoreInvalidStateException"
    # Connecting gave kmsuser a password that only KMS knows; it still does.
    assert world.connect(store)["ConnectionState"] == "CONNECTED"
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"
    # An admin may set another, and tells KMS.
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    world.set_password("another-password-1")
    assert world.connect(store)["ConnectionErrorCode"] == "INVALID_CREDENTIALS"
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    kms.update_custom_key_store(CustomKeyStoreId=store, KeyStorePassword="another-password-1")
    assert code(kms.update_custom_key_store, CustomKeyStoreId=store, XksProxyUriPath="/kms/xks/v1") == "ValidationException"
    assert world.connect(store)["ConnectionState"] == "CONNECTED"
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_one_hsm_of_two_is_enough(world, store, key):
    kms = world.kms
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    kill(world.hsms[0])
    for _ in range(20):
        assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"
    world.clusters.hsm_state(world.cluster, world.hsms[0], "ACTIVE")


def test_keys_outlive_the_server(world, store, key):
    sealed = world.kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    world.server.kill()
    world.server.start()

    def opened():
        try:
            return world.kms.decrypt(CiphertextBlob=sealed)["Plaintext"]
        except ClientError as error:
            assert error.response["Error"]["Code"] == "KeyUnavailableException", error

    assert wait_until(opened) == b"x"


def test_a_deleted_key_is_gone_from_the_cluster(world, store, key):
    kms = world.kms

    def destroyed():
        """How often the audit logs of the HSMs tell of a destroyed object."""
        logs = glob.glob(os.path.join(world.server.data_dir, "hsm", world.cluster, "audit", "*"))
        return sum(open(log).read().count("DESTROY") for log in logs)

    before = destroyed()
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    world.server.advance(7 * DAY + 1)
    wait_until(lambda: destroyed() > before)
    assert code(kms.describe_key, KeyId=key["KeyId"]) == "NotFoundException"
