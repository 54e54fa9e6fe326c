"""What does not fit an operation's model: all violations of a request in one error, in AWS's words."""

import base64
import json

import pytest
from signing import Request

NULL = "Value null at '{}' failed to satisfy constraint: Member must not be null"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


def violation(where, constraint, value=None):
    shown = "" if value is None else f" '{value}'"
    return f"Value{shown} at '{where}' failed to satisfy constraint: Member must {constraint}"


def at_least(where, value, least):
    return violation(where, f"have length greater than or equal to {least}", value)


def at_most(where, value, most):
    return violation(where, f"have length less than or equal to {most}", value)


def all_of(*violations):
    plural = "" if len(violations) == 1 else "s"
    return f"{len(violations)} validation error{plural} detected: {'; '.join(violations)}"


def refused(server, service, operation, parameters, *violations):
    answer = Request(server, service, operation, parameters).sign().send()
    code = "ValidationError" if service in ("iam", "sts") else "ValidationException"
    assert (answer.status, answer.error[0]) == (400, code), answer
    assert answer.error[1] == all_of(*violations)


ORIGINS = "satisfy enum value set: [AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE]"
ALGORITHMS = "satisfy enum value set: [SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE]"


@pytest.mark.parametrize("operation, parameters, violations", [
    ("DescribeKey", {}, [NULL.format("keyId")]),
    ("DescribeKey", {"KeyId": None}, [NULL.format("keyId")]),
    ("DescribeKey", {"KeyId": ""}, [at_least("keyId", "", 1)]),
    ("DescribeKey", {"KeyId": "a" * 2049}, [at_most("keyId", "a" * 1024, 2048)]),
    ("Encrypt", {}, [NULL.format("keyId"), NULL.format("plaintext")]),
    ("CreateAlias", {}, [NULL.format("aliasName"), NULL.format("targetKeyId")]),
    ("CreateAlias", {"AliasName": "a b", "TargetKeyId": ""}, [
        violation("aliasName", "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$", "a b"),
        at_least("targetKeyId", "", 1),
    ]),
    ("CreateAlias", {"AliasName": "é" * 257, "TargetKeyId": KEY}, [
        at_most("aliasName", "é" * 257, 256),
        violation("aliasName", "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$", "é" * 257),
    ]),
    ("ListKeys", {"Limit": 0}, [violation("limit", "have value greater than or equal to 1", 0)]),
    ("ListKeys", {"Limit": 1001, "Marker": ""}, [
        violation("limit", "have value less than or equal to 1000", 1001), at_least("marker", "", 1),
    ]),
    ("ScheduleKeyDeletion", {"KeyId": KEY, "PendingWindowInDays": 366}, [
        violation("pendingWindowInDays", "have value less than or equal to 365", 366),
    ]),
    ("CreateKey", {"Origin": "MOON", "Tags": [{"TagKey": ""}]}, [
        violation("origin", ORIGINS, "MOON"),
        at_least("tags.1.member.tagKey", "", 1),
        NULL.format("tags.1.member.tagValue"),
    ]),
    ("TagResource", {"KeyId": KEY, "Tags": [{"TagKey": "a", "TagValue": "b"}, {"TagKey": "a" * 129, "TagValue": "c" * 257}]}, [
        at_most("tags.2.member.tagKey", "a" * 129, 128), at_most("tags.2.member.tagValue", "c" * 257, 256),
    ]),
    ("Encrypt", {"KeyId": KEY, "Plaintext": "YQ==", "GrantTokens": ["a"] * 11}, [
        at_most("grantTokens", "[" + ", ".join(["a"] * 11) + "]", 10),
    ]),
    ("Encrypt", {"KeyId": KEY, "Plaintext": "YQ==", "GrantTokens": ["a", ""]}, [
        violation("grantTokens", "satisfy constraint: [Member must have length less than or equal to 8192, Member must "
                  "have length greater than or equal to 1]", "[a, ]"),
    ]),
    ("GenerateDataKey", {"KeyId": KEY, "NumberOfBytes": 1025}, [
        violation("numberOfBytes", "have value less than or equal to 1024", 1025),
    ]),
    ("CreateGrant", {"KeyId": KEY, "GranteePrincipal": "a b", "Operations": ["Fly"]}, None),
    ("Encrypt", {"KeyId": KEY, "Plaintext": "YQ==", "EncryptionAlgorithm": "ROT13"}, [
        violation("encryptionAlgorithm", ALGORITHMS, "ROT13"),
    ]),
])
def test_kms(strict, operation, parameters, violations):
    if violations is None:
        answer = Request(strict, "kms", operation, parameters).sign().send()
        assert (answer.status, answer.error[0]) == (400, "ValidationException"), answer
        assert answer.error[1].startswith("2 validation errors detected: Value 'a b' at 'granteePrincipal' failed")
        assert "Value '[Fly]' at 'operations' failed to satisfy constraint: Member must satisfy constraint: [Member " \
               "must satisfy enum value set: [" in answer.error[1]
        return
    refused(strict, "kms", operation, parameters, *violations)


