"""AWS Config as an unmodified boto3 sees it: what exists, and what it used to be."""

import json

import pytest
from bastide import wait_until
from botocore.exceptions import ClientError

KEY = "AWS::KMS::Key"


@pytest.fixture(scope="module")
def server(fresh_module):
    return fresh_module("--dev")


@pytest.fixture
def account(server):
    """Clients of an account of a test's own."""
    account.last = getattr(account, "last", 500_000_000_000) + 1
    credentials = (str(account.last), "x")
    return lambda service, region="us-east-1": server.client(service, region=region, credentials=credentials)


def refused(operation, **parameters):
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    return caught.value.response["Error"]["Code"]


def all_of(client, operation, member, **parameters):
    pages = client.get_paginator(operation).paginate(**parameters)
    return [item for page in pages for item in page[member]]


def history(config, kind, identifier, **parameters):
    return all_of(config, "get_resource_config_history", "configurationItems", resourceType=kind, resourceId=identifier, **parameters)


def ids(config, kind, **parameters):
    found = all_of(config, "list_discovered_resources", "resourceIdentifiers", resourceType=kind, **parameters)
    return [each["resourceId"] for each in found]


def test_the_life_of_a_key(server, account):
    kms, config = account("kms"), account("config")
    key = kms.create_key(Description="first", Tags=[{"TagKey": "team", "TagValue": "blue"}])["KeyMetadata"]
    kms.update_key_description(KeyId=key["KeyId"], Description="second")
    kms.disable_key(KeyId=key["KeyId"])
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    items = history(config, KEY, key["KeyId"])
    told = [json.loads(item["configuration"]) for item in items]
    assert [each["description"] for each in told] == ["second", "second", "second", "first"]
    assert [each["keyState"] for each in told] == ["PendingDeletion", "Disabled", "Enabled", "Enabled"]
    assert [item["configurationItemStatus"] for item in items] == ["OK", "OK", "OK", "ResourceDiscovered"]
    first = items[-1]
    assert first["arn"] == key["Arn"] and first["accountId"] == key["AWSAccountId"] and first["awsRegion"] == "us-east-1"
    assert first["recordingFrequency"] == "CONTINUOUS" and first["tags"] == {"team": "blue"} and first["version"] == "1.3"
    assert json.loads(json.loads(first["supplementaryConfiguration"]["Policy"]))["Statement"]
    states = [int(item["configurationStateId"]) for item in items]
    assert states == sorted(states, reverse=True) and len(set(states)) == 4

    server.advance(8 * 86_400)
    wait_until(lambda: history(config, KEY, key["KeyId"])[0]["configurationItemStatus"] == "ResourceDeleted")
    last = history(config, KEY, key["KeyId"])[0]
    assert last.get("configuration") is None
    assert ids(config, KEY) == []
    found = config.list_discovered_resources(resourceType=KEY, includeDeletedResources=True)["resourceIdentifiers"]
    assert [each["resourceId"] for each in found] == [key["KeyId"]] and found[0]["resourceDeletionTime"]
    assert config.batch_get_resource_config(resourceKeys=[{"resourceType": KEY, "resourceId": key["KeyId"]}])["baseConfigurationItems"] == []


def test_orders_times_and_pages_of_a_history(server, account):
    kms, config = account("kms"), account("config")
    key = kms.create_key(Description="0")["KeyMetadata"]["KeyId"]
    times = []
    for n in range(1, 12):
        server.advance(60)
        kms.update_key_description(KeyId=key, Description=str(n))
        times.append(history(config, KEY, key, limit=1)[0]["configurationItemCaptureTime"])
    descriptions = lambda items: [int(json.loads(item["configuration"])["description"]) for item in items]
    assert descriptions(history(config, KEY, key)) == list(range(11, -1, -1))
    assert descriptions(history(config, KEY, key, limit=5, chronologicalOrder="Forward")) == list(range(12))
    page = config.get_resource_config_history(resourceType=KEY, resourceId=key)
    assert len(page["configurationItems"]) == 10 and page["nextToken"]
    between = history(config, KEY, key, earlierTime=times[2], laterTime=times[5])
    assert descriptions(between)[0] in (5, 6) and descriptions(between)[-1] in (3, 4)
    for parameters in (dict(resourceId="other"), dict(chronologicalOrder="Forward")):
        wanted = {"resourceType": KEY, "resourceId": key, "nextToken": page["nextToken"], **parameters}
        assert refused(config.get_resource_config_history, **wanted) == "InvalidNextTokenException"
    wanted = dict(resourceType=KEY, resourceId=key, earlierTime=times[5], laterTime=times[2])
    assert refused(config.get_resource_config_history, **wanted) == "InvalidTimeRangeException"


