"""What AWS was observed to answer where its documentation is silent: the words of refusals, their order, and which
members answers leave out. The facts come from answers of the real services that LocalStack's and moto's tests record.
"""

import json
import uuid

import pytest
from botocore.exceptions import ClientError

TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
ALLOW = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def refused(call, **arguments):
    """Status, code and message of a refusal."""
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    error = refusal.value.response["Error"]
    return refusal.value.response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error.get("Message", "")


@pytest.fixture(scope="module")
def iam(client):
    return client("iam", parameter_validation=False)


@pytest.fixture(scope="module")
def kms(client):
    return client("kms", parameter_validation=False)


@pytest.fixture(scope="module")
def sts(client):
    return client("sts", parameter_validation=False)


@pytest.fixture(scope="module")
def account(sts):
    return sts.get_caller_identity()["Account"]


@pytest.fixture
def name():
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def role(iam, name):
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST), Description="one")["Role"]


@pytest.fixture
def managed(iam, name):
    return iam.create_policy(PolicyName=name, PolicyDocument=policy(ALLOW), Description="one")["Policy"]


def test_iam_names_what_is_wrong_without_its_value(iam, managed):
    start = "1 validation error detected: Value at"
    for call, arguments, wrong in [
        (iam.create_user, {}, "'userName' failed to satisfy constraint: Member must not be null"),
        (
            iam.set_default_policy_version,
            {"PolicyArn": managed["Arn"], "VersionId": "first"},
            "'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: "
            "v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
        ),
        (
            iam.tag_policy,
            {"PolicyArn": managed["Arn"], "Tags": [{"Key": "k" * 129, "Value": ""}]},
            "'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 128",
        ),
        (
            iam.untag_policy,
            {"PolicyArn": managed["Arn"], "TagKeys": ["no!"]},
            "'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than "
            "or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular "
            "expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+, Member must not be null]",
        ),
    ]:
        assert refused(call, **arguments) == (400, "ValidationError", f"{start} {wrong}")
    message = refused(
        iam.update_account_password_policy, MinimumPasswordLength=129, PasswordReusePrevention=25, MaxPasswordAge=1096
    )[2]
    assert message == (
        "3 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have "
        "value less than or equal to 128; Value at 'passwordReusePrevention' failed to satisfy constraint: Member must "
        "have value less than or equal to 24; Value at 'maxPasswordAge' failed to satisfy constraint: Member must have "
        "value less than or equal to 1095"
    )


def test_sts_and_kms_tell_the_value(sts, kms):
    message = refused(sts.assume_role, RoleArn="arn:aws:iam::111122223333:role/r", RoleSessionName="a:b")[2]
    assert message.startswith("1 validation error detected: Value 'a:b' at 'roleSessionName' failed")
    assert "Value '1025' at 'numberOfBytes'" in refused(kms.generate_random, NumberOfBytes=1025)[2]


def test_a_new_role_and_a_new_policy_are_shown_in_short(iam, role, managed):
    short = {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
    assert set(role) == short
    full = iam.get_role(RoleName=role["RoleName"])["Role"]
    assert set(full) == short | {"Description", "MaxSessionDuration", "RoleLastUsed"}
    changed = iam.update_role_description(RoleName=role["RoleName"], Description="two")["Role"]
    assert set(changed) == short | {"Description"} and changed["Description"] == "two"
    assert "Description" not in managed
    assert iam.get_policy(PolicyArn=managed["Arn"])["Policy"]["Description"] == "one"
    profile = iam.create_instance_profile(InstanceProfileName=role["RoleName"])["InstanceProfile"]
    iam.add_role_to_instance_profile(InstanceProfileName=role["RoleName"], RoleName=role["RoleName"])
    shown = iam.get_instance_profile(InstanceProfileName=role["RoleName"])["InstanceProfile"]
    assert "Tags" not in profile and shown["Tags"] == []
    assert [set(inside) for inside in shown["Roles"]] == [short]


def test_boundaries(iam, role, managed, account):
    name, arn = role["RoleName"], managed["Arn"]
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=arn)
    boundary = iam.get_role(RoleName=name)["Role"]["PermissionsBoundary"]
    assert boundary == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    other = f"arn:aws:iam::{account}:not_a_policy/x"
    answer = refused(iam.put_role_permissions_boundary, RoleName=name, PermissionsBoundary=other)
    assert answer == (400, "InvalidInput", f"ARN {other} is not valid.")
    none = f"arn:aws:iam::{account}:policy/none"
    answer = refused(iam.put_role_permissions_boundary, RoleName=name, PermissionsBoundary=none)
    assert answer == (404, "NoSuchEntity", f"Scope ARN: {none} does not exist or is not attachable.")


