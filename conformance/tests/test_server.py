"""The binary as an operator meets it: start-up lines, TLS, pages, dev mode, stopping, and what it refuses."""

import concurrent.futures
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
from http.client import HTTPException

import pytest
from bastide import BINARY, Bastide, free_port, wait_until
from botocore.exceptions import ClientError, SSLError
from signing import Request, send

GIVEN = {
    "BASTIDE_ADMIN_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "BASTIDE_ADMIN_SECRET_ACCESS_KEY": "wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY",
}
PAIR = tuple(GIVEN.values())


def refuses(folder, *arguments, environment=None, port=None):
    """What a start that must fail says; it fails with status 1, one line, and no backtrace."""
    command = [BINARY, "serve", "--listen", f"127.0.0.1:{port or free_port()}", "--data-dir", str(folder), *arguments]
    ended = subprocess.run(command, capture_output=True, env={**os.environ, **(environment or {})}, timeout=120)
    said = ended.stderr.decode()
    assert ended.returncode == 1 and ended.stdout == b"", (ended.returncode, ended.stdout, said)
    line = said.strip().splitlines()[-1]
    assert line.startswith("bastide: ") and "panicked" not in said
    return line


def code_of(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"]


# Starting


def test_the_credentials_are_shown_once(fresh):
    server = fresh()
    lines = server.greeting.splitlines()
    assert lines[0] == f"Bastide {version()} is ready at {server.url}"
    assert lines[1] == f"  account 000000000000, region us-east-1, data in {server.data_dir}"
    key, secret = server.credentials
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key) and re.fullmatch(r"[A-Za-z0-9/+]{40}", secret)
    assert f"export AWS_ENDPOINT_URL={server.url}" in lines and "export AWS_DEFAULT_REGION=us-east-1" in lines
    assert secret not in server.errors()
    assert server.stop() == 0
    server.start()
    assert secret not in server.greeting and key not in server.greeting and "AWS_SECRET" not in server.greeting
    assert server.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:user/admin"


def test_the_lines_can_be_pasted(fresh):
    server = fresh("--tls", "auto")
    script = "\n".join(line for line in server.greeting.splitlines() if line.startswith(("export ", "aws ")))
    ended = subprocess.run(["sh", "-e", "-c", script], capture_output=True, timeout=60, cwd="/")
    if b"aws: not found" in ended.stderr:
        pytest.skip("the aws CLI is not on the path")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["KeyMetadata"]["Description"] == "my first key"


def test_credentials_of_the_operators_choice(fresh):
    server = fresh(environment=GIVEN)
    assert PAIR[0] in server.greeting
    assert PAIR[1] not in server.greeting + server.errors(), "they may be kept in a log"
    assert server.client("sts", credentials=PAIR).get_caller_identity()["Account"] == "000000000000"
    # They count on the first start only.
    assert server.stop() == 0
    server.environment = {**GIVEN, "BASTIDE_ADMIN_SECRET_ACCESS_KEY": "another-secret-of-40-characters-or-so"}
    server.start()
    assert server.client("sts", credentials=PAIR).get_caller_identity()


def test_credentials_of_no_form(tmp_path):
    assert "BASTIDE_ADMIN_SECRET_ACCESS_KEY" in refuses(tmp_path / "a", environment={"BASTIDE_ADMIN_ACCESS_KEY_ID": PAIR[0]})
    for key, secret in (("short", PAIR[1]), ("AKIA with blanks 1234", PAIR[1]), (PAIR[0], "short")):
        environment = {"BASTIDE_ADMIN_ACCESS_KEY_ID": key, "BASTIDE_ADMIN_SECRET_ACCESS_KEY": secret}
        line = refuses(tmp_path / "b", environment=environment)
        assert ("letters" in line or "characters" in line) and (len(secret) < 10 or secret not in line)


def test_another_account_and_region(fresh):
    server = fresh("--account-id", "123456789012", "--region", "eu-central-1")
    assert "account 123456789012, region eu-central-1" in server.greeting
    assert server.client("sts", region="eu-central-1").get_caller_identity()["Account"] == "123456789012"
    arn = server.client("kms", region="eu-central-1").create_key()["KeyMetadata"]["Arn"]
    assert arn.startswith("arn:aws:kms:eu-central-1:123456789012:key/")


