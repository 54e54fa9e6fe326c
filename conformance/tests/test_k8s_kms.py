"""`bastide k8s-kms`, spoken to as a Kubernetes API server does: gRPC on a Unix socket, with grpcio and protobuf."""

import os
import signal
import stat
import subprocess
import tempfile

import grpc
import pytest
from bastide import BINARY, wait_until
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

FIELD = descriptor_pb2.FieldDescriptorProto
# k8s.io/kms/apis/v2/api.proto: names, numbers and types of its fields.
MESSAGES = {
    "StatusRequest": [],
    "StatusResponse": [("version", 1, "string"), ("healthz", 2, "string"), ("key_id", 3, "string")],
    "EncryptRequest": [("plaintext", 1, "bytes"), ("uid", 2, "string")],
    "EncryptResponse": [("ciphertext", 1, "bytes"), ("key_id", 2, "string"), ("annotations", 3, "map")],
    "DecryptRequest": [
        ("ciphertext", 1, "bytes"),
        ("uid", 2, "string"),
        ("key_id", 3, "string"),
        ("annotations", 4, "map"),
    ],
    "DecryptResponse": [("plaintext", 1, "bytes")],
}


def messages():
    file = descriptor_pb2.FileDescriptorProto(name="v2.proto", package="v2", syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            made = message.field.add(name=field, number=number, label=FIELD.LABEL_OPTIONAL)
            if kind == "map":
                entry = message.nested_type.add(name="AnnotationsEntry")
                entry.options.map_entry = True
                entry.field.add(name="key", number=1, label=FIELD.LABEL_OPTIONAL, type=FIELD.TYPE_STRING)
                entry.field.add(name="value", number=2, label=FIELD.LABEL_OPTIONAL, type=FIELD.TYPE_BYTES)
                made.label, made.type = FIELD.LABEL_REPEATED, FIELD.TYPE_MESSAGE
                made.type_name = f".v2.{name}.AnnotationsEntry"
            else:
                made.type = FIELD.TYPE_STRING if kind == "string" else FIELD.TYPE_BYTES
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"v2.{name}")) for name in MESSAGES}


V2 = messages()


