"""KMS as an unmodified boto3 sees it."""

import json
import uuid

import pytest
from botocore.exceptions import ClientError


@pytest.fixture(scope="module")
def kms(client):
    return client("kms")


@pytest.fixture
def key(kms):
    return kms.create_key(Description="a test's key")["KeyMetadata"]["KeyId"]


@pytest.fixture
def alias():
    return f"alias/test-{uuid.uuid4()}"


def refused(operation, **parameters):
    """The error's code and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def all_of(client, operation, member, **parameters):
    pages = client.get_paginator(operation).paginate(**parameters)
    return [item for page in pages for item in page[member]]


def test_a_key_is_made_described_and_listed(kms):
    made = kms.create_key(Description="for orders", Tags=[{"TagKey": "team", "TagValue": "blue"}])["KeyMetadata"]
    assert made["KeyState"] == "Enabled" and made["Enabled"] and made["KeyManager"] == "CUSTOMER"
    assert made["KeySpec"] == made["CustomerMasterKeySpec"] == "SYMMETRIC_DEFAULT"
    assert made["KeyUsage"] == "ENCRYPT_DECRYPT" and made["Origin"] == "AWS_KMS" and not made["MultiRegion"]
    for name in (made["KeyId"], made["Arn"]):
        assert kms.describe_key(KeyId=name)["KeyMetadata"] == made
    assert {"KeyId": made["KeyId"], "KeyArn": made["Arn"]} in all_of(kms, "list_keys", "Keys", Limit=2)
    tags = kms.list_resource_tags(KeyId=made["KeyId"])
    assert tags["Tags"] == [{"TagKey": "team", "TagValue": "blue"}] and not tags["Truncated"]


def test_names_that_lead_nowhere(kms, key):
    arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    missing = "1234abcd-12ab-34cd-56ef-1234567890ab"
    message = f"Key '{arn.replace(key, missing)}' does not exist"
    assert refused(kms.describe_key, KeyId=missing) == ("NotFoundException", message)
    assert refused(kms.describe_key, KeyId="fake") == ("NotFoundException", "Invalid keyId 'fake'")
    code, message = refused(kms.describe_key, KeyId="alias/no-such-alias")
    assert code == "NotFoundException" and message.endswith(":alias/no-such-alias is not found.")
    elsewhere = arn.replace("us-east-1", "eu-west-1")
    assert refused(kms.describe_key, KeyId=elsewhere) == ("NotFoundException", "Invalid arn eu-west-1")


def test_encrypt_and_decrypt(kms, key):
    context = {"purpose": "test", "é": "ü"}
    sealed = kms.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext=context)
    assert sealed["KeyId"].endswith(key) and b"secret" not in sealed["CiphertextBlob"]
    blob = sealed["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=blob, EncryptionContext=dict(reversed(context.items())))
    assert opened["Plaintext"] == b"secret" and opened["KeyId"] == sealed["KeyId"]
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=context, KeyId=key)["Plaintext"] == b"secret"
    assert refused(kms.decrypt, CiphertextBlob=blob)[0] == "InvalidCiphertextException"
    changed = blob[:-1] + bytes([blob[-1] ^ 1])
    assert refused(kms.decrypt, CiphertextBlob=changed, EncryptionContext=context)[0] == "InvalidCiphertextException"
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    wrong = refused(kms.decrypt, CiphertextBlob=blob, EncryptionContext=context, KeyId=other)
    assert wrong[0] == "IncorrectKeyException"


@pytest.mark.parametrize("size, length", [({"KeySpec": "AES_256"}, 32), ({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 1024}, 1024)])
def test_data_keys(kms, key, size, length):
    made = kms.generate_data_key(KeyId=key, **size)
    assert len(made["Plaintext"]) == length
    assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    made = kms.generate_data_key_without_plaintext(KeyId=key, **size)
    assert "Plaintext" not in made
    assert len(kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"]) == length
    assert refused(kms.generate_data_key, KeyId=key)[0] == "ValidationException"


def test_re_encrypt_and_random(kms, key):
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    moved = kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=other, DestinationEncryptionContext={"a": "1"})
    assert moved["SourceKeyId"].endswith(key) and moved["KeyId"].endswith(other)
    opened = kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"a": "1"})
    assert opened["Plaintext"] == b"secret"
    assert len(kms.generate_random(NumberOfBytes=33)["Plaintext"]) == 33


def test_dry_run(kms, key):
    code, message = refused(kms.encrypt, KeyId=key, Plaintext=b"x", DryRun=True)
    assert code == "DryRunOperationException"
    assert message == "The request would have succeeded, but the DryRun option is set."


def test_aliases(kms, key, alias):
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key
    assert refused(kms.create_alias, AliasName=alias, TargetKeyId=key)[0] == "AlreadyExistsException"
    blob = kms.encrypt(KeyId=alias, Plaintext=b"x")["CiphertextBlob"]
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName=alias, TargetKeyId=other)
    assert kms.decrypt(CiphertextBlob=blob)["KeyId"].endswith(key)
    assert refused(kms.decrypt, CiphertextBlob=blob, KeyId=alias)[0] == "IncorrectKeyException"
    listed = all_of(kms, "list_aliases", "Aliases", KeyId=other)
    assert [found["AliasName"] for found in listed] == [alias]
    assert alias in [found["AliasName"] for found in all_of(kms, "list_aliases", "Aliases")]
    kms.delete_alias(AliasName=alias)
    assert refused(kms.describe_key, KeyId=alias)[0] == "NotFoundException"
    assert refused(kms.create_alias, AliasName="alias/aws/mine", TargetKeyId=key)[0] == "NotAuthorizedException"
    assert refused(kms.create_alias, AliasName="mine", TargetKeyId=key)[0] == "ValidationException"


def test_states(kms, key):
    arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=key)
    assert refused(kms.encrypt, KeyId=key, Plaintext=b"x") == ("DisabledException", f"{arn} is disabled.")
    kms.enable_key(KeyId=key)
    kms.encrypt(KeyId=key, Plaintext=b"x")
    assert refused(kms.schedule_key_deletion, KeyId=key, PendingWindowInDays=6)[0] == "ValidationException"
    assert kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)["KeyState"] == "PendingDeletion"
    pending = ("KMSInvalidStateException", f"{arn} is pending deletion.")
    assert refused(kms.encrypt, KeyId=key, Plaintext=b"x") == pending
    assert refused(kms.enable_key, KeyId=key) == pending
    kms.cancel_key_deletion(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"


def test_a_key_is_deleted_when_its_time_has_come(fresh):
    server = fresh("--dev")
    kms = server.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/a", TargetKeyId=key)
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    server.advance(6 * 86_400)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    server.advance(2 * 86_400)
    assert refused(kms.describe_key, KeyId=key)[0] == "NotFoundException"
    assert refused(kms.describe_key, KeyId="alias/a")[0] == "NotFoundException"
    assert refused(kms.decrypt, CiphertextBlob=blob)[0] == "AccessDeniedException"
    assert kms.list_keys()["Keys"] == []


def test_key_policies(kms, key):
    assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
    policy = json.loads(kms.get_key_policy(KeyId=key)["Policy"])
    assert policy["Statement"][0]["Action"] == "kms:*"
    policy["Statement"][0]["Sid"] = "changed"
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    assert json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]) == policy
    assert refused(kms.put_key_policy, KeyId=key, Policy="{")[0] == "MalformedPolicyDocumentException"
    policy["Statement"][0]["Principal"] = {"AWS": "arn:aws:iam::000000000001:root"}
    code, message = refused(kms.put_key_policy, KeyId=key, Policy=json.dumps(policy))
    assert code == "MalformedPolicyDocumentException"
    assert message == "The new key policy will not allow you to update the key policy in the future."


def test_tags(kms, key):
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": ""}])
    kms.untag_resource(KeyId=key, TagKeys=["a"])
    assert kms.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "b", "TagValue": ""}]
    assert refused(kms.tag_resource, KeyId=key, Tags=[{"TagKey": "aws:x", "TagValue": ""}])[0] == "TagException"


def test_grants(kms, key):
    arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    root = f"arn:aws:iam::{arn.split(':')[4]}:root"
    wanted = {
        "KeyId": key,
        "GranteePrincipal": root,
        "RetiringPrincipal": root,
        "Operations": ["Encrypt", "Decrypt", "RetireGrant"],
        "Constraints": {"EncryptionContextSubset": {"a": "1"}},
        "Name": "mine",
    }
    made, again = kms.create_grant(**wanted), kms.create_grant(**wanted)
    assert made["GrantId"] == again["GrantId"] and made["GrantToken"] != again["GrantToken"]
    listed = all_of(kms, "list_grants", "Grants", KeyId=key)
    assert len(listed) == 1 and listed[0]["KeyId"] == arn and listed[0]["IssuingAccount"] == root
    assert listed[0]["Constraints"] == wanted["Constraints"] and listed[0]["Operations"] == wanted["Operations"]
    retirable = all_of(kms, "list_retirable_grants", "Grants", RetiringPrincipal=root)
    assert made["GrantId"] in [grant["GrantId"] for grant in retirable]
    kms.encrypt(KeyId=key, Plaintext=b"x", GrantTokens=[made["GrantToken"]])
    kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    assert kms.list_grants(KeyId=key)["Grants"] == []
    wanted["GranteePrincipal"] = "arn:aws:s3:::bucket"
    assert refused(kms.create_grant, **wanted)[0] == "InvalidArnException"


def test_a_grant_lets_another_account_in(dev_client):
    owner = dev_client("kms", credentials=("111122223333", "x"))
    other = dev_client("kms", credentials=("444455556666", "x"))
    arn = owner.create_key()["KeyMetadata"]["Arn"]
    assert refused(other.encrypt, KeyId=arn, Plaintext=b"x")[0] == "AccessDeniedException"
    root = "arn:aws:iam::444455556666:root"
    made = owner.create_grant(KeyId=arn, GranteePrincipal=root, Operations=["Encrypt"])
    blob = other.encrypt(KeyId=arn, Plaintext=b"x", GrantTokens=[made["GrantToken"]])["CiphertextBlob"]
    assert refused(other.decrypt, CiphertextBlob=blob)[0] == "AccessDeniedException"
    assert owner.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_what_is_not_built_says_so(kms, key):
    assert refused(kms.create_key, KeySpec="SM2", KeyUsage="SIGN_VERIFY")[0] == "UnsupportedOperationException"


def test_principals_that_do_not_exist(client, kms, key):
    account = kms.describe_key(KeyId=key)["KeyMetadata"]["AWSAccountId"]
    iam, name = client("iam"), f"p-{uuid.uuid4().hex[:12]}"
    user = f"arn:aws:iam::{account}:user/{name}"

    def policy(principal):
        statements = [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"},
            {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:Decrypt", "Resource": "*"},
        ]
        return json.dumps({"Version": "2012-10-17", "Statement": statements})

    grant = {"KeyId": key, "Operations": ["Decrypt"]}
    role = user.replace("user/", "role/")
    for principal in (user, role):
        told = refused(kms.put_key_policy, KeyId=key, Policy=policy(principal))
        assert told == ("MalformedPolicyDocumentException", "Policy contains a statement with one or more invalid principals.")
        assert refused(kms.create_key, Policy=policy(principal))[0] == "MalformedPolicyDocumentException"
        told = refused(kms.create_grant, GranteePrincipal=principal, **grant)
        assert told == ("InvalidArnException", f"ARN does not refer to a valid principal: {principal}")
    iam.create_user(UserName=name)
    kms.put_key_policy(KeyId=key, Policy=policy(user))
    assert kms.create_grant(GranteePrincipal=user, **grant)["GrantId"]
    # An account that has nobody here is somewhere else, and nothing is known about its users.
    elsewhere = user.replace(account, "210987654321")
    kms.put_key_policy(KeyId=key, Policy=policy(elsewhere))
    assert kms.create_grant(GranteePrincipal=elsewhere, **grant)["GrantId"]
