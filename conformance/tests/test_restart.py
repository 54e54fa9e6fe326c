"""Starts that meet what an earlier start, a crash or another process left behind."""

import asyncio
import datetime
import glob
import json
import os
import random
import signal
import threading
import time
import uuid

import pytest
from bastide import Bastide, free_port
from botocore.exceptions import ClientError
from ledger import Ledger, Load, clients
from test_crash import SEED, verify


def unstarted(data_dir, *arguments, **environment):
    """A server on a folder that is not started yet."""
    server = Bastide.__new__(Bastide)
    server.folder, server.log, server.process, server.credentials = None, None, None, None
    server.data_dir, server.arguments, server.environment = str(data_dir), list(arguments), environment
    server.port = free_port()
    return server


def test_two_starts_at_once(tmp_path):
    """One serves, the other says why it does not; the one that serves is not harmed."""
    for turn in range(5):
        pair = [unstarted(tmp_path / str(turn)) for _ in range(2)]
        for server in pair:
            server.spawn()
        served, refused = [], []
        for server in pair:
            try:
                server.greeted()
                served.append(server)
            except AssertionError as refusal:
                refused.append(str(refusal))
        assert len(served) == 1 and "in use by another" in refused[0], refused
        blob = served[0].client("kms").encrypt(
            KeyId=served[0].client("kms").create_key()["KeyMetadata"]["KeyId"], Plaintext=b"x"
        )["CiphertextBlob"]
        served[0].kill()
        served[0].start()
        assert served[0].client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
        served[0].close()


@pytest.mark.parametrize("tls", [(), ("--tls", "auto")], ids=["plain", "tls"])
def test_killed_while_it_starts_for_the_first_time(tmp_path, tls):
    """Whatever is made by then is made whole, and the first credentials are shown to somebody."""
    dice = random.Random(SEED)
    for turn in range(5):
        server = unstarted(tmp_path / str(turn), *tls)
        for _ in range(dice.randint(1, 4)):
            server.spawn()
            time.sleep(dice.uniform(0, 0.12))
            server.kill()
            # It may have shown them just then.
            server.credentials = server.shown() or server.credentials
        server.start()
        assert server.credentials, server.greeting
        key = server.client("kms").create_key()["KeyMetadata"]["KeyId"]
        server.kill()
        server.start()
        assert server.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyId"] == key
        assert "panicked" not in server.errors()
        server.close()


def test_first_credentials_are_shown_until_they_were_shown(tmp_path):
    """To a standard output that nobody reads they were not shown."""
    server = unstarted(tmp_path / "data")
    server.spawn()
    server.process.stdout.close()
    end = time.monotonic() + 60
    while True:
        try:
            assert server.raw("GET", "/_bastide/health")[0] == 200
            break
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.02)
    server.kill()
    server.start()
    assert server.credentials
    assert server.client("kms").list_keys()["Keys"] == []
    server.kill()
    server.credentials, shown = None, server.credentials
    server.start()
    assert server.credentials is None, "they are shown once"
    server.credentials = shown
    server.close()


def test_stopped_under_load(fresh):
    """SIGTERM: open requests end, nothing acknowledged is lost, and the next start finds nothing to mend."""

    async def run(server):
        ledger = Ledger()
        load = Load(ledger, SEED)
        await load.prepare(clients(server.port, server.credentials))
        for _ in range(3):
            since = time.time() - 2
            async with load.on(server):
                await load.answers(500)
                assert await asyncio.to_thread(server.stop) == 0
            server.start()
            await verify(server, ledger, since)
        await verify(server, ledger, began=True)

    server = fresh()
    asyncio.run(run(server))
    server.close()


def torn_tail(data_dir, junk):
    """Leaves bytes behind the last event, as a write does that a power cut interrupts. Gives the file."""
    newest = sorted(glob.glob(os.path.join(data_dir, "events", "*.log")))[-1]
    with open(newest, "r+b") as file:
        end = len(file.read().rstrip(b"\0"))
        file.seek(end)
        file.write(junk)
    return newest


