"""IAM as an unmodified boto3 sees it."""

import base64
import csv
import hashlib
import hmac
import io
import json
import struct
import time
import uuid

import pytest
from bastide import wait_until
from botocore.exceptions import ClientError

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def document(action, resource="*", effect="Allow"):
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture(scope="module")
def iam(client):
    return client("iam")


@pytest.fixture
def name():
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def user(iam, name):
    return iam.create_user(UserName=name)["User"]


@pytest.fixture
def role(iam, name):
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]


@pytest.fixture
def policy(iam, name):
    return iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document("s3:GetObject")))["Policy"]


def keys_of(iam, user):
    key = iam.create_access_key(UserName=user["UserName"])["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def refused(operation, **parameters):
    """The error's code and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def all_of(client, operation, member, **parameters):
    pages = client.get_paginator(operation).paginate(**parameters)
    return [item for page in pages for item in page[member]]


def test_a_user_from_birth_to_death(iam, name):
    made = iam.create_user(UserName=name, Path="/a/b/", Tags=[{"Key": "team", "Value": "blue"}])["User"]
    assert made["Arn"].endswith(f":user/a/b/{name}") and made["UserId"].startswith("AIDA")
    assert made["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert iam.get_user(UserName=name)["User"] == made
    assert refused(iam.create_user, UserName=name.upper()) == (
        "EntityAlreadyExists",
        f"User with name {name.upper()} already exists.",
    )
    iam.update_user(UserName=name, NewUserName=name + "-2", NewPath="/")
    moved = iam.get_user(UserName=name + "-2")["User"]
    assert moved["UserId"] == made["UserId"] and moved["Arn"].endswith(f":user/{name}-2")
    iam.delete_user(UserName=name + "-2")
    assert refused(iam.get_user, UserName=name + "-2") == (
        "NoSuchEntity",
        f"The user with name {name}-2 cannot be found.",
    )


def test_the_caller_is_the_user_when_none_is_named(iam):
    assert iam.get_user()["User"]["UserName"] == "admin"
    assert iam.list_access_keys()["AccessKeyMetadata"][0]["UserName"] == "admin"
    assert iam.list_attached_user_policies(UserName="admin")["AttachedPolicies"] == [
        {"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}
    ]


def test_names_are_validated(iam):
    code, message = refused(iam.create_user, UserName="a/b")
    assert code == "ValidationError" and "userName" in message
    code, message = refused(iam.create_role, RoleName="r" * 65, AssumeRolePolicyDocument="{}")
    assert code == "ValidationError" and "roleName" in message


def test_lists_page(iam, name):
    path = f"/{name}/"
    for number in range(5):
        iam.create_user(UserName=f"{name}-{number}", Path=path)
    names = [user["UserName"] for user in all_of(iam, "list_users", "Users", PathPrefix=path, PaginationConfig={"PageSize": 2})]
    assert names == [f"{name}-{number}" for number in range(5)]
    first = iam.list_users(PathPrefix=path, MaxItems=2)
    assert first["IsTruncated"] and first["Marker"] and len(first["Users"]) == 2
    assert "Tags" not in first["Users"][0]


def test_access_keys_prove_who_calls(client, iam, user):
    keys = keys_of(iam, user)
    assert len(keys[0]) == 20 and len(keys[1]) == 40
    head = int.from_bytes(base64.b32decode(keys[0][4:])[:6], "big")
    account = user["Arn"].split(":")[4]
    assert f"{(head & 0x7FFFFFFFFF80) >> 7:012}" == account
    mine = client("iam", credentials=keys)
    code, message = refused(mine.list_users)
    assert code == "AccessDenied"
    assert message.startswith(f"User: {user['Arn']} is not authorized to perform: iam:ListUsers on resource:")
    iam.put_user_policy(UserName=user["UserName"], PolicyName="p", PolicyDocument=json.dumps(document("iam:*")))
    assert mine.get_user()["User"]["UserName"] == user["UserName"]
    iam.update_access_key(UserName=user["UserName"], AccessKeyId=keys[0], Status="Inactive")
    assert refused(mine.get_user)[0] == "InvalidClientTokenId"
    iam.update_access_key(UserName=user["UserName"], AccessKeyId=keys[0], Status="Active")
    assert mine.get_user()["User"]["UserName"] == user["UserName"]
    iam.create_access_key(UserName=user["UserName"])
    assert refused(iam.create_access_key, UserName=user["UserName"]) == (
        "LimitExceeded",
        "Cannot exceed quota for AccessKeysPerUser: 2",
    )


def test_when_a_key_was_last_used(client, iam, user):
    keys = keys_of(iam, user)
    never = iam.get_access_key_last_used(AccessKeyId=keys[0])
    assert never["UserName"] == user["UserName"]
    assert never["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    refused(client("kms", region="eu-central-1", credentials=keys).list_keys)

    def used():
        found = iam.get_access_key_last_used(AccessKeyId=keys[0])["AccessKeyLastUsed"]
        return found if "LastUsedDate" in found else None

    assert {key: wait_until(used)[key] for key in ("ServiceName", "Region")} == {
        "ServiceName": "kms",
        "Region": "eu-central-1",
    }


def test_groups(iam, user, name):
    group = iam.create_group(GroupName=name)["Group"]
    assert group["GroupId"].startswith("AGPA")
    assert iam.get_group(GroupName=name)["Users"] == []
    iam.add_user_to_group(GroupName=name, UserName=user["UserName"])
    assert [member["UserName"] for member in iam.get_group(GroupName=name)["Users"]] == [user["UserName"]]
    assert [found["GroupName"] for found in iam.list_groups_for_user(UserName=user["UserName"])["Groups"]] == [name]
    assert refused(iam.delete_group, GroupName=name)[0] == "DeleteConflict"
    assert refused(iam.delete_user, UserName=user["UserName"])[0] == "DeleteConflict"
    iam.remove_user_from_group(GroupName=name, UserName=user["UserName"])
    iam.delete_group(GroupName=name)
    assert refused(iam.get_group, GroupName=name) == ("NoSuchEntity", f"The group with name {name} cannot be found.")


def test_roles(iam, role):
    name = role["RoleName"]
    assert role["RoleId"].startswith("AROA") and role["AssumeRolePolicyDocument"] == TRUST
    assert "MaxSessionDuration" not in role
    found = iam.get_role(RoleName=name)["Role"]
    assert found["MaxSessionDuration"] == 3600 and found["RoleLastUsed"] == {}
    iam.update_role(RoleName=name, Description="for tests", MaxSessionDuration=7200)
    found = iam.get_role(RoleName=name)["Role"]
    assert (found["Description"], found["MaxSessionDuration"]) == ("for tests", 7200)
    assert refused(iam.update_role, RoleName=name, MaxSessionDuration=50000)[0] == "ValidationError"
    code, _ = refused(iam.update_assume_role_policy, RoleName=name, PolicyDocument='{"Version": "2012-10-17"}')
    assert code == "MalformedPolicyDocument"
    iam.tag_role(RoleName=name, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    iam.untag_role(RoleName=name, TagKeys=["a"])
    assert iam.list_role_tags(RoleName=name)["Tags"] == [{"Key": "b", "Value": ""}]
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=ADMINISTRATOR)
    assert iam.get_role(RoleName=name)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == ADMINISTRATOR
    iam.delete_role_permissions_boundary(RoleName=name)
    iam.delete_role(RoleName=name)
    assert refused(iam.get_role, RoleName=name) == ("NoSuchEntity", f"The role with name {name} cannot be found.")


def test_instance_profiles(iam, role, name):
    profile = iam.create_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    assert profile["InstanceProfileId"].startswith("AIPA") and profile["Roles"] == []
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
    found = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    assert [inside["RoleName"] for inside in found["Roles"]] == [role["RoleName"]]
    assert refused(iam.delete_role, RoleName=role["RoleName"])[0] == "DeleteConflict"
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=name)
    assert refused(iam.get_instance_profile, InstanceProfileName=name) == (
        "NoSuchEntity",
        f"Instance Profile {name} cannot be found.",
    )


def test_managed_policies(iam, policy):
    arn = policy["Arn"]
    assert policy["PolicyId"].startswith("ANPA") and policy["DefaultVersionId"] == "v1"
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert version["Document"] == document("s3:GetObject") and version["IsDefaultVersion"]
    second = json.dumps(document("s3:*"))
    made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=second, SetAsDefault=True)["PolicyVersion"]
    assert made["VersionId"] == "v2" and "Document" not in made
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    assert refused(iam.delete_policy_version, PolicyArn=arn, VersionId="v2") == (
        "DeleteConflict",
        "Cannot delete the default version of a policy.",
    )
    assert refused(iam.delete_policy, PolicyArn=arn)[0] == "DeleteConflict"
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)
    assert refused(iam.get_policy, PolicyArn=arn) == ("NoSuchEntity", f"Policy {arn} was not found.")


def test_policies_are_refused_with_why(iam, user, name):
    create = lambda text: refused(iam.create_policy, PolicyName=name, PolicyDocument=text)
    assert create("not json") == ("MalformedPolicyDocument", "Syntax errors in policy.")
    old = json.dumps({**document("s3:*"), "Version": "2008-10-17"})
    assert create(old) == ("MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater.")
    large = json.dumps(document(["s3:" + "a" * 100 + str(number) for number in range(70)]))
    assert create(large) == ("LimitExceeded", "Cannot exceed quota for PolicySize: 6144")
    put = lambda text: refused(iam.put_user_policy, UserName=user["UserName"], PolicyName=name, PolicyDocument=text)
    assert put("{}")[0] == "MalformedPolicyDocument"


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_policies_of_users_groups_and_roles(iam, name, policy, kind):
    of = {f"{kind.capitalize()}Name": name}
    extra = {"AssumeRolePolicyDocument": json.dumps(TRUST)} if kind == "role" else {}
    getattr(iam, f"create_{kind}")(**of, **extra)
    call = lambda operation, **more: getattr(iam, operation.format(kind))(**of, **more)
    inline = {"PolicyName": "inline", "PolicyDocument": json.dumps(document("s3:ListBucket"))}
    call("put_{}_policy", **inline)
    assert call("get_{}_policy", PolicyName="inline")["PolicyDocument"] == document("s3:ListBucket")
    assert call("list_{}_policies")["PolicyNames"] == ["inline"]
    call("attach_{}_policy", PolicyArn=policy["Arn"])
    assert call("list_attached_{}_policies")["AttachedPolicies"] == [
        {"PolicyName": name, "PolicyArn": policy["Arn"]}
    ]
    entities = iam.list_entities_for_policy(PolicyArn=policy["Arn"])
    assert [entity[f"{kind.capitalize()}Name"] for entity in entities[f"Policy{kind.capitalize()}s"]] == [name]
    assert iam.get_policy(PolicyArn=policy["Arn"])["Policy"]["AttachmentCount"] == 1
    assert refused(iam.delete_policy, PolicyArn=policy["Arn"]) == (
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
    )
    delete = getattr(iam, f"delete_{kind}")
    assert refused(delete, **of)[0] == "DeleteConflict"
    call("detach_{}_policy", PolicyArn=policy["Arn"])
    missing = refused(getattr(iam, f"detach_{kind}_policy"), **of, PolicyArn=policy["Arn"])
    assert missing == ("NoSuchEntity", f"Policy {policy['Arn']} was not found.")
    call("delete_{}_policy", PolicyName="inline")
    missing = refused(getattr(iam, f"get_{kind}_policy"), **of, PolicyName="inline")
    assert missing == ("NoSuchEntity", f"The {kind} policy with name inline cannot be found.")
    delete(**of)


def test_awss_managed_policies(iam):
    names = {found["PolicyName"] for found in all_of(iam, "list_policies", "Policies", Scope="AWS")}
    assert {"AdministratorAccess", "ReadOnlyAccess", "SecurityAudit", "IAMFullAccess"} <= names
    version = iam.get_policy_version(PolicyArn=ADMINISTRATOR, VersionId="v1")["PolicyVersion"]
    assert version["Document"] == document("*")
    assert refused(iam.delete_policy, PolicyArn=ADMINISTRATOR)[0] == "AccessDenied"


def test_a_boundary_limits(client, iam, user):
    mine = client("iam", credentials=keys_of(iam, user))
    iam.attach_user_policy(UserName=user["UserName"], PolicyArn=ADMINISTRATOR)
    mine.list_users()
    boundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    iam.put_user_permissions_boundary(UserName=user["UserName"], PermissionsBoundary=boundary)
    code, message = refused(mine.list_users)
    assert code == "AccessDenied" and "permissions boundary" in message
    missing = "arn:aws:iam::aws:policy/NoSuchPolicy"
    assert refused(
        iam.put_user_permissions_boundary, UserName=user["UserName"], PermissionsBoundary=missing
    ) == ("NoSuchEntity", f"Scope ARN: {missing} does not exist or is not attachable.")


def test_the_account(fresh):
    iam = fresh().client("iam")
    assert iam.list_account_aliases()["AccountAliases"] == []
    iam.create_account_alias(AccountAlias="my-place")
    assert iam.list_account_aliases()["AccountAliases"] == ["my-place"]
    iam.delete_account_alias(AccountAlias="my-place")
    assert refused(iam.get_account_password_policy)[0] == "NoSuchEntity"
    iam.update_account_password_policy(MinimumPasswordLength=12, RequireSymbols=True, MaxPasswordAge=90)
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    assert policy["MinimumPasswordLength"] == 12 and policy["ExpirePasswords"] and policy["RequireSymbols"]
    iam.create_user(UserName="u")
    assert refused(iam.create_login_profile, UserName="u", Password="short")[0] == "PasswordPolicyViolation"
    made = iam.create_login_profile(UserName="u", Password="long enough!", PasswordResetRequired=True)
    assert made["LoginProfile"]["PasswordResetRequired"]
    assert refused(iam.create_login_profile, UserName="u", Password="long enough!")[0] == "EntityAlreadyExists"
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["Users"] == 2 and summary["AccessKeysPerUserQuota"] == 2
    assert iam.generate_credential_report()["State"] == "STARTED"
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    report = iam.get_credential_report()
    rows = list(csv.DictReader(io.StringIO(report["Content"].decode())))
    assert report["ReportFormat"] == "text/csv" and len(rows[0]) == 22
    assert [row["user"] for row in rows] == ["<root_account>", "admin", "u"]
    assert (rows[1]["access_key_1_active"], rows[1]["password_enabled"]) == ("true", "false")
    assert rows[2]["password_enabled"] == "true" and rows[2]["password_next_rotation"].endswith("+00:00")


def test_authorization_details(iam, user, role, policy):
    iam.attach_user_policy(UserName=user["UserName"], PolicyArn=policy["Arn"])
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 10}))
    gathered = lambda member: [item for page in pages for item in page[member]]
    mine = next(found for found in gathered("UserDetailList") if found["UserName"] == user["UserName"])
    assert mine["AttachedManagedPolicies"] == [{"PolicyName": policy["PolicyName"], "PolicyArn": policy["Arn"]}]
    assert mine["GroupList"] == [] and mine["UserPolicyList"] == []
    mine = next(found for found in gathered("RoleDetailList") if found["RoleName"] == role["RoleName"])
    assert mine["AssumeRolePolicyDocument"] == TRUST and mine["InstanceProfileList"] == []
    mine = next(found for found in gathered("Policies") if found["Arn"] == policy["Arn"])
    assert mine["AttachmentCount"] == 1
    assert mine["PolicyVersionList"][0]["Document"] == document("s3:GetObject")
    only = iam.get_account_authorization_details(Filter=["Role"])
    assert only["UserDetailList"] == [] and only["Policies"] == [] and only["RoleDetailList"]


def test_simulation(iam, user):
    iam.put_user_policy(
        UserName=user["UserName"], PolicyName="p", PolicyDocument=json.dumps(document("s3:GetObject"))
    )
    results = iam.simulate_principal_policy(
        PolicySourceArn=user["Arn"],
        ActionNames=["s3:GetObject", "s3:PutObject"],
        ResourceArns=["arn:aws:s3:::b/k"],
    )["EvaluationResults"]
    assert [result["EvalDecision"] for result in results] == ["allowed", "implicitDeny"]
    assert results[0]["MatchedStatements"][0]["SourcePolicyId"] == f"user_{user['UserName']}_p"
    assert results[0]["ResourceSpecificResults"][0]["EvalResourceDecision"] == "allowed"
    conditional = document("s3:*")
    conditional["Statement"][0]["Condition"] = {"StringEquals": {"aws:RequestTag/team": "blue"}}
    custom = lambda **more: iam.simulate_custom_policy(
        PolicyInputList=[json.dumps(conditional)], ActionNames=["s3:GetObject"], **more
    )["EvaluationResults"][0]
    assert custom()["MissingContextValues"] == ["aws:RequestTag/team"]
    entry = {"ContextKeyName": "aws:RequestTag/team", "ContextKeyValues": ["blue"], "ContextKeyType": "string"}
    assert custom(ContextEntries=[entry])["EvalDecision"] == "allowed"
    keys = iam.get_context_keys_for_custom_policy(PolicyInputList=[json.dumps(conditional)])
    assert keys["ContextKeyNames"] == ["aws:RequestTag/team"]


def test_service_linked_roles(iam):
    role = iam.create_service_linked_role(AWSServiceName="lex.amazonaws.com", CustomSuffix=uuid.uuid4().hex)["Role"]
    assert role["RoleName"].startswith("AWSServiceRoleForLexBots_")
    code, message = refused(iam.delete_role, RoleName=role["RoleName"])
    assert code == "UnmodifiableEntity" and role["RoleName"] in message
    task = iam.delete_service_linked_role(RoleName=role["RoleName"])["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"


def totp(seed, moment):
    """RFC 6238."""
    digest = hmac.new(base64.b32decode(seed), struct.pack(">q", int(moment) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def test_virtual_mfa_devices(iam, user, name):
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    serial, seed, now = device["SerialNumber"], device["Base32StringSeed"], time.time()
    enable = {"UserName": user["UserName"], "SerialNumber": serial}
    wrong = {"AuthenticationCode1": "000000", "AuthenticationCode2": "000000"}
    assert refused(iam.enable_mfa_device, **enable, **wrong)[0] == "InvalidAuthenticationCode"
    iam.enable_mfa_device(
        **enable, AuthenticationCode1=totp(seed, now - 30), AuthenticationCode2=totp(seed, now)
    )
    assert [found["SerialNumber"] for found in iam.list_mfa_devices(UserName=user["UserName"])["MFADevices"]] == [serial]
    listed = all_of(iam, "list_virtual_mfa_devices", "VirtualMFADevices", AssignmentStatus="Assigned")
    assert [found["User"]["UserName"] for found in listed if found["SerialNumber"] == serial] == [user["UserName"]]
    assert refused(iam.delete_virtual_mfa_device, SerialNumber=serial)[0] == "DeleteConflict"
    iam.deactivate_mfa_device(**enable)
    iam.delete_virtual_mfa_device(SerialNumber=serial)


def test_secrets_stand_in_no_record(client, iam, user):
    key = keys_of(iam, user)
    trail = client("cloudtrail")

    def recorded():
        asked = [{"AttributeKey": "EventName", "AttributeValue": "CreateAccessKey"}]
        events = trail.lookup_events(LookupAttributes=asked)["Events"]
        return next((event for event in events if key[0] in event["CloudTrailEvent"]), None)

    event = wait_until(recorded)
    assert key[1] not in event["CloudTrailEvent"]
    detail = json.loads(event["CloudTrailEvent"])
    assert detail["requestParameters"] == {"userName": user["UserName"]}
    assert detail["responseElements"]["accessKey"]["accessKeyId"] == key[0]


def test_config_keeps_the_history_of_users(client, iam, user):
    iam.tag_user(UserName=user["UserName"], Tags=[{"Key": "team", "Value": "blue"}])
    history = client("config").get_resource_config_history(resourceType="AWS::IAM::User", resourceId=user["UserId"])
    items = history["configurationItems"]
    assert [json.loads(item["configuration"])["userName"] for item in items] == [user["UserName"]] * 2
    assert items[0]["tags"] == {"team": "blue"}
