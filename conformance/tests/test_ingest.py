"""`bastide ingest`: logs as they come, whole or damaged, into a report; each record once, also across kill -9."""

import gzip
import io
import json
import os
import re
import signal
import subprocess
import time
from html.parser import HTMLParser

import pytest
from bastide import BINARY, wait_until
from s3_server import S3Server

ACCOUNT = "111122223333"


def ingest(*arguments, stdin=None, status=0):
    """`bastide ingest …`: what it prints, and what it says on standard error."""
    done = subprocess.run([BINARY, "ingest", *map(str, arguments)], input=stdin, capture_output=True, timeout=120)
    assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
    return done.stdout.decode(), done.stderr.decode()


def event(number, name="GetObject", source="s3.amazonaws.com", user="alice", address="198.51.100.7", **more):
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_700_000_000 + number))
    return {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": f"AIDA{user.upper()}",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}",
            "accountId": ACCOUNT,
            "accessKeyId": f"AKIA{user.upper()}",
            "userName": user,
        },
        "eventTime": moment,
        "eventSource": source,
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": address,
        "userAgent": "aws-cli/2",
        "requestParameters": None,
        "responseElements": None,
        "eventID": f"00000000-0000-4000-8000-{number:012}",
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
        "readOnly": True,
        "managementEvent": True,
        "eventCategory": "Management",
        **more,
    }


def document(events):
    return json.dumps({"Records": events}).encode()


def delivered(folder, number, events):
    """A file as a trail delivers it."""
    at = time.gmtime(1_700_000_000 + number)
    path = folder / "AWSLogs" / "o-abcdefghij" / ACCOUNT / "CloudTrail" / "eu-west-1" / time.strftime("%Y/%m/%d", at)
    path.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%dT%H%MZ", at)
    file = path / f"{ACCOUNT}_CloudTrail_eu-west-1_{stamp}_{number:016}.json.gz"
    file.write_bytes(gzip.compress(document(events)))
    return file


def kept(data_dir):
    """How many CloudTrail events the lake of a data folder holds, and how often the most frequent one."""
    out, _ = ingest("--data-dir", data_dir, "-q")
    found = re.search(r"Read ([\d,]+) CloudTrail event", out)
    doubled = re.search(r"([\d,]+) records? came twice", out)
    number = lambda match: int(match.group(1).replace(",", "")) if match else 0
    return number(found), number(doubled)


@pytest.fixture
def lists(tmp_path):
    """A folder of threat lists that holds 203.0.113.66."""
    folder = tmp_path / "lists"
    (folder / "malicious").mkdir(parents=True)
    (folder / "malicious" / "ours.txt").write_text("203.0.113.66\n")
    return folder


@pytest.fixture
def attacked(tmp_path, lists):
    """A folder of logs in which an address on a list calls."""
    folder = tmp_path / "logs"
    for number in range(0, 600, 60):
        delivered(folder, number, [event(number + n) for n in range(5)])
    delivered(folder, 700, [event(700, "ListUsers", "iam.amazonaws.com", "mallory", "203.0.113.66")])
    return folder


def test_a_folder_as_trails_deliver_it(attacked, lists):
    out, _ = ingest(attacked, "--intel", lists)
    assert "Read 51 CloudTrail events from 11 files, 2023-11-14 22:13:20 to 22:25:00 UTC" in out
    assert "user mallory in account 111122223333" in out
    assert "203.0.113.66" in out and "ours.txt" in out


def test_findings_in_each_format(attacked, lists):
    guardduty = json.loads(ingest(attacked, "--intel", lists, "--format", "json")[0])
    asff = json.loads(ingest(attacked, "--intel", lists, "--format", "asff")[0])
    ocsf = json.loads(ingest(attacked, "--intel", lists, "--format", "ocsf")[0])
    assert len(guardduty) == len(asff) == len(ocsf) > 0
    one = next(finding for finding in guardduty if "MaliciousIPCaller" in finding["type"])
    assert one["accountId"] == ACCOUNT and one["region"] == "eu-west-1"
    assert all(finding["SchemaVersion"] == "2018-10-08" for finding in asff)
    assert all(finding["class_uid"] == 2004 for finding in ocsf)


def test_the_same_logs_give_the_same_findings_however_many_threads(attacked, lists):
    runs = {ingest(attacked, "--intel", lists, "--format", "json", "--threads", threads)[0] for threads in (1, 2, 7)}
    assert len(runs) == 1


