"""Logs that a server follows: findings of other places' records, in GuardDuty's API."""

import gzip
import json
import os
import pathlib
import re
import subprocess
import threading

import pytest
from bastide import BINARY, wait_until
from s3_server import S3Server
from test_push import push

ACCOUNT = "111122223333"


def event(operation, number, source="cloudtrail.amazonaws.com", **request):
    return {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/mallory",
            "accountId": ACCOUNT,
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "userName": "mallory",
        },
        "eventTime": f"2026-11-01T10:00:{number:02}Z",
        "eventSource": source,
        "eventName": operation,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.9",
        "userAgent": "aws-cli/2.0",
        "requestParameters": request or None,
        "responseElements": None,
        "requestID": f"r-{number}",
        "eventID": f"00000000-0000-4000-8000-{number:012}",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }


def deliver(folder, name, *events):
    """As CloudTrail delivers a file: it is there at once."""
    where = os.path.join(folder, "AWSLogs", ACCOUNT, "CloudTrail", "eu-west-1", "2026", "11", "01")
    os.makedirs(where, exist_ok=True)
    with gzip.open(os.path.join(where, f".{name}"), "wt") as file:
        json.dump({"Records": events}, file)
    os.rename(os.path.join(where, f".{name}"), os.path.join(where, name))


def test_a_server_follows_logs(fresh, tmp_path):
    deliver(tmp_path, "a.json.gz", event("StopLogging", 1, name="trail"))
    server = fresh("--dev", "--source", str(tmp_path))
    guardduty = server.client("guardduty", region="eu-west-1", credentials=(ACCOUNT, "x"))
    detector = guardduty.create_detector(Enable=True)["DetectorId"]

    def found(kind):
        ids = guardduty.list_findings(
            DetectorId=detector, FindingCriteria={"Criterion": {"type": {"Equals": [kind]}}}
        )["FindingIds"]
        return guardduty.get_findings(DetectorId=detector, FindingIds=ids)["Findings"] if ids else []

    [stopped] = wait_until(lambda: found("Stealth:IAMUser/CloudTrailLoggingDisabled"))
    assert stopped["AccountId"] == ACCOUNT and stopped["Region"] == "eu-west-1" and stopped["Service"]["Count"] == 1
    assert stopped["Resource"]["AccessKeyDetails"]["UserName"] == "mallory"
    assert stopped["Service"]["Action"]["AwsApiCallAction"]["RemoteIpDetails"]["IpAddressV4"] == "203.0.113.9"

    deliver(tmp_path, "b.json.gz", event("DeleteAccountPasswordPolicy", 2, source="iam.amazonaws.com"))
    [policy] = wait_until(lambda: found("Stealth:IAMUser/PasswordPolicyChange"))

    # What was read is not read again, and what was found stays as it is.
    server.kill()
    server.start()
    deliver(tmp_path, "c.json.gz", event("StopLogging", 3, name="trail"))
    wait_until(lambda: found("Stealth:IAMUser/CloudTrailLoggingDisabled")[0]["Service"]["Count"] == 2)
    assert found("Stealth:IAMUser/PasswordPolicyChange") == [policy]


def test_a_source_that_cannot_be_followed_keeps_the_server_from_starting(fresh, tmp_path):
    try:
        fresh("--dev", "--source", str(tmp_path / "nowhere"))
    except AssertionError as error:
        assert "nowhere" in str(error)
    else:
        raise AssertionError("it started")


def source(*arguments, status=0):
    """`bastide source …`: what it prints, or what it says on standard error."""
    done = subprocess.run([BINARY, "source", *map(str, arguments)], capture_output=True, text=True, timeout=120)
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return done.stdout if status == 0 else done.stderr


def sources(data_dir):
    return {one["path"]: one for one in json.loads(source("list", "--json", "--data-dir", data_dir))["sources"]}


