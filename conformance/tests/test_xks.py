"""Bastide as the proxy of an external key store: the proxy API by hand, and with another Bastide's KMS in front."""

import base64
import datetime
import hashlib
import hmac
import http.client
import json
import os
import ssl

import pytest
import xks_proxy
from bastide import Bastide, wait_until
from botocore.exceptions import ClientError

PATH = "/orders/kms/xks/v1"
ID, SECRET = "ABCDEFGHIJKLMNOP2345", "s" * 43
OTHER_ID, OTHER_SECRET = "ZYXWVUTSRQPONMLK5432", "t" * 64
USER = "arn:aws:iam::000000000000:user/aws-kms"


def b64(data):
    return base64.b64encode(data).decode()


class Home:
    """A Bastide that holds the keys and serves the proxy."""

    def __init__(self, folder):
        self.file = os.path.join(folder, "proxies.json")
        self.certificate, self.key = xks_proxy.certificate(folder, "localhost")
        self.write([])
        self.server = Bastide("--tls", f"{self.certificate},{self.key}", "--xks-proxies", self.file)
        os.makedirs(os.path.join(self.server.data_dir, "tls"), exist_ok=True)
        with open(self.certificate, "rb") as made, open(f"{self.server.data_dir}/tls/certificate.pem", "wb") as file:
            file.write(made.read())
        # Made for `localhost`; boto3 asks for that name too.
        self.server.__class__ = LocalhostBastide
        self.kms = self.server.client("kms")
        iam = self.server.client("iam")
        iam.create_user(UserName="aws-kms")
        policy = {"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"], "Resource": "*"}
        iam.put_user_policy(
            UserName="aws-kms",
            PolicyName="keys",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [policy]}),
        )
        self.arn = self.kms.create_key(Description="never leaves")["KeyMetadata"]["Arn"]
        self.second = self.kms.create_key()["KeyMetadata"]["Arn"]
        self.signing = self.kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
        gone = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
        keys = {"orders": self.arn, "second.key": self.second, "signing": self.signing, "gone": gone}
        self.write(
            [
                {"path": PATH, "user": USER, "credentials": [credential(ID, SECRET)], "keys": keys},
                {
                    "path": "/kms/xks/v1",
                    "user": USER,
                    "credentials": [credential(OTHER_ID, OTHER_SECRET)],
                    "keys": {"orders": self.second},
                },
            ]
        )
        wait_until(lambda: self.ask("health", HEALTH)[0] == 200)

    def write(self, proxies):
        beside = self.file + ".new"
        with open(beside, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            json.dump({"proxies": proxies}, file)
        os.rename(beside, self.file)

    def ask(self, rest, body, path=PATH, pair=(ID, SECRET), method="POST", service="kms-xks-proxy", shift=0, tamper=None):
        """One request, signed by hand."""
        target = f"{path}/{rest}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=shift)
        stamp, date = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
        host = f"localhost:{self.server.port}"
        headers = {"host": host, "x-amz-date": stamp}
        canonical = "\n".join(
            [method, target, "", f"host:{host}", f"x-amz-date:{stamp}", "", "host;x-amz-date"]
            + [hashlib.sha256(data).hexdigest()]
        )
        scope = f"{date}/eu-west-1/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = f"AWS4{pair[1]}".encode()
        for part in (date, "eu-west-1", service, "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={pair[0]}/{scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
        )
        headers["content-type"] = "application/json"
        if tamper:
            data = tamper(data, headers) or data
        context = ssl.create_default_context(cafile=self.certificate)
        connection = http.client.HTTPSConnection("localhost", self.server.port, timeout=60, context=context)
        try:
            connection.request(method, target, data, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"null")
        finally:
            connection.close()


class LocalhostBastide(Bastide):
    @property
    def url(self):
        return f"{self.scheme}://localhost:{self.port}"


def credential(access_key, secret):
    return {"AccessKeyId": access_key, "RawSecretAccessKey": secret}


HEALTH = {"requestMetadata": {"kmsRequestId": "1", "kmsOperation": "KmsHealthCheck"}}
METADATA = {
    "awsPrincipalArn": "arn:aws:iam::123456789012:user/Alice",
    "kmsKeyArn": "arn:aws:kms:us-east-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "kmsOperation": "Encrypt",
    "kmsRequestId": "4112f4d6-db54-4af4-ae30-c55a22a8dfae",
    "kmsViaService": "ebs",
    "somethingNew": "that KMS may add",
}


def encrypting(plaintext, aad=None, integrity=True):
    body = {"requestMetadata": METADATA, "plaintext": b64(plaintext), "encryptionAlgorithm": "AES_GCM"}
    if aad is not None:
        body["additionalAuthenticatedData"] = b64(aad)
    if integrity:
        body["ciphertextDataIntegrityValueAlgorithm"] = "SHA_256"
    return body


def decrypting(answer, aad=None, **changed):
    names = ("ciphertext", "ciphertextMetadata", "initializationVector", "authenticationTag")
    body = {"requestMetadata": METADATA, "encryptionAlgorithm": "AES_GCM"}
    body |= {name: answer[name] for name in names if name in answer}
    if aad is not None:
        body["additionalAuthenticatedData"] = b64(aad)
    return {name: value for name, value in (body | changed).items() if value is not None}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = Home(str(tmp_path_factory.mktemp("home")))
    yield made
    made.server.close()


def test_health_and_metadata(home):
    status, answer = home.ask("health", HEALTH)
    assert status == 200 and answer["xksProxyFleetSize"] == 1 and answer["xksProxyVendor"] == "Bastide"
    assert answer["ekmFleetDetails"][0]["healthStatus"] == "ACTIVE"
    assert set(answer) == {"xksProxyFleetSize", "xksProxyVendor", "xksProxyModel", "ekmVendor", "ekmFleetDetails"}
    status, answer = home.ask("keys/orders/metadata", {"requestMetadata": METADATA})
    assert (status, answer) == (200, {"keySpec": "AES_256", "keyUsage": ["ENCRYPT", "DECRYPT"], "keyStatus": "ENABLED"})
    status, answer = home.ask("keys/signing/metadata", {"requestMetadata": METADATA})
    assert status == 200 and answer["keySpec"] == "ECC_NIST_P256" and answer["keyUsage"] == []


@pytest.mark.parametrize("aad", [None, b"", b"project=nile", bytes(8192)], ids=["none", "empty", "some", "most"])
@pytest.mark.parametrize("size", [0, 1, 32, 4112, 4300])
def test_there_and_back(home, aad, size):
    plaintext = os.urandom(size)
    status, answer = home.ask("keys/orders/encrypt", encrypting(plaintext, aad))
    assert status == 200, answer
    part = {name: base64.b64decode(value) for name, value in answer.items()}
    assert len(part["ciphertext"]) == size and len(part["authenticationTag"]) == 16
    assert len(part["initializationVector"]) == 12 and len(part["ciphertextMetadata"]) <= 20
    whole = (aad or b"") + part["ciphertextMetadata"] + part["initializationVector"]
    whole += part["ciphertext"] + part["authenticationTag"]
    assert part["ciphertextDataIntegrityValue"] == hashlib.sha256(whole).digest()
    status, opened = home.ask("keys/orders/decrypt", decrypting(answer, aad))
    assert (status, opened) == (200, {"plaintext": b64(plaintext)})
    without = home.ask("keys/orders/encrypt", encrypting(plaintext, aad, integrity=False))[1]
    assert "ciphertextDataIntegrityValue" not in without and without["ciphertextMetadata"] != answer["ciphertextMetadata"]


def test_what_was_changed_does_not_open(home):
    answer = home.ask("keys/orders/encrypt", encrypting(b"secret", b"aad"))[1]
    flip = lambda text, at: b64(bytes(byte ^ (at == index) for index, byte in enumerate(base64.b64decode(text))))  # noqa: E731
    wrong = [decrypting(answer, other) for other in (None, b"", b"aae", base64.b64decode(answer["ciphertextMetadata"]))]
    for name in ("ciphertext", "ciphertextMetadata", "initializationVector", "authenticationTag"):
        wrong += [decrypting(answer, b"aad", **{name: flip(answer[name], at)}) for at in (0, 3)]
        wrong.append(decrypting(answer, b"aad", **{name: b64(base64.b64decode(answer[name])[:-1])}))
    wrong.append(decrypting(answer, b"aad", ciphertextMetadata=None))
    for body in wrong:
        status, refused = home.ask("keys/orders/decrypt", body)
        assert (status, refused["errorName"]) == (400, "InvalidCiphertextException"), body
    # Nor under another key, though it stands behind the same proxy.
    assert home.ask("keys/second.key/decrypt", decrypting(answer, b"aad"))[1]["errorName"] == "InvalidCiphertextException"
    assert home.ask("keys/orders/decrypt", decrypting(answer, b"aad"))[0] == 200


def test_old_material_decrypts_after_a_rotation(home):
    answer = home.ask("keys/second.key/encrypt", encrypting(b"secret"))[1]
    home.kms.rotate_key_on_demand(KeyId=home.second)

    def rotated():
        new = home.ask("keys/second.key/encrypt", encrypting(b"secret"))[1]
        first = lambda one: base64.b64decode(one["ciphertextMetadata"])[:4]  # noqa: E731
        return first(new) != first(answer) and new

    new = wait_until(rotated)
    for one in (answer, new):
        assert home.ask("keys/second.key/decrypt", decrypting(one)) == (200, {"plaintext": b64(b"secret")})


@pytest.mark.parametrize(
    ("rest", "body", "status", "name"),
    [
        ("keys/none/encrypt", encrypting(b"x"), 404, "KeyNotFoundException"),
        ("keys/gone/encrypt", encrypting(b"x"), 404, "KeyNotFoundException"),
        ("keys/none/metadata", {"requestMetadata": METADATA}, 404, "KeyNotFoundException"),
        ("keys/signing/encrypt", encrypting(b"x"), 400, "InvalidKeyUsageException"),
        ("keys/orders/sign", encrypting(b"x"), 404, "InvalidUriPathException"),
        ("keys/orders", encrypting(b"x"), 404, "InvalidUriPathException"),
        ("keys", {}, 404, "InvalidUriPathException"),
        ("keys/orders/encrypt", {}, 400, "ValidationException"),
        ("keys/orders/encrypt", b"not json", 400, "ValidationException"),
        ("keys/orders/encrypt", b"[]", 400, "ValidationException"),
        ("keys/orders/encrypt", encrypting(b"x") | {"plaintext": "*"}, 400, "ValidationException"),
        ("keys/orders/encrypt", encrypting(b"x") | {"plaintext": None}, 400, "ValidationException"),
        ("keys/orders/encrypt", encrypting(b"x") | {"encryptionAlgorithm": "AES_CBC"}, 400, "ValidationException"),
        ("keys/orders/encrypt", encrypting(b"x") | {"requestMetadata": {}}, 400, "ValidationException"),
        (
            "keys/orders/encrypt",
            encrypting(b"x") | {"ciphertextDataIntegrityValueAlgorithm": "MD5"},
            400,
            "ValidationException",
        ),
        ("keys/orders/encrypt", encrypting(b"x" * 9000), 501, "UnsupportedOperationException"),
        ("keys/orders/encrypt", encrypting(b"x", bytes(20000)), 501, "UnsupportedOperationException"),
        ("keys/orders/decrypt", {"requestMetadata": METADATA}, 400, "ValidationException"),
        ("health", {}, 400, "ValidationException"),
    ],
)
def test_bad_requests(home, rest, body, status, name):
    got, answer = home.ask(rest, body)
    assert (got, answer["errorName"]) == (status, name)
    message = answer["errorMessage"]
    assert len(message) < 512 and all(" " <= c <= "~" for c in message)


def test_a_body_does_not_choose_the_key(home):
    body = encrypting(b"x") | {"KeyId": home.second, "ExternalKeyId": "second.key"}
    status, answer = home.ask("keys/orders/encrypt", body)
    assert status == 200 and home.ask("keys/orders/decrypt", decrypting(answer))[0] == 200
    assert home.ask("keys/second.key/decrypt", decrypting(answer))[0] == 400


def test_who_may_not(home):
    def spoil(data, headers):
        return data.replace(b"Encrypt", b"Decrypt")

    def strip(data, headers):
        del headers["authorization"]

    body = encrypting(b"x")
    for more in (
        {"pair": (ID, "u" * 43)},
        {"pair": ("QRSTUVWXYZABCDEF2345", SECRET)},
        {"pair": home.server.credentials},
        {"pair": (OTHER_ID, OTHER_SECRET)},
        {"path": "/kms/xks/v1"},
        {"service": "kms"},
        {"shift": -400},
        {"shift": 400},
        {"tamper": spoil},
        {"tamper": strip},
    ):
        status, answer = home.ask("keys/orders/encrypt", body, **more)
        assert (status, answer["errorName"]) == (401, "AuthenticationFailedException"), more
    status, _ = home.ask("keys/orders/encrypt", body, path="/kms/xks/v1", pair=(OTHER_ID, OTHER_SECRET))
    assert status == 200
    assert home.ask("keys/orders/encrypt", body, method="GET")[1]["errorName"] == "InvalidUriPathException"
    assert home.ask("health", HEALTH, path="/none/kms/xks/v1")[1]["errorName"] == "InvalidUriPathException"
    # What the proxy's credential signs is good for the proxy and nothing else.
    with pytest.raises(ClientError) as caught:
        home.server.client("kms", credentials=(ID, SECRET)).list_keys()
    assert caught.value.response["Error"]["Code"] == "UnrecognizedClientException"


def test_policies_decide(home):
    """The second layer of the specification: policies look at what the other KMS says of the call."""
    key = home.kms.create_key()["KeyMetadata"]["Arn"]
    document = json.loads(home.kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    document["Statement"].append(
        {
            "Sid": "only Alice",
            "Effect": "Deny",
            "Principal": {"AWS": USER},
            "Action": "kms:*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"xks:AwsPrincipalArn": METADATA["awsPrincipalArn"]}},
        }
    )
    home.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(document))
    with open(home.file) as file:
        proxies = json.load(file)["proxies"]
    proxies[0]["keys"]["alices"] = key
    home.write(proxies)
    wait_until(lambda: home.ask("keys/alices/encrypt", encrypting(b"x"))[0] == 200)
    body = encrypting(b"x") | {"requestMetadata": METADATA | {"awsPrincipalArn": "arn:aws:iam::123456789012:user/Bob"}}
    status, answer = home.ask("keys/alices/encrypt", body)
    assert (status, answer["errorName"]) == (403, "AccessDeniedException")
    assert home.ask("health", HEALTH)[0] == 200


def test_every_call_is_recorded(home):
    answer = home.ask("keys/orders/encrypt", encrypting(b"top secret"))[1]
    home.ask("keys/orders/decrypt", decrypting(answer, b"wrong"))
    home.ask("keys/orders/encrypt", encrypting(b"x"), pair=(ID, "u" * 43))
    trail = home.server.client("cloudtrail")

    def events(name):
        found = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}])["Events"]
        records = [json.loads(event["CloudTrailEvent"]) for event in found]
        return [one for one in records if one["eventSource"] == "kms-xks-proxy.bastide.internal"]

    record = next(one for one in events("Encrypt") if "errorCode" not in one)
    assert record["userIdentity"]["arn"] == USER and record["userIdentity"]["accessKeyId"] == ID
    assert record["resources"][0]["ARN"] in (home.arn, home.second)
    asked = record["requestParameters"]
    assert asked["requestMetadata"]["kmsRequestId"] == METADATA["kmsRequestId"] and asked["externalKeyId"]
    assert "plaintext" not in asked and b64(b"top secret") not in json.dumps(record)
    assert any(one.get("errorCode") == "InvalidCiphertextException" for one in events("Decrypt"))
    assert any(one.get("errorCode") == "AuthenticationFailedException" for one in events("Encrypt"))