def test_exit_statuses(attacked, lists, tmp_path):
    ingest(attacked, "--intel", lists)
    ingest(attacked, "--intel", lists, "--fail-on", "low", status=1)
    ingest(attacked, "--intel", lists, "--fail-on", "critical")
    _, errors = ingest(tmp_path / "nowhere", status=2)
    assert errors.startswith("bastide: ") and "nowhere" in errors
    ingest("--nonsense", status=2)
    ingest(status=2)
    ingest(attacked, "--format", "json,asff", status=2)
    ingest(attacked, "--intel", tmp_path / "none", status=2)


class Page(HTMLParser):
    """What a page loads, and whether its elements close."""

    VOID = {"meta", "br", "line", "circle", "rect", "path"}

    def __init__(self):
        super().__init__()
        self.loads, self.tags, self.open, self.ids = [], set(), [], []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        for name, value in attributes:
            if name in ("src", "data", "action", "srcset", "xlink:href") or (name == "href" and not value.startswith("#")):
                self.loads.append((tag, name, value))
            if name.startswith("on"):
                self.loads.append((tag, name, value))
            if name == "id":
                self.ids.append(value)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_report(attacked, lists, tmp_path):
    bad = "<script>alert(1)</script>\u202e\"'&"
    delivered(attacked, 800, [event(800, "ListUsers", "iam.amazonaws.com", bad, "203.0.113.66", userAgent=bad)])
    folder = tmp_path / "report"
    out, _ = ingest(attacked, "--intel", lists, "--report", "--output", folder)
    assert "Written: " in out and "\u202e" not in out
    assert {path.name for path in folder.iterdir()} == {
        "report.html", "findings.json", "findings.asff.json", "findings.ocsf.json", "summary.txt", "rejected.jsonl",
    }
    text = (folder / "report.html").read_text()
    page = Page()
    page.feed(text)
    assert page.open == [] and page.loads == []
    assert "script" not in page.tags and "link" not in page.tags and "url(" not in text and "@import" not in text
    assert "default-src 'none'" in text and len(page.ids) == len(set(page.ids))
    assert "\u202e" not in text and "&lt;script&gt;" in text
    for finding in json.loads((folder / "findings.json").read_text()):
        assert f"f-{finding['id']}" in page.ids
    assert page.tags >= {"svg", "title", "desc", "h1", "main", "table"}


def test_plain_lines_standard_input_and_pretty_printed(tmp_path):
    lines = b"\n".join(json.dumps(event(n)).encode() for n in range(7))
    assert "Read 7 CloudTrail events" in ingest("-", stdin=lines)[0]
    assert "Read 7 CloudTrail events" in ingest("-", stdin=gzip.compress(lines))[0]
    pretty = tmp_path / "pretty.json"
    pretty.write_text(json.dumps({"Records": [event(n) for n in range(4)]}, indent=2))
    assert "Read 4 CloudTrail events" in ingest(pretty)[0]