def test_a_torn_write_is_cut_off_reported_and_kept_aside(fresh):
    dice = random.Random(SEED)
    server = fresh()
    kms = server.client("kms")
    made = [kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(3)]
    for _ in range(3):
        server.kill()
        junk = dice.randbytes(300)
        torn_tail(server.data_dir, junk)
        server.start()
        assert "a torn write was cut off" in server.errors(), server.errors()
        kept = glob.glob(os.path.join(server.data_dir, "events", "*.torn"))
        assert any(junk in open(path, "rb").read() for path in kept), kept
        made.append(kms.create_key()["KeyMetadata"]["KeyId"])
        events = server.client("cloudtrail").lookup_events(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateKey"}]
        )["Events"]
        assert len(events) == len(made)
        text = "".join(event["CloudTrailEvent"] for event in events)
        assert all(key in text for key in made)
    server.kill()
    server.start()
    assert "torn" not in server.errors(), "it is reported once"
    server.close()


def test_damage_is_reported_and_the_rest_stays(fresh):
    """Bytes that somebody changed within acknowledged events."""
    server = fresh()
    kms = server.client("kms")
    asked = [str(uuid.uuid4()) for _ in range(10)]
    for key in asked:
        with pytest.raises(ClientError):
            kms.describe_key(KeyId=key)
    server.kill()
    newest = sorted(glob.glob(os.path.join(server.data_dir, "events", "*.log")))[-1]
    with open(newest, "r+b") as file:
        file.seek(file.read().index(asked[4].encode()))
        file.write(b"X")
    server.start()
    assert "acknowledged events are damaged" in server.errors(), server.errors()
    events = server.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "DescribeKey"}]
    )["Events"]
    text = "".join(event["CloudTrailEvent"] for event in events)
    assert len(events) == 9 and [key for key in asked if key not in text] == [asked[4]]
    server.close()


def test_a_node_without_a_name_gets_one(fresh):
    """A crash could leave the file empty."""
    server = fresh()
    server.kill()
    path = os.path.join(server.data_dir, "node")
    open(path, "w").close()
    server.start()
    assert len(open(path).read()) == 36
    server.close()


def test_suspended(fresh):
    """A machine that sleeps: its connections and its clock stand still, then go on."""
    server = fresh()
    kms = server.client("kms", read_timeout=30)
    kms.create_key()
    server.process.send_signal(signal.SIGSTOP)
    wake = threading.Timer(1.5, server.process.send_signal, [signal.SIGCONT])
    wake.start()
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    wake.join()
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyId"] == key
    server.close()


def test_a_clock_that_is_set_back(fresh):
    server = fresh("--dev")
    kms, trail, config = (server.client(name) for name in ("kms", "cloudtrail", "config"))

    def at(moment):
        status, _, body = server.raw("POST", "/_bastide/clock", json.dumps({"set": moment}).encode())
        assert status == 200, body

    at("2026-05-10T12:00:00Z")
    key = kms.create_key(Description="first")["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    at("2026-05-11T12:00:00Z")
    kms.update_key_description(KeyId=key, Description="second")
    at("2026-05-09T12:00:00Z")
    kms.update_key_description(KeyId=key, Description="third")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "third"
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    kms.create_alias(AliasName="alias/back", TargetKeyId=key)
    for _ in range(2):
        at("2026-05-12T12:00:00Z")
        events = trail.lookup_events(LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}])["Events"]
        assert [event["EventName"] for event in events] == [
            "UpdateKeyDescription",
            "CreateKey",
            "CreateAlias",
            "UpdateKeyDescription",
        ]
        day = datetime.datetime(2026, 5, 9, tzinfo=datetime.timezone.utc)
        names = trail.lookup_events(StartTime=day, EndTime=day + datetime.timedelta(days=1))["Events"]
        assert {"CreateAlias", "Decrypt"} <= {event["EventName"] for event in names}
        items = config.get_resource_config_history(
            resourceType="AWS::KMS::Key", resourceId=key, earlierTime=day, laterTime=day + datetime.timedelta(days=9)
        )["configurationItems"]
        texts = [json.loads(item["configuration"])["description"] for item in items]
        assert texts[-1] == "first" and {"first", "second", "third"} <= set(texts), texts
        server.kill()
        server.start()
    server.close()
