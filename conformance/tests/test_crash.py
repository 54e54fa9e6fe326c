"""Nothing that was acknowledged is lost when the process dies.

BASTIDE_CRASHES says how often it is killed (10 by default); BASTIDE_SEED repeats a run's choices.
"""

import asyncio
import json
import os
import random
import time

import pytest
from ledger import Ledger, Load, clients
from postgres import OwnServer, database

CRASHES = int(os.environ.get("BASTIDE_CRASHES", "10"))
SEED = int(os.environ.get("BASTIDE_SEED", "1"))


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


async def crash(server, crashes, seed, report):
    """Kills the server at random moments under load, and holds it to what it had acknowledged."""
    dice, ledger = random.Random(seed), Ledger()
    load = Load(ledger, seed)
    starts, kills, began = [], 0, time.monotonic()
    every = clients(server.port, server.credentials)
    await load.prepare(every)
    while kills < crashes:
        since = time.time() - 2
        async with load.on(server):
            await asyncio.sleep(dice.uniform(0.05, 1.0))
            server.kill()
        kills += 1
        while kills < crashes and dice.random() < 0.15:
            # Also while it recovers from the crash before.
            server.spawn()
            await asyncio.sleep(dice.uniform(0, 0.05))
            server.kill()
            kills += 1
        start = time.monotonic()
        server.start()
        starts.append(time.monotonic() - start)
        await verify(server, ledger, since)
    await verify(server, ledger, began=True)
    assert not load.failures, load.failures[:5]
    report.update(
        kills=kills,
        seconds=round(time.monotonic() - began, 1),
        acknowledged=len(ledger.acknowledged),
        events=len(ledger.trail.events),
        things=len(ledger.facts),
        facts=sum(map(len, ledger.facts.values())),
        start_ms={"p50": round(1000 * quantile(starts, 0.5)), "max": round(1000 * max(starts))},
    )
    return ledger


async def verify(server, ledger, since=None, began=False, patience=0):
    """Checks what was touched since; all there ever was with `began`."""
    ours = [clients(server.port, server.credentials) for _ in range(8)]
    await ledger.check(ours, since or 0, things=set(ledger.facts) if began else None, patience=patience)
    for each in ours:
        for client in each.values():
            client.close()
    assert "panicked" not in server.errors(), server.errors()


def test_kill_9_under_load(fresh):
    report = {}
    asyncio.run(crash(fresh(), CRASHES, SEED, report))
    print(json.dumps(report))


@pytest.mark.postgres
def test_kill_9_of_a_node_on_postgres(fresh):
    report = {}
    with database() as url:
        server = fresh("--store", url)
        asyncio.run(crash(server, CRASHES, SEED, report))
        server.close()
    print(json.dumps(report))


async def database_crash(server, postgres, crashes, report):
    """Kills and starts the database under load; the node stays, and goes on by itself."""
    dice, ledger = random.Random(SEED), Ledger()
    load = Load(ledger, SEED, patient=True)
    await load.prepare(clients(server.port, server.credentials))
    for _ in range(crashes):
        since = time.time() - 2
        async with load.on(server):
            await asyncio.sleep(dice.uniform(0.2, 1.0))
            await asyncio.to_thread(postgres.kill)
            await asyncio.sleep(dice.uniform(0, 0.5))
            await asyncio.to_thread(postgres.start)
            await load.answers(200)
        await verify(server, ledger, since, patience=60)
    await verify(server, ledger, began=True)
    assert not load.failures, load.failures[:5]
    assert load.broken, "no call met the crash"
    report.update(kills=crashes, acknowledged=len(ledger.acknowledged), broken=sum(load.broken.values()))


@pytest.mark.postgres
def test_the_database_is_killed_under_load(fresh):
    report, postgres = {}, OwnServer()
    try:
        server = fresh("--store", postgres.url)
        asyncio.run(database_crash(server, postgres, max(2, CRASHES // 5), report))
        server.close()
    finally:
        postgres.close()
    print(json.dumps(report))
