"""Backups: taken under load, read through, put back; a restored server has everything and nothing else."""

import asyncio
import io
import json
import os
import random
import shutil
import subprocess
import tarfile

import pytest
from bastide import BINARY, Bastide, wait_until
from ledger import REGIONS, Ledger, Load, clients
from test_crash import SEED
from test_restart import torn_tail, unstarted
from test_seal import Token, bastide, needs_softhsm, seal, shares_in, why_not


def backup(action, *arguments, **environment):
    """`bastide backup …`, which must succeed; gives what it says."""
    status, out, errors = bastide("backup", action, *map(str, arguments), **environment)
    assert status == 0, errors
    return out


def refused(action, *arguments, **environment):
    """`bastide backup …`, which must not succeed; gives why."""
    status, out, errors = bastide("backup", action, *map(str, arguments), **environment)
    assert status == 1 and errors.startswith("bastide: "), (status, out, errors)
    return errors


def create(data_dir, file):
    return backup("create", file, "--data-dir", data_dir)


def restored(tmp_path, file, name, credentials, root=None, *arguments, **environment):
    """A server on a restored backup."""
    data_dir = tmp_path / name
    backup("restore", file, "--data-dir", data_dir)
    if root:
        shutil.copy(root, data_dir / "root.key")
    server = unstarted(data_dir, *arguments, **environment)
    server.start()
    assert server.credentials is None, "no new user is made"
    server.credentials = credentials
    return server


def unpacked(path):
    """The files of a backup, by name, as other programs see them."""
    content = subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout if shutil.which("zstd") else None
    if content is None:
        pytest.skip("no zstd program")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


@pytest.fixture
def server(tmp_path):
    server = unstarted(tmp_path / "data")
    server.start()
    yield server
    server.close()


