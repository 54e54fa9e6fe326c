"""What GuardDuty makes of what the server records, as an unmodified boto3 and a webhook see it."""

import gzip
import hashlib
import hmac
import http.server
import itertools
import json
import pathlib
import re
import threading
import time

import pytest
from bastide import wait_until
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ACCOUNTS = itertools.count(720000000001)
ROOT, PASSWORDS = "Policy:IAMUser/RootCredentialUsage", "Stealth:IAMUser/PasswordPolicyChange"
SECRET = "a secret that the webhook shares"


class Webhook:
    """Takes what it is told, unless it is to refuse an account's events so many times."""

    def __init__(self):
        self.notes, self.refusals = [], {}
        webhook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                account = json.loads(body)["account"]
                if webhook.refusals.get(account):
                    webhook.refusals[account] -= 1
                    self.send_response(503)
                else:
                    webhook.notes.append((dict(self.headers), body, time.time()))
                    self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/findings"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self, account):
        told = [json.loads(body) for _, body, _ in self.notes]
        return [event for event in told if event["account"] == account]

    def types(self, account):
        return [event["detail"]["type"] for event in self.events(account)]


@pytest.fixture(scope="module")
def webhook():
    return Webhook()


@pytest.fixture(scope="module")
def buckets(tmp_path_factory):
    return tmp_path_factory.mktemp("buckets")


@pytest.fixture(scope="module")
def watching(fresh_module, webhook, buckets, tmp_path_factory):
    secret = tmp_path_factory.mktemp("secret") / "webhook"
    secret.write_text(SECRET + "\n")
    return fresh_module(
        "--dev", "--webhook", webhook.url, "--webhook-secret-file", str(secret), "--object-store", f"file://{buckets}"
    )


class Account:
    """An account that nobody else has, with a detector."""

    def __init__(self, server, **detector):
        self.id, self.server = str(next(ACCOUNTS)), server
        self.guardduty = self.client("guardduty")
        self.detector = self.guardduty.create_detector(Enable=True, **detector)["DetectorId"]

    def client(self, service):
        return self.server.client(service, credentials=(self.id, "x"))

    def found(self, kind, **criterion):
        """The finding of a type, as soon as there is one."""
        criteria = {"Criterion": {"type": {"Eq": [kind]}, **criterion}}

        def look():
            ids = self.guardduty.list_findings(DetectorId=self.detector, FindingCriteria=criteria)["FindingIds"]
            return self.guardduty.get_findings(DetectorId=self.detector, FindingIds=ids)["Findings"]

        return wait_until(look)[0]

    def nothing(self, kind):
        criteria = {"Criterion": {"type": {"Eq": [kind]}}}
        return self.guardduty.list_findings(DetectorId=self.detector, FindingCriteria=criteria)["FindingIds"] == []


@pytest.fixture
def account(watching):
    return Account(watching)


def test_a_call_makes_a_finding(account, webhook):
    account.client("kms").list_keys()
    found = account.found(ROOT)
    assert found["AccountId"] == account.id and found["Severity"] == 2.0 and found["Region"] == "us-east-1"
    assert found["Service"]["DetectorId"] == account.detector and found["Service"]["Archived"] is False
    assert found["Resource"]["AccessKeyDetails"]["UserType"] == "Root"
    assert found["Service"]["Action"]["AwsApiCallAction"]["RemoteIpDetails"]["IpAddressV4"] == "127.0.0.1"
    assert found["Service"]["EventFirstSeen"] <= found["Service"]["EventLastSeen"]
    told = wait_until(lambda: webhook.events(account.id))[0]
    assert told["source"] == "aws.guardduty" and told["detail-type"] == "GuardDuty Finding"
    assert told["detail"]["id"] == found["Id"] and told["detail"]["type"] == ROOT


def test_the_webhook_can_tell_who_calls_it(account, webhook):
    account.client("kms").list_keys()
    wait_until(lambda: webhook.events(account.id))
    headers, body, at = next(note for note in webhook.notes if account.id.encode() in note[1])
    moment, signature = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["bastide-signature"]).groups()
    expected = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signature, expected) and abs(at - int(moment)) < 60
    assert headers["bastide-delivery"] == json.loads(body)["id"]


