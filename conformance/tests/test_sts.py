"""STS as an unmodified boto3 sees it."""

import base64
import datetime
import hashlib
import hmac
import json
import struct
import time
import uuid

import pytest
from bastide import wait_until
from botocore.exceptions import ClientError


def document(action, effect="Allow", **rest):
    statement = {"Effect": effect, "Action": action, "Resource": "*", **rest}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal, action="sts:AssumeRole", **rest):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **rest}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def refused(call, *arguments, **parameters):
    """The code and message of a refusal."""
    with pytest.raises(ClientError) as error:
        call(*arguments, **parameters)
    found = error.value.response["Error"]
    return found["Code"], found["Message"]


def totp(seed, at=None):
    """RFC 6238 with SHA-1, six digits, 30 seconds."""
    step = int((time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(seed), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.fixture(scope="module")
def sts(client):
    return client("sts")


@pytest.fixture(scope="module")
def iam(client):
    return client("iam")


@pytest.fixture(scope="module")
def account(sts):
    return sts.get_caller_identity()["Account"]


@pytest.fixture
def name():
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def user(iam, name):
    """A user that may assume roles and look into IAM: its name and keys."""
    iam.create_user(UserName=name)
    policy = document(["sts:AssumeRole", "iam:Get*", "iam:List*"])
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return name, (key["AccessKeyId"], key["SecretAccessKey"])


@pytest.fixture
def role(iam, name, account):
    """A role that trusts its account and may look into IAM."""
    arn = f"arn:aws:iam::{account}:root"
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": arn}))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(["iam:Get*", "iam:List*"]))
    return made["Arn"]


def test_everybody_may_know_who_they_are(client, sts, iam, name, account):
    identity = sts.get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{account}:user/admin"
    assert identity["UserId"].startswith("AIDA")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document("*", "Deny"))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    nobody = client("sts", credentials=(key["AccessKeyId"], key["SecretAccessKey"]))
    assert nobody.get_caller_identity()["Arn"].endswith(f":user/{name}")
    assert refused(nobody.get_access_key_info, AccessKeyId=key["AccessKeyId"])[0] == "AccessDenied"


def test_a_key_tells_its_account(sts, strict, account):
    assert sts.get_access_key_info(AccessKeyId=strict.credentials[0])["Account"] == account
    # A published example of how AWS's key ids carry their account.
    assert sts.get_access_key_info(AccessKeyId="ASIAQNZGKIQY56JQ7WML")["Account"] == "029608264753"


def test_assume_role(client, user, role, account):
    name, keys = user
    answer = client("sts", credentials=keys).assume_role(
        RoleArn=role, RoleSessionName="work", DurationSeconds=900
    )
    made = answer["AssumedRoleUser"]
    assert made["Arn"] == f"arn:aws:sts::{account}:assumed-role/{name}/work"
    assert made["AssumedRoleId"].endswith(":work")
    credentials = answer["Credentials"]
    assert credentials["AccessKeyId"].startswith("ASIA")
    left = credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert 800 < left.total_seconds() <= 900
    assert "PackedPolicySize" not in answer

    session = client("sts", credentials=credentials)
    identity = session.get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (made["Arn"], made["AssumedRoleId"])
    looking = client("iam", credentials=credentials)
    assert looking.get_role(RoleName=name)["Role"]["Arn"] == role
    code, message = refused(looking.create_user, UserName="x")
    assert code == "AccessDenied"
    assert message.startswith(f"User: {made['Arn']} is not authorized to perform: iam:CreateUser")


def test_forged_tokens_are_nobodys(client, user, role):
    _, keys = user
    one, other = (
        client("sts", credentials=keys).assume_role(RoleArn=role, RoleSessionName="work")["Credentials"]
        for _ in range(2)
    )
    token = one["SessionToken"]
    middle = len(token) // 2
    flipped = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    for forged in (other["SessionToken"], flipped, "nonsense"):
        session = client("sts", credentials=(one["AccessKeyId"], one["SecretAccessKey"], forged))
        assert refused(session.get_caller_identity)[0] == "InvalidClientTokenId"
    session = client("kms", credentials=(one["AccessKeyId"], one["SecretAccessKey"], flipped))
    assert refused(session.list_keys)[0] == "UnrecognizedClientException"
    session = client("sts", credentials=(one["AccessKeyId"], "x" * 40, token))
    assert refused(session.get_caller_identity)[0] == "SignatureDoesNotMatch"


def test_refusals_of_assume_role(client, sts, iam, user, role, account, name):
    calling = client("sts", credentials=user[1])
    ask = {"RoleArn": role, "RoleSessionName": "work"}
    too_long = refused(calling.assume_role, **ask, DurationSeconds=3601)
    assert too_long == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )
    assert refused(calling.assume_role, **ask, Policy="{")[0] == "MalformedPolicyDocument"
    large = document("s3:*") + " " * 2048
    assert refused(calling.assume_role, **ask, Policy=large)[0] == "PackedPolicyTooLarge"
    tags = [{"Key": "a", "Value": "1"}]
    assert refused(calling.assume_role, **ask, Tags=tags)[0] == "AccessDenied"
    assert refused(calling.assume_role, **ask, SourceIdentity="me")[0] == "AccessDenied"
    missing = {**ask, "RoleArn": f"arn:aws:iam::{account}:role/missing-{name}"}
    code, message = refused(calling.assume_role, **missing)
    assert code == "AccessDenied" and "sts:AssumeRole on resource" in message
    iam.update_assume_role_policy(
        RoleName=name, PolicyDocument=trust({"Service": "ec2.amazonaws.com"})
    )
    assert refused(calling.assume_role, **ask)[0] == "AccessDenied"


