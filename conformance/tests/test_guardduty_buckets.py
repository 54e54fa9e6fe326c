"""GuardDuty's lists and exports in buckets of servers that speak S3: one that checks every signature, and moto's, which
we did not write."""

import gzip
import json
import re
import socket
import subprocess
import sys
from base64 import b64decode

import boto3
import pytest
from bastide import free_port, wait_until
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from s3_server import S3Server

ACCOUNT, OTHER = "111122223333", "222233334444"
ROOT, PASSWORDS = "Policy:IAMUser/RootCredentialUsage", "Stealth:IAMUser/PasswordPolicyChange"
LISTED = "Recon:IAMUser/MaliciousIPCaller.Custom"
FAILING = "UNABLE_TO_PUBLISH_FIX_DESTINATION_PROPERTY"


@pytest.fixture
def s3():
    server = S3Server("own-lists", "exports", "more-exports", region="eu-central-1", secret="wJalrXUtnFEMI/K7MDENG+bPx")
    yield server
    server.close()


class Watched:
    """An account of a dev server, with a detector."""

    def __init__(self, server, account=ACCOUNT):
        self.server, self.account = server, account
        self.guardduty, self.kms, self.iam = (self.client(name) for name in ("guardduty", "kms", "iam"))
        self.detector = self.guardduty.create_detector(Enable=True)["DetectorId"]

    def client(self, service):
        return self.server.client(service, credentials=(self.account, "x"))

    def types(self):
        ids = self.guardduty.list_findings(DetectorId=self.detector)["FindingIds"]
        found = self.guardduty.get_findings(DetectorId=self.detector, FindingIds=ids)["Findings"]
        return {one["Type"] for one in found}

    def destination(self, bucket, key=None, **more):
        key = key or self.kms.create_key()["KeyMetadata"]["Arn"]
        return self.guardduty.create_publishing_destination(
            DetectorId=self.detector,
            DestinationType="S3",
            DestinationProperties={"DestinationArn": f"arn:aws:s3:::{bucket}", "KmsKeyArn": key, **more},
        )["DestinationId"]

    def status(self, destination):
        shown = self.guardduty.describe_publishing_destination(DetectorId=self.detector, DestinationId=destination)
        return shown["Status"]

    def opened(self, metadata, body):
        """The findings of an export, as the Amazon S3 Encryption Client opens it."""
        assert metadata["x-amz-cek-alg"] == "AES/GCM/NoPadding" and metadata["x-amz-wrap-alg"] == "kms+context"
        context = json.loads(metadata["x-amz-matdesc"])
        key = self.kms.decrypt(CiphertextBlob=b64decode(metadata["x-amz-key-v2"]), EncryptionContext=context)["Plaintext"]
        plain = AESGCM(key).decrypt(b64decode(metadata["x-amz-iv"]), body, None)
        assert len(plain) == int(metadata["x-amz-unencrypted-content-length"])
        return [json.loads(line) for line in gzip.decompress(plain).splitlines()]

    def exported(self, s3, bucket):
        return [
            finding
            for key in s3.keys(bucket, ".jsonl.gz")
            for finding in self.opened(s3.objects[bucket][key].metadata, s3.objects[bucket][key].body)
        ]


def serve(fresh, s3, *arguments):
    return fresh("--dev", "--object-store", s3.url, *arguments, environment=s3.environment)


def test_lists_are_read_from_a_bucket(fresh, s3):
    s3.put("own-lists", "bad/addresses of today+1.txt", b"198.51.100.7\n127.0.0.1\n")
    watched = Watched(serve(fresh, s3))
    made = watched.guardduty.create_threat_intel_set(
        DetectorId=watched.detector, Name="bad", Format="TXT", Activate=True,
        Location="https://s3.amazonaws.com/own-lists/bad/addresses of today+1.txt",
    )["ThreatIntelSetId"]

    def list_status():
        return watched.guardduty.get_threat_intel_set(DetectorId=watched.detector, ThreatIntelSetId=made)["Status"]

    wait_until(lambda: list_status() == "ACTIVE")
    watched.kms.list_keys()
    wait_until(lambda: LISTED in watched.types())
    # What is trusted is held against nobody.
    s3.put("own-lists", "good.txt", b"127.0.0.0/8\n")
    trusted = watched.guardduty.create_ip_set(
        DetectorId=watched.detector, Name="good", Format="TXT", Location="s3://own-lists/good.txt", Activate=True
    )["IpSetId"]
    wait_until(lambda: watched.guardduty.get_ip_set(DetectorId=watched.detector, IpSetId=trusted)["Status"] == "ACTIVE")
    assert s3.refused == []


