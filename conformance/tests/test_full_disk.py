"""A full disk: calls fail and acknowledge nothing, what was acknowledged stays, and it passes by itself."""

import asyncio
import contextlib
import json
import os
import random
import subprocess
import tempfile
import time

import pytest
from ledger import CONNECTIONS, Ledger, Load, clients
from test_crash import verify


class SmallDisk:
    """A file system in memory of a few megabytes, and a balloon that takes its room away."""

    def __init__(self, megabytes):
        self.folder = tempfile.mkdtemp(prefix="bastide-disk-")
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", self.folder]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            os.rmdir(self.folder)
            pytest.skip(f"mounting a small disk is not permitted: {done.stderr.strip()}")

    @property
    def balloon(self):
        return os.path.join(self.folder, "balloon")

    def fill(self, leave=0):
        """Takes all the room but so many bytes."""
        file = os.open(self.balloon, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        with contextlib.suppress(OSError):
            while True:
                os.write(file, bytes(1 << 16))
        os.ftruncate(file, max(0, os.fstat(file).st_size - leave))
        os.close(file)

    def free(self):
        os.remove(self.balloon)

    def close(self):
        subprocess.run(["umount", "-l", self.folder], check=True)
        os.rmdir(self.folder)


@pytest.fixture
def disk():
    made = []

    def make(megabytes):
        made.append(SmallDisk(megabytes))
        return made[-1]

    yield make
    for one in made:
        one.close()


READS = frozenset(("DescribeKey", "Encrypt", "GetUser"))
WRITES = frozenset(("CreateKey", "CreateAlias", "CreateUser", "CreateGrant"))


def count(kinds, operations):
    return sum(number for (operation, _), number in kinds.items() if operation in operations)


async def fill_under_load(server, disk, rounds, report, fails, works):
    """Fills the disk under load and makes room again; the server is not touched. Given are the operations that
    must fail meanwhile, and those that must go on."""
    dice, ledger = random.Random(1), Ledger()
    load = Load(ledger, 1, patient=True)
    await load.prepare(clients(server.port, server.credentials))

    async def full(leave):
        await asyncio.to_thread(disk.fill, leave)
        for operations in fails:
            failed = count(load.broken, operations) + CONNECTIONS
            await load.until(lambda: count(load.broken, operations) > failed, f"failures of {operations}")
        worked = {operations: count(ledger.kinds, operations) + CONNECTIONS for operations in works}
        for operations, number in worked.items():
            await load.until(lambda: count(ledger.kinds, operations) > number, f"success of {operations}")

    for number in range(rounds):
        since = time.time() - 2
        async with load.on(server):
            await asyncio.sleep(dice.uniform(0.1, 0.5))
            await full(leave=number * 300_000)
            disk.free()
            await load.answers(500)
        await verify(server, ledger, since, patience=60)
    await verify(server, ledger, began=True)
    # Killed while the disk is full, and started again when there is room.
    since = time.time() - 2
    async with load.on(server):
        await full(leave=0)
        server.kill()
    assert "panicked" not in server.errors()
    disk.free()
    server.start()
    await verify(server, ledger, since)
    await verify(server, ledger, began=True)
    assert not load.failures, load.failures[:5]
    assert {status for _, status in load.broken} <= {500, 503}, load.broken
    report.update(acknowledged=len(ledger.acknowledged), broken=sum(load.broken.values()))


def test_everything_on_a_full_disk(fresh, disk):
    small, report = disk(256), {}
    server = fresh(data_dir=os.path.join(small.folder, "data"))
    asyncio.run(fill_under_load(server, small, 2, report, fails=[READS, WRITES], works=[]))
    server.close()
    print(json.dumps(report))


def test_no_room_for_events(fresh, disk, tmp_path):
    """Changes go on: their records wait beside them. What changes nothing fails."""
    small, report = disk(160), {}
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "events").symlink_to(small.folder)
    server = fresh(data_dir=str(data))
    asyncio.run(fill_under_load(server, small, 1, report, fails=[READS], works=[WRITES]))
    server.close()
    print(json.dumps(report))


def test_no_room_for_resources(fresh, disk, tmp_path):
    """Changes fail, and each failure is recorded. What changes nothing goes on."""
    small, report = disk(160), {}
    data = os.path.join(small.folder, "data")
    os.mkdir(data, 0o700)
    (tmp_path / "events").mkdir()
    os.symlink(tmp_path / "events", os.path.join(data, "events"))
    server = fresh(data_dir=data)
    asyncio.run(fill_under_load(server, small, 1, report, fails=[WRITES], works=[READS]))
    server.close()
    print(json.dumps(report))


def test_a_start_on_a_full_disk_is_refused_and_harms_nothing(fresh, disk):
    small = disk(64)
    server = fresh(data_dir=os.path.join(small.folder, "data"))
    key = server.client("kms").create_key(Description="kept")["KeyMetadata"]["KeyId"]
    server.kill()
    small.fill()
    for _ in range(2):
        try:
            server.start()
        except AssertionError as refusal:
            assert "bastide:" in str(refusal) and "panicked" not in str(refusal), refusal
        else:
            # There was room enough in what it holds already.
            server.kill()
    small.free()
    server.start()
    assert server.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Description"] == "kept"
    names = [event["EventName"] for event in server.client("cloudtrail").lookup_events()["Events"]]
    assert "CreateKey" in names
    server.close()