def test_policies_that_are_not_there(iam, role, account):
    none = f"arn:aws:iam::{account}:policy/none"
    name = role["RoleName"]
    unusable = (404, "NoSuchEntity", f"Policy {none} does not exist or is not attachable.")
    version = (404, "NoSuchEntity", f"Policy {none} version v1 does not exist or is not attachable.")
    missing = (404, "NoSuchEntity", f"Policy {none} was not found.")
    assert refused(iam.attach_role_policy, RoleName=name, PolicyArn=none) == unusable
    assert refused(iam.list_entities_for_policy, PolicyArn=none) == unusable
    assert refused(iam.get_policy_version, PolicyArn=none, VersionId="v1") == version
    assert refused(iam.set_default_policy_version, PolicyArn=none, VersionId="v1") == version
    assert refused(iam.get_policy, PolicyArn=none) == missing
    assert refused(iam.tag_policy, PolicyArn=none, Tags=[{"Key": "a", "Value": ""}]) == missing
    text = "a-name-that-is-no-arn"
    answer = refused(iam.attach_role_policy, RoleName=name, PolicyArn=text)
    assert answer == (400, "ValidationError", f"ARN {text} is not valid.")


def test_tag_keys_of_policies_differ_by_case(iam, name, role):
    tags = [{"Key": key, "Value": ""} for key in ("abc", "a", "z", "A")]
    made = iam.create_policy(PolicyName=f"{name}-2", PolicyDocument=policy(ALLOW), Tags=tags)["Policy"]
    assert made["Tags"] == tags
    listed = iam.list_policy_tags(PolicyArn=made["Arn"])["Tags"]
    assert [tag["Key"] for tag in listed] == ["A", "a", "z", "abc"]
    first = iam.list_policy_tags(PolicyArn=made["Arn"], MaxItems=3)
    rest = iam.list_policy_tags(PolicyArn=made["Arn"], Marker=first["Marker"])
    assert first["IsTruncated"] and first["Tags"] + rest["Tags"] == listed
    iam.untag_policy(PolicyArn=made["Arn"], TagKeys=["a"])
    assert [tag["Key"] for tag in iam.list_policy_tags(PolicyArn=made["Arn"])["Tags"]] == ["A", "z", "abc"]
    twice = [{"Key": "b", "Value": "1"}, {"Key": "b", "Value": "2"}]
    answer = refused(iam.tag_policy, PolicyArn=made["Arn"], Tags=twice)
    assert answer == (400, "InvalidInput", "Duplicate tag keys found.")
    answer = refused(iam.tag_role, RoleName=role["RoleName"], Tags=[tags[1], tags[3]])
    message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    assert answer == (400, "InvalidInput", message)


def test_groups_and_who_is_not_in_them(iam, name):
    iam.create_group(GroupName=name)
    user = (404, "NoSuchEntity", "The user with name nobody cannot be found.")
    assert refused(iam.remove_user_from_group, GroupName="none", UserName="nobody") == user
    iam.create_user(UserName=name)
    iam.remove_user_from_group(GroupName=name, UserName=name)
    group = (404, "NoSuchEntity", "The group with name none cannot be found.")
    assert refused(iam.remove_user_from_group, GroupName="none", UserName=name) == group


def test_instance_profiles_without_the_role(iam, role):
    name = role["RoleName"]
    iam.create_instance_profile(InstanceProfileName=name)
    answer = refused(iam.remove_role_from_instance_profile, InstanceProfileName=name, RoleName=name)
    assert answer == (404, "NoSuchEntity", f"Role {name} in Instance Profile {name} cannot be found.")