def test_a_webhook_that_refuses_is_told_again(account, webhook):
    webhook.refusals[account.id] = 2
    account.client("iam").update_account_password_policy(MinimumPasswordLength=6)
    wait_until(lambda: PASSWORDS in webhook.types(account.id))
    assert webhook.refusals[account.id] == 0


def test_repeated_activity_is_one_finding(watching, webhook):
    account = Account(watching, FindingPublishingFrequency="FIFTEEN_MINUTES")
    iam = account.client("iam")
    iam.update_account_password_policy(MinimumPasswordLength=6)
    first = account.found(PASSWORDS)
    wait_until(lambda: PASSWORDS in webhook.types(account.id))
    iam.update_account_password_policy(MinimumPasswordLength=7)
    again = account.found(PASSWORDS, **{"service.count": {"Gte": 2}})
    assert again["Id"] == first["Id"] and again["CreatedAt"] == first["CreatedAt"] and again["UpdatedAt"] > first["UpdatedAt"]
    # Publishers are told as often as the detector says.
    assert webhook.types(account.id).count(PASSWORDS) == 1
    watching.advance(901)
    told = wait_until(lambda: [it for it in webhook.events(account.id) if it["detail"]["type"] == PASSWORDS][1:])
    assert told[0]["detail"]["service"]["count"] == again["Service"]["Count"]


def test_what_is_archived_is_current_again_when_it_comes_again(account):
    guardduty, iam = account.guardduty, account.client("iam")
    iam.update_account_password_policy(MinimumPasswordLength=6)
    first = account.found(PASSWORDS)
    archive = lambda: guardduty.archive_findings(DetectorId=account.detector, FindingIds=[first["Id"]])
    archive()
    assert account.found(PASSWORDS)["Service"]["Archived"] is True
    iam.update_account_password_policy(MinimumPasswordLength=7)
    again = account.found(PASSWORDS, **{"service.count": {"Gte": 2}})
    assert again["Id"] == first["Id"] and again["Service"]["Archived"] is False
    # Unless a filter archives it.
    archive()
    criteria = {"Criterion": {"type": {"Eq": [PASSWORDS]}}}
    guardduty.create_filter(DetectorId=account.detector, Name="known", Action="ARCHIVE", FindingCriteria=criteria)
    iam.update_account_password_policy(MinimumPasswordLength=8)
    again = account.found(PASSWORDS, **{"service.count": {"Gte": 3}})
    assert again["Id"] == first["Id"] and again["Service"]["Archived"] is True


def test_filters_suppress(account, webhook):
    criteria = {"Criterion": {"type": {"Matches": ["Stealth:*"]}}}
    account.guardduty.create_filter(DetectorId=account.detector, Name="known", Action="ARCHIVE", FindingCriteria=criteria)
    account.client("iam").update_account_password_policy(MinimumPasswordLength=6)
    assert account.found(PASSWORDS)["Service"]["Archived"] is True
    assert account.found(ROOT)["Service"]["Archived"] is False
    # What is told later is there: so would have been what was found before.
    later = Account(account.server)
    wait_until(lambda: webhook.events(later.id))
    assert {event["detail"]["type"] for event in webhook.events(account.id)} == {ROOT}


def test_what_was_before_makes_no_findings(watching):
    number = str(next(ACCOUNTS))
    watching.client("iam", credentials=(number, "x")).update_account_password_policy(MinimumPasswordLength=6)
    watching.advance(5)
    guardduty = watching.client("guardduty", credentials=(number, "x"))
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    other = Account(watching)
    other.client("kms").list_keys()
    other.found(ROOT)
    criteria = {"Criterion": {"type": {"Eq": [PASSWORDS]}}}
    assert guardduty.list_findings(DetectorId=detector, FindingCriteria=criteria)["FindingIds"] == []


def test_a_detector_that_is_off_finds_nothing(watching):
    off, on = Account(watching), Account(watching)
    off.guardduty.update_detector(DetectorId=off.detector, Enable=False)
    for account in (off, on):
        account.client("iam").update_account_password_policy(MinimumPasswordLength=6)
    on.found(PASSWORDS)
    assert off.nothing(PASSWORDS)