def test_everything_outlives_a_restart(fresh):
    server = fresh()
    kms = server.client("kms")
    key = kms.create_key(Description="stays")["KeyMetadata"]["KeyId"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    for end in (server.stop, server.kill):
        end()
        server.start()
        kms = server.client("kms")
        assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"secret"
        names = [event["EventName"] for event in server.client("cloudtrail").lookup_events()["Events"]]
        assert names.count("CreateKey") == 1 and "Encrypt" in names
    assert "ERROR" not in server.errors()


def test_files_are_for_their_owner_only(fresh):
    server = fresh("--tls", "auto")
    assert os.stat(server.data_dir).st_mode & 0o077 == 0
    for name in ("root.key", "keyring.json", os.path.join("tls", "key.pem")):
        assert os.stat(os.path.join(server.data_dir, name)).st_mode & 0o077 == 0, name


# What is refused


def test_a_second_process_on_the_same_folder(fresh):
    server = fresh()
    line = refuses(server.data_dir)
    assert "another process" in line or "already" in line or "in use" in line, line
    assert server.client("kms").list_keys()["Keys"] == []


def test_a_port_that_is_taken(fresh, tmp_path):
    server = fresh()
    line = refuses(tmp_path / "data", port=server.port)
    assert f"127.0.0.1:{server.port}" in line and "--listen" in line


def test_a_store_of_a_newer_version(fresh):
    server = fresh()
    server.stop()
    path = os.path.join(server.data_dir, "resources.db")
    store = sqlite3.connect(path)
    store.execute("PRAGMA user_version = 9999")
    store.commit()
    store.close()
    assert "newer bastide" in refuses(server.data_dir)
    store = sqlite3.connect(path)
    assert store.execute("PRAGMA user_version").fetchone() == (9999,)
    store.close()


def test_a_keyring_that_is_missing(fresh):
    server = fresh()
    server.stop()
    keyring = os.path.join(server.data_dir, "keyring.json")
    os.rename(keyring, keyring + ".away")
    line = refuses(server.data_dir)
    assert "keyring.json" in line and "backup" in line
    assert not os.path.exists(keyring)
    os.rename(keyring + ".away", keyring)
    server.start()
    assert server.client("sts").get_caller_identity()


def test_a_root_key_that_is_missing_or_open_to_others(fresh):
    server = fresh()
    server.stop()
    root = os.path.join(server.data_dir, "root.key")
    os.chmod(root, 0o644)
    assert "chmod 600" in refuses(server.data_dir)
    os.chmod(root, 0o600)
    os.rename(root, root + ".away")
    line = refuses(server.data_dir)
    assert "root.key" in line and "backup" in line
    assert not os.path.exists(root), "a new root would open nothing"
    server.arguments = ["--root-key-file", root + ".away"]
    server.start()
    assert server.client("sts").get_caller_identity()


def test_a_passphrase(fresh):
    passphrase = "correct horse battery staple"
    server = fresh(environment={"BASTIDE_ROOT_PASSPHRASE": passphrase})
    kms = server.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    assert not os.path.exists(os.path.join(server.data_dir, "root.key"))
    server.stop()
    line = refuses(server.data_dir, environment={"BASTIDE_ROOT_PASSPHRASE": "wrong horse battery staple"})
    assert "passphrase" in line and "horse" not in line
    assert "root" in refuses(server.data_dir)
    server.start()
    assert server.client("kms").decrypt(CiphertextBlob=sealed)["Plaintext"] == b"secret"
    for folder, _, names in os.walk(server.data_dir):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                assert passphrase.encode() not in file.read(), name


def test_a_root_key_of_the_environment(fresh, tmp_path):
    server = fresh(environment={"BASTIDE_ROOT_KEY": os.urandom(32).hex()})
    assert not os.path.exists(os.path.join(server.data_dir, "root.key"))
    server.stop()
    assert "root" in refuses(server.data_dir, environment={"BASTIDE_ROOT_KEY": os.urandom(32).hex()})
    assert "32 bytes" in refuses(tmp_path / "data", environment={"BASTIDE_ROOT_KEY": "abc"})
    server.start()


@pytest.mark.parametrize("arguments, words", [
    (["--tls", "on"], "--tls takes off, auto or CERTIFICATE.pem,KEY.pem"),
    (["--tls", "/nothing.pem,/nothing.key"], "/nothing.pem"),
    (["--store", "postgres://127.0.0.1:1/none"], "127.0.0.1:1"),
])
def test_options_that_make_no_sense(tmp_path, arguments, words):
    assert words in refuses(tmp_path / "data", *arguments)


def test_arguments_of_no_form():
    for arguments in (["--account-id", "12"], ["--listen", "here"], ["--region", "US EAST"], ["--moon"], ["--log-format", "xml"],
                      ["--store", "mysql://localhost"]):
        ended = subprocess.run([BINARY, "serve", *arguments], capture_output=True, timeout=120)
        assert ended.returncode == 2 and b"error: " in ended.stderr, arguments


def version():
    return subprocess.run([BINARY, "--version"], capture_output=True, check=True).stdout.split()[1].decode()


def test_the_help_reads_well():
    brief = subprocess.run([BINARY, "-h"], capture_output=True, check=True).stdout.decode()
    whole = subprocess.run([BINARY, "serve", "--help"], capture_output=True, check=True).stdout.decode()
    assert "cloud security plane" in brief
    for name in ("--listen", "--data-dir", "--store", "--tls", "--dev", "--account-id", "--log-format"):
        assert name in brief and name in whole
    assert "--max-body" in whole and "--max-body" not in brief
    assert max(map(len, brief.splitlines())) <= 100
    environment = {**os.environ, "BASTIDE_STORE": "postgres://user:hunter2@localhost/x"}
    shown = subprocess.run([BINARY, "--help"], capture_output=True, check=True, env=environment).stdout
    assert b"hunter2" not in shown


# Stopping


def test_a_request_that_is_under_way_may_end(fresh):
    server = fresh()
    request = Request(server, "kms", "CreateKey", {"Description": "the last one"}).sign()
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as late:
        late.sendall(f"POST / HTTP/1.1\r\n{head}content-length: {len(request.body)}\r\n\r\n".encode())
        late.sendall(request.body[:5])
        # Another answer shows that the server has read what was sent.
        assert send(server, "GET", "/_bastide/health", {"host": "a"}).status == 200
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not listens(server.port))
        assert server.process.poll() is None
        late.sendall(request.body[5:])
        answer = late.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200") and b"the last one" in answer
    assert server.process.wait(timeout=60) == 0
    server.start()
    assert len(server.client("kms").list_keys()["Keys"]) == 1


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("ask", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_does_not_wait_for_idle_connections(fresh, ask):
    server = fresh()
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(3)]
    server.client("kms").list_keys()
    server.process.send_signal(ask)
    assert server.process.wait(timeout=10) == 0
    for connection in idle:
        connection.close()


