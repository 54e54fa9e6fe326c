"""Custom key stores: KMS as the client of an external key store's proxy, one that behaves and one that does not."""

import base64
import json
import time

import pytest
import xks_proxy
from bastide import wait_until
from botocore.exceptions import ClientError
from xks_proxy import STATUS, XksProxy

ENDPOINT = "https://localhost"
CREDENTIAL = {"AccessKeyId": "ABCDEFGHIJKLMNOP2345", "RawSecretAccessKey": "s" * 43}
SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return xks_proxy.certificate(tmp_path_factory.mktemp("tls"), "localhost", "xks.localhost")


@pytest.fixture(scope="module")
def proxy(certificate):
    made = XksProxy(*certificate)
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(fresh_module, certificate, proxy):
    return fresh_module(
        *("--xks-ca-bundle", certificate[0]),
        *("--xks-route", f"localhost=127.0.0.1:{proxy.port}", "--xks-route", f"xks.localhost=127.0.0.1:{proxy.port}"),
        *("--xks-route", "refused.localhost=127.0.0.1:9", "--xks-route", f"127.0.0.2=127.0.0.1:{proxy.port}"),
        *("--xks-vpc-endpoint-service", f"{SERVICE}=xks.localhost"),
        *("--xks-timeout", "400"),
    )


@pytest.fixture(scope="module")
def kms(server):
    return server.client("kms")


@pytest.fixture(autouse=True)
def behaved(proxy):
    yield
    proxy.behave, proxy.delay, proxy.health, proxy.path = None, 0, "ACTIVE", "/kms/xks/v1"
    proxy.secret = CREDENTIAL["RawSecretAccessKey"]


def code(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def parameters(name, **more):
    return {
        "CustomKeyStoreName": name,
        "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
        "XksProxyUriEndpoint": ENDPOINT,
        "XksProxyUriPath": "/kms/xks/v1",
        "XksProxyAuthenticationCredential": CREDENTIAL,
        "XksProxyConnectivity": "PUBLIC_ENDPOINT",
        **more,
    }


def state(kms, store):
    (entry,) = kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"]
    return entry["ConnectionState"], entry.get("ConnectionErrorCode")


def connect(kms, store):
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    return wait_until(lambda: (found := state(kms, store))[0] != "CONNECTING" and found)


def remove(kms, store):
    if state(kms, store)[0] != "DISCONNECTED":
        kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    kms.delete_custom_key_store(CustomKeyStoreId=store)


@pytest.fixture(scope="module")
def store(kms, proxy):
    """A store that is connected."""
    made = kms.create_custom_key_store(**parameters("the store"))["CustomKeyStoreId"]
    assert connect(kms, made) == ("CONNECTED", None)
    return made


@pytest.fixture
def key(kms, proxy, store, request):
    name = f"ext_{request.node.name[:40]}.1".replace("[", "-").replace("]", "")
    proxy.add_key(name)
    made = kms.create_key(Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=store, XksKeyId=name)["KeyMetadata"]
    return made["Arn"], name


def test_a_store_from_its_creation_to_its_end(kms, proxy, server):
    made = kms.create_custom_key_store(**parameters("first", XksProxyUriPath="/kms/xks/v1"))
    store = made["CustomKeyStoreId"]
    assert store.startswith("cks-") and len(store) == 21
    assert proxy.requests[-1][1]["requestMetadata"]["kmsOperation"] == "CreateCustomKeyStore"
    (entry,) = kms.describe_custom_key_stores(CustomKeyStoreName="first")["CustomKeyStores"]
    assert (entry["ConnectionState"], entry["CustomKeyStoreType"]) == ("DISCONNECTED", "EXTERNAL_KEY_STORE")
    assert entry["XksProxyConfiguration"] == {
        "Connectivity": "PUBLIC_ENDPOINT",
        "AccessKeyId": CREDENTIAL["AccessKeyId"],
        "UriEndpoint": ENDPOINT,
        "UriPath": "/kms/xks/v1",
    }
    assert "ConnectionErrorCode" not in entry and "CloudHsmClusterId" not in entry
    assert CREDENTIAL["RawSecretAccessKey"] not in json.dumps(entry, default=str)
    assert connect(kms, store) == ("CONNECTED", None)
    assert proxy.requests[-1][1]["requestMetadata"]["kmsOperation"] == "ConnectCustomKeyStore"
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert code(kms.delete_custom_key_store, CustomKeyStoreId=store)[0] == "CustomKeyStoreInvalidStateException"
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    disconnect = kms.disconnect_custom_key_store
    assert code(disconnect, CustomKeyStoreId=store)[0] == "CustomKeyStoreInvalidStateException"
    kms.delete_custom_key_store(CustomKeyStoreId=store)
    for call in (kms.delete_custom_key_store, kms.connect_custom_key_store, kms.describe_custom_key_stores, disconnect):
        assert code(call, CustomKeyStoreId=store)[0] == "CustomKeyStoreNotFoundException"
    assert code(kms.describe_custom_key_stores, CustomKeyStoreName="first")[0] == "CustomKeyStoreNotFoundException"
    assert CREDENTIAL["RawSecretAccessKey"] not in server.errors()


def test_nothing_secret_is_kept_or_recorded(kms, server, store):
    events = server.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateCustomKeyStore"}]
    )["Events"]
    assert events
    for event in events:
        record = event["CloudTrailEvent"]
        assert CREDENTIAL["RawSecretAccessKey"] not in record and CREDENTIAL["AccessKeyId"] not in record
    with open(f"{server.data_dir}/resources.db", "rb") as file:
        assert CREDENTIAL["RawSecretAccessKey"].encode() not in file.read()