def test_access_keys_of_others_are_not_told(iam, sts, name):
    key = "AKIAIOSFODNN7EXAMPLE"
    who = sts.get_caller_identity()["Arn"]
    message = f"User: {who} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {key}"
    assert refused(iam.get_access_key_last_used, AccessKeyId=key) == (403, "AccessDenied", message)
    iam.create_user(UserName=name)
    answer = refused(iam.update_access_key, UserName=name, AccessKeyId=key, Status="Inactive")
    assert answer == (404, "NoSuchEntity", f"The Access Key with id {key} cannot be found.")


def test_mfa_devices(iam, name, account):
    iam.create_virtual_mfa_device(VirtualMFADeviceName=name)
    answer = refused(iam.create_virtual_mfa_device, VirtualMFADeviceName=name)
    assert answer == (409, "EntityAlreadyExists", "MFA device already exists.")
    none = f"arn:aws:iam::{account}:mfa/none"
    answer = refused(iam.delete_virtual_mfa_device, SerialNumber=none)
    assert answer == (404, "NoSuchEntity", f"MFA Device with serial number {none} does not exist.")
    assert refused(iam.list_virtual_mfa_devices, Marker="999") == (400, "ValidationError", "Invalid Marker.")


def test_a_password_policy_that_is_not_there(dev_client):
    iam = dev_client("iam", credentials=("123123123123", "test"))
    answer = refused(iam.get_account_password_policy)
    assert answer == (404, "NoSuchEntity", "The Password Policy with domain name 123123123123 cannot be found.")
    answer = refused(iam.delete_account_password_policy)
    assert answer == (404, "NoSuchEntity", "The account policy with name PasswordPolicy cannot be found.")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ({"Effect": "Allow", "Action": "invalid"}, "Policy statement must contain resources."),
        (
            ALLOW | {"Action": "invalid"},
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (ALLOW | {"Action": "s:3:L", "Resource": "x"}, 'Resource x must be in ARN format or "*".'),
        (
            ALLOW | {"Resource": "arn:aws:iam:::x"},
            'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, '
            "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, "
            "access-report/.",
        ),
    ],
)
def test_policies_that_are_refused(iam, name, statement, message):
    answer = refused(iam.create_policy, PolicyName=name, PolicyDocument=policy(statement))
    assert answer == (400, "MalformedPolicyDocument", message)


def test_trust_policies_that_are_refused(iam, role):
    for action in ("sts:InvalidAction", "s3:GetObject"):
        document = policy(TRUST | {"Action": action})
        answer = refused(iam.update_assume_role_policy, RoleName=role["RoleName"], PolicyDocument=document)
        message = "AssumeRole policy may only specify STS AssumeRole actions."
        assert answer == (400, "MalformedPolicyDocument", message)


def test_tags_of_keys(kms):
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    tag = {"TagKey": "a", "TagValue": ""}
    for tags, message in [
        ([tag, tag], "Duplicate tag keys"),
        ([{"TagKey": str(n), "TagValue": ""} for n in range(51)], "Too many tags"),
        ([{"TagKey": "AWS:a", "TagValue": ""}], "Tags beginning with aws: are reserved"),
    ]:
        assert refused(kms.tag_resource, KeyId=key, Tags=tags) == (400, "TagException", message)
        assert refused(kms.create_key, Tags=tags) == (400, "TagException", message)


def test_roles_that_are_named_wrongly(sts):
    for arn in ("nothing-valid-in-here", "arn::b:::something/role", "arn:a:::something/role", "arn:a:a::aaaaaaaaaa:"):
        answer = refused(sts.assume_role, RoleArn=arn, RoleSessionName="session")
        assert answer == (400, "ValidationError", f"{arn} is invalid")