def test_findings_outlive_the_server(fresh, webhook, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    server = fresh("--webhook", webhook.url, "--webhook-secret-file", str(secret))
    guardduty = server.client("guardduty")
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    iam = server.client("iam")
    iam.update_account_password_policy(MinimumPasswordLength=6)
    changed = {"type": {"Eq": [PASSWORDS]}}
    criteria = {"Criterion": changed}
    ids = wait_until(lambda: guardduty.list_findings(DetectorId=detector, FindingCriteria=criteria)["FindingIds"])
    count = guardduty.get_findings(DetectorId=detector, FindingIds=ids)["Findings"][0]["Service"]["Count"]
    wait_until(lambda: PASSWORDS in webhook.types("000000000000"))
    server.stop()
    server.start()
    guardduty, iam = server.client("guardduty"), server.client("iam")
    found = guardduty.get_findings(DetectorId=detector, FindingIds=ids)["Findings"][0]
    assert found["Service"]["Count"] == count
    # What was seen before is not seen twice; what comes now is.
    iam.update_account_password_policy(MinimumPasswordLength=7)
    criteria = {"Criterion": {**changed, "service.count": {"Gte": 2}}}
    assert wait_until(lambda: guardduty.list_findings(DetectorId=detector, FindingCriteria=criteria)["FindingIds"]) == ids
    assert guardduty.get_findings(DetectorId=detector, FindingIds=ids)["Findings"][0]["Service"]["Count"] == 2
    assert webhook.types("000000000000").count(PASSWORDS) == 1


def test_own_lists_are_read(account, buckets):
    folder = buckets / "own-lists"
    folder.mkdir(exist_ok=True)
    (folder / "bad.txt").write_text("198.51.100.7\n127.0.0.1\n")
    made = account.guardduty.create_threat_intel_set(
        DetectorId=account.detector, Name="bad", Format="TXT", Location="s3://own-lists/bad.txt", Activate=True
    )["ThreatIntelSetId"]

    def status():
        return account.guardduty.get_threat_intel_set(DetectorId=account.detector, ThreatIntelSetId=made)["Status"]

    wait_until(lambda: status() == "ACTIVE")
    account.client("kms").list_keys()
    found = account.found("Recon:IAMUser/MaliciousIPCaller.Custom")
    assert found["Service"]["Evidence"]["ThreatIntelligenceDetails"][0]["ThreatListName"] == "bad"
    account.guardduty.update_threat_intel_set(DetectorId=account.detector, ThreatIntelSetId=made, Activate=False)
    assert status() == "INACTIVE"
    account.guardduty.delete_threat_intel_set(DetectorId=account.detector, ThreatIntelSetId=made)
    assert status() == "DELETED"
    assert account.guardduty.list_threat_intel_sets(DetectorId=account.detector)["ThreatIntelSetIds"] == []
    # Nobody else's calls are held against it.
    other = Account(account.server)
    other.client("kms").list_keys()
    other.found(ROOT)
    assert other.nothing("Recon:IAMUser/MaliciousIPCaller.Custom")


def test_lists_that_cannot_be_read_say_so(account, buckets):
    made = account.guardduty.create_threat_entity_set(
        DetectorId=account.detector, Name="gone", Format="TXT", Location="s3://own-lists/gone.txt", Activate=True
    )["ThreatEntitySetId"]

    def shown():
        return account.guardduty.get_threat_entity_set(DetectorId=account.detector, ThreatEntitySetId=made)

    wait_until(lambda: shown()["Status"] == "ERROR")
    assert shown()["ErrorDetails"]
    outside = f"file://{pathlib.Path('/etc/hostname')}"
    account.guardduty.update_threat_entity_set(DetectorId=account.detector, ThreatEntitySetId=made, Location=outside, Activate=True)
    wait_until(lambda: "folder of buckets" in shown().get("ErrorDetails", ""))
    for location in ["ftp://lists/bad.txt", "https://example.com/bad.txt", "bad.txt"]:
        with pytest.raises(ClientError) as caught:
            account.guardduty.create_ip_set(DetectorId=account.detector, Name="bad", Format="TXT", Location=location, Activate=True)
        assert caught.value.response["Error"]["Code"] == "BadRequestException"


def test_findings_are_exported_encrypted(fresh, tmp_path):
    server = fresh("--object-store", f"file://{tmp_path}")
    guardduty, kms, iam = (server.client(service) for service in ("guardduty", "kms", "iam"))
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    key = kms.create_key()["KeyMetadata"]["Arn"]
    properties = {"DestinationArn": "arn:aws:s3:::exports/mine", "KmsKeyArn": key}
    wanted = {"DetectorId": detector, "DestinationType": "S3", "DestinationProperties": properties}
    # Who may not use the key may not have it used.
    iam.create_user(UserName="weak")
    may = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "guardduty:*", "Resource": "*"}}
    iam.put_user_policy(UserName="weak", PolicyName="one", PolicyDocument=json.dumps(may))
    weak = iam.create_access_key(UserName="weak")["AccessKey"]
    weak = server.client("guardduty", credentials=(weak["AccessKeyId"], weak["SecretAccessKey"]))
    with pytest.raises(ClientError) as caught:
        weak.create_publishing_destination(**wanted)
    assert "kms:GenerateDataKeyWithoutPlaintext" in caught.value.response["Error"]["Message"]
    made = guardduty.create_publishing_destination(**wanted)["DestinationId"]
    shown = guardduty.describe_publishing_destination(DetectorId=detector, DestinationId=made)
    assert shown["Status"] == "PUBLISHING" and shown["DestinationProperties"] == properties
    listed = guardduty.list_publishing_destinations(DetectorId=detector)["Destinations"]
    assert [one["DestinationId"] for one in listed] == [made]
    with pytest.raises(ClientError):
        guardduty.create_publishing_destination(**wanted)
    iam.update_account_password_policy(MinimumPasswordLength=6)
    folder = tmp_path / "exports" / "mine" / "AWSLogs" / "000000000000" / "GuardDuty" / "us-east-1"

    def exported():
        return [one for path in folder.glob("*/*/*/*.jsonl.gz") for one in opened(kms, path)]

    wait_until(lambda: PASSWORDS in {one["type"] for one in exported()})
    # What cannot be exported waits.
    kms.disable_key(KeyId=key)
    guardduty.create_sample_findings(DetectorId=detector, FindingTypes=[ROOT])

    def status():
        return guardduty.describe_publishing_destination(DetectorId=detector, DestinationId=made)["Status"]

    wait_until(lambda: status() == "UNABLE_TO_PUBLISH_FIX_DESTINATION_PROPERTY")
    kms.enable_key(KeyId=key)
    wait_until(lambda: status() == "PUBLISHING")
    assert "[SAMPLE]" in " ".join(one["title"] for one in exported())
    guardduty.delete_publishing_destination(DetectorId=detector, DestinationId=made)