def test_what_must_be_unique(kms, store):
    create = kms.create_custom_key_store
    other = {"XksProxyUriPath": "/other/kms/xks/v1"}
    assert code(create, **parameters("the store", **other))[0] == "CustomKeyStoreNameInUseException"
    assert code(create, **parameters("another"))[0] == "XksProxyUriInUseException"
    private = {"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE", "XksProxyVpcEndpointServiceName": SERVICE}
    taken = code(create, **parameters("another", **private, **other))
    assert taken[0] == "XksProxyUriEndpointInUseException"


@pytest.mark.parametrize(
    "missing", ["XksProxyUriEndpoint", "XksProxyUriPath", "XksProxyAuthenticationCredential", "XksProxyConnectivity"]
)
def test_what_is_required(kms, missing):
    given = parameters("incomplete")
    del given[missing]
    assert code(kms.create_custom_key_store, **given)[0] == "ValidationException"


def test_what_does_not_fit(server):
    kms = server.client("kms", parameter_validation=False)
    for more in (
        {"XksProxyUriEndpoint": "http://localhost"},
        {"XksProxyUriEndpoint": "https://localhost:8443"},
        {"XksProxyUriPath": "/kms/xks"},
        {"XksProxyAuthenticationCredential": {"AccessKeyId": "short", "RawSecretAccessKey": "s" * 43}},
        {"XksProxyAuthenticationCredential": {"AccessKeyId": "A" * 20, "RawSecretAccessKey": "short"}},
        {"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE"},
        {"XksProxyVpcEndpointServiceName": SERVICE},
        {"CloudHsmClusterId": "cluster-abcdefghijk"},
        {"KeyStorePassword": "kmsPswd"},
    ):
        assert code(kms.create_custom_key_store, **parameters("unfit", **more))[0] == "ValidationException", more


NOT_CREATED = {
    "AuthenticationFailedException": "XksProxyIncorrectAuthenticationCredentialException",
    "InvalidUriPathException": "XksProxyInvalidConfigurationException",
    "ValidationException": "XksProxyInvalidResponseException",
    "InternalException": "XksProxyInvalidResponseException",
    "DependencyTimeoutException": "XksProxyUriUnreachableException",
    "ThrottlingException": "XksProxyUriUnreachableException",
}


@pytest.mark.parametrize("name", NOT_CREATED)
def test_a_proxy_that_refuses_is_not_taken(kms, proxy, name):
    body = json.dumps({"errorName": name, "errorMessage": "proxy-internal detail"}).encode()
    proxy.behave = lambda *_: (STATUS[name], body)
    given = parameters("refused", XksProxyUriPath="/refused/kms/xks/v1")
    error, message = code(kms.create_custom_key_store, **given)
    assert error == NOT_CREATED[name] and "proxy-internal" not in message
    assert code(kms.describe_custom_key_stores, CustomKeyStoreName="refused")[0] == "CustomKeyStoreNotFoundException"


