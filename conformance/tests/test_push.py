"""Logs that are pushed: `POST /_bastide/ingest`, with curl and with botocore's signer."""

import concurrent.futures
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import threading
import time
import urllib.parse

import pytest
import requests
from bastide import wait_until
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from test_full_disk import disk  # noqa: F401
from test_ingest import ACCOUNT, delivered, document, event, kept

LISTED = "Stealth:IAMUser/PasswordPolicyChange"


def push(server, body, credentials=None, name=None, region="eu-west-1", service="guardduty", headers=None, query=None, **options):
    """Signed by botocore, sent by requests."""
    query = {**({"name": name} if name else {}), **(query or {})}
    url = f"{server.url}/_bastide/ingest" + (f"?{urllib.parse.urlencode(query)}" if query else "")
    request = AWSRequest("POST", url, headers={"Content-Type": "application/octet-stream", **(headers or {})}, data=body)
    pair = credentials or server.credentials
    if pair:
        SigV4Auth(Credentials(*pair), service, region).add_auth(request)
    return requests.post(url, data=body, headers=dict(request.headers), timeout=120, **options)


def lines(*events):
    return b"".join(json.dumps(one).encode() + b"\n" for one in events)


def user(server, name, *statements):
    """A user with these statements; gives the credentials."""
    iam = server.client("iam")
    iam.create_user(UserName=name)
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_user_policy(UserName=name, PolicyName="one", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def lake(server):
    """How many CloudTrail events a server's lake holds; it must not write meanwhile."""
    return kept(server.data_dir)


def policy_change(number, **more):
    return event(number, "UpdateAccountPasswordPolicy", "iam.amazonaws.com", readOnly=False, **more)


@pytest.fixture(scope="module")
def server(fresh_module):
    return fresh_module("--account-id", ACCOUNT)


@pytest.fixture
def own(fresh):
    return fresh("--account-id", ACCOUNT)


def test_pushed_logs_make_findings_once(own):
    guardduty = own.client("guardduty", region="eu-west-1")
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    body = gzip.compress(document([event(n) for n in range(5)] + [policy_change(10)]))
    first = push(own, body, name="trail/one.json.gz")
    assert first.status_code == 200, first.text
    assert first.json() == {
        "name": "trail/one.json.gz", "bytes": len(body), "unpackedBytes": len(gzip.decompress(body)),
        "records": {"cloudtrail": 6}, "duplicates": 0, "otherAccounts": 0, "foreign": 0, "broken": 0, "reasons": [],
    }

    def found():
        ids = guardduty.list_findings(
            DetectorId=detector, FindingCriteria={"Criterion": {"type": {"Eq": [LISTED]}}}
        )["FindingIds"]
        return guardduty.get_findings(DetectorId=detector, FindingIds=ids)["Findings"]

    [finding] = wait_until(found)
    assert finding["AccountId"] == ACCOUNT and finding["Region"] == "eu-west-1" and finding["Service"]["Count"] == 1
    again = push(own, body, name="trail/one.json.gz").json()
    assert again["duplicates"] == 6 and again["records"] == {}
    # After a crash what was found is found again, and stays as it was.
    own.kill()
    own.start()
    assert push(own, body, name="trail/one.json.gz").json()["duplicates"] == 6
    guardduty = own.client("guardduty", region="eu-west-1")
    more = push(own, lines(policy_change(20)), name="trail/two.json")
    assert more.json()["records"] == {"cloudtrail": 1}
    wait_until(lambda: found()[0]["Service"]["Count"] == 2)
    assert [one["Id"] for one in found()] == [finding["Id"]]
    own.stop()
    assert lake(own) == (7, 0)


def test_logs_pushed_before_there_is_a_detector_count(own):
    assert push(own, lines(policy_change(10))).status_code == 200
    guardduty = own.client("guardduty", region="eu-west-1")
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    wait_until(lambda: guardduty.list_findings(DetectorId=detector)["FindingIds"])


def test_with_curl(server, tmp_path):
    file = tmp_path / "log.json.gz"
    file.write_bytes(gzip.compress(lines(*(event(n) for n in range(100, 130)))))
    done = subprocess.run(
        [
            "curl", "--silent", "--fail-with-body", "--aws-sigv4", "aws:amz:eu-west-1:guardduty",
            "--user", ":".join(server.credentials), "--data-binary", f"@{file}", f"{server.url}/_bastide/ingest?name=log.json.gz",
        ],
        capture_output=True,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert json.loads(done.stdout)["records"] == {"cloudtrail": 30}


@pytest.mark.parametrize("pack", ["plain", "gzip", "zstd"])
def test_every_kind_in_every_packing(server, pack, tmp_path):
    seed = {"plain": 1_000, "gzip": 2_000, "zstd": 3_000}[pack]
    flow = f"2 {ACCOUNT} eni-1 10.0.0.5 203.0.113.9 40000 443 6 10 840 {1_700_000_000 + seed} {1_700_000_060 + seed} ACCEPT OK\n"
    query = {
        "version": "1.1", "account_id": ACCOUNT, "region": "eu-west-1", "vpc_id": "vpc-1",
        "query_timestamp": "2023-11-14T22:13:20Z", "query_name": f"example{seed}.com.", "query_type": "A",
        "query_class": "IN", "rcode": "NOERROR", "answers": [], "srcaddr": "10.0.0.5", "srcport": "5353",
        "transport": "UDP", "srcids": {"instance": "i-1"},
    }
    audit = {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": f"id-{seed}",
        "stage": "ResponseComplete", "requestURI": "/api/v1/pods", "verb": "list",
        "user": {"username": "jane", "groups": ["system:authenticated"]}, "sourceIPs": ["203.0.113.9"],
        "objectRef": {"resource": "pods", "namespace": "default", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200},
        "requestReceivedTimestamp": "2023-11-14T22:13:20.000000Z", "stageTimestamp": "2023-11-14T22:13:20.000000Z",
    }
    login = f"2023-11-14 22:13:20 UTC:203.0.113.9({40000 + seed}):app@orders:[{seed}]:FATAL:  password authentication failed for user \"app\"\n"
    for kind, body in [
        ("flow", flow.encode()), ("dns", lines(query)), ("kubernetes", lines(audit)), ("login", login.encode()),
        ("cloudtrail", lines(event(seed))),
    ]:
        if pack == "gzip":
            body = gzip.compress(body)
        elif pack == "zstd":
            if not shutil.which("zstd"):
                pytest.skip("there is no zstd")
            body = subprocess.run(["zstd", "-c"], input=body, capture_output=True, check=True).stdout
        answer = push(server, body, query={"kind": kind})
        assert answer.status_code == 200 and answer.json()["records"] == {kind: 1}, (kind, answer.text)


def test_broken_lines_are_counted_with_their_reasons(server):
    good = [json.dumps(event(4_000 + n)).encode() for n in range(4)]
    body = b"\n".join([good[0], b'{"eventVersion": 3}', good[1], good[2], good[3][:-30]]) + b"\n"
    answer = push(server, body, name="broken.json").json()
    assert answer["records"] == {"cloudtrail": 3} and answer["broken"] == 2
    assert len(answer["reasons"]) == answer["broken"] and all(one["reason"] for one in answer["reasons"])


def error(answer):
    return answer.status_code, answer.headers["x-amzn-errortype"]


def test_what_is_refused(server):
    body = lines(event(5_000))
    assert error(push(server, b"")) == (400, "DamagedLogException")
    assert error(push(server, b" \n ")) == (400, "DamagedLogException")
    assert error(push(server, os.urandom(5_000))) == (415, "UnknownLogException")
    assert error(push(server, b"<html><body>no log</body></html>")) == (415, "UnknownLogException")
    assert error(push(server, gzip.compress(b"\x00\x01\x02 nothing")))[0] == 415
    assert error(push(server, body, headers={"Content-Encoding": "br"})) == (415, "UnknownLogException")
    whole = gzip.compress(lines(*(event(5_000 + n, userAgent=os.urandom(40).hex()) for n in range(200))))
    assert error(push(server, whole[: len(whole) // 2])) == (400, "DamagedLogException")
    damaged = bytearray(whole)
    damaged[len(damaged) // 2] ^= 0x55
    assert error(push(server, bytes(damaged))) == (400, "DamagedLogException")
    assert error(push(server, body, query={"kind": "syslog"}))[0] == 400
    assert error(push(server, body, query={"nmae": "x"})) == (400, "InvalidParameterException")
    assert error(push(server, body, name="a\nb")) == (400, "InvalidParameterException")
    assert error(push(server, body, name="a" * 1_025)) == (400, "InvalidParameterException")
    assert requests.get(f"{server.url}/_bastide/ingest").status_code == 405


def test_bombs_and_large_bodies(server):
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
        file.write(lines(event(6_000)))
        for _ in range(100):
            file.write(b" " * (1 << 20))
    assert error(push(server, packed.getvalue())) == (413, "LogTooLargeException")
    answer = push(server, b"x" * ((16 << 20) + 1))
    assert answer.status_code == 413


def test_nothing_is_taken_without_permission(server):
    body = lines(event(7_000))
    nobody = push(server, body, credentials=("AKIAIOSFODNN7EXAMPLE", "wrong"))
    assert nobody.status_code == 403, nobody.text
    assert requests.post(f"{server.url}/_bastide/ingest", data=body).status_code == 403
    assert push(server, body, credentials=(server.credentials[0], "wrong")).status_code == 403
    # Signed for something else, or another body.
    assert push(server, body, service="kms").status_code == 403
    request = AWSRequest("POST", f"{server.url}/_bastide/ingest", data=body)
    SigV4Auth(Credentials(*server.credentials), "guardduty", "eu-west-1").add_auth(request)
    assert requests.post(request.url, data=body + b"\n", headers=dict(request.headers)).status_code == 403
    weak = user(server, "weak", {"Effect": "Allow", "Action": "guardduty:*", "Resource": "*"})
    assert error(push(server, body, credentials=weak)) == (403, "AccessDeniedException")
    shipper = user(server, "shipper", {"Effect": "Allow", "Action": "bastide:PutLogs", "Resource": "*"})
    assert push(server, body, credentials=shipper).status_code == 200


def test_each_call_is_on_the_record(server):
    body = lines(event(8_000, userAgent="what nobody may read in the trail"))
    name = "the one that is looked for"
    assert push(server, body, name=name).status_code == 200
    weak = user(server, "recorded")
    assert push(server, body, name=name, credentials=weak).status_code == 403
    trail = server.client("cloudtrail", region="eu-west-1")

    def records():
        pages = trail.get_paginator("lookup_events").paginate(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "PutLogs"}]
        )
        found = [json.loads(one["CloudTrailEvent"]) for page in pages for one in page["Events"]]
        return [one for one in found if (one.get("requestParameters") or {}).get("name") == name]

    found = wait_until(lambda: len(records()) == 2 and records())
    [denied] = [one for one in found if one.get("errorCode")]
    [done] = [one for one in found if not one.get("errorCode")]
    assert denied["errorCode"] == "AccessDenied" and denied["userIdentity"]["userName"] == "recorded"
    assert done["eventSource"] == "ingest.bastide.internal" and done["readOnly"] is False
    assert done["requestParameters"]["sha256"] == hashlib.sha256(body).hexdigest()
    assert done["responseElements"]["records"] == {"cloudtrail": 1}
    assert "nobody may read" not in json.dumps(found)


def test_accounts_speak_for_themselves(fresh):
    """Who is not the operator pushes logs of their own account only."""
    dev = fresh("--dev", "--account-id", "999999999999")
    body = lines(event(1), event(2, recipientAccountId="222233334444"))
    mine = push(dev, body, credentials=(ACCOUNT, "x")).json()
    assert mine["records"] == {"cloudtrail": 1} and mine["otherAccounts"] == 1
    all_of_them = push(dev, body, credentials=("999999999999", "x")).json()
    assert all_of_them["records"] == {"cloudtrail": 2} and all_of_them["otherAccounts"] == 0


def test_acknowledged_logs_survive_crashes(own):
    """Pushed from several sides while the server is killed again and again; sent again until it is acknowledged."""
    stop, acknowledged, lock = threading.Event(), set(), threading.Lock()

    def shipper(number):
        for batch in range(10_000):
            first = 100_000 + number * 1_000_000 + batch * 20
            body = gzip.compress(lines(*(event(first + n) for n in range(20))))
            while True:
                try:
                    answer = push(own, body, name=f"{number}/{batch}")
                except requests.RequestException:
                    answer = None
                if answer is not None and answer.status_code == 200:
                    told = answer.json()
                    assert told["records"].get("cloudtrail", 0) + told["duplicates"] == 20
                    with lock:
                        acknowledged.add((number, batch))
                    break
                if stop.is_set():
                    return
                time.sleep(0.02)
            if stop.is_set():
                return

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        shippers = [pool.submit(shipper, number) for number in range(4)]
        for pause in (0.7, 0.4, 0.9, 0.5):
            time.sleep(pause)
            own.kill()
            own.start()
        enough = len(acknowledged) + 4
        wait_until(lambda: len(acknowledged) >= enough)
        stop.set()
        for one in shippers:
            one.result()
    own.kill()
    count, doubled = lake(own)
    assert doubled == 0 and count >= 20 * len(acknowledged) > 0
    own.start()
    for number, batch in sorted(acknowledged):
        first = 100_000 + number * 1_000_000 + batch * 20
        body = lines(event(first))
        assert push(own, body, name="probe").status_code == 200
        break


def test_what_is_pushed_while_the_engine_learns_again_counts_once(own):
    guardduty = own.client("guardduty", region="eu-west-1")
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    for batch in range(2):
        many = lines(*(event(batch * 15_000 + number) for number in range(14_999)), policy_change(batch * 15_000 + 14_999))
        assert push(own, gzip.compress(many, 1), name=f"old/{batch}").json()["records"] == {"cloudtrail": 15_000}
    own.kill()
    own.start()
    guardduty = own.client("guardduty", region="eu-west-1")
    for number in range(70):
        assert push(own, lines(policy_change(70_000 + number)), name=f"new/{number}").json()["records"] == {"cloudtrail": 1}

    def count():
        ids = guardduty.list_findings(
            DetectorId=detector, FindingCriteria={"Criterion": {"type": {"Eq": [LISTED]}}}
        )["FindingIds"]
        return sum(one["Service"]["Count"] for one in guardduty.get_findings(DetectorId=detector, FindingIds=ids)["Findings"])

    wait_until(lambda: count() >= 72)
    # Nothing is on its way that would count again: what is pushed now comes last.
    push(own, lines(policy_change(80_000)), name="last")
    wait_until(lambda: count() >= 73)
    assert count() == 73
    own.stop()
    assert lake(own) == (30_071, 0)


def test_a_full_disk_acknowledges_nothing(fresh, disk, tmp_path):
    """The disk of the lake first, then the one of everything."""
    small, data = disk(64), tmp_path / "data"
    data.mkdir()
    os.makedirs(os.path.join(small.folder, "lake"))
    (data / "lake").symlink_to(os.path.join(small.folder, "lake"))
    for server in (fresh("--account-id", ACCOUNT, data_dir=str(data)),
                   fresh("--account-id", ACCOUNT, data_dir=os.path.join(small.folder, "all"))):
        body = lines(*(event(n, requestParameters={"x": os.urandom(200).hex()}) for n in range(100)))
        small.fill(leave=100_000)
        assert error(push(server, body)) == (507, "StorageFullException")
        small.free()
        answer = push(server, body)
        assert answer.status_code == 200 and answer.json()["records"] == {"cloudtrail": 100}, answer.text
        server.stop()
        assert lake(server) == (100, 0)


def test_many_small_files_become_few_parts(own):
    for number in range(70):
        assert push(own, lines(event(number), event(1_000 + number))).status_code == 200
    parts = lambda: list(pathlib.Path(own.data_dir).glob("lake/cloudtrail/**/*.parquet"))
    assert len(parts()) <= 70
    wait_until(lambda: len(parts()) < 20)
    assert push(own, lines(event(5_000))).status_code == 200
    own.stop()
    assert lake(own) == (141, 0)


def test_reset_forgets_what_was_pushed(fresh):
    dev = fresh("--dev")
    body = lines(policy_change(10))
    credentials = (ACCOUNT, "x")
    assert push(dev, body, credentials=credentials).json()["records"] == {"cloudtrail": 1}
    assert dev.raw("POST", "/_bastide/reset")[0] == 200
    assert push(dev, body, credentials=credentials).json()["records"] == {"cloudtrail": 1}