def test_a_list_that_a_server_does_not_give(fresh, s3):
    s3.put("own-lists", "bad.txt", b"198.51.100.7\n")
    watched = Watched(serve(fresh, s3))

    def made(location):
        return watched.guardduty.create_threat_entity_set(
            DetectorId=watched.detector, Name=location[-20:], Format="TXT", Location=location, Activate=True
        )["ThreatEntitySetId"]

    def shown(one):
        return watched.guardduty.get_threat_entity_set(DetectorId=watched.detector, ThreatEntitySetId=one)

    gone, forbidden = made("s3://own-lists/gone.txt"), made("s3://own-lists/bad.txt")
    wait_until(lambda: "NoSuchKey" in shown(gone).get("ErrorDetails", ""))
    wait_until(lambda: shown(forbidden)["Status"] == "ACTIVE")
    s3.fails = lambda method, bucket, key: 403
    watched.guardduty.update_threat_entity_set(DetectorId=watched.detector, ThreatEntitySetId=forbidden, Activate=True)
    wait_until(lambda: shown(forbidden)["Status"] == "ERROR")
    assert "403" in shown(forbidden)["ErrorDetails"]
    s3.fails = lambda method, bucket, key: None
    watched.guardduty.update_threat_entity_set(DetectorId=watched.detector, ThreatEntitySetId=forbidden, Activate=True)
    wait_until(lambda: shown(forbidden)["Status"] == "ACTIVE")


def test_a_bucket_of_somebody_else(fresh, s3):
    """S3 is told whose bucket is expected, and refuses."""
    s3.put("own-lists", "bad.txt", b"198.51.100.7\n127.0.0.1\n")
    watched = Watched(serve(fresh, s3))
    with pytest.raises(ClientError) as caught:
        watched.destination("exports", ExpectedBucketOwner=OTHER)
    assert "403" in caught.value.response["Error"]["Message"] and s3.objects["exports"] == {}
    made = watched.destination("exports", ExpectedBucketOwner=ACCOUNT)
    with pytest.raises(ClientError):
        watched.guardduty.update_publishing_destination(
            DetectorId=watched.detector, DestinationId=made, DestinationProperties={"ExpectedBucketOwner": OTHER}
        )
    watched.iam.update_account_password_policy(MinimumPasswordLength=6)
    wait_until(lambda: PASSWORDS in {one["type"] for one in watched.exported(s3, "exports")})
    made = watched.guardduty.create_threat_entity_set(
        DetectorId=watched.detector, Name="bad", Format="TXT", Location="s3://own-lists/bad.txt", Activate=True,
        ExpectedBucketOwner=OTHER,
    )["ThreatEntitySetId"]
    shown = lambda: watched.guardduty.get_threat_entity_set(DetectorId=watched.detector, ThreatEntitySetId=made)
    wait_until(lambda: shown()["Status"] == "ERROR")
    assert "403" in shown()["ErrorDetails"] and shown()["ExpectedBucketOwner"] == OTHER
    watched.guardduty.update_threat_entity_set(
        DetectorId=watched.detector, ThreatEntitySetId=made, ExpectedBucketOwner=ACCOUNT, Activate=True
    )
    wait_until(lambda: shown()["Status"] == "ACTIVE")


def test_findings_are_exported_into_a_bucket(fresh, s3):
    watched = Watched(serve(fresh, s3))
    destination = watched.destination("exports/all findings")
    watched.iam.update_account_password_policy(MinimumPasswordLength=6)
    wait_until(lambda: PASSWORDS in {one["type"] for one in watched.exported(s3, "exports")})
    form = rf"all findings/AWSLogs/{ACCOUNT}/GuardDuty/us-east-1/\d{{4}}/\d\d/\d\d/[0-9a-f-]{{36}}\.jsonl\.gz"
    assert all(re.fullmatch(form, key) for key in s3.keys("exports", ".jsonl.gz"))
    assert s3.refused == [] and watched.status(destination) == "PUBLISHING"


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_what_a_bucket_does_not_take_waits(fresh, s3, status):
    """Nothing is lost, and what one account's bucket does not take holds up no other account."""
    s3.fails = lambda method, bucket, key: status if bucket == "exports" and key.endswith(".jsonl.gz") else None
    server = serve(fresh, s3)
    watched, other = Watched(server), Watched(server, OTHER)
    destination = watched.destination("exports")
    other.destination("more-exports")
    watched.guardduty.create_sample_findings(DetectorId=watched.detector, FindingTypes=[ROOT, PASSWORDS])
    wait_until(lambda: watched.status(destination) == FAILING)
    shown = watched.guardduty.describe_publishing_destination(DetectorId=watched.detector, DestinationId=destination)
    assert shown["PublishingFailureStartTimestamp"] > 0
    other.guardduty.create_sample_findings(DetectorId=other.detector, FindingTypes=[ROOT])
    wait_until(lambda: other.exported(s3, "more-exports"))
    assert s3.keys("exports", ".jsonl.gz") == []
    s3.fails = lambda method, bucket, key: None
    wait_until(lambda: {one["type"] for one in watched.exported(s3, "exports")} >= {ROOT, PASSWORDS})
    wait_until(lambda: watched.status(destination) == "PUBLISHING")
    ids = [one["id"] for one in watched.exported(s3, "exports") if "[SAMPLE]" in one["title"]]
    assert len(ids) == len(set(ids)) == 2