def test_external_id(client, iam, user, account, name):
    condition = {"StringEquals": {"sts:ExternalId": "12345"}}
    policy = trust({"AWS": account}, Condition=condition)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)
    calling = client("sts", credentials=user[1])
    ask = {"RoleArn": f"arn:aws:iam::{account}:role/{name}", "RoleSessionName": "work"}
    assert refused(calling.assume_role, **ask)[0] == "AccessDenied"
    assert refused(calling.assume_role, **ask, ExternalId="54321")[0] == "AccessDenied"
    calling.assume_role(**ask, ExternalId="12345")


def test_session_policies_only_take_away(client, user, role):
    calling = client("sts", credentials=user[1])
    answer = calling.assume_role(
        RoleArn=role, RoleSessionName="work", Policy=document(["iam:ListUsers", "iam:CreateUser"])
    )
    assert 0 < answer["PackedPolicySize"] <= 100
    session = client("iam", credentials=answer["Credentials"])
    session.list_users()
    code, message = refused(session.list_roles)
    assert code == "AccessDenied" and message.endswith(
        "because no session policy allows the iam:ListRoles action"
    )
    assert refused(session.create_user, UserName="x")[0] == "AccessDenied"


def test_tags_go_along_a_chain(client, iam, user, account, name):
    actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    iam.put_user_policy(UserName=user[0], PolicyName="p", PolicyDocument=document(actions))
    first = iam.create_role(
        RoleName=f"{name}-1", AssumeRolePolicyDocument=trust({"AWS": account}, actions)
    )["Role"]["Arn"]
    iam.put_role_policy(RoleName=f"{name}-1", PolicyName="p", PolicyDocument=document(actions))
    condition = {"StringEquals": {"aws:PrincipalTag/team": "red", "sts:SourceIdentity": "alice"}}
    second = iam.create_role(
        RoleName=f"{name}-2", AssumeRolePolicyDocument=trust({"AWS": account}, actions, Condition=condition)
    )["Role"]["Arn"]
    calling = client("sts", credentials=user[1])
    answer = calling.assume_role(
        RoleArn=first,
        RoleSessionName="one",
        Tags=[{"Key": "team", "Value": "red"}],
        TransitiveTagKeys=["team"],
        SourceIdentity="alice",
    )
    assert answer["SourceIdentity"] == "alice"
    chained = client("sts", credentials=answer["Credentials"])
    chained.assume_role(RoleArn=second, RoleSessionName="two")
    code, message = refused(
        chained.assume_role, RoleArn=second, RoleSessionName="two", DurationSeconds=3601
    )
    assert code == "ValidationError" and "role chaining" in message
    assert refused(calling.assume_role, RoleArn=second, RoleSessionName="two")[0] == "AccessDenied"