def test_secrets_are_not_shown(strict):
    long = base64.b64encode(b"secret" * 1000).decode()
    refused(strict, "kms", "Encrypt", {"KeyId": KEY, "Plaintext": long}, at_most("plaintext", None, 4096))
    refused(strict, "kms", "Encrypt", {"KeyId": KEY, "Plaintext": ""}, at_least("plaintext", None, 1))
    refused(strict, "iam", "CreateLoginProfile", {"UserName": "a", "Password": "geheim" * 22}, at_most("password", None, 128))
    # A ciphertext is no secret; a blob is told as Java does.
    refused(strict, "kms", "Decrypt", {"CiphertextBlob": base64.b64encode(b"x" * 6145).decode()},
            at_most("ciphertextBlob", "java.nio.HeapByteBuffer[pos=0 lim=6145 cap=6145]", 6144))


def test_more_violations_than_are_told(strict):
    tags = [{"TagKey": ""} for _ in range(50)]
    answer = Request(strict, "kms", "CreateKey", {"Tags": tags}).sign().send()
    assert answer.error[0] == "ValidationException" and len(answer.error[1]) < 4096


@pytest.mark.parametrize("operation, parameters, violations", [
    ("CreateUser", {}, [NULL.format("userName")]),
    ("CreateUser", {"UserName": ""}, [at_least("userName", "", 1)]),
    ("CreateUser", {"UserName": "a" * 65}, [at_most("userName", "a" * 65, 64)]),
    ("CreateUser", {"UserName": "a b" * 30}, [at_most("userName", "a b" * 30, 64)]),
    ("CreateRole", {}, [NULL.format("roleName"), NULL.format("assumeRolePolicyDocument")]),
    ("CreateRole", {"RoleName": "a", "AssumeRolePolicyDocument": "{}", "MaxSessionDuration": 43201}, [
        violation("maxSessionDuration", "have value less than or equal to 43200", 43201),
    ]),
    ("ListUsers", {"MaxItems": 0}, [violation("maxItems", "have value greater than or equal to 1", 0)]),
    ("ListUsers", {"MaxItems": 1001}, [violation("maxItems", "have value less than or equal to 1000", 1001)]),
    ("TagUser", {"UserName": "a", "Tags.member.1.Key": "", "Tags.member.1.Value": "<"}, [
        at_least("tags.1.member.key", "", 1),
        violation("tags.1.member.key", r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+", ""),
        violation("tags.1.member.value", r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*", "<"),
    ]),
    ("UpdateAccessKey", {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Asleep"}, [
        violation("status", "satisfy enum value set: [Active, Inactive, Expired]", "Asleep"),
    ]),
])
def test_iam(strict, operation, parameters, violations):
    # IAM names what is wrong without its value.
    untold = [f"Value at {violation.split(' at ', 1)[1]}" for violation in violations]
    refused(strict, "iam", operation, parameters, *untold)


@pytest.mark.parametrize("operation, parameters, message", [
    ("CreateUser", {"UserName": "a b"}, "userName is invalid. It must contain only alphanumeric characters and/or the "
                                        "following: +=,.@_-"),
    ("GetRole", {"RoleName": "arn:aws:iam::000000000000:role/a"},
     "roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"),
    ("CreateGroup", {"GroupName": "é"}, "groupName is invalid. It must contain only alphanumeric characters and/or the "
                                        "following: +=,.@_-"),
    ("CreateUser", {"UserName": "a", "Path": "a"}, "path is invalid. It must begin and end with / and contain only "
                                                  "alphanumeric characters and/or / characters."),
    ("ListUsers", {"PathPrefix": "a"}, "pathPrefix is invalid. It must begin with the / character and contain only "
                                       "alphanumeric characters and/or / characters."),
])
def test_iam_has_words_of_its_own_for_names(strict, operation, parameters, message):
    answer = Request(strict, "iam", operation, parameters).sign().send()
    assert (answer.status, answer.error) == (400, ("ValidationError", f"The specified value for {message}")), answer


@pytest.mark.parametrize("parameters, violations", [
    ({"RoleArn": "a", "RoleSessionName": "a:b"}, [
        at_least("roleArn", "a", 20),
        violation("roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*", "a:b"),
    ]),
    ({"RoleArn": "arn:aws:iam::000000000000:role/a", "RoleSessionName": "a", "DurationSeconds": 899}, [
        at_least("roleSessionName", "a", 2),
        violation("durationSeconds", "have value greater than or equal to 900", 899),
    ]),
    ({}, [NULL.format("roleArn"), NULL.format("roleSessionName")]),
])
def test_sts(strict, parameters, violations):
    refused(strict, "sts", "AssumeRole", parameters, *violations)


KEYS = "satisfy enum value set: [EventId, EventName, ReadOnly, Username, ResourceType, ResourceName, EventSource, AccessKeyId]"


@pytest.mark.parametrize("parameters, violations", [
    ({"MaxResults": 51}, [violation("maxResults", "have value less than or equal to 50", 51)]),
    ({"MaxResults": 0}, [violation("maxResults", "have value greater than or equal to 1", 0)]),
    ({"LookupAttributes": [{"AttributeKey": "Moon", "AttributeValue": ""}]}, [
        violation("lookupAttributes.1.member.attributeKey", KEYS, "Moon"),
        at_least("lookupAttributes.1.member.attributeValue", "", 1),
    ]),
    ({"LookupAttributes": [{}]}, [
        NULL.format("lookupAttributes.1.member.attributeKey"), NULL.format("lookupAttributes.1.member.attributeValue"),
    ]),
])
def test_cloudtrail(strict, parameters, violations):
    refused(strict, "cloudtrail", "LookupEvents", parameters, *violations)


@pytest.mark.parametrize("operation, parameters, violations", [
    ("GetResourceConfigHistory", {}, [NULL.format("resourceType"), NULL.format("resourceId")]),
    ("GetResourceConfigHistory", {"resourceType": "AWS::KMS::Key", "resourceId": "", "limit": 101}, [
        at_least("resourceId", "", 1), violation("limit", "have value less than or equal to 100", 101),
    ]),
    ("BatchGetResourceConfig", {"resourceKeys": []}, [at_least("resourceKeys", "[]", 1)]),
    ("BatchGetResourceConfig", {"resourceKeys": [{}]}, [
        NULL.format("resourceKeys.1.member.resourceType"), NULL.format("resourceKeys.1.member.resourceId"),
    ]),
])
def test_config(strict, operation, parameters, violations):
    refused(strict, "config", operation, parameters, *violations)


def test_an_unknown_type_of_resource(strict):
    answer = Request(strict, "config", "ListDiscoveredResources", {"resourceType": "AWS::Moon::Base"}).sign().send()
    start = "1 validation error detected: Value 'AWS::Moon::Base' at 'resourceType' failed to satisfy constraint: Member " \
            "must satisfy enum value set: ["
    assert answer.error[0] == "ValidationException" and answer.error[1].startswith(start), answer


def test_validation_comes_before_permission(strict):
    """AWS tells a caller without permission that the request makes no sense, and records that."""
    iam = strict.client("iam")
    iam.create_user(UserName="no-power")
    key = iam.create_access_key(UserName="no-power")["AccessKey"]
    answer = Request(strict, "kms", "DescribeKey").sign((key["AccessKeyId"], key["SecretAccessKey"])).send()
    assert answer.error == ("ValidationException", all_of(NULL.format("keyId")))
    events = strict.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "Username", "AttributeValue": "no-power"}])["Events"]
    record = json.loads(events[0]["CloudTrailEvent"])
    assert record["errorCode"] == "ValidationException" and record["errorMessage"] == answer.error[1]
