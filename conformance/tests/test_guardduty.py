"""GuardDuty as an unmodified boto3 sees it."""

import itertools
import json
import re
import urllib.request

import pytest
from botocore.exceptions import ClientError

ACCOUNTS = itertools.count(710000000001)
BAD = "BadRequestException"
NOT_OWNED = "The request is rejected because the input detectorId is not owned by the current account."
NO_SUCH = "The request is rejected since no such resource found."
INVALID = "The request is rejected because an invalid or out-of-range value is specified as an input parameter."


def refused(operation, **parameters):
    """The error's code and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def guardduty(dev_client):
    """GuardDuty of an account that nobody else has."""
    return dev_client("guardduty", credentials=(str(next(ACCOUNTS)), "x"))


@pytest.fixture
def detector(guardduty):
    return guardduty.create_detector(Enable=True)["DetectorId"]


def test_a_detector_is_made_changed_and_deleted(guardduty):
    assert guardduty.list_detectors()["DetectorIds"] == []
    made = guardduty.create_detector(Enable=True, Tags={"team": "blue"}, FindingPublishingFrequency="ONE_HOUR")
    detector = made["DetectorId"]
    assert re.fullmatch("[0-9a-f]{32}", detector) and "UnprocessedDataSources" not in made
    assert guardduty.list_detectors()["DetectorIds"] == [detector]
    shown = guardduty.get_detector(DetectorId=detector)
    assert shown["Status"] == "ENABLED" and shown["FindingPublishingFrequency"] == "ONE_HOUR"
    assert shown["ServiceRole"].endswith(":role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty")
    assert shown["Tags"] == {"team": "blue"} and shown["CreatedAt"] == shown["UpdatedAt"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", shown["CreatedAt"])
    features = {feature["Name"]: feature["Status"] for feature in shown["Features"]}
    assert list(features)[:3] == ["CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS"]
    assert features["S3_DATA_EVENTS"] == "ENABLED" and features["EBS_MALWARE_PROTECTION"] == "DISABLED"
    assert shown["DataSources"]["S3Logs"]["Status"] == "ENABLED"

    guardduty.update_detector(DetectorId=detector, Enable=False, Features=[{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}])
    shown = guardduty.get_detector(DetectorId=detector)
    assert shown["Status"] == "DISABLED" and shown["DataSources"]["S3Logs"]["Status"] == "DISABLED"
    assert shown["DataSources"]["CloudTrail"]["Status"] == "DISABLED" and shown["UpdatedAt"] > shown["CreatedAt"]
    guardduty.update_detector(DetectorId=detector, DataSources={"S3Logs": {"Enable": True}})
    features = guardduty.get_detector(DetectorId=detector)["Features"]
    assert next(it for it in features if it["Name"] == "S3_DATA_EVENTS")["Status"] == "ENABLED"

    guardduty.delete_detector(DetectorId=detector)
    assert guardduty.list_detectors()["DetectorIds"] == []
    assert refused(guardduty.get_detector, DetectorId=detector) == (BAD, NOT_OWNED)


def test_there_is_one_detector(guardduty, detector):
    taken = "The request is rejected because a detector already exists for the current account."
    assert refused(guardduty.create_detector, Enable=True) == (BAD, taken)
    # The same call made again is the same detector.
    guardduty.delete_detector(DetectorId=detector)
    made = guardduty.create_detector(Enable=True, ClientToken="once")

    assert guardduty.create_detector(Enable=True, ClientToken="once")["DetectorId"] == made["DetectorId"]


def test_errors_have_the_form_of_guardduty(guardduty, dev):
    with pytest.raises(ClientError) as caught:
        guardduty.get_detector(DetectorId="0" * 32)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-errortype"] == BAD
    assert response["Type"] == "InvalidInputException" and response["Error"]["Message"] == NOT_OWNED
    assert refused(guardduty.list_detectors, MaxResults=51) == (BAD, INVALID)
    assert refused(guardduty.list_detectors, NextToken="none")[0] == BAD


def test_what_is_not_built_says_so(guardduty, detector):
    code, message = refused(guardduty.get_malware_scan_settings, DetectorId=detector)
    assert code == "NotImplemented" and "GetMalwareScanSettings" in message
    assert refused(guardduty.list_malware_protection_plans)[0] == "NotImplemented"
    wish = [{"Name": "RUNTIME_MONITORING", "Status": "ENABLED"}]
    assert refused(guardduty.update_detector, DetectorId=detector, Features=wish)[0] == "NotImplemented"
    # Where there is a place to say why not, it is told there.
    guardduty.delete_detector(DetectorId=detector)
    scan = {"MalwareProtection": {"ScanEc2InstanceWithFindings": {"EbsVolumes": True}}}
    made = guardduty.create_detector(Enable=True, DataSources=scan)
    volumes = made["UnprocessedDataSources"]["MalwareProtection"]["ScanEc2InstanceWithFindings"]["EbsVolumes"]
    assert volumes["Status"] == "DISABLED" and "not implemented" in volumes["Reason"]


def test_samples_are_listed_read_and_counted(guardduty, detector):
    guardduty.create_sample_findings(DetectorId=detector)
    only = {"Criterion": SAMPLES}
    pages = guardduty.get_paginator("list_findings").paginate(DetectorId=detector, FindingCriteria=only)
    ids = [each for page in pages for each in page["FindingIds"]]
    assert len(ids) == len(set(ids)) >= 137
    found = [one for at in range(0, len(ids), 50) for one in guardduty.get_findings(DetectorId=detector, FindingIds=ids[at : at + 50])["Findings"]]
    assert [one["Id"] for one in found] == ids
    types = {one["Type"] for one in found}
    assert {"Recon:EC2/Portscan", "Policy:IAMUser/RootCredentialUsage", "Stealth:IAMUser/CloudTrailLoggingDisabled"} <= types
    for one in found:
        assert one["Title"].startswith("[SAMPLE] ") and one["Service"]["DetectorId"] == detector
        assert '"sample":true' in one["Service"]["AdditionalInfo"]["Value"] and one["Service"]["Count"] == 1
        assert one["Arn"].endswith(f":detector/{detector}/finding/{one['Id']}") and one["SchemaVersion"] == "2.0"
        assert one["Severity"] >= 1 and one["Service"]["Archived"] is False
    guardduty.create_sample_findings(DetectorId=detector, FindingTypes=["Recon:EC2/Portscan"])
    again = guardduty.list_findings(DetectorId=detector, FindingCriteria={"Criterion": {**SAMPLES, "service.count": {"Gt": 1}}})
    assert len(again["FindingIds"]) == 1
    assert refused(guardduty.create_sample_findings, DetectorId=detector, FindingTypes=["No:Such/Type"])[0] == BAD


def samples(guardduty, detector, *types):
    guardduty.create_sample_findings(DetectorId=detector, FindingTypes=list(types))


PORTSCAN, ROOT, EXFILTRATION = "Recon:EC2/Portscan", "Policy:IAMUser/RootCredentialUsage", "Exfiltration:S3/AnomalousBehavior"


# What the calls of the tests make findings of is not counted.
SAMPLES = {"service.additionalInfo.sample": {"Eq": ["true"]}}


def listed(guardduty, detector, criterion, **parameters):
    criteria = {"Criterion": {**SAMPLES, **criterion}}
    answer = guardduty.list_findings(DetectorId=detector, FindingCriteria=criteria, **parameters)
    ids = answer["FindingIds"]
    types = {one["Id"]: one["Type"] for one in guardduty.get_findings(DetectorId=detector, FindingIds=ids)["Findings"]}
    return [types[each] for each in ids]


def test_findings_are_found_by_every_condition(guardduty, detector):
    samples(guardduty, detector, PORTSCAN, ROOT, EXFILTRATION)
    for criterion, expected in [
        ({"type": {"Eq": [PORTSCAN]}}, {PORTSCAN}),
        ({"type": {"Equals": [PORTSCAN, ROOT]}}, {PORTSCAN, ROOT}),
        ({"type": {"Neq": [PORTSCAN]}}, {ROOT, EXFILTRATION}),
        ({"type": {"NotEquals": [PORTSCAN, ROOT]}}, {EXFILTRATION}),
        ({"severity": {"Gt": 5}}, {EXFILTRATION}),
        ({"severity": {"Gte": 5}}, {PORTSCAN, EXFILTRATION}),
        ({"severity": {"Lt": 5}}, {ROOT}),
        ({"severity": {"Lte": 5}}, {PORTSCAN, ROOT}),
        ({"severity": {"GreaterThan": 2, "LessThan": 8}}, {PORTSCAN}),
        ({"severity": {"GreaterThanOrEqual": 2, "LessThanOrEqual": 2}}, {ROOT}),
        ({"severity": {"Eq": ["8"]}}, {EXFILTRATION}),
        ({"resource.resourceType": {"Eq": ["S3Bucket"]}}, {EXFILTRATION}),
        ({"resource.instanceDetails.instanceId": {"Eq": ["i-99999999"]}}, {PORTSCAN}),
        ({"service.archived": {"Eq": ["true"]}}, set()),
        ({"updatedAt": {"GreaterThan": 1_600_000_000_000}}, {PORTSCAN, ROOT, EXFILTRATION}),
        ({"updatedAt": {"LessThan": 1_600_000_000_000}}, set()),
        ({"service.additionalInfo.sample": {"Eq": ["true"]}}, {PORTSCAN, ROOT, EXFILTRATION}),
        ({"type": {"Eq": [PORTSCAN]}, "severity": {"Gt": 5}}, set()),
    ]:
        assert set(listed(guardduty, detector, criterion)) == expected, criterion
    assert refused(guardduty.list_findings, DetectorId=detector, FindingCriteria={"Criterion": {"nothing": {"Eq": ["x"]}}})[0] == BAD


def test_findings_are_sorted_and_paged(guardduty, detector):
    samples(guardduty, detector, PORTSCAN, ROOT, EXFILTRATION)
    by = {"AttributeName": "severity", "OrderBy": "ASC"}
    assert listed(guardduty, detector, {}, SortCriteria=by) == [ROOT, PORTSCAN, EXFILTRATION]
    by = {"AttributeName": "type", "OrderBy": "DESC"}
    assert listed(guardduty, detector, {}, SortCriteria=by) == [PORTSCAN, ROOT, EXFILTRATION]
    asked = {"DetectorId": detector, "FindingCriteria": {"Criterion": SAMPLES}, "MaxResults": 2}
    first = guardduty.list_findings(**asked, SortCriteria=by)
    second = guardduty.list_findings(**asked, SortCriteria=by, NextToken=first["NextToken"])
    assert len(first["FindingIds"]) == 2 and len(second["FindingIds"]) == 1 and "NextToken" not in second
    other = {"AttributeName": "severity", "OrderBy": "DESC"}
    token = first["NextToken"]
    assert refused(guardduty.list_findings, **asked, SortCriteria=other, NextToken=token)[0] == BAD
    ids = first["FindingIds"] + second["FindingIds"]
    got = guardduty.get_findings(DetectorId=detector, FindingIds=ids, SortCriteria=other)["Findings"]
    assert [one["Severity"] for one in got] == [8.0, 5.0, 2.0]


def test_findings_are_archived_and_judged(guardduty, detector):
    samples(guardduty, detector, PORTSCAN, ROOT)
    chosen = guardduty.list_findings(DetectorId=detector, FindingCriteria={"Criterion": {**SAMPLES, "type": {"Eq": [ROOT]}}})["FindingIds"]
    guardduty.archive_findings(DetectorId=detector, FindingIds=[*chosen, "no-such-finding"])
    assert listed(guardduty, detector, {"service.archived": {"Eq": ["true"]}}) == [ROOT]
    assert listed(guardduty, detector, {"service.archived": {"Eq": ["false"]}}) == [PORTSCAN]
    guardduty.unarchive_findings(DetectorId=detector, FindingIds=chosen)
    assert listed(guardduty, detector, {"service.archived": {"Eq": ["true"]}}) == []
    guardduty.update_findings_feedback(DetectorId=detector, FindingIds=chosen, Feedback="USEFUL", Comments="yes")
    found = guardduty.get_findings(DetectorId=detector, FindingIds=chosen)["Findings"][0]
    assert found["Service"]["UserFeedback"] == "USEFUL"


def test_findings_are_counted(guardduty, detector):
    samples(guardduty, detector, PORTSCAN, ROOT, EXFILTRATION)
    only = {"DetectorId": detector, "FindingCriteria": {"Criterion": SAMPLES}}
    counts = guardduty.get_findings_statistics(**only, FindingStatisticTypes=["COUNT_BY_SEVERITY"])
    assert counts["FindingStatistics"] == {"CountBySeverity": {"2.0": 1, "5.0": 1, "8.0": 1}}

    def grouped(by, **parameters):
        return guardduty.get_findings_statistics(**only, GroupBy=by, **parameters)["FindingStatistics"]

    account = guardduty.get_detector(DetectorId=detector)["ServiceRole"].split(":")[4]
    of_account = grouped("ACCOUNT")["GroupedByAccount"]
    assert [(row["AccountId"], row["TotalFindings"]) for row in of_account] == [(account, 3)]
    assert {row["FindingType"] for row in grouped("FINDING_TYPE")["GroupedByFindingType"]} == {PORTSCAN, ROOT, EXFILTRATION}
    assert len(grouped("FINDING_TYPE", MaxResults=2)["GroupedByFindingType"]) == 2
    assert {row["Severity"] for row in grouped("SEVERITY")["GroupedBySeverity"]} == {2.0, 5.0, 8.0}
    assert {row["ResourceType"] for row in grouped("RESOURCE")["GroupedByResource"]} == {"Instance", "AccessKey", "S3Bucket"}
    assert sum(row["TotalFindings"] for row in grouped("DATE")["GroupedByDate"]) == 3
    assert refused(guardduty.get_findings_statistics, DetectorId=detector)[0] == BAD


def test_filters(guardduty, detector):
    criteria = {"Criterion": {"type": {"Equals": [PORTSCAN], "Matches": ["Recon:*"]}, "severity": {"GreaterThan": 4}}}
    made = guardduty.create_filter(DetectorId=detector, Name="portscans", Action="ARCHIVE", Description="known", FindingCriteria=criteria, Tags={"a": "b"})
    assert made["Name"] == "portscans"
    shown = guardduty.get_filter(DetectorId=detector, FilterName="portscans")
    assert shown["FindingCriteria"] == criteria and shown["Action"] == "ARCHIVE" and shown["Rank"] == 1
    assert shown["Description"] == "known" and shown["Tags"] == {"a": "b"} and shown["Version"] == 1
    taken = "The request is rejected because a filter with the given name already exists."
    assert refused(guardduty.create_filter, DetectorId=detector, Name="portscans", FindingCriteria=criteria) == (BAD, taken)
    guardduty.update_filter(DetectorId=detector, FilterName="portscans", Action="NOOP", Rank=7)
    shown = guardduty.get_filter(DetectorId=detector, FilterName="portscans")
    assert (shown["Action"], shown["Rank"], shown["Version"], shown["FindingCriteria"]) == ("NOOP", 7, 2, criteria)
    guardduty.create_filter(DetectorId=detector, Name="another", FindingCriteria=criteria)
    assert guardduty.list_filters(DetectorId=detector)["FilterNames"] == ["another", "portscans"]
    guardduty.delete_filter(DetectorId=detector, FilterName="portscans")
    assert refused(guardduty.get_filter, DetectorId=detector, FilterName="portscans") == (BAD, NO_SUCH)
    assert refused(guardduty.get_filter, DetectorId="0" * 32, FilterName="another") == (BAD, NOT_OWNED)


def test_there_are_at_most_100_filters(guardduty, detector):
    criteria = {"Criterion": {"severity": {"Gte": 4}}}
    for number in range(100):
        guardduty.create_filter(DetectorId=detector, Name=f"filter-{number:03}", FindingCriteria=criteria)
    assert refused(guardduty.create_filter, DetectorId=detector, Name="one-more", FindingCriteria=criteria)[0] == BAD
    pages = list(guardduty.get_paginator("list_filters").paginate(DetectorId=detector))
    assert [len(page["FilterNames"]) for page in pages] == [50, 50]


def test_tags(guardduty, detector):
    account = guardduty.get_detector(DetectorId=detector)["ServiceRole"].split(":")[4]
    arn = f"arn:aws:guardduty:us-east-1:{account}:detector/{detector}"
    guardduty.tag_resource(ResourceArn=arn, Tags={"a": "1", "b": "2"})
    guardduty.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}
    guardduty.create_filter(DetectorId=detector, Name="tagged", FindingCriteria={"Criterion": {"severity": {"Gte": 4}}})
    guardduty.tag_resource(ResourceArn=f"{arn}/filter/tagged", Tags={"c": "3"})
    assert guardduty.get_filter(DetectorId=detector, FilterName="tagged")["Tags"] == {"c": "3"}
    assert refused(guardduty.list_tags_for_resource, ResourceArn=f"{arn}/filter/missing")[0] == BAD
    assert refused(guardduty.tag_resource, ResourceArn=arn, Tags={"aws:own": "x"})[0] == BAD


def test_the_body_of_an_error(dev):
    """Older clients read the inner type as `__type`."""
    credentials = "Credential=710999999999/20260101/us-east-1/guardduty/aws4_request, SignedHeaders=host, Signature=00"
    request = urllib.request.Request(f"{dev.url}/detector/{'0' * 32}", headers={"Authorization": f"AWS4-HMAC-SHA256 {credentials}", "X-Amz-Date": "20260101T000000Z"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    body = json.loads(caught.value.read())
    assert body == {"message": NOT_OWNED, "type": "InvalidInputException", "__type": "InvalidInputException"}
