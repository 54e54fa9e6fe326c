"""CloudTrail as an unmodified boto3 sees it: LookupEvents over what happened, and what a record says."""

import datetime
import json
import uuid

import pytest
from botocore.exceptions import ClientError
from signing import Request

UTC = datetime.timezone.utc
ACCOUNT = "000000000000"


@pytest.fixture(scope="module")
def server(fresh_module):
    return fresh_module()


@pytest.fixture(scope="module")
def trail(server):
    return server.client("cloudtrail")


@pytest.fixture
def name():
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def key(server):
    return server.client("kms").create_key()["KeyMetadata"]


def lookup(trail, attribute=None, value=None, **parameters):
    """All events with an attribute, newest first."""
    if attribute:
        parameters["LookupAttributes"] = [{"AttributeKey": attribute, "AttributeValue": value}]
    pages = trail.get_paginator("lookup_events").paginate(**parameters)
    return [event for page in pages for event in page["Events"]]


def names(events):
    return [event["EventName"] for event in events]


def record_of(event):
    return json.loads(event["CloudTrailEvent"])


def record(trail, answer):
    """The record of a call that boto3 made."""
    request_id = answer["ResponseMetadata"]["RequestId"]
    found = [r for r in map(record_of, trail.lookup_events(MaxResults=50)["Events"]) if r["requestID"] == request_id]
    assert len(found) == 1, "a call has one record"
    return found[0]