def test_truncated_gzip_gives_what_was_readable(tmp_path):
    lines = b"".join(json.dumps(event(n, userAgent=os.urandom(40).hex())).encode() + b"\n" for n in range(2_000))
    whole = gzip.compress(lines)
    file = tmp_path / "cut.json.gz"
    file.write_bytes(whole[: len(whole) // 2])
    out, _ = ingest(file)
    count = int(re.search(r"Read ([\d,]+) CloudTrail", out).group(1).replace(",", ""))
    assert 700 < count < 1_300
    assert "1 file could not be read to its end" in out and "cut off" in out


def test_a_bomb_is_left(tmp_path):
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as file:
        file.write(json.dumps(event(1)).encode() + b"\n")
        for _ in range(300):
            file.write(b" " * (1 << 20))
    (tmp_path / "bomb.json.gz").write_bytes(packed.getvalue())
    (tmp_path / "good.json").write_bytes(json.dumps(event(2)).encode() + b"\n")
    began = time.monotonic()
    out, _ = ingest(tmp_path)
    assert "no log does that" in out and "CloudTrail event" in out
    assert time.monotonic() - began < 60


def test_broken_lines_are_kept_aside_with_their_reasons(tmp_path):
    lines = [json.dumps(event(n)).encode() for n in range(6)]
    lines[1] = lines[1][:-20]
    lines[3] = lines[3].replace(b"alice", b"al\xffice", 1)
    file = tmp_path / "trail.json"
    file.write_bytes(b"\n".join(lines) + b"\n")
    out, _ = ingest(file, "--output", tmp_path / "out", "--format", "json")
    rejected = [json.loads(line) for line in (tmp_path / "out" / "rejected.jsonl").read_text().splitlines()]
    assert 1 <= len(rejected) <= 3 and all(line["reason"] and line["file"].endswith("trail.json") for line in rejected)
    assert f"{len(rejected)} record" in out and f"the first in `{rejected[0]['file']}`" in out
    count = int(re.search(r"Read ([\d,]+) CloudTrail", out).group(1))
    assert count >= 4


def test_what_comes_twice_counts_once(tmp_path):
    events = [event(n) for n in range(20)]
    delivered(tmp_path, 100, events)
    delivered(tmp_path, 200, events[10:] + [event(50)])
    out, _ = ingest(tmp_path)
    assert "10 records came twice and count once" in out


def test_a_copy_of_a_file_is_known(tmp_path):
    file = delivered(tmp_path, 100, [event(n) for n in range(20)])
    (tmp_path / "copy.json.gz").write_bytes(file.read_bytes())
    out, _ = ingest(tmp_path)
    assert "Read 20 CloudTrail events" in out and "known under another name" in out


def test_files_are_read_once_and_gone_on_with(tmp_path):
    logs, data = tmp_path / "logs", tmp_path / "data"
    logs.mkdir()
    file = logs / "trail.json"
    line = lambda n: json.dumps(event(n)).encode() + b"\n"
    file.write_bytes(b"".join(line(n) for n in range(10)))
    ingest(logs, "--data-dir", data)
    assert kept(data) == (10, 0)
    ingest(logs, "--data-dir", data)
    assert kept(data) == (10, 0)
    # It grows, with half a line at its end, which is finished later.
    with open(file, "ab") as out:
        out.write(line(10) + line(11)[:-30])
    ingest(logs, "--data-dir", data)
    assert kept(data) == (11, 0)
    with open(file, "ab") as out:
        out.write(line(11)[-30:] + line(12))
    ingest(logs, "--data-dir", data)
    assert kept(data) == (13, 0)
    # It is rotated.
    file.rename(logs / "trail.json.1")
    file.write_bytes(b"".join(line(n) for n in range(13, 20)))
    ingest(logs, "--data-dir", data)
    assert kept(data) == (20, 0)
    # And packed.
    (logs / "trail.json.1.gz").write_bytes(gzip.compress((logs / "trail.json.1").read_bytes()))
    (logs / "trail.json.1").unlink()
    ingest(logs, "--data-dir", data)
    assert kept(data) == (20, 0)


def test_killed_at_any_moment_each_record_is_there_once(tmp_path):
    logs, data = tmp_path / "logs", tmp_path / "data"
    total = 0
    for number in range(40):
        padding = os.urandom(2_000).hex()
        events = [event(number * 100 + n, requestParameters={"x": padding}) for n in range(60)]
        total += len(events)
        delivered(logs, number * 100, events)
    big = b"".join(json.dumps(event(100_000 + n)).encode() + b"\n" for n in range(30_000))
    (logs / "big.json").write_bytes(big)
    total += 30_000
    for delay in (0.03, 0.1, 0.2, 0.4, 0.8):
        process = subprocess.Popen(
            [BINARY, "ingest", str(logs), "--data-dir", str(data), "-q"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    ingest(logs, "--data-dir", data)
    assert kept(data) == (total, 0)


def test_follow(tmp_path, lists):
    logs = tmp_path / "logs"
    logs.mkdir()
    file = logs / "trail.json"
    file.write_bytes(json.dumps(event(0)).encode() + b"\n")
    printed = tmp_path / "printed"
    with open(printed, "wb") as out:
        process = subprocess.Popen(
            [BINARY, "ingest", str(logs), "--follow", "--interval", "1", "--format", "json", "--intel", str(lists)],
            stdout=out, stderr=subprocess.PIPE,
        )
    try:
        with open(file, "ab") as out:
            call = json.dumps(event(5, "ListUsers", "iam.amazonaws.com", "mallory", "203.0.113.66")).encode()
            out.write(call[:100])
            out.flush()
            time.sleep(0.1)
            out.write(call[100:] + b"\n")
        wait_until(lambda: b"MaliciousIPCaller" in printed.read_bytes())
        (logs / "new.json").write_bytes(
            json.dumps(event(9, "ListUsers", "iam.amazonaws.com", "trudy", "203.0.113.66")).encode() + b"\n"
        )
        wait_until(lambda: b"trudy" in printed.read_bytes())
    finally:
        process.kill()
        errors = process.communicate()[1]
    assert errors == b""


def test_flow_logs_and_queries_side_by_side(tmp_path):
    flows = "".join(
        f"2 {ACCOUNT} eni-1 10.0.0.5 203.0.113.9 {40_000 + n} 443 6 10 840 {1_700_000_000 + n} {1_700_000_060 + n} ACCEPT OK\n"
        for n in range(50)
    )
    header = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n"
    (tmp_path / "flow.log.gz").write_bytes(gzip.compress((header + flows).encode()))
    query = {
        "version": "1.1", "account_id": ACCOUNT, "region": "eu-west-1", "vpc_id": "vpc-1",
        "query_timestamp": "2023-11-14T22:13:20Z", "query_name": "example.com.", "query_type": "A",
        "query_class": "IN", "rcode": "NOERROR", "answers": [], "srcaddr": "10.0.0.5", "srcport": "5353",
        "transport": "UDP", "srcids": {"instance": "i-1"},
    }
    (tmp_path / "dns.log").write_text(json.dumps(query) + "\n")
    out, _ = ingest(tmp_path)
    assert "50 flow records" in out and "1 DNS query" in out
    data = tmp_path / "data"
    ingest(tmp_path / "flow.log.gz", "--data-dir", data)
    parts = list(data.glob("lake/flow/account=*/region=*/day=2023-11-14/*.parquet"))
    assert len(parts) == 1 and parts[0].read_bytes()[:4] == b"PAR1"
    # What the lake keeps can be ingested as what AWS delivers.
    assert "50 flow records" in ingest(parts[0])[0]


def test_help_reads_well():
    out = subprocess.run([BINARY, "ingest", "--help"], capture_output=True, text=True, check=True).stdout
    assert "Exit status:" in out and "--fail-on" in out and "--follow" in out


@pytest.fixture
def bucket():
    """A server with the buckets `trail` and `public`, which answers in pages of two."""
    server = S3Server("trail", "public", page=2)
    yield server
    server.close()


def test_buckets_and_files_over_http(bucket, tmp_path, monkeypatch):
    endpoint = bucket.url
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    for number in range(5):
        file = delivered(tmp_path, number * 60, [event(number * 60 + n) for n in range(10)])
        bucket.put("trail", "my logs+/" + str(file.relative_to(tmp_path)), file.read_bytes())
    noise = os.urandom(9_000_000).hex()
    big = b"".join(json.dumps(event(5_000 + n, requestParameters={"x": noise[n * 9_000:(n + 1) * 9_000]})).encode() + b"\n" for n in range(2_000))
    bucket.put("trail", "big.json", big)
    bucket.put("public", "big.json", big)
    options = ("--endpoint-url", endpoint, "--region", "eu-west-1")
    assert "Read 50 CloudTrail events from 5 files" in ingest("s3://trail/my logs+/", *options)[0]
    assert "Read 10 CloudTrail events from 1 file" in ingest("s3://trail/my logs+/**/*_0000000000000060.json.gz", *options)[0]
    assert "Read 2,000 CloudTrail events" in ingest("s3://trail/big.json", *options)[0]
    assert "Read 2,000 CloudTrail events" in ingest(f"{endpoint}/public/big.json")[0]
    data = tmp_path / "data"
    for _ in range(2):
        ingest("s3://trail/", *options, "--data-dir", data)
    assert kept(data) == (2_050, 0)
    assert bucket.refused == []
    _, errors = ingest("s3://trail/", "--endpoint-url", endpoint, "--region", "eu-west-2", status=2)
    assert "AuthorizationHeaderMalformed" in errors
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    _, errors = ingest("s3://trail/", *options, status=2)
    assert "SignatureDoesNotMatch" in errors
    _, errors = ingest(f"{endpoint}/public/none", status=2)
    assert "404" in errors


def test_objects_of_a_bucket_are_asked_for_together(bucket, tmp_path, monkeypatch):
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    bucket.page, bucket.delay = 1000, 0.05
    for number in range(120):
        file = delivered(tmp_path, number * 60, [event(number * 60 + n) for n in range(3)])
        bucket.put("trail", file.name, file.read_bytes())
    options = ("--endpoint-url", bucket.url, "--region", "eu-west-1", "--threads", "1")
    assert "Read 360 CloudTrail events from 120 files" in ingest("s3://trail/", *options)[0]
    assert 8 <= bucket.most <= 32
    assert bucket.refused == []


RULE = """
title: Users are listed
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventSource: iam.amazonaws.com, eventName: ListUsers}
  condition: selection
level: high
"""


def test_rules_of_ones_own(attacked, tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    _, errors = ingest(attacked, "--rules", rules, status=2)
    assert "no rule" in errors
    (rules / "one.yml").write_text(RULE)
    findings = json.loads(ingest(attacked, "--rules", rules, "--format", "json")[0])
    assert any("Users are listed" in json.dumps(finding) for finding in findings)
    out, _ = ingest(attacked, "--rules", rules, "--try-rules")
    assert "Tried on 51 records." in out and "1 of 51 records Users are listed" in out
