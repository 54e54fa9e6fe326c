"""Logs that a server follows: findings of other places' records, in GuardDuty's API."""

import gzip
import json
import os

from bastide import wait_until

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

    [stopped] = wait_until(lambda: found("Stealth:IAMUser/CloudTrailLoggingDisabled"), 30)
    assert stopped["AccountId"] == ACCOUNT and stopped["Region"] == "eu-west-1" and stopped["Service"]["Count"] == 1
    assert stopped["Resource"]["AccessKeyDetails"]["UserName"] == "mallory"
    assert stopped["Service"]["Action"]["AwsApiCallAction"]["RemoteIpDetails"]["IpAddressV4"] == "203.0.113.9"

    deliver(tmp_path, "b.json.gz", event("DeleteAccountPasswordPolicy", 2, source="iam.amazonaws.com"))
    [policy] = wait_until(lambda: found("Stealth:IAMUser/PasswordPolicyChange"), 30)

    # What was read is not read again, and what was found stays as it is.
    server.kill()
    server.start()
    deliver(tmp_path, "c.json.gz", event("StopLogging", 3, name="trail"))
    wait_until(lambda: found("Stealth:IAMUser/CloudTrailLoggingDisabled")[0]["Service"]["Count"] == 2, 30)
    assert found("Stealth:IAMUser/PasswordPolicyChange") == [policy]


def test_a_source_that_cannot_be_followed_keeps_the_server_from_starting(fresh, tmp_path):
    try:
        fresh("--dev", "--source", str(tmp_path / "nowhere"))
    except AssertionError as error:
        assert "nowhere" in str(error)
    else:
        raise AssertionError("it started")