def test_everything_comes_back(server, tmp_path):
    kms, iam, trail = (server.client(name) for name in ("kms", "iam", "cloudtrail"))
    key = kms.create_key(Description="first")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/a", TargetKeyId=key)
    blob = kms.encrypt(KeyId=key, Plaintext=b"before", EncryptionContext={"a": "b"})["CiphertextBlob"]
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    options = {"KeyId": signing, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(**options)["Signature"]
    iam.create_user(UserName="u")
    made = iam.create_access_key(UserName="u")["AccessKey"]
    kms.update_key_description(KeyId=key, Description="second")
    before = trail.lookup_events(MaxResults=50)["Events"]

    told = create(server.data_dir, tmp_path / "one.backup")
    assert "documents" in told and os.stat(tmp_path / "one.backup").st_mode & 0o777 == 0o600
    # What comes later is not in it.
    later = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.delete_alias(AliasName="alias/a")

    found = json.loads(backup("verify", tmp_path / "one.backup", "--json"))
    assert found["documents"]["kms.key"] == 2 and found["documents"]["iam.access-key"] == 2
    assert found["events"]["count"] == found["events"]["last"] >= len(before) and found["events"]["missing"] == 0
    told = backup("verify", tmp_path / "one.backup", "--check", "--data-dir", server.data_dir)
    assert "it opens with seal" in told and "kms.key" in told

    again = restored(tmp_path, tmp_path / "one.backup", "again", server.credentials, tmp_path / "data" / "root.key")
    kms, trail, config = (again.client(name) for name in ("kms", "cloudtrail", "config"))
    assert {one["KeyId"] for one in kms.list_keys()["Keys"]} == {key, signing}
    assert kms.describe_key(KeyId="alias/a")["KeyMetadata"]["Description"] == "second"
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"})["Plaintext"] == b"before"
    assert kms.verify(Signature=signature, **options)["SignatureValid"]
    user = again.client("sts", credentials=(made["AccessKeyId"], made["SecretAccessKey"]))
    assert user.get_caller_identity()["Arn"].endswith("user/u")
    ids = {event["EventId"] for event in trail.lookup_events(MaxResults=50)["Events"]}
    assert {event["EventId"] for event in before} <= ids
    assert not any(later in event["CloudTrailEvent"] for event in trail.lookup_events()["Events"])
    history = config.get_resource_config_history(resourceType="AWS::KMS::Key", resourceId=key)["configurationItems"]
    assert {json.loads(item["configuration"])["description"] for item in history} == {"first", "second"}
    # It is a server like any other: what it does from now on stays, and can be backed up.
    fresh = kms.create_key()["KeyMetadata"]["KeyId"]
    create(again.data_dir, tmp_path / "two.backup")
    again.kill()
    again.start()
    assert kms.describe_key(KeyId=fresh)["KeyMetadata"]["KeyId"] == fresh
    assert "torn" not in again.errors() and "damaged" not in again.errors()
    third = restored(tmp_path, tmp_path / "two.backup", "third", server.credentials, tmp_path / "data" / "root.key")
    assert third.client("kms").describe_key(KeyId=fresh)["KeyMetadata"]["KeyId"] == fresh
    third.close()
    again.close()


def test_under_load(tmp_path):
    """What was acknowledged before a backup is in it; of what came later, each change with its record or neither."""

    async def run(server):
        ledger = Ledger()
        load = Load(ledger, SEED)
        await load.prepare(clients(server.port, server.credentials))
        kept = []
        async with load.on(server):
            for turn in range(3):
                await load.answers(300)
                seen = set(ledger.acknowledged)
                file = tmp_path / f"{turn}.backup"
                await asyncio.to_thread(create, server.data_dir, file)
                kept.append((file, seen))
        server.kill()
        return kept

    server = Bastide()
    kept = asyncio.run(run(server))
    for turn, (file, seen) in enumerate(kept):
        found = json.loads(backup("verify", file, "--json"))
        assert found["events"]["missing"] == 0 and found["events"]["count"] >= len(seen)
        again = restored(
            tmp_path, file, f"again-{turn}", server.credentials, os.path.join(server.data_dir, "root.key")
        )
        recorded, changes = recorded_in(again)
        # Every call that was answered before is on the record: those that read and those that write.
        assert seen <= recorded, f"{len(seen - recorded)} acknowledged calls are not in the record"
        keys = set()
        for region in REGIONS:
            pages = again.client("kms", region=region).get_paginator("list_keys").paginate()
            keys |= {key["KeyId"] for page in pages for key in page["Keys"]}
        assert keys == changes, "each key has its record, and each record its key"
        assert "torn" not in again.errors() and "damaged" not in again.errors(), again.errors()
        again.close()
    server.close()


def recorded_in(server):
    """Region and request id of all records, and the ids of the keys that the record says were made."""
    requests, keys = set(), set()
    for region in REGIONS:
        pages = server.client("cloudtrail", region=region).get_paginator("lookup_events").paginate()
        for event in (event for page in pages for event in page["Events"]):
            record = json.loads(event["CloudTrailEvent"])
            requests.add((region, record["requestID"]))
            if record["eventName"] == "CreateKey" and "errorCode" not in record:
                keys.add(record["responseElements"]["keyMetadata"]["keyId"])
    return requests, keys


def test_nothing_in_it_opens_it(server, tmp_path):
    """A backup is useless without what opens the keyring."""
    secret = server.credentials[1].encode()
    kms = server.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.encrypt(KeyId=key, Plaintext=b"an unmistakable plaintext of a caller")
    file = tmp_path / "one.backup"
    create(server.data_dir, file)
    root = open(os.path.join(server.data_dir, "root.key")).read().split()[1].encode()
    files = unpacked(file)
    assert {"backup.json", "resources.db", "keyring.json", "node", "manifest.json"} <= set(files)
    assert not any(name.startswith("tls") or "root" in name for name in files)
    for name, content in files.items():
        for needle in (root, secret, b"an unmistakable plaintext of a caller"):
            assert needle not in content, name
    data_dir = tmp_path / "without"
    told = backup("restore", file, "--data-dir", data_dir)
    assert "root.key" in told
    assert "is missing" in why_not(unstarted(data_dir))
    assert "opens none" in why_not(unstarted(data_dir, BASTIDE_ROOT_KEY="ab" * 32))


def test_damage_and_cuts_are_found(server, tmp_path):
    kms = server.client("kms")
    for _ in range(5):
        kms.create_key()
    file = tmp_path / "one.backup"
    create(server.data_dir, file)
    whole = file.read_bytes()
    dice = random.Random(SEED)
    broken = tmp_path / "broken.backup"
    for turn in range(12):
        changed = bytearray(whole)
        if turn % 2:
            at = dice.randrange(len(changed))
            changed[at] ^= 1 << dice.randrange(8)
        else:
            del changed[dice.randrange(len(changed)) :]
        broken.write_bytes(changed)
        errors = refused("verify", broken)
        assert "panicked" not in errors
        refused("restore", broken, "--data-dir", tmp_path / "broken")
        assert not (tmp_path / "broken").exists() and not list(tmp_path.glob(".broken*")), "nothing is left behind"
    assert not list(tmp_path.glob(".*")), "nothing is left behind"
    backup("verify", file)


def test_what_is_refused(server, tmp_path):
    file = tmp_path / "one.backup"
    create(server.data_dir, file)
    assert "there already" in refused("create", file, "--data-dir", server.data_dir)
    assert "is not empty" in refused("restore", file, "--data-dir", server.data_dir)
    assert "there is no" in refused("create", tmp_path / "two", "--data-dir", tmp_path / "nothing")
    assert not (tmp_path / "two").exists() and not list(tmp_path.glob(".two*"))
    assert "No such file" in refused("verify", tmp_path / "nothing")
    assert "no backup" in refused("verify", os.path.join(server.data_dir, "resources.db"))
    (tmp_path / "empty").mkdir()
    backup("restore", file, "--data-dir", tmp_path / "empty")
    assert (tmp_path / "empty" / "resources.db").exists()
    assert "is not empty" in refused("restore", file, "--data-dir", tmp_path / "empty")


def test_through_pipes(server, tmp_path):
    """To standard output and from standard input, as over a network."""
    kms = server.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    made = subprocess.run([BINARY, "backup", "create", "-", "--data-dir", server.data_dir], capture_output=True)
    assert made.returncode == 0, made.stderr
    command = [BINARY, "backup", "restore", "-", "--data-dir", tmp_path / "again"]
    assert subprocess.run(command, input=made.stdout, capture_output=True).returncode == 0
    shutil.copy(os.path.join(server.data_dir, "root.key"), tmp_path / "again" / "root.key")
    again = unstarted(tmp_path / "again")
    again.start()
    again.credentials = server.credentials
    assert again.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyId"] == key
    again.close()


def test_a_server_that_is_stopped_or_was_killed(server, tmp_path):
    """What waits in logs, and what a crash has torn, is as it would be after a start."""
    kms = server.client("kms")
    keys = {kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(10)}
    server.kill()
    torn_tail(server.data_dir, random.Random(SEED).randbytes(300))
    create(server.data_dir, tmp_path / "one.backup")
    server.start()
    server.stop()
    create(server.data_dir, tmp_path / "two.backup")
    for name in ("one", "two"):
        root = os.path.join(server.data_dir, "root.key")
        again = restored(tmp_path, tmp_path / f"{name}.backup", name, server.credentials, root)
        assert {one["KeyId"] for one in again.client("kms").list_keys()["Keys"]} == keys
        events = again.client("cloudtrail").lookup_events(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateKey"}]
        )["Events"]
        assert len(events) == 10
        assert "torn" not in again.errors(), "what was torn is not in the backup"
        again.close()


def test_shares_open_a_backup(server, tmp_path):
    """The seals of the moment of the backup open it, whatever becomes of them later."""
    kms = server.client("kms")
    blob = kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    texts = shares_in(seal(server.data_dir, "add", "shares:2-of-3"))
    seal(server.data_dir, "rotate")
    create(server.data_dir, tmp_path / "one.backup")
    wait_until(lambda: json.loads(seal(server.data_dir, "status", "--json"))["current"] == 2)
    shares = {"BASTIDE_SEAL_SHARES": ",".join(texts[:2])}
    told = backup("verify", tmp_path / "one.backup", "--check", "--seal", "shares", **shares)
    assert "it opens with seal" in told
    one = {"BASTIDE_SEAL_SHARES": texts[0]}
    assert "2 shares open the seal" in refused("verify", tmp_path / "one.backup", "--check", "--seal", "shares", **one)
    again = restored(tmp_path, tmp_path / "one.backup", "again", server.credentials, None, "--seal", "shares", **shares)
    assert again.client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    again.close()


@needs_softhsm
def test_a_token_opens_a_backup(tmp_path):
    token = Token(tmp_path / "token")
    server = unstarted(tmp_path / "data", "--seal", token.spec(more="&generate"), **token.environment)
    server.start()
    kms = server.client("kms")
    blob = kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    create(server.data_dir, tmp_path / "one.backup")
    server.close()
    options = (tmp_path, tmp_path / "one.backup", "again", server.credentials, None, "--seal", token.spec())
    again = restored(*options, **token.environment)
    assert again.client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    again.close()


def test_resources_elsewhere(server, tmp_path):
    """With a PostgreSQL there is this node's record to keep, and it is said where the rest is."""
    server.client("kms").list_keys()
    told = backup(
        "create", tmp_path / "one.backup", "--data-dir", server.data_dir, "--store", "postgres://db.example.com/bastide"
    )
    assert "pg_dump" in told
    found = json.loads(backup("verify", tmp_path / "one.backup", "--json"))
    assert found["documents"] is None and found["events"]["count"] > 0
    assert "in PostgreSQL" in backup("verify", tmp_path / "one.backup")
    assert "pg_dump" in backup("restore", tmp_path / "one.backup", "--data-dir", tmp_path / "again")