def test_a_proxy_that_is_none_is_not_taken(kms, proxy):
    create = kms.create_custom_key_store
    given = parameters("garbage", XksProxyUriPath="/garbage/kms/xks/v1")
    proxy.path = "/garbage/kms/xks/v1"
    for status, body in ((200, b"<html>"), (200, b"{}"), (200, b""), (500, b"oops"), (302, b"{}"), (200, b"x" * 100_000)):
        proxy.behave = lambda *_: (status, body)  # noqa: B023
        assert code(create, **given)[0] == "XksProxyInvalidResponseException", (status, body[:9])
    proxy.behave = None
    proxy.health = "UNAVAILABLE"
    assert code(create, **given)[0] == "XksProxyUriUnreachableException"
    proxy.health = "ACTIVE"
    proxy.delay = 0.7
    error, message = code(create, **given)
    assert error == "XksProxyUriUnreachableException" and "in time" in message
    proxy.delay = 0
    refused = code(create, **{**given, "XksProxyUriEndpoint": "https://refused.localhost"})
    assert refused[0] == "XksProxyUriUnreachableException" and "network" in refused[1]
    # A host whose name is not in the certificate.
    wrong = code(create, **{**given, "XksProxyUriEndpoint": "https://127.0.0.2"})
    assert wrong[0] == "XksProxyUriUnreachableException" and "certificate" in wrong[1]
    secret = {"AccessKeyId": CREDENTIAL["AccessKeyId"], "RawSecretAccessKey": "t" * 43}
    mistaken = code(create, **{**given, "XksProxyAuthenticationCredential": secret})
    assert mistaken[0] == "XksProxyIncorrectAuthenticationCredentialException"


CONNECTION_ERRORS = {
    "AuthenticationFailedException": "INVALID_CREDENTIALS",
    "AccessDeniedException": "XKS_PROXY_ACCESS_DENIED",
    "InvalidUriPathException": "XKS_PROXY_INVALID_CONFIGURATION",
    "InternalException": "XKS_PROXY_INVALID_RESPONSE",
    "DependencyTimeoutException": "XKS_PROXY_TIMED_OUT",
    "ThrottlingException": "XKS_PROXY_NOT_REACHABLE",
}


def test_connections_that_fail(kms, proxy):
    proxy.path = "/failing/kms/xks/v1"
    store = kms.create_custom_key_store(**parameters("failing", XksProxyUriPath=proxy.path))["CustomKeyStoreId"]
    for name, expected in CONNECTION_ERRORS.items():
        proxy.behave = lambda *_: (STATUS[name], json.dumps({"errorName": name}).encode())  # noqa: B023
        assert connect(kms, store) == ("FAILED", expected), name
        again = code(kms.connect_custom_key_store, CustomKeyStoreId=store)
        assert again[0] == "CustomKeyStoreInvalidStateException"
        kms.disconnect_custom_key_store(CustomKeyStoreId=store)
        assert state(kms, store) == ("DISCONNECTED", None)
    proxy.behave = None
    proxy.health = "UNAVAILABLE"
    assert connect(kms, store) == ("FAILED", "XKS_PROXY_NOT_REACHABLE")
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    proxy.health, proxy.delay = "DEGRADED", 0.7
    assert connect(kms, store) == ("FAILED", "XKS_PROXY_TIMED_OUT")
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    proxy.delay = 0
    assert connect(kms, store) == ("CONNECTED", None)
    remove(kms, store)


def test_private_endpoints(kms, proxy):
    private = {"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE", "XksProxyVpcEndpointServiceName": SERVICE}
    unknown = {**private, "XksProxyVpcEndpointServiceName": SERVICE[:-1] + "9"}
    host = {"XksProxyUriEndpoint": "https://xks.localhost"}
    create = kms.create_custom_key_store
    missing = code(create, **parameters("private", **unknown, **host))
    assert missing[0] == "XksProxyVpcEndpointServiceNotFoundException"
    other = code(create, **parameters("private", **private, XksProxyUriEndpoint="https://y.localhost"))
    assert other[0] == "XksProxyVpcEndpointServiceInvalidConfigurationException"
    asked = len(proxy.requests)
    store = create(**parameters("private", **private, **host))["CustomKeyStoreId"]
    assert len(proxy.requests) == asked, "a private proxy is asked when it is connected"
    (entry,) = kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"]
    shown = entry["XksProxyConfiguration"]
    assert (shown["Connectivity"], shown["VpcEndpointServiceName"]) == ("VPC_ENDPOINT_SERVICE", SERVICE)
    assert shown["VpcEndpointServiceOwner"] == "000000000000"
    same = code(create, **parameters("second", **private, **host))
    assert same[0] == "XksProxyVpcEndpointServiceInUseException"
    assert connect(kms, store) == ("CONNECTED", None)
    remove(kms, store)