def test_what_was_never_seen(account):
    config = account("config")
    unknown = dict(resourceType=KEY, resourceId="1234abcd-12ab-34cd-56ef-1234567890ab")
    assert refused(config.get_resource_config_history, **unknown) == "ResourceNotDiscoveredException"
    answer = config.batch_get_resource_config(resourceKeys=[unknown])
    assert answer["baseConfigurationItems"] == [] and answer["unprocessedResourceKeys"] == []
    assert ids(config, KEY) == [] and ids(config, "AWS::EC2::Instance") == []
    assert config.get_discovered_resource_counts()["totalDiscoveredResources"] == 0
    assert refused(config.list_discovered_resources, resourceType="AWS::No::Such") == "ValidationException"


def test_lists_in_pages_by_id_and_by_name(account):
    kms, config = account("kms"), account("config")
    keys = sorted(kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(5))
    kms.create_alias(AliasName="alias/orders", TargetKeyId=keys[0])
    assert sorted(ids(config, KEY, limit=2)) == keys
    assert sorted(ids(config, KEY, resourceIds=keys[1:3])) == keys[1:3]
    assert ids(config, KEY, resourceIds=["no-such"]) == []
    alias = config.list_discovered_resources(resourceType="AWS::KMS::Alias")["resourceIdentifiers"]
    assert len(alias) == 1 and alias[0].get("resourceName", alias[0]["resourceId"]).endswith("alias/orders")
    both = dict(resourceType=KEY, resourceIds=keys[:1], resourceName="x")
    assert refused(config.list_discovered_resources, **both) == "ValidationException"
    token = config.list_discovered_resources(resourceType=KEY, limit=2)["nextToken"]
    for parameters in (dict(resourceType=KEY, nextToken="made-up"), dict(resourceType="AWS::KMS::Alias", nextToken=token)):
        assert refused(config.list_discovered_resources, **parameters) == "InvalidNextTokenException"
    counts = config.get_discovered_resource_counts()
    assert {"resourceType": KEY, "count": 5} in counts["resourceCounts"]
    assert counts["totalDiscoveredResources"] == sum(each["count"] for each in counts["resourceCounts"])
    assert config.get_discovered_resource_counts(resourceTypes=[KEY])["totalDiscoveredResources"] == 5
    keys_wanted = [{"resourceType": KEY, "resourceId": key} for key in keys]
    items = config.batch_get_resource_config(resourceKeys=keys_wanted)["baseConfigurationItems"]
    assert [item["resourceId"] for item in items] == keys


def test_global_resources_are_seen_from_every_region(account):
    user = account("iam").create_user(UserName="alice", Tags=[{"Key": "team", "Value": "blue"}])["User"]
    account("iam").create_role(RoleName="builder", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }))
    account("iam").attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    for region in ("us-east-1", "eu-west-1"):
        config = account("config", region)
        found = config.list_discovered_resources(resourceType="AWS::IAM::User")["resourceIdentifiers"]
        assert found == [{"resourceType": "AWS::IAM::User", "resourceId": user["UserId"], "resourceName": "alice"}]
        item = history(config, "AWS::IAM::User", user["UserId"])[0]
        assert item["awsRegion"] == "global" and item["resourceName"] == "alice" and item["tags"] == {"team": "blue"}
        policies = json.loads(item["configuration"])["attachedManagedPolicies"]
        assert [policy["policyName"] for policy in policies] == ["ReadOnlyAccess"]
        assert len(ids(config, "AWS::IAM::Role")) == 1


def test_regions_and_accounts_are_apart(server, account):
    key = account("kms", "eu-west-1").create_key()["KeyMetadata"]["KeyId"]
    assert ids(account("config", "eu-west-1"), KEY) == [key]
    assert ids(account("config"), KEY) == []
    other = server.client("config", region="eu-west-1", credentials=("999999999999", "x"))
    wanted = dict(resourceType=KEY, resourceId=key)
    assert refused(other.get_resource_config_history, **wanted) == "ResourceNotDiscoveredException"