def opened(kms, path):
    """The findings of an export, as the Amazon S3 Encryption Client opens it."""
    described = json.loads((path.parent / (path.name + ".instruction")).read_text())
    from base64 import b64decode

    assert described["x-amz-cek-alg"] == "AES/GCM/NoPadding" and described["x-amz-wrap-alg"] == "kms+context"
    context = json.loads(described["x-amz-matdesc"])
    key = kms.decrypt(CiphertextBlob=b64decode(described["x-amz-key-v2"]), EncryptionContext=context)["Plaintext"]
    plain = AESGCM(key).decrypt(b64decode(described["x-amz-iv"]), path.read_bytes(), None)
    return [json.loads(line) for line in gzip.decompress(plain).splitlines()]


def test_usage_is_what_was_processed(account):
    for _ in range(10):
        account.client("kms").list_keys()

    def counted():
        criteria = {"Features": ["CLOUD_TRAIL"]}
        answer = account.guardduty.get_usage_statistics(
            DetectorId=account.detector, UsageStatisticType="SUM_BY_FEATURES", UsageCriteria=criteria
        )
        rows = answer["UsageStatistics"]["SumByFeature"]
        return rows and int(rows[0]["Total"]["Amount"]) >= 10 and rows[0]["Total"]["Unit"] == "EVENTS"

    wait_until(counted)


def test_everything_can_be_forgotten(fresh):
    server = fresh("--dev")
    first = Account(server)
    first.client("iam").update_account_password_policy(MinimumPasswordLength=6)
    first.found(PASSWORDS)
    assert server.raw("POST", "/_bastide/reset")[0] == 200
    second = Account(server)
    second.client("iam").update_account_password_policy(MinimumPasswordLength=6)
    second.found(PASSWORDS)