def refused(call, **parameters):
    """The answer of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response


# Looking up


def test_an_event_is_found_by_each_attribute(server, trail, name):
    iam, kms = server.client("iam"), server.client("kms")
    iam.create_user(UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    access = iam.create_access_key(UserName=name)["AccessKey"]
    mine = server.client("kms", credentials=(access["AccessKeyId"], access["SecretAccessKey"]))
    key = mine.create_key()["KeyMetadata"]
    mine.describe_key(KeyId=key["KeyId"])
    kms.describe_key(KeyId=key["KeyId"])

    assert names(lookup(trail, "Username", name)) == ["DescribeKey", "CreateKey"]
    assert names(lookup(trail, "AccessKeyId", access["AccessKeyId"])) == ["DescribeKey", "CreateKey"]
    for resource in (key["Arn"], key["KeyId"]):
        assert names(lookup(trail, "ResourceName", resource)) == ["DescribeKey", "DescribeKey", "CreateKey"]
    assert names(lookup(trail, "ResourceName", name))[-1] == "CreateUser"
    made = lookup(trail, "Username", name)[1]
    assert names(lookup(trail, "EventId", made["EventId"])) == ["CreateKey"]
    assert made["EventId"] in {event["EventId"] for event in lookup(trail, "EventName", "CreateKey")}
    assert set(names(lookup(trail, "EventName", "CreateKey"))) == {"CreateKey"}
    for value in ("true", "false"):
        found = lookup(trail, "ReadOnly", value)
        assert {event["ReadOnly"] for event in found} == {value}
        assert ("CreateKey" in names(found)) == (value == "false")
    found = lookup(trail, "EventSource", "kms.amazonaws.com")
    assert {event["EventSource"] for event in found} == {"kms.amazonaws.com"} and "CreateUser" not in names(found)
    found = lookup(trail, "ResourceType", "AWS::KMS::Key")
    assert "CreateKey" in names(found) and "CreateUser" not in names(found)
    for attribute, value in (("Username", "nobody"), ("EventId", str(uuid.uuid4())), ("EventId", "x"), ("ReadOnly", "maybe"),
                             ("ResourceName", "x" * 2000), ("EventName", "createkey")):
        assert lookup(trail, attribute, value) == []


def test_what_an_event_says(server, trail, key):
    event = lookup(trail, "ResourceName", key["Arn"])[0]
    told = record_of(event)
    assert event["EventName"] == told["eventName"] == "CreateKey"
    assert event["EventId"] == told["eventID"] and event["EventSource"] == told["eventSource"]
    assert event["Username"] == "admin" and event["AccessKeyId"] == server.credentials[0]
    assert event["ReadOnly"] == "false" and told["readOnly"] is False
    assert event["EventTime"] == datetime.datetime.strptime(told["eventTime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert event["Resources"] == [{"ResourceType": "AWS::KMS::Key", "ResourceName": key["Arn"]}]
    assert told["eventVersion"] == "1.11" and told["eventType"] == "AwsApiCall"
    assert told["eventCategory"] == "Management" and told["managementEvent"] is True
    assert told["awsRegion"] == "us-east-1" and told["recipientAccountId"] == ACCOUNT
    assert told["sourceIPAddress"] == "127.0.0.1" and told["userAgent"].startswith("Boto3/")
    assert "errorCode" not in told and "sharedEventID" not in told and "tlsDetails" not in told


def test_resources_that_are_several(server, trail, key):
    kms = server.client("kms")
    other = kms.create_key()["KeyMetadata"]
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    kms.re_encrypt(CiphertextBlob=sealed, DestinationKeyId=other["KeyId"])
    event = lookup(trail, "EventName", "ReEncrypt")[0]
    assert [resource["ResourceName"] for resource in event["Resources"]] == [key["Arn"], other["Arn"]]
    assert [resource["ARN"] for resource in record_of(event)["resources"]] == [key["Arn"], other["Arn"]]


def test_times(server, trail, key):
    event = lookup(trail, "ResourceName", key["Arn"])[0]
    moment, second = event["EventTime"], datetime.timedelta(seconds=1)

    def found(**times):
        return names(lookup(trail, "ResourceName", key["Arn"], **times))

    assert found(StartTime=moment, EndTime=moment) == ["CreateKey"]
    assert found(StartTime=moment - second) == found(EndTime=moment + second) == ["CreateKey"]
    assert found(StartTime=moment + second) == found(EndTime=moment - second) == []
    assert found(StartTime=moment - datetime.timedelta(days=400)) == ["CreateKey"]
    error = refused(trail.lookup_events, StartTime=moment, EndTime=moment - second)["Error"]
    assert error["Code"] == "InvalidTimeRangeException"


def test_pages_are_stable_while_events_come(server, trail, name):
    iam = server.client("iam")
    iam.create_user(UserName=name)
    for number in range(12):
        iam.tag_user(UserName=name, Tags=[{"Key": "n", "Value": str(number)}])
    asked = {"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": name}], "MaxResults": 5}
    page = trail.lookup_events(**asked)
    events = page["Events"]
    while "NextToken" in page:
        iam.tag_user(UserName=name, Tags=[{"Key": "later", "Value": "x"}])
        page = trail.lookup_events(**asked, NextToken=page["NextToken"])
        assert len(page["Events"]) <= 5
        events += page["Events"]
    assert names(events) == ["TagUser"] * 12 + ["CreateUser"]
    values = [record_of(event)["requestParameters"]["tags"][0]["value"] for event in events[:12]]
    assert values == [str(number) for number in reversed(range(12))]
    assert len({event["EventId"] for event in events}) == 13


def test_a_token_is_good_for_its_question_only(server, trail, key):
    kms = server.client("kms")
    for _ in range(3):
        kms.describe_key(KeyId=key["KeyId"])
    by_key = {"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": key["Arn"]}]}
    token = trail.lookup_events(**by_key, MaxResults=2)["NextToken"]
    start = datetime.datetime.now(UTC) - datetime.timedelta(days=1)
    for other in (
        {},
        {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "DescribeKey"}]},
        {"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": key["KeyId"]}]},
        {**by_key, "StartTime": start},
        {**by_key, "EndTime": start},
    ):
        assert refused(trail.lookup_events, **other, NextToken=token)["Error"]["Code"] == "InvalidNextTokenException"
    elsewhere = server.client("cloudtrail", region="eu-west-1")
    assert refused(elsewhere.lookup_events, **by_key, NextToken=token)["Error"]["Code"] == "InvalidNextTokenException"
    for wrong in ("", "x", token[:-2], "A" * 5000):
        error = refused(trail.lookup_events, **by_key, NextToken=wrong)["Error"]
        assert error["Code"] in ("InvalidNextTokenException", "ValidationException"), wrong
    # Another size of the page is no other question.
    assert len(trail.lookup_events(**by_key, MaxResults=1, NextToken=token)["Events"]) == 1


def test_one_attribute_at_a_time(trail):
    two = [{"AttributeKey": "EventName", "AttributeValue": "CreateKey"}, {"AttributeKey": "ReadOnly", "AttributeValue": "true"}]
    assert refused(trail.lookup_events, LookupAttributes=two)["Error"]["Code"] == "InvalidLookupAttributesException"


def test_regions_and_accounts_are_apart(server, dev):
    east, west = (server.client("kms", region=region) for region in ("us-east-1", "eu-west-1"))
    key = west.create_key()["KeyMetadata"]["Arn"]
    assert names(lookup(server.client("cloudtrail", region="eu-west-1"), "ResourceName", key)) == ["CreateKey"]
    assert lookup(server.client("cloudtrail"), "ResourceName", key) == []
    one, other = ("333333333333", "x"), ("444444444444", "x")
    key = dev.client("kms", credentials=one).create_key()["KeyMetadata"]["Arn"]
    assert names(lookup(dev.client("cloudtrail", credentials=one), "ResourceName", key)) == ["CreateKey"]
    assert lookup(dev.client("cloudtrail", credentials=other), "ResourceName", key) == []


def test_global_services_are_recorded_in_one_region(server, trail, name):
    answer = server.client("iam", region="eu-west-1").create_user(UserName=name)
    assert record(trail, answer)["awsRegion"] == "us-east-1"
    assert lookup(server.client("cloudtrail", region="eu-west-1"), "ResourceName", name) == []


def test_events_older_than_90_days_are_not_shown(fresh):
    server = fresh("--dev")
    kms, trail = server.client("kms"), server.client("cloudtrail")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    server.advance(89 * 86_400)
    assert names(lookup(trail, "ResourceName", key)) == ["CreateKey"]
    kms.describe_key(KeyId=key)
    server.advance(2 * 86_400)
    assert names(lookup(trail, "ResourceName", key)) == ["DescribeKey"]


# Who called


def test_a_user(server, trail, name):
    iam = server.client("iam")
    user = iam.create_user(UserName=name, Path="/division/")["User"]
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy("*"))
    access = iam.create_access_key(UserName=name)["AccessKey"]
    credentials = (access["AccessKeyId"], access["SecretAccessKey"])
    identity = record(trail, server.client("kms", credentials=credentials).list_keys())["userIdentity"]
    assert identity == {
        "type": "IAMUser", "principalId": user["UserId"], "arn": f"arn:aws:iam::{ACCOUNT}:user/division/{name}",
        "accountId": ACCOUNT, "accessKeyId": access["AccessKeyId"], "userName": name,
    }
    session = server.client("sts", credentials=credentials).get_session_token()["Credentials"]
    told = record(trail, server.client("kms", credentials=session).list_keys())["userIdentity"]
    attributes = told.pop("sessionContext")["attributes"]
    assert told == {**identity, "accessKeyId": session["AccessKeyId"]}
    assert attributes["mfaAuthenticated"] == "false" and attributes["creationDate"].endswith("Z")


def policy(*actions):
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_role_and_a_federated_user(server, trail, name):
    iam, sts = server.client("iam"), server.client("sts")
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=name, Path="/apps/", AssumeRolePolicyDocument=trust)["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy("kms:*"))
    answer = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="build-7", SourceIdentity="alice")
    session = answer["Credentials"]
    listed = record(trail, server.client("kms", credentials=session).list_keys())
    context = listed["userIdentity"].pop("sessionContext")
    assert listed["userIdentity"] == {
        "type": "AssumedRole", "principalId": f"{role['RoleId']}:build-7",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/build-7", "accountId": ACCOUNT,
        "accessKeyId": session["AccessKeyId"],
    }
    assert context["sessionIssuer"] == {
        "type": "Role", "principalId": role["RoleId"], "arn": role["Arn"], "accountId": ACCOUNT, "userName": name,
    }
    assert context["sourceIdentity"] == "alice" and context["attributes"]["mfaAuthenticated"] == "false"
    assert names(lookup(trail, "Username", "build-7")) == ["ListKeys"]

    assumed = record(trail, answer)
    assert assumed["requestParameters"]["roleArn"] == role["Arn"]
    assert assumed["requestParameters"]["roleSessionName"] == "build-7"
    assert assumed["responseElements"]["assumedRoleUser"]["assumedRoleId"] == f"{role['RoleId']}:build-7"
    assert assumed["responseElements"]["credentials"]["accessKeyId"] == session["AccessKeyId"]
    assert session["SecretAccessKey"] not in json.dumps(assumed)
    assert assumed["resources"] == [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": role["Arn"]}]

    federated = sts.get_federation_token(Name="guest", Policy=policy("kms:*"))["Credentials"]
    identity = record(trail, server.client("kms", credentials=federated).list_keys())["userIdentity"]
    assert (identity["type"], identity["principalId"]) == ("FederatedUser", f"{ACCOUNT}:guest")
    assert identity["arn"] == f"arn:aws:sts::{ACCOUNT}:federated-user/guest"
    assert identity["sessionContext"]["sessionIssuer"]["userName"] == "admin"


def test_root_in_dev_mode(dev):
    pair = ("555555555555", "x")
    told = record(dev.client("cloudtrail", credentials=pair), dev.client("kms", credentials=pair).list_keys())
    assert told["userIdentity"] == {
        "type": "Root", "principalId": "555555555555", "arn": "arn:aws:iam::555555555555:root",
        "accountId": "555555555555", "accessKeyId": "555555555555",
    }
    assert names(lookup(dev.client("cloudtrail", credentials=pair), "Username", "root"))[-1] == "ListKeys"


def test_strangers(server, trail):
    unsigned = Request(server, "kms", "ListKeys").send()
    unknown = Request(server, "kms", "ListKeys").sign(("AKIAIOSFODNN7EXAMPLE", "x")).send()
    records = {r["requestID"]: r for r in map(record_of, trail.lookup_events()["Events"])}
    told = records[unsigned.headers["x-amzn-requestid"]]
    assert told["userIdentity"] == {"type": "Unknown", "accountId": ACCOUNT}
    assert told["errorCode"] == "MissingAuthenticationTokenException"
    told = records[unknown.headers["x-amzn-requestid"]]
    assert told["userIdentity"] == {"type": "Unknown", "accountId": ACCOUNT, "accessKeyId": "AKIAIOSFODNN7EXAMPLE"}
    assert names(lookup(trail, "AccessKeyId", "AKIAIOSFODNN7EXAMPLE")) == ["ListKeys"]


def test_another_account_that_uses_a_key(dev):
    owner, user = ("666666666666", "x"), ("777777777777", "x")
    kms = dev.client("kms", credentials=owner)
    key = kms.create_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::666666666666:root", "arn:aws:iam::777777777777:root"]},
         "Action": "kms:*", "Resource": "*"}]}))["KeyMetadata"]["Arn"]
    answer = dev.client("kms", credentials=user).encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext={"a": "b"})
    own = record(dev.client("cloudtrail", credentials=user), answer)
    owners = dev.client("cloudtrail", credentials=owner)
    event = next(event for event in lookup(owners, "ResourceName", key) if event["EventName"] == "Encrypt")
    copy = record_of(event)
    assert own["recipientAccountId"] == "777777777777" and own["userIdentity"]["type"] == "Root"
    assert copy["recipientAccountId"] == "666666666666"
    assert copy["userIdentity"] == {"type": "AWSAccount", "principalId": "777777777777", "accountId": "777777777777"}
    assert own["sharedEventID"] == copy["sharedEventID"] and own["eventID"] != copy["eventID"]
    assert own["requestID"] == copy["requestID"] and own["resources"] == copy["resources"]
    assert copy["resources"][0]["accountId"] == "666666666666"
    assert "Username" not in event and "AccessKeyId" not in event, "who it was there is not the owner's affair"
    # Strangers must not write into the record of others.
    other = dev.client("kms", credentials=("888888888888", "x"))
    response = refused(other.encrypt, KeyId=key, Plaintext=b"x")
    assert response["Error"]["Code"] == "AccessDeniedException"
    request_id = response["ResponseMetadata"]["RequestId"]
    assert request_id not in str(lookup(owners, "ResourceName", key))
    told = record(dev.client("cloudtrail", credentials=("888888888888", "x")), response)
    assert told["errorCode"] == "AccessDenied" and told["resources"][0]["ARN"] == key


def test_a_service_that_acts_for_itself(fresh):
    """Organizations makes the role through which a new account is reached."""
    server = fresh()
    organizations = server.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    made = organizations.create_account(Email="a@example.com", AccountName="new")["CreateAccountStatus"]
    role = f"arn:aws:iam::{made['AccountId']}:role/OrganizationAccountAccessRole"
    session = server.client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    trail = server.client("cloudtrail", credentials=session)
    event = lookup(trail, "EventName", "CreateRole")[0]
    told = record_of(event)
    assert told["userIdentity"] == {"type": "AWSService", "invokedBy": "organizations.amazonaws.com"}
    assert told["sourceIPAddress"] == told["userAgent"] == "organizations.amazonaws.com"
    assert told["recipientAccountId"] == made["AccountId"]
    assert {resource["ResourceName"] for resource in event["Resources"]} == {role, "OrganizationAccountAccessRole"}


# What is recorded of a call


def test_parameters_and_answers(server, trail, key):
    kms = server.client("kms")
    told = record(trail, kms.create_alias(AliasName=f"alias/{key['KeyId']}", TargetKeyId=key["KeyId"]))
    assert told["requestParameters"] == {"aliasName": f"alias/{key['KeyId']}", "targetKeyId": key["KeyId"]}
    assert told["responseElements"] is None and told["readOnly"] is False
    told = record(trail, kms.tag_resource(KeyId=key["KeyId"], Tags=[{"TagKey": "team", "TagValue": "blue"}]))
    assert told["requestParameters"]["tags"] == [{"tagKey": "team", "tagValue": "blue"}]
    made = kms.create_key(Description="é", Tags=[])
    told = record(trail, made)
    assert told["requestParameters"]["description"] == "é"
    metadata = told["responseElements"]["keyMetadata"]
    assert metadata["keyId"] == made["KeyMetadata"]["KeyId"] and metadata["aWSAccountId"] == ACCOUNT
    assert metadata["enabled"] is True and metadata["multiRegion"] is False
    moment = made["KeyMetadata"]["CreationDate"].astimezone(UTC)
    assert metadata["creationDate"] == f"{moment:%b} {moment.day}, {moment.year}, {moment.hour % 12 or 12}:{moment:%M:%S %p}"
    told = record(trail, kms.describe_key(KeyId=key["KeyId"]))
    assert told["requestParameters"] == {"keyId": key["KeyId"]}
    assert told["responseElements"] is None and told["readOnly"] is True
    assert record(trail, kms.list_keys())["requestParameters"] is None


def test_what_is_left_out(server, trail, key, name):
    kms, iam = server.client("kms"), server.client("iam")
    context = {"purpose": "test"}
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"secret", EncryptionContext=context)
    told = record(trail, sealed)
    assert told["requestParameters"]["encryptionContext"] == context
    assert "plaintext" not in told["requestParameters"] and told["responseElements"] is None
    assert told["readOnly"] is True and told["resources"][0]["ARN"] == key["Arn"]
    opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
    told = record(trail, opened)
    assert "ciphertextBlob" not in told["requestParameters"] and told["responseElements"] is None
    assert told["resources"][0]["ARN"] == key["Arn"]
    granted = kms.create_grant(KeyId=key["KeyId"], GranteePrincipal=f"arn:aws:iam::{ACCOUNT}:user/admin", Operations=["Encrypt"])
    told = record(trail, granted)
    assert told["responseElements"]["grantId"] == granted["GrantId"]
    assert granted["GrantToken"] not in json.dumps(told)
    iam.create_user(UserName=name)
    access = iam.create_access_key(UserName=name)
    told = record(trail, access)
    assert told["responseElements"]["accessKey"]["accessKeyId"] == access["AccessKey"]["AccessKeyId"]
    assert access["AccessKey"]["SecretAccessKey"] not in json.dumps(told)
    told = record(trail, iam.create_login_profile(UserName=name, Password="Passw0rd!Passw0rd!"))
    assert told["requestParameters"]["userName"] == name and "password" not in told["requestParameters"]


def test_refusals(server, trail, key, name):
    iam = server.client("iam")
    iam.create_user(UserName=name)
    access = iam.create_access_key(UserName=name)["AccessKey"]
    mine = server.client("kms", credentials=(access["AccessKeyId"], access["SecretAccessKey"]))
    answer = refused(mine.encrypt, KeyId=key["KeyId"], Plaintext=b"x", EncryptionContext={"a": "b"})
    told = record(trail, answer)
    assert told["errorCode"] == "AccessDenied" and told["errorMessage"] == answer["Error"]["Message"]
    assert told["requestParameters"]["keyId"] == key["KeyId"] and told["responseElements"] is None
    assert told["resources"] == [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key["Arn"]}]
    assert told["userIdentity"]["userName"] == name and told["readOnly"] is True
    told = record(trail, refused(server.client("kms").describe_key, KeyId="alias/none"))
    assert told["errorCode"] == "NotFoundException" and told["requestParameters"] == {"keyId": "alias/none"}
    told = record(trail, refused(iam.get_user, UserName="no-such-user"))
    assert told["errorCode"] == "NoSuchEntityException" and told["readOnly"] is True
    told = record(trail, refused(server.client("kms").decrypt, CiphertextBlob=b"nonsense"))
    assert told["errorCode"] == "InvalidCiphertextException"
    told = record(trail, refused(server.client("cloudtrail").list_import_failures, ImportId="0" * 36))
    assert told["errorCode"] == "NotImplemented" and told["eventName"] == "ListImportFailures"


def test_looking_is_recorded_too(server, trail):
    answer = trail.lookup_events(MaxResults=1)
    told = record(trail, answer)
    assert told["eventName"] == "LookupEvents" and told["eventSource"] == "cloudtrail.amazonaws.com"
    assert told["requestParameters"] == {"maxResults": 1} and told["readOnly"] is True