def test_a_stop_ends_even_when_requests_do_not(fresh):
    server = fresh("--stop-timeout", "1")
    with socket.create_connection(("127.0.0.1", server.port)) as endless:
        endless.sendall(b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nab")
        assert send(server, "GET", "/_bastide/health", {"host": "a"}).status == 200
        assert server.stop() == 0


# TLS


def test_a_certificate_that_is_made(fresh):
    server = fresh("--tls", "auto")
    assert server.url.startswith("https://") and f"export AWS_ENDPOINT_URL={server.url}" in server.greeting
    assert server.client("kms").list_keys()["Keys"] == []
    certificate = os.path.join(server.data_dir, "tls", "certificate.pem")
    assert f"export AWS_CA_BUNDLE={certificate}" in server.greeting
    with open(certificate) as file:
        made = file.read()
    record = json.loads(server.client("cloudtrail").lookup_events()["Events"][0]["CloudTrailEvent"])
    details = record["tlsDetails"]
    assert details["tlsVersion"] == "TLSv1.3" and details["cipherSuite"].startswith("TLS_AES_")
    assert details["clientProvidedHostHeader"] == f"127.0.0.1:{server.port}"
    server.stop()
    server.start()
    with open(certificate) as file:
        assert file.read() == made
    assert server.client("kms").list_keys()["Keys"] == []


def test_a_certificate_that_is_not_trusted(fresh, tmp_path):
    server, other = fresh("--tls", "auto"), fresh("--tls", "auto")
    wrong = Bastide.client(server, "kms")
    wrong._endpoint.http_session._verify = os.path.join(other.data_dir, "tls", "certificate.pem")
    with pytest.raises(SSLError):
        wrong.list_keys()
    # Plain HTTP is not spoken beside TLS.
    with pytest.raises((OSError, HTTPException)):
        send(server, "GET", "/_bastide/health", {"host": "a"})
    assert server.client("kms").list_keys()


def test_a_certificate_of_the_operators(fresh, tmp_path):
    made = fresh("--tls", "auto")
    for name in ("certificate.pem", "key.pem"):
        shutil.copy(os.path.join(made.data_dir, "tls", name), tmp_path / name)
    server = fresh("--tls", f"{tmp_path}/certificate.pem,{tmp_path}/key.pem", data_dir=str(tmp_path / "data"))
    os.makedirs(os.path.join(server.data_dir, "tls"))
    shutil.copy(tmp_path / "certificate.pem", os.path.join(server.data_dir, "tls"))
    assert server.client("kms").list_keys()["Keys"] == []
    line = refuses(tmp_path / "other", "--tls", f"{tmp_path}/key.pem,{tmp_path}/certificate.pem")
    assert "pem" in line


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_http_2(fresh):
    server = fresh("--tls", "auto")
    certificate = os.path.join(server.data_dir, "tls", "certificate.pem")
    key, secret = server.credentials
    command = ["curl", "-sS", "--http2", "--cacert", certificate, "-w", "\n%{http_version} %{http_code}"]
    health = subprocess.run([*command, f"{server.url}/_bastide/health"], capture_output=True, timeout=120, check=True)
    assert health.stdout.endswith(b"\n2 200")
    signed = subprocess.run(
        [*command, "--aws-sigv4", "aws:amz:us-east-1:kms", "--user", f"{key}:{secret}", "-d", "{}", "-H",
         "content-type: application/x-amz-json-1.1", "-H", "x-amz-target: TrentService.ListKeys", f"{server.url}/"],
        capture_output=True, timeout=120, check=True)
    assert signed.stdout == b'{"Keys":[],"Truncated":false}\n2 200', signed.stdout
    large = subprocess.run(
        [*command, "-H", "x-large: " + "a" * 90_000, f"{server.url}/_bastide/health"], capture_output=True, timeout=120)
    assert b"200" not in large.stdout[-4:]
    body = b"x" * 20_000_000
    large = subprocess.run([*command, "--data-binary", "@-", f"{server.url}/"], input=body, capture_output=True, timeout=120)
    assert large.stdout.endswith(b"2 413"), large.stdout[-200:]


# Pages and logs


def test_health(strict, dev):
    status, headers, body = strict.raw("GET", "/_bastide/health")
    health = json.loads(body)
    assert status == 200 and headers["content-type"] == "application/json"
    assert health["status"] == "running" and health["mode"] == "strict" and health["version"] == version()
    for service in ("cloudtrail", "config", "iam", "kms", "organizations", "sts"):
        counts = health["services"][service]
        assert counts["status"] == "available" and 0 < counts["operations"] <= counts["of"]
    assert health["events"]["failed"] == 0
    assert json.loads(dev.raw("GET", "/_bastide/health")[2])["mode"] == "dev"


def test_metrics(fresh):
    server = fresh()
    server.client("kms").list_keys()
    Request(server, "kms", "ListKeys").send()
    _, headers, body = server.raw("GET", "/metrics")
    text = body.decode()
    assert headers["content-type"].startswith("application/openmetrics-text") and text.endswith("# EOF\n")
    assert 'bastide_requests_total{service="kms",operation="ListKeys",status="200"} 1' in text
    assert 'bastide_requests_total{service="kms",operation="ListKeys",status="400"} 1' in text
    assert 'bastide_request_seconds_count{service="kms",operation="ListKeys"} 2' in text
    assert server.credentials[0] not in text


def test_logs_as_json(fresh):
    server = fresh("--log-format", "json", environment={"BASTIDE_LOG": "debug"})
    server.client("kms").list_keys()
    Request(server, "kms", "ListKeys").send()
    server.stop()
    lines = [json.loads(line) for line in server.errors().splitlines()]
    assert {"timestamp", "level", "target", "fields"} <= set(lines[0])
    assert any(line["fields"].get("message") == "decided" for line in lines)
    assert any(line["fields"].get("message") == "stopped" for line in lines)


def test_logs_as_text_are_plain(fresh):
    server = fresh(environment={"BASTIDE_LOG": "info"})
    server.stop()
    assert "INFO" in server.errors() and "\x1b" not in server.errors()


# Dev mode


def test_dev_mode_takes_any_credentials(dev):
    assert "DEV MODE" in dev.greeting
    for pair, account in ((("test", "test"), "000000000000"), (("111122223333", "x"), "111122223333"),
                          (("AKIAIOSFODNN7EXAMPLE", "x"), "000000000000"), (("x", "y", "z"), "000000000000")):
        identity = dev.client("sts", credentials=pair).get_caller_identity()
        assert identity["Account"] == account and identity["Arn"] == f"arn:aws:iam::{account}:root"
    assert Request(dev, "kms", "ListKeys").send().status == 200
    answer = Request(dev, "kms", "ListKeys")
    answer.headers["authorization"] = "Bearer nonsense"
    assert answer.send().status == 200


def test_accounts_are_apart_in_dev_mode(dev):
    one, other = (dev.client("kms", credentials=(account, "x")) for account in ("111111111111", "222222222222"))
    key = one.create_key()["KeyMetadata"]
    assert key["AWSAccountId"] == "111111111111" and key["Arn"].split(":")[4] == "111111111111"
    assert key["KeyId"] not in str(other.list_keys()["Keys"])
    assert code_of(other.describe_key, KeyId=key["KeyId"]) == "NotFoundException"
    assert code_of(other.describe_key, KeyId=key["Arn"]) == "AccessDeniedException"


def test_known_keys_are_held_to_their_policies_in_dev_mode(dev):
    iam = dev.client("iam")
    iam.create_user(UserName="held")
    key = iam.create_access_key(UserName="held")["AccessKey"]
    held = dev.client("kms", credentials=(key["AccessKeyId"], "the secret does not matter here"))
    assert code_of(held.create_key) == "AccessDeniedException"


def test_reset(fresh):
    server = fresh("--dev", environment=GIVEN)
    kms, iam, trail = (server.client(name, credentials=("test", "test")) for name in ("kms", "iam", "cloudtrail"))
    kms.create_alias(AliasName="alias/one", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    iam.create_user(UserName="someone")
    session = server.client("sts", credentials=PAIR).get_session_token()["Credentials"]
    server.advance(86_400)
    assert server.raw("POST", "/_bastide/reset")[0] == 200
    assert kms.list_keys()["Keys"] == [] and kms.list_aliases()["Aliases"] == []
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["admin"]
    names = {event["EventName"] for event in trail.lookup_events()["Events"]}
    assert names == {"ListKeys", "ListAliases", "ListUsers"}
    found = server.client("config", credentials=("test", "test")).get_discovered_resource_counts()
    assert {count["resourceType"]: count["count"] for count in found["resourceCounts"]} == {"AWS::IAM::User": 1}
    # The session's user is gone, so its credentials are as good as any.
    assert server.client("sts", credentials=session).get_caller_identity()["Arn"].endswith(":root")
    # Nothing comes back with the next start.
    server.stop()
    server.start()
    assert kms.list_keys()["Keys"] == []
    assert not names & {event["EventName"] for event in trail.lookup_events()["Events"]} - {"ListKeys", "ListAliases", "ListUsers"}


def test_a_reset_under_load(fresh):
    server = fresh("--dev")

    def work(number):
        kms = server.client("kms", credentials=("test", "test"))
        try:
            for _ in range(20):
                key = kms.create_key()["KeyMetadata"]["KeyId"]
                kms.encrypt(KeyId=key, Plaintext=b"x")
        except ClientError as error:
            # The key went with the reset.
            assert error.response["Error"]["Code"] == "NotFoundException", error
        return number

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(work, number) for number in range(4)]
        for _ in range(5):
            assert server.raw("POST", "/_bastide/reset")[0] == 200
        assert [worker.result() for worker in workers] == [0, 1, 2, 3]
    assert "ERROR" not in server.errors(), server.errors()


def test_the_clock_moves(fresh):
    server = fresh("--dev")
    now = json.loads(server.raw("GET", "/_bastide/clock")[2])["now"]
    kms = server.client("kms", credentials=("test", "test"))
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=30)
    server.advance(29 * 86_400)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    server.advance(86_401)
    assert code_of(kms.describe_key, KeyId=key) == "NotFoundException"
    later = json.loads(server.raw("GET", "/_bastide/clock")[2])["now"]
    assert later > now
    status, _, body = server.raw("POST", "/_bastide/clock", b'{"set": "2030-01-02T03:04:05Z"}')
    assert status == 200 and json.loads(body)["now"].startswith("2030-01-02T03:04:0")
    created = kms.create_key()["KeyMetadata"]["CreationDate"]
    assert (created.year, created.month, created.day) == (2030, 1, 2)
    for body in (b"", b"{}", b"[]", b'{"advance": -1}', b'{"advance": "x"}', b'{"set": "tomorrow"}', b"\xff", b'{"advance": 1e300}',
                 b'{"advance": 1e17}', b'{"set": 5}'):
        assert server.raw("POST", "/_bastide/clock", body)[0] == 400, body
    assert kms.list_keys()["Keys"]


def test_strict_mode_moves_nothing(strict):
    for method, path in (("POST", "/_bastide/reset"), ("POST", "/_bastide/clock"), ("GET", "/_bastide/clock")):
        status, _, body = strict.raw(method, path, b'{"advance": 1}')
        assert status == 403 and "--dev" in json.loads(body)["error"]
    assert strict.client("iam").get_user(UserName="admin")