def test_session_tags_that_are_refused(iam, sts, client, name, account):
    trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    iam.put_role_policy(
        RoleName=name, PolicyName="all", PolicyDocument=policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    )
    tag = {"Key": "Team", "Value": "red"}
    for tags, transitive, message in [
        ([tag], ["Other"], "The specified transitive tag key must be included in the requested tags."),
        (
            [tag, {"Key": "team", "Value": "blue"}],
            [],
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
    ]:
        answer = refused(
            sts.assume_role, RoleArn=role, RoleSessionName="session", Tags=tags, TransitiveTagKeys=transitive
        )
        assert answer == (400, "InvalidParameterValue", message)
    session = sts.assume_role(RoleArn=role, RoleSessionName="session", Tags=[tag], TransitiveTagKeys=["Team"])
    chained = client("sts", credentials=session["Credentials"])
    again = [{"Key": "team", "Value": "blue"}]
    answer = refused(chained.assume_role, RoleArn=role, RoleSessionName="session", Tags=again)
    assert answer == (
        400,
        "InvalidParameterValue",
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the "
        "calling session.",
    )
    assert "PackedPolicySize" not in sts.assume_role(RoleArn=role, RoleSessionName="session")
    assert sts.get_federation_token(Name="someone")["PackedPolicySize"] == 0


def test_rotations_that_are_refused(kms):
    key = kms.create_key()["KeyMetadata"]
    for _ in range(25):
        kms.rotate_key_on_demand(KeyId=key["KeyId"])
    message = (
        "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be "
        f"performed for this key: {key['Arn']}"
    )
    assert refused(kms.rotate_key_on_demand, KeyId=key["KeyId"]) == (400, "LimitExceededException", message)
    waiting = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]
    assert refused(kms.rotate_key_on_demand, KeyId=waiting["KeyId"])[1] == "KMSInvalidStateException"
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    answer = refused(kms.rotate_key_on_demand, KeyId=signing["KeyId"])
    assert answer == (400, "UnsupportedOperationException", "")
    kms.disable_key(KeyId=signing["KeyId"])
    answer = refused(kms.rotate_key_on_demand, KeyId=signing["KeyId"])
    assert answer == (400, "DisabledException", f"{signing['Arn']} is disabled.")


def test_keys_that_are_not_replicated(kms, client):
    alone = kms.create_key()["KeyMetadata"]
    primary = kms.create_key(MultiRegion=True)["KeyMetadata"]
    replica = kms.replicate_key(KeyId=primary["KeyId"], ReplicaRegion="eu-west-1")["ReplicaKeyMetadata"]
    away = client("kms", region="eu-west-1")
    for service, key in ((kms, alone), (away, replica)):
        answer = refused(service.replicate_key, KeyId=key["KeyId"], ReplicaRegion="us-west-2")
        message = f"{key['Arn']} is not a multi-region primary key."
        assert answer == (400, "UnsupportedOperationException", message)


def test_public_keys_that_are_none(kms):
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")["KeyMetadata"]["KeyId"]
    answer = refused(kms.derive_shared_secret, KeyId=key, KeyAgreementAlgorithm="ECDH", PublicKey=b"none")
    assert answer == (400, "ValidationException", "")


@pytest.mark.parametrize(
    "operation, parameters, reason, message",
    [
        ("describe_account", {"AccountId": "12"}, "INVALID_PATTERN", "does not match the required pattern."),
        ("create_organization", {"FeatureSet": "SOME"}, "INVALID_ENUM", "You specified an invalid value."),
        ("describe_account", {}, "INPUT_REQUIRED", ""),
        ("describe_account", {"AccountId": "1" * 13}, "MAX_LENGTH_EXCEEDED", ""),
        ("create_organizational_unit", {"ParentId": "r-abcd", "Name": ""}, "MIN_LENGTH_EXCEEDED", ""),
        ("list_accounts", {"MaxResults": 21}, "MAX_VALUE_EXCEEDED", ""),
        ("list_accounts", {"MaxResults": 0}, "MIN_VALUE_EXCEEDED", ""),
        ("untag_resource", {"ResourceId": "1" * 12, "TagKeys": [""]}, "INVALID_LIST_MEMBER", ""),
    ],
)
def test_what_organizations_says_of_input_that_does_not_fit(client, operation, parameters, reason, message):
    call = getattr(client("organizations", parameter_validation=False), operation)
    with pytest.raises(ClientError) as refusal:
        call(**parameters)
    answer = refusal.value.response
    assert (answer["Error"]["Code"], answer["Reason"]) == ("InvalidInputException", reason)
    assert message in answer["Error"]["Message"]