def test_a_slow_bucket_and_one_that_is_away(fresh, s3):
    watched = Watched(serve(fresh, s3))
    destination = watched.destination("exports")
    s3.delay = 2
    watched.guardduty.create_sample_findings(DetectorId=watched.detector, FindingTypes=[ROOT])
    wait_until(lambda: watched.exported(s3, "exports"))
    assert watched.status(destination) == "PUBLISHING"
    s3.delay = 0
    # Nobody listens for a while, and the server is killed meanwhile.
    port = s3.server.server_port
    s3.close()
    watched.guardduty.create_sample_findings(DetectorId=watched.detector, FindingTypes=[PASSWORDS])
    wait_until(lambda: watched.status(destination) == FAILING)
    watched.server.kill()
    watched.server.start()
    again = S3Server("exports", region=s3.region, secret=s3.secret, port=port)
    try:
        wait_until(lambda: PASSWORDS in {one["type"] for one in watched.exported(again, "exports")})
        wait_until(lambda: watched.status(destination) == "PUBLISHING")
    finally:
        again.close()


def test_a_destination_that_cannot_be_written_to_is_refused(fresh, s3):
    watched = Watched(serve(fresh, s3))
    key = watched.kms.create_key()["KeyMetadata"]["Arn"]

    def refused(bucket):
        with pytest.raises(ClientError) as caught:
            watched.destination(bucket, key)
        assert caught.value.response["Error"]["Code"] == "BadRequestException"
        assert "destinationArn" in caught.value.response["Error"]["Message"]

    refused("no-such-bucket")
    s3.fails = lambda method, bucket, key: 403 if method == "PUT" and bucket == "exports" else None
    refused("exports")
    assert watched.guardduty.list_publishing_destinations(DetectorId=watched.detector)["Destinations"] == []
    made = watched.destination("more-exports", key)
    properties = {"DestinationArn": "arn:aws:s3:::exports", "KmsKeyArn": key}
    with pytest.raises(ClientError):
        watched.guardduty.update_publishing_destination(
            DetectorId=watched.detector, DestinationId=made, DestinationProperties=properties
        )
    shown = watched.guardduty.describe_publishing_destination(DetectorId=watched.detector, DestinationId=made)
    assert shown["DestinationProperties"]["DestinationArn"] == "arn:aws:s3:::more-exports"


def test_credentials_that_are_wrong(fresh, s3):
    environment = {**s3.environment, "AWS_SECRET_ACCESS_KEY": "another"}
    watched = Watched(fresh("--dev", "--object-store", s3.url, environment=environment))
    with pytest.raises(ClientError) as caught:
        watched.destination("exports")
    assert "SignatureDoesNotMatch" in caught.value.response["Error"]["Message"]
    assert s3.objects["exports"] == {}


@pytest.fixture(scope="module")
def moto():
    """The address of moto's S3, a process of its own."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )

    def listens():
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens)
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


def test_with_motos_s3(fresh, moto):
    s3 = boto3.client(
        "s3", endpoint_url=moto, region_name="us-east-1", aws_access_key_id="AKIA", aws_secret_access_key="secret"
    )
    for bucket in ("lists-of-ours", "findings-of-ours"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="lists-of-ours", Key="bad ones/today.txt", Body=b"127.0.0.1\n")
    environment = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
    watched = Watched(fresh("--dev", "--object-store", moto, environment=environment))
    with pytest.raises(ClientError) as caught:
        watched.destination("not-ours")
    assert "NoSuchBucket" in caught.value.response["Error"]["Message"]
    watched.destination("findings-of-ours/here")
    made = watched.guardduty.create_threat_intel_set(
        DetectorId=watched.detector, Name="bad", Format="TXT", Location="s3://lists-of-ours/bad ones/today.txt", Activate=True
    )["ThreatIntelSetId"]
    shown = lambda: watched.guardduty.get_threat_intel_set(DetectorId=watched.detector, ThreatIntelSetId=made)
    wait_until(lambda: shown()["Status"] == "ACTIVE")
    watched.kms.list_keys()

    def exported():
        listed = s3.list_objects_v2(Bucket="findings-of-ours", Prefix="here/AWSLogs/").get("Contents", [])
        for key in (one["Key"] for one in listed if one["Key"].endswith(".jsonl.gz")):
            read = s3.get_object(Bucket="findings-of-ours", Key=key)
            yield from watched.opened(read["Metadata"], read["Body"].read())

    wait_until(lambda: LISTED in {one["type"] for one in exported()})