def test_a_key_that_is_disabled(home):
    answer = home.ask("keys/orders/encrypt", encrypting(b"x"))[1]
    home.kms.disable_key(KeyId=home.arn)
    try:
        assert home.ask("keys/orders/metadata", {"requestMetadata": METADATA})[1]["keyStatus"] == "DISABLED"
        for rest, body in (("encrypt", encrypting(b"x")), ("decrypt", decrypting(answer))):
            status, refused = home.ask(f"keys/orders/{rest}", body)
            assert (status, refused["errorName"]) == (400, "InvalidStateException")
    finally:
        home.kms.enable_key(KeyId=home.arn)
    assert home.ask("keys/orders/decrypt", decrypting(answer))[0] == 200


def test_a_file_that_is_wrong(home, tmp_path):
    from bastide import BINARY  # noqa: PLC0415
    import subprocess

    def starts_with(text, mode=0o600):
        file = tmp_path / "proxies.json"
        file.write_text(text)
        file.chmod(mode)
        command = [BINARY, "serve", "--listen", "127.0.0.1:0", "--data-dir", str(tmp_path / "data")]
        run = subprocess.run([*command, "--xks-proxies", str(file)], capture_output=True, timeout=60)
        return run.returncode, run.stderr.decode()

    with open(home.file) as file:
        good = file.read()
    for text, mode, why in ((good, 0o644, "chmod 600"), ("{}", 0o600, "docs/xks.md"), (good.replace("/kms/xks/v1", ""), 0o600, "path")):
        code, error = starts_with(text, mode)
        assert code == 1 and why in error and SECRET not in error