class Watched:
    def __init__(self, server):
        self.guardduty = server.client("guardduty", region="eu-west-1", credentials=(ACCOUNT, "x"))
        self.detector = self.guardduty.create_detector(Enable=True)["DetectorId"]

    def findings(self):
        ids = self.guardduty.list_findings(DetectorId=self.detector)["FindingIds"]
        return self.guardduty.get_findings(DetectorId=self.detector, FindingIds=ids)["Findings"]

    def types(self):
        return {one["Type"] for one in self.findings()}

    def count(self, kind):
        return sum(one["Service"]["Count"] for one in self.findings() if one["Type"] == kind)


STOPPED, POLICY = "Stealth:IAMUser/CloudTrailLoggingDisabled", "Stealth:IAMUser/PasswordPolicyChange"
ROOT = "Policy:IAMUser/RootCredentialUsage"


def test_sources_are_registered_while_the_server_runs(fresh, tmp_path):
    logs, more = tmp_path / "logs", tmp_path / "more"
    deliver(logs, "a.json.gz", event("StopLogging", 1, name="trail"), event("ListTrails", 2))
    server = fresh("--dev")
    data = server.data_dir
    assert "No source is followed" in source("list", "--data-dir", data)
    added = source("add", logs, "--data-dir", data)
    [one] = re.findall(r"added source (s-[0-9a-f]{8}): ", added)
    wait_until(lambda: sources(data)[str(logs)]["state"] == "waiting")
    watched = Watched(server)
    wait_until(lambda: STOPPED in watched.types())
    shown = wait_until(lambda: sources(data)[str(logs)]["records"] == 2 and sources(data)[str(logs)])
    assert (shown["id"], shown["state"], shown["files"], shown["read"], shown["broken"]) == (one, "following", 1, 1, 0)
    text = source("list", "--data-dir", data)
    assert f"{one}  {logs}" in text and "1 files there, 1 read, 2 records" in text
    # A second one, by a pattern, with a broken line.
    deliver(more, "b.json.gz", event("DeleteAccountPasswordPolicy", 3, source="iam.amazonaws.com"))
    (more / "broken.json").write_text(json.dumps(event("ListTrails", 4)) + "\n" + '{"eventVersion": 3}\n')
    (more / "left.txt").write_text(json.dumps(event("ListTrails", 5)) + "\n")
    pattern = f"{more}/**/*.json*"
    source("add", pattern, "--data-dir", data)
    wait_until(lambda: POLICY in watched.types())
    shown = wait_until(lambda: sources(data)[pattern]["broken"] == 1 and sources(data)[pattern])
    assert (shown["files"], shown["read"], shown["records"]) == (2, 2, 2)
    assert "1 records could not be read" in source("list", "--data-dir", data)
    # What is registered is followed after a crash, and counts go on.
    server.kill()
    server.start()
    deliver(logs, "c.json.gz", event("ListTrails", 6))
    wait_until(lambda: sources(data)[str(logs)]["records"] == 3)
    # Removed by id, and by path; what was found stays.
    assert f"removed source {one}" in source("remove", one, "--data-dir", data)
    source("remove", pattern, "--data-dir", data)
    assert sources(data) == {}
    wait_until(lambda: json.loads((pathlib.Path(data) / "sources-status.json").read_text())["sources"] == {})
    # What comes into its folder now is not read, though what comes later elsewhere is.
    deliver(logs, "d.json.gz", event("StopLogging", 7, name="trail"))
    late = tmp_path / "late"
    deliver(late, "e.json.gz", event("ListTrails", 8))
    source("add", late, "--data-dir", data)
    wait_until(lambda: sources(data)[str(late)]["records"] == 1)
    assert watched.count(STOPPED) == watched.count(POLICY) == 1
    assert "no source" in source("remove", one, "--data-dir", data, status=1)