def test_updates(kms, proxy, certificate):
    proxy.path = "/updated/kms/xks/v1"
    update = kms.update_custom_key_store
    store = kms.create_custom_key_store(**parameters("updated", XksProxyUriPath=proxy.path))["CustomKeyStoreId"]
    assert code(update, CustomKeyStoreId=store)[0] == "ValidationException"
    assert code(update, CustomKeyStoreId=store, KeyStorePassword="kmsPswd")[0] == "ValidationException"
    unknown = code(update, CustomKeyStoreId="cks-unknown", NewCustomKeyStoreName="x")
    assert unknown[0] == "CustomKeyStoreNotFoundException"
    assert connect(kms, store) == ("CONNECTED", None)
    update(CustomKeyStoreId=store, NewCustomKeyStoreName="renamed")
    assert code(update, CustomKeyStoreId=store, NewCustomKeyStoreName="the store")[0] == (
        "CustomKeyStoreNameInUseException"
    )
    moved = code(update, CustomKeyStoreId=store, XksProxyUriEndpoint="https://xks.localhost")
    assert moved[0] == "CustomKeyStoreInvalidStateException"
    # A credential is rotated while the store is connected; one that the proxy does not know is not taken.
    rotated = {"AccessKeyId": CREDENTIAL["AccessKeyId"], "RawSecretAccessKey": "r" * 64}
    refused = code(update, CustomKeyStoreId=store, XksProxyAuthenticationCredential=rotated)
    assert refused[0] == "XksProxyIncorrectAuthenticationCredentialException"
    proxy.secret = "r" * 64
    update(CustomKeyStoreId=store, XksProxyAuthenticationCredential=rotated)
    assert proxy.requests[-1][1]["requestMetadata"]["kmsOperation"] == "UpdateCustomKeyStore"
    proxy.add_key("after-rotation")
    key = kms.create_key(Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=store, XksKeyId="after-rotation")
    assert kms.encrypt(KeyId=key["KeyMetadata"]["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    wrong = code(update, CustomKeyStoreId=store, XksProxyUriPath="/wrong/kms/xks/v1")
    assert wrong[0] == "XksProxyInvalidConfigurationException"
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    private = {"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE", "XksProxyVpcEndpointServiceName": SERVICE}
    assert code(update, CustomKeyStoreId=store, **private)[0] == "ValidationException"
    update(CustomKeyStoreId=store, XksProxyUriEndpoint="https://xks.localhost", **private)
    (entry,) = kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"]
    assert entry["CustomKeyStoreName"] == "renamed"
    assert entry["XksProxyConfiguration"]["VpcEndpointServiceName"] == SERVICE
    assert connect(kms, store) == ("CONNECTED", None)


def test_a_key_in_a_store(kms, key, store, proxy):
    arn, name = key
    metadata = kms.describe_key(KeyId=arn)["KeyMetadata"]
    assert metadata["Origin"] == "EXTERNAL_KEY_STORE" and metadata["KeyState"] == "Enabled"
    assert metadata["CustomKeyStoreId"] == store and metadata["XksKeyConfiguration"] == {"Id": name}
    assert metadata["KeySpec"] == "SYMMETRIC_DEFAULT" and metadata["MultiRegion"] is False
    assert "CurrentKeyMaterialId" not in metadata and "CloudHsmClusterId" not in metadata
    path, asked = proxy.requests[-1]
    assert path.endswith(f"/keys/{name}/metadata")
    told = asked["requestMetadata"]
    assert told["kmsOperation"] == "CreateKey" and "kmsKeyArn" not in told
    assert told["awsPrincipalArn"] == "arn:aws:iam::000000000000:user/admin" and told["kmsRequestId"]


def test_encryption_is_double(kms, key, proxy, server):
    arn, name = key
    context = {"tenant": "acme"}
    sealed = kms.encrypt(KeyId=arn, Plaintext=b"attack at dawn", EncryptionContext=context)
    assert "KeyMaterialId" not in sealed
    path, asked = proxy.requests[-1]
    assert path.endswith(f"/keys/{name}/encrypt") and asked["requestMetadata"]["kmsKeyArn"] == arn
    # The external key manager never sees the plaintext: it is encrypted here first. Nor the context.
    assert b"attack at dawn" not in base64.b64decode(asked["plaintext"])
    assert b"acme" not in base64.b64decode(asked["additionalAuthenticatedData"])
    opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == b"attack at dawn" and opened["KeyId"] == arn and "KeyMaterialId" not in opened
    # The proxy's own key alone opens nothing either.
    inner = base64.b64decode(proxy.decrypt(proxy.keys[name], proxy.requests[-1][1])["plaintext"])
    assert b"attack at dawn" not in inner
    whole = kms.encrypt(KeyId=arn, Plaintext=b"x" * 4096)["CiphertextBlob"]
    assert len(whole) <= 6144 and kms.decrypt(CiphertextBlob=whole)["Plaintext"] == b"x" * 4096
    data = kms.generate_data_key(KeyId=arn, KeySpec="AES_256", EncryptionContext=context)
    assert kms.decrypt(CiphertextBlob=data["CiphertextBlob"], EncryptionContext=context)["Plaintext"] == data["Plaintext"]
    assert proxy.requests[-2][1]["requestMetadata"]["kmsOperation"] == "GenerateDataKey"
    hidden = kms.generate_data_key_without_plaintext(KeyId=arn, NumberOfBytes=64)
    assert len(kms.decrypt(CiphertextBlob=hidden["CiphertextBlob"])["Plaintext"]) == 64
    local = kms.create_key()["KeyMetadata"]["Arn"]
    moved = kms.re_encrypt(
        CiphertextBlob=sealed["CiphertextBlob"], SourceEncryptionContext=context, DestinationKeyId=local
    )
    assert kms.decrypt(CiphertextBlob=moved["CiphertextBlob"])["Plaintext"] == b"attack at dawn"
    assert "SourceKeyMaterialId" not in moved and moved["DestinationKeyMaterialId"]
    back = kms.re_encrypt(CiphertextBlob=moved["CiphertextBlob"], DestinationKeyId=arn)
    assert kms.decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"] == b"attack at dawn"


def test_what_was_changed_does_not_open(kms, key):
    arn, _ = key
    blob = kms.encrypt(KeyId=arn, Plaintext=b"secret", EncryptionContext={"a": "1"})["CiphertextBlob"]
    error, message = code(kms.decrypt, KeyId=arn, CiphertextBlob=blob, EncryptionContext={"a": "2"})
    assert error == "KMSInvalidStateException" and "encryption context" in message
    assert code(kms.decrypt, KeyId=arn, CiphertextBlob=blob)[0] == "KMSInvalidStateException"
    wrong = {"InvalidCiphertextException", "KMSInvalidStateException", "IncorrectKeyException", "AccessDeniedException"}
    for at in range(0, len(blob), 3):
        changed = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        assert code(kms.decrypt, KeyId=arn, CiphertextBlob=changed, EncryptionContext={"a": "1"})[0] in wrong, at
    short = code(kms.decrypt, KeyId=arn, CiphertextBlob=blob[:-20], EncryptionContext={"a": "1"})
    assert short[0] in wrong


def test_a_proxy_that_breaks_while_it_is_used(kms, key, proxy):
    arn, name = key
    blob = kms.encrypt(KeyId=arn, Plaintext=b"secret")["CiphertextBlob"]
    for refusal in STATUS:
        proxy.behave = lambda *_: (STATUS[refusal], json.dumps({"errorName": refusal}).encode())  # noqa: B023
        assert code(kms.decrypt, CiphertextBlob=blob)[0] == "KMSInvalidStateException", refusal
        assert code(kms.encrypt, KeyId=arn, Plaintext=b"x")[0] == "KMSInvalidStateException", refusal
    proxy.behave = lambda *_: (200, b"not json")
    error, message = code(kms.encrypt, KeyId=arn, Plaintext=b"x")
    assert error == "KMSInvalidStateException" and "cannot interpret" in message

    def lies(member, value):
        def change(operation, data):
            answer = json.loads(data)
            answer[member] = value
            return 200, json.dumps(answer).encode()

        return change

    for member, value in (
        ("ciphertextDataIntegrityValue", base64.b64encode(bytes(32)).decode()),
        ("ciphertext", ""),
        ("authenticationTag", "AAAA"),
        ("initializationVector", "AAAA"),
        ("ciphertextMetadata", base64.b64encode(bytes(21)).decode()),
    ):
        proxy.behave = lies(member, value)
        assert code(kms.encrypt, KeyId=arn, Plaintext=b"x")[0] == "KMSInvalidStateException", member
    # Another plaintext than was encrypted: what the external key gives back must open here too.
    proxy.behave = lies("plaintext", base64.b64encode(bytes(22)).decode())
    error, message = code(kms.decrypt, CiphertextBlob=blob)
    assert error == "KMSInvalidStateException" and "submitted for decryption" in message
    proxy.behave = None
    proxy.keys[name]["status"] = "DISABLED"
    error, message = code(kms.decrypt, CiphertextBlob=blob)
    assert error == "KMSInvalidStateException" and "not enabled in the external key manager" in message
    proxy.keys[name]["status"] = "ENABLED"
    proxy.delay = 0.7
    started = time.monotonic()
    error, message = code(kms.decrypt, CiphertextBlob=blob)
    assert error == "KMSInvalidStateException" and "in time" in message and time.monotonic() - started < 2
    proxy.delay = 0
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"


def test_keys_that_cannot_be_made(kms, proxy, store, key):
    def create(**more):
        return code(kms.create_key, **{"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": store, **more})[0]

    assert create() == "ValidationException"
    assert create(XksKeyId="none-such") == "XksKeyNotFoundException"
    assert create(XksKeyId=key[1]) == "XksKeyAlreadyInUseException"
    assert create(XksKeyId="x", CustomKeyStoreId="cks-none") == "CustomKeyStoreNotFoundException"
    assert create(XksKeyId="x", KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT") == "UnsupportedOperationException"
    assert create(XksKeyId="x", MultiRegion=True) == "UnsupportedOperationException"
    assert create(XksKeyId="x", Origin="AWS_KMS") == "ValidationException"
    for number, more in enumerate(({"spec": "AES_128"}, {"usage": ["ENCRYPT"]}, {"status": "DISABLED"})):
        proxy.add_key(f"unfit-{number}", **more)
        assert create(XksKeyId=f"unfit-{number}") == "XksKeyInvalidConfigurationException", more
    assert code(kms.generate_random, NumberOfBytes=8, CustomKeyStoreId=store)[0] == "UnsupportedOperationException"


def test_a_store_that_is_disconnected(kms, proxy):
    proxy.path = "/offline/kms/xks/v1"
    store = kms.create_custom_key_store(**parameters("offline", XksProxyUriPath=proxy.path))["CustomKeyStoreId"]
    proxy.add_key("offline")
    new = {"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": store, "XksKeyId": "offline"}
    assert code(kms.create_key, **new)[0] == "CustomKeyStoreInvalidStateException"
    assert connect(kms, store) == ("CONNECTED", None)
    key = kms.create_key(**new)["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert metadata["KeyState"] == "Unavailable" and metadata["Enabled"] is False
    for call, more in (
        (kms.encrypt, {"KeyId": key, "Plaintext": b"x"}),
        (kms.decrypt, {"CiphertextBlob": blob}),
        (kms.generate_data_key, {"KeyId": key, "KeySpec": "AES_256"}),
    ):
        error, message = code(call, **more)
        assert error == "KMSInvalidStateException" and "not connected" in message
    kms.update_key_description(KeyId=key, Description="still mine")
    assert code(kms.delete_custom_key_store, CustomKeyStoreId=store)[0] == "CustomKeyStoreHasCMKsException"
    assert connect(kms, store) == ("CONNECTED", None)
    metadata = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (metadata["KeyState"], metadata["Description"]) == ("Enabled", "still mine")
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert code(kms.delete_custom_key_store, CustomKeyStoreId=store)[0] == "CustomKeyStoreHasCMKsException"


def test_a_store_whose_keys_are_gone_is_deleted(fresh, certificate, proxy):
    server = fresh("--dev", "--xks-ca-bundle", certificate[0], "--xks-route", f"localhost=127.0.0.1:{proxy.port}")
    kms = server.client("kms")
    store = kms.create_custom_key_store(**parameters("short-lived"))["CustomKeyStoreId"]
    assert connect(kms, store) == ("CONNECTED", None)
    proxy.add_key("short-lived")
    new = {"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": store, "XksKeyId": "short-lived"}
    key = kms.create_key(**new)["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    server.advance(8 * 86400)

    def deleted():
        try:
            kms.delete_custom_key_store(CustomKeyStoreId=store)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "CustomKeyStoreHasCMKsException"
            return False
        return True

    wait_until(deleted)
    assert kms.describe_custom_key_stores()["CustomKeyStores"] == []


def test_stores_survive_a_restart(kms, server, store, key):
    blob = kms.encrypt(KeyId=key[0], Plaintext=b"secret")["CiphertextBlob"]
    server.kill()
    server.start()
    assert state(kms, store) == ("CONNECTED", None)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"