def test_one_bastide_in_front_of_another(home, fresh):
    """KMS there, the keys here."""
    front = fresh("--xks-ca-bundle", home.certificate, "--xks-route", f"localhost=127.0.0.1:{home.server.port}", "--xks-timeout", "2000")
    kms = front.client("kms")
    store = kms.create_custom_key_store(
        CustomKeyStoreName="home",
        CustomKeyStoreType="EXTERNAL_KEY_STORE",
        XksProxyUriEndpoint="https://localhost",
        XksProxyUriPath=PATH,
        XksProxyAuthenticationCredential=credential(ID, SECRET),
        XksProxyConnectivity="PUBLIC_ENDPOINT",
    )["CustomKeyStoreId"]
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    state = lambda: kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"][0]["ConnectionState"]  # noqa: E731
    wait_until(lambda: state() == "CONNECTED")
    new = {"Origin": "EXTERNAL_KEY_STORE", "CustomKeyStoreId": store}
    key = kms.create_key(XksKeyId="orders", **new)["KeyMetadata"]["Arn"]
    with pytest.raises(ClientError) as caught:
        kms.create_key(XksKeyId="none", **new)
    assert caught.value.response["Error"]["Code"] == "XksKeyNotFoundException"
    context = {"tenant": "acme"}
    data = kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=context)
    opened = kms.decrypt(CiphertextBlob=data["CiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == data["Plaintext"]
    # The owner turns the key off at home: nothing opens any more, wherever the ciphertexts are.
    home.kms.disable_key(KeyId=home.arn)
    try:
        with pytest.raises(ClientError) as caught:
            kms.decrypt(CiphertextBlob=data["CiphertextBlob"], EncryptionContext=context)
        assert caught.value.response["Error"]["Code"] == "KMSInvalidStateException"
        assert "not enabled in the external key manager" in caught.value.response["Error"]["Message"]
    finally:
        home.kms.enable_key(KeyId=home.arn)
    assert kms.decrypt(CiphertextBlob=data["CiphertextBlob"], EncryptionContext=context)["Plaintext"]
    found = home.server.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "Decrypt"}]
    )["Events"]
    metadata = [json.loads(event["CloudTrailEvent"])["requestParameters"]["requestMetadata"] for event in found]
    assert any(one.get("kmsKeyArn") == key and one["kmsOperation"] == "Decrypt" for one in metadata)