def test_mfa(client, iam, user, account, name):
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
    serial, seed = device["SerialNumber"], device["Base32StringSeed"]
    iam.enable_mfa_device(
        UserName=user[0],
        SerialNumber=serial,
        AuthenticationCode1=totp(seed, time.time() - 30),
        AuthenticationCode2=totp(seed),
    )
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    policy = trust({"AWS": account}, Condition=condition)
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    calling = client("sts", credentials=user[1])
    assert refused(calling.assume_role, RoleArn=role, RoleSessionName="work")[0] == "AccessDenied"
    bare = calling.get_session_token()["Credentials"]
    assert refused(client("iam", credentials=bare).list_users)[0] == "AccessDenied"
    assert refused(client("sts", credentials=bare).get_session_token) == (
        "AccessDenied",
        "Cannot call GetSessionToken with session credentials",
    )
    # The code that enabled the device is used up; that of the next step is taken early.
    shown = {"SerialNumber": serial, "TokenCode": totp(seed, time.time() + 30)}
    code, message = refused(calling.get_session_token, **{**shown, "SerialNumber": serial + "x"})
    assert code == "AccessDenied" and message.startswith("MultiFactorAuthentication failed")
    session = calling.get_session_token(**shown)["Credentials"]
    assert refused(calling.get_session_token, **shown)[0] == "AccessDenied"
    client("iam", credentials=session).list_users()
    client("sts", credentials=session).assume_role(RoleArn=role, RoleSessionName="work")


def test_federation(client, iam, sts, user, account):
    iam.put_user_policy(
        UserName=user[0],
        PolicyName="p",
        PolicyDocument=document(["sts:GetFederationToken", "kms:ListKeys", "kms:ListAliases", "iam:*"]),
    )
    calling = client("sts", credentials=user[1])
    answer = calling.get_federation_token(Name="bob", Policy=document(["kms:ListKeys", "iam:*"]))
    assert answer["FederatedUser"] == {
        "FederatedUserId": f"{account}:bob",
        "Arn": f"arn:aws:sts::{account}:federated-user/bob",
    }
    credentials = answer["Credentials"]
    assert client("sts", credentials=credentials).get_caller_identity()["UserId"] == f"{account}:bob"
    kms = client("kms", credentials=credentials)
    kms.list_keys()
    assert refused(kms.list_aliases)[0] == "AccessDeniedException"
    assert refused(client("iam", credentials=credentials).list_users)[0] == "AccessDenied"
    bare = calling.get_federation_token(Name="bob")["Credentials"]
    assert refused(client("kms", credentials=bare).list_keys)[0] == "AccessDeniedException"
    iam.put_user_policy(UserName=user[0], PolicyName="p", PolicyDocument=document("kms:*"))
    assert refused(calling.get_federation_token, Name="bob")[0] == "AccessDenied"


def test_sessions_end(fresh):
    server = fresh("--dev")
    account = "111122223333"
    credentials = (account, "test")
    iam = server.client("iam", credentials=credentials)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust({"AWS": account}))
    made = server.client("sts", credentials=credentials).assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/r", RoleSessionName="work"
    )
    session = server.client("sts", credentials=made["Credentials"])
    assert session.get_caller_identity()["Arn"].endswith(":assumed-role/r/work")
    server.advance(3601)
    assert refused(session.get_caller_identity)[0] == "ExpiredToken"


def test_what_is_recorded(client, sts, role, account):
    sts.assume_role(RoleArn=role, RoleSessionName="recorded", ExternalId="outside")
    trail = client("cloudtrail")
    ask = {"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": role}]}

    def assumed():
        found = trail.lookup_events(**ask)["Events"]
        return [json.loads(event["CloudTrailEvent"]) for event in found if event["EventName"] == "AssumeRole"]

    (event,) = wait_until(assumed)
    assert event["eventSource"] == "sts.amazonaws.com"
    assert event["readOnly"] is True
    assert event["requestParameters"]["roleSessionName"] == "recorded"
    response = event["responseElements"]
    assert response["assumedRoleUser"]["arn"].endswith("/recorded")
    assert response["credentials"]["accessKeyId"].startswith("ASIA")
    assert "secretAccessKey" not in response["credentials"]
    assert event["resources"] == [{"accountId": account, "type": "AWS::IAM::Role", "ARN": role}]


def test_authorization_messages(sts):
    code, _ = refused(sts.decode_authorization_message, EncodedMessage="nonsense")
    assert code == "InvalidAuthorizationMessageException"