class Plugin:
    def __init__(self, server, key, *arguments, credentials=None, socket=None, authority=None):
        self.folder = tempfile.TemporaryDirectory(prefix="bastide-k8s-")
        self.socket = socket or os.path.join(self.folder.name, "kms.sock")
        pair = credentials or server.credentials
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [BINARY, "k8s-kms", "--key", key, "--socket", self.socket, "--endpoint", server.url]
            + ["--region", "us-east-1", *arguments],
            stdout=subprocess.PIPE,
            stderr=self.log,
            env={"AWS_ACCESS_KEY_ID": pair[0], "AWS_SECRET_ACCESS_KEY": pair[1], "BASTIDE_LOG": "debug"},
        )
        self.line = self.process.stdout.readline().decode()
        # Kubernetes sends `localhost`; grpcio by itself the path, which is no authority.
        options = [("grpc.default_authority", authority)] if authority else []
        self.channel = grpc.insecure_channel(f"unix://{self.socket}", options=options)

    def errors(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def call(self, name, method=None, **members):
        request, response = V2[f"{name}Request"], V2[f"{name}Response"]
        rpc = self.channel.unary_unary(
            method or f"/v2.KeyManagementService/{name}",
            request_serializer=request.SerializeToString,
            response_deserializer=response.FromString,
        )
        return rpc(request(**members), timeout=60)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def close(self):
        self.channel.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()


@pytest.fixture
def plugin():
    made = []

    def make(*arguments, **options):
        made.append(Plugin(*arguments, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def key(client):
    return client("kms").create_key(Description="secrets of a cluster")["KeyMetadata"]["Arn"]


def refused(call):
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value.code(), caught.value.details()


def test_secrets_go_there_and_back(strict, plugin, key):
    kms = plugin(strict, key)
    assert kms.line, kms.errors()
    status = kms.call("Status")
    assert (status.version, status.healthz) == ("v2", "ok")
    assert status.key_id.startswith(key) and len(status.key_id) <= 1024
    seed = os.urandom(32)
    sealed = kms.call("Encrypt", plaintext=seed, uid="31e1d4b2-5f8b-4ec1-a4c6-c7e6b4d0f0c4")
    # What Kubernetes takes: at most 1 KiB of ciphertext, 32 KiB of annotations with domain names as keys.
    assert 32 < len(sealed.ciphertext) <= 1024 and seed not in sealed.ciphertext
    assert sealed.key_id == status.key_id
    assert all("." in name and name == name.lower() for name in sealed.annotations)
    asked = {"ciphertext": sealed.ciphertext, "key_id": sealed.key_id, "annotations": dict(sealed.annotations)}
    assert kms.call("Decrypt", uid="1", **asked).plaintext == seed
    # It is KMS that did it: it opens without the plugin too.
    assert strict.client("kms").decrypt(KeyId=key, CiphertextBlob=sealed.ciphertext)["Plaintext"] == seed
    assert stat.S_IMODE(os.stat(kms.socket).st_mode) == 0o600
    assert kms.stop() == 0 and not os.path.exists(kms.socket)


def test_what_was_changed_does_not_open(strict, plugin, key, client):
    kms = plugin(strict, key)
    sealed = kms.call("Encrypt", plaintext=b"hunter2", uid="1")
    changed = sealed.ciphertext[:-1] + bytes([sealed.ciphertext[-1] ^ 1])
    code, _ = refused(lambda: kms.call("Decrypt", ciphertext=changed, key_id=sealed.key_id))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    code, _ = refused(lambda: kms.call("Decrypt", ciphertext=b"", key_id=sealed.key_id))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    # Somebody who can write to etcd does not choose the key.
    other = client("kms").create_key()["KeyMetadata"]["Arn"]
    foreign = client("kms").encrypt(KeyId=other, Plaintext=b"planted")["CiphertextBlob"]
    for key_id in (other, "", "nonsense"):
        code, details = refused(lambda: kms.call("Decrypt", ciphertext=foreign, key_id=key_id))
        assert code == grpc.StatusCode.FAILED_PRECONDITION and "--old-key" in details
    code, _ = refused(lambda: kms.call("Decrypt", ciphertext=foreign, key_id=sealed.key_id))
    assert code == grpc.StatusCode.INVALID_ARGUMENT


def test_the_encryption_context_is_bound(strict, plugin, key, client):
    arguments = ["--encryption-context", "cluster=blue", "--encryption-context", "for=secrets"]
    kms = plugin(strict, key, *arguments, authority="localhost")
    sealed = kms.call("Encrypt", plaintext=b"seed", uid="1")
    assert kms.call("Decrypt", ciphertext=sealed.ciphertext, key_id=sealed.key_id).plaintext == b"seed"
    context = {"cluster": "blue", "for": "secrets"}
    opened = client("kms").decrypt(KeyId=key, CiphertextBlob=sealed.ciphertext, EncryptionContext=context)
    assert opened["Plaintext"] == b"seed"
    other = plugin(strict, key, "--encryption-context", "cluster=green")
    code, _ = refused(lambda: other.call("Decrypt", ciphertext=sealed.ciphertext, key_id=sealed.key_id))
    assert code == grpc.StatusCode.INVALID_ARGUMENT


def test_another_key_is_another_key_id(strict, plugin, key, client):
    kms = client("kms")
    name = f"alias/cluster-{key[-12:]}"
    kms.create_alias(AliasName=name, TargetKeyId=key)
    before = plugin(strict, name)
    sealed = before.call("Encrypt", plaintext=b"seed", uid="1")
    assert sealed.key_id.startswith(key)
    new = kms.create_key()["KeyMetadata"]["Arn"]
    kms.update_alias(AliasName=name, TargetKeyId=new)
    assert before.call("Status").key_id.startswith(new)
    assert before.call("Encrypt", plaintext=b"seed", uid="2").key_id.startswith(new)
    code, _ = refused(lambda: before.call("Decrypt", ciphertext=sealed.ciphertext, key_id=sealed.key_id))
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    after = plugin(strict, name, "--old-key", key)
    assert after.call("Decrypt", ciphertext=sealed.ciphertext, key_id=sealed.key_id).plaintext == b"seed"


def test_a_key_that_cannot_be_used_is_not_healthy(strict, plugin, key, client):
    kms = plugin(strict, key)
    client("kms").disable_key(KeyId=key)
    status = kms.call("Status")
    assert "Disabled" in status.healthz and status.version == "v2"
    code, _ = refused(lambda: kms.call("Encrypt", plaintext=b"seed", uid="1"))
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    client("kms").enable_key(KeyId=key)
    assert kms.call("Status").healthz == "ok"
    signing = plugin(strict, "11111111-2222-3333-4444-555555555555")
    code, details = refused(lambda: signing.call("Status"))
    assert code == grpc.StatusCode.NOT_FOUND and "NotFoundException" in details


def test_credentials_and_the_network(strict, plugin, key, fresh):
    wrong = plugin(strict, key, credentials=(strict.credentials[0], "x" * 40))
    assert refused(lambda: wrong.call("Status"))[0] == grpc.StatusCode.UNAUTHENTICATED
    iam = strict.client("iam")
    iam.create_user(UserName="cluster")
    pair = iam.create_access_key(UserName="cluster")["AccessKey"]
    pair = pair["AccessKeyId"], pair["SecretAccessKey"]
    powerless = plugin(strict, key, credentials=pair)
    assert refused(lambda: powerless.call("Status"))[0] == grpc.StatusCode.PERMISSION_DENIED
    iam.put_user_policy(
        UserName="cluster",
        PolicyName="kms",
        PolicyDocument='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "%s", '
        '"Action": ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"]}]}' % key,
    )
    assert powerless.call("Status").healthz == "ok"
    assert powerless.call("Encrypt", plaintext=b"seed", uid="1").ciphertext
    server = fresh()
    gone = plugin(server, server.client("kms").create_key()["KeyMetadata"]["Arn"])
    assert gone.call("Status").healthz == "ok"
    server.kill()
    assert refused(lambda: gone.call("Status"))[0] == grpc.StatusCode.UNAVAILABLE
    server.start()
    wait_until(lambda: gone.call("Status").healthz == "ok")
    for kms in (wrong, powerless, gone):
        assert "seed" not in kms.errors() and pair[1] not in kms.errors()


def test_what_is_no_call_of_the_protocol(strict, plugin, key):
    kms = plugin(strict, key)
    for method in ("/v2.KeyManagementService/Rewrap", "/v1beta1.KeyManagementService/Version", "/"):
        assert refused(lambda: kms.call("Status", method=method))[0] == grpc.StatusCode.UNIMPLEMENTED
    raw = kms.channel.unary_unary("/v2.KeyManagementService/Encrypt")
    for body in (b"\xff\xff\xff", b"\x0a\x7fshort"):
        with pytest.raises(grpc.RpcError) as caught:
            raw(body, timeout=60)
        assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    with pytest.raises(grpc.RpcError) as caught:
        raw(V2["EncryptRequest"](plaintext=b"x" * (2 << 20)).SerializeToString(), timeout=60)
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert kms.call("Status").healthz == "ok"


def test_the_socket(strict, plugin, key):
    first = plugin(strict, key)
    second = plugin(strict, key, socket=first.socket)
    assert second.process.wait(timeout=60) == 1 and "already" in second.errors()
    first.process.kill()
    first.process.wait()
    # A crash leaves the socket: the next one takes its place.
    third = plugin(strict, key, socket=first.socket)
    assert third.call("Status").healthz == "ok"
    with tempfile.NamedTemporaryFile() as file:
        other = plugin(strict, key, socket=file.name)
        assert other.process.wait(timeout=60) == 1 and "no socket" in other.errors()
        assert os.path.exists(file.name)