def test_a_source_that_fails_holds_up_no_other(fresh, tmp_path):
    s3 = S3Server("trail")
    good, gone = tmp_path / "good", tmp_path / "gone"
    for folder in (good, gone):
        folder.mkdir()
    server = fresh("--dev", environment=s3.environment)
    data = server.data_dir
    watched = Watched(server)
    source("add", gone, "--data-dir", data)
    gone.rmdir()
    s3.fails = lambda method, bucket, key: 403
    options = ("--endpoint-url", s3.url, "--region", s3.region, "--data-dir", data)
    source("add", "s3://trail/AWSLogs/", *options)
    source("add", good, "--data-dir", data)
    deliver(good, "a.json.gz", event("StopLogging", 1, name="trail"))
    wait_until(lambda: STOPPED in watched.types())
    shown = wait_until(lambda: sources(data)["s3://trail/AWSLogs/"]["state"] == "failing" and sources(data))
    assert "403" in shown["s3://trail/AWSLogs/"]["error"] and "last error" in source("list", "--data-dir", data)
    wait_until(lambda: sources(data)[str(gone)]["state"] == "failing")
    # They recover, and nothing of them is lost.
    s3.fails = lambda method, bucket, key: None
    s3.put("trail", "AWSLogs/x.json", json.dumps(event("DeleteAccountPasswordPolicy", 3, source="iam.amazonaws.com")).encode())
    gone.mkdir()
    deliver(gone, "b.json.gz", event("ListTrails", 4))
    wait_until(lambda: POLICY in watched.types())
    wait_until(lambda: sources(data)["s3://trail/AWSLogs/"]["records"] == 1)
    wait_until(lambda: sources(data)[str(gone)]["records"] == 1)
    wait_until(lambda: {one["state"] for one in sources(data).values()} == {"following"})
    s3.close()


@pytest.mark.parametrize("what", ["listing", "object"])
def test_a_source_that_is_slow_holds_up_nothing(fresh, what):
    """While it is waited for, the server's own record is watched, and logs that are pushed are taken."""
    s3, go = S3Server("trail"), threading.Event()
    s3.put("trail", "AWSLogs/a.json", json.dumps(event("StopLogging", 1, name="trail")).encode())
    s3.fails = lambda method, bucket, key: None if bool(key) != (what == "object") or go.wait(200) else 500
    server = fresh("--dev", environment=s3.environment)
    watched = Watched(server)
    options = ("--endpoint-url", s3.url, "--region", s3.region, "--data-dir", server.data_dir)
    source("add", "s3://trail/AWSLogs/", *options)
    asked = 1 if what == "listing" else 2
    wait_until(lambda: s3.asked >= asked)
    server.client("kms", region="eu-west-1", credentials=(ACCOUNT, "x")).list_keys()
    wait_until(lambda: ROOT in watched.types())
    pushed = json.dumps(event("DeleteAccountPasswordPolicy", 2, source="iam.amazonaws.com")).encode() + b"\n"
    assert push(server, pushed, credentials=(ACCOUNT, "x")).status_code == 200
    wait_until(lambda: POLICY in watched.types())
    assert STOPPED not in watched.types()
    # Nor does the server wait for it in the end.
    assert server.stop() == 0
    go.set()
    server.start()
    wait_until(lambda: STOPPED in watched.types())
    s3.close()


def test_what_cannot_be_registered(tmp_path):
    data = tmp_path / "data"
    for wrong in ("-", "s3://", tmp_path / "nowhere", "http://"):
        source("add", wrong, "--data-dir", data, status=1)
    assert "no pattern" in source("add", tmp_path, "--include", "[", "--data-dir", data, status=1)
    source("add", tmp_path, "--data-dir", data)
    assert "already" in source("add", tmp_path, "--data-dir", data, status=1)
    assert (data / "sources.json").stat().st_mode & 0o77 == 0
    text = source("list", "--data-dir", data)
    assert str(tmp_path) in text and "not looked at yet" in text


def test_help_reads_well():
    out = subprocess.run([BINARY, "source", "--help"], capture_output=True, text=True, check=True).stdout
    assert "Examples:" in out and "add" in out and "list" in out and "remove" in out


def test_arguments_are_listed_too(fresh, tmp_path):
    deliver(tmp_path, "a.json.gz", event("StopLogging", 1, name="trail"))
    server = fresh("--dev", "--source", str(tmp_path))
    watched = Watched(server)
    wait_until(lambda: STOPPED in watched.types())
    shown = wait_until(lambda: sources(server.data_dir)[str(tmp_path)]["records"] == 1 and sources(server.data_dir))
    assert shown[str(tmp_path)]["argument"] is True
    assert "(of --source)" in source("list", "--data-dir", server.data_dir)
