"""Which operation a key's state allows, and with which exception it is refused: every operation in every state that a
key can be brought into. Source: KMS Developer Guide, "Key states of AWS KMS keys"."""

import os
import uuid

import pytest
from botocore.exceptions import ClientError
from kms_tools import make_key, refused
from test_kms_import import take_in

OK, DISABLED, STATE = "", "DisabledException", "KMSInvalidStateException"
STATES = ["Enabled", "Disabled", "PendingDeletion", "PendingReplicaDeletion", "PendingImport"]
SAID = {
    "Disabled": "is disabled.",
    "PendingDeletion": "is pending deletion.",
    "PendingReplicaDeletion": "is pending replica deletion.",
    "PendingImport": "is pending import.",
}
USE = [OK, DISABLED, STATE, STATE, STATE]
ALWAYS = [OK] * 5
NAME = [OK, OK, STATE, STATE, OK]
ONLY_ENABLED = [OK, DISABLED, STATE, STATE, STATE]
# Operation, what it comes to in each of the STATES.
TABLE = {
    "CancelKeyDeletion": [STATE, STATE, OK, OK, STATE],
    "CreateAlias": NAME,
    "CreateGrant": USE,
    "Decrypt": USE,
    "DescribeKey": ALWAYS,
    "DisableKey": [OK, OK, STATE, STATE, STATE],
    "EnableKey": [OK, OK, STATE, STATE, STATE],
    "Encrypt": USE,
    "GenerateDataKey": USE,
    "GenerateDataKeyPair": USE,
    "GenerateDataKeyPairWithoutPlaintext": USE,
    "GenerateDataKeyWithoutPlaintext": USE,
    "GetKeyLastUsage": ALWAYS,
    "GetKeyPolicy": ALWAYS,
    "GetKeyRotationStatus": ALWAYS,
    "ListAliases": ALWAYS,
    "ListGrants": ALWAYS,
    "ListKeyPolicies": ALWAYS,
    "ListKeyRotations": ALWAYS,
    "ListResourceTags": ALWAYS,
    "PutKeyPolicy": ALWAYS,
    "ReEncrypt": USE,
    "ReplicateKey": ONLY_ENABLED,
    "ScheduleKeyDeletion": [OK, OK, STATE, STATE, OK],
    "TagResource": NAME,
    "UntagResource": NAME,
    "UpdateKeyDescription": NAME,
}
# Of keys with material made here; those with imported material do not have these operations.
OF_OWN_MATERIAL = {
    "DisableKeyRotation": ONLY_ENABLED[:4],
    "EnableKeyRotation": ONLY_ENABLED[:4],
    "RotateKeyOnDemand": ONLY_ENABLED[:4],
}
OF_IMPORTED_MATERIAL = {
    "DeleteImportedKeyMaterial": ALWAYS,
    "GetParametersForImport": [OK, OK, STATE, STATE, OK],
    "ImportKeyMaterial": [OK, OK, STATE, STATE, OK],
}
# Of asymmetric and HMAC keys.
OF_OTHER_KINDS = {
    "Sign": ("ECC_NIST_P256", "SIGN_VERIFY"),
    "Verify": ("ECC_NIST_P256", "SIGN_VERIFY"),
    "GetPublicKey": ("ECC_NIST_P256", "SIGN_VERIFY"),
    "GenerateMac": ("HMAC_256", "GENERATE_VERIFY_MAC"),
    "VerifyMac": ("HMAC_256", "GENERATE_VERIFY_MAC"),
    "DeriveSharedSecret": ("ECC_NIST_P256", "KEY_AGREEMENT"),
}


@pytest.fixture(scope="module")
def server(fresh_module):
    return fresh_module("--dev")


@pytest.fixture(scope="module")
def kms(server):
    return server.client("kms", credentials=("111122223333", "x"))


class Keys:
    """Keys that are brought into a state; what an operation needs is made while they can be used."""

    def __init__(self, kms, **parameters):
        self.kms = kms
        self.made = make_key(kms, MultiRegion=True, **parameters)
        self.key, self.arn = self.made["KeyId"], self.made["Arn"]
        self.imported = parameters.get("Origin") == "EXTERNAL"
        self.material = os.urandom(32)

    def prepare(self, operation):
        kms, key = self.kms, self.key
        if self.imported:
            take_in(kms, key, self.material)
        given = {"KeyId": key}
        if operation in ("Decrypt", "ReEncrypt"):
            blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
            given = {"CiphertextBlob": blob}
            if operation == "ReEncrypt":
                given["DestinationKeyId"] = make_key(kms)["KeyId"]
        elif operation in ("Sign", "Verify"):
            given |= {"Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
            if operation == "Verify":
                given["Signature"] = kms.sign(**given)["Signature"]
        elif operation in ("GenerateMac", "VerifyMac"):
            given |= {"Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}
            if operation == "VerifyMac":
                given["Mac"] = kms.generate_mac(**given)["Mac"]
        elif operation == "DeriveSharedSecret":
            given |= {"PublicKey": kms.get_public_key(KeyId=key)["PublicKey"], "KeyAgreementAlgorithm": "ECDH"}
        elif operation == "PutKeyPolicy":
            given["Policy"] = kms.get_key_policy(KeyId=key)["Policy"]
        elif operation == "CreateAlias":
            given = {"AliasName": f"alias/{uuid.uuid4()}", "TargetKeyId": key}
        elif operation == "ImportKeyMaterial":
            from test_kms_import import FOREVER, prepared

            given = {**prepared(kms, key, self.material), **FOREVER}
        elif operation == "CreateGrant":
            given |= {"GranteePrincipal": "arn:aws:iam::111122223333:root", "Operations": ["DescribeKey"]}
        given |= {
            "Encrypt": {"Plaintext": b"x"},
            "GenerateDataKey": {"KeySpec": "AES_256"},
            "GenerateDataKeyWithoutPlaintext": {"KeySpec": "AES_256"},
            "GenerateDataKeyPair": {"KeyPairSpec": "ECC_NIST_P256"},
            "GenerateDataKeyPairWithoutPlaintext": {"KeyPairSpec": "ECC_NIST_P256"},
            "ReplicateKey": {"ReplicaRegion": "sa-east-1"},
            "TagResource": {"Tags": [{"TagKey": "a", "TagValue": "1"}]},
            "UntagResource": {"TagKeys": ["a"]},
            "UpdateKeyDescription": {"Description": "new"},
            "GetParametersForImport": {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"},
        }.get(operation, {})
        return given

    def bring(self, state):
        kms, key = self.kms, self.key
        if state == "Disabled":
            kms.disable_key(KeyId=key)
        elif state == "PendingDeletion":
            kms.schedule_key_deletion(KeyId=key)
        elif state == "PendingReplicaDeletion":
            kms.replicate_key(KeyId=key, ReplicaRegion="eu-west-1")
            kms.schedule_key_deletion(KeyId=key)
        elif state == "PendingImport":
            kms.delete_imported_key_material(KeyId=key)
        assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == state


def method(kms, operation):
    from botocore import xform_name

    return getattr(kms, xform_name(operation))


def check(kms, operation, state, expected, **parameters):
    keys = Keys(kms, **parameters)
    given = keys.prepare(operation)
    keys.bring(state)
    call = method(kms, operation)
    if expected == OK:
        try:
            call(**given)
        except ClientError as error:
            raise AssertionError(f"{operation} in {state}: {error}") from error
        return
    said = "is not pending deletion." if operation == "CancelKeyDeletion" else SAID[state]
    assert refused(call, **given) == (expected, f"{keys.arn} {said}")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("operation", TABLE)
def test_operations(kms, operation, state):
    origin = {"Origin": "EXTERNAL"} if state == "PendingImport" else {}
    check(kms, operation, state, TABLE[operation][STATES.index(state)], **origin)


@pytest.mark.parametrize("state", STATES[:4])
@pytest.mark.parametrize("operation", OF_OWN_MATERIAL)
def test_operations_of_own_material(kms, operation, state):
    check(kms, operation, state, OF_OWN_MATERIAL[operation][STATES.index(state)])


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("operation", OF_IMPORTED_MATERIAL)
def test_operations_of_imported_material(kms, operation, state):
    check(kms, operation, state, OF_IMPORTED_MATERIAL[operation][STATES.index(state)], Origin="EXTERNAL")


@pytest.mark.parametrize("state", STATES[:4])
@pytest.mark.parametrize("operation", OF_OTHER_KINDS)
def test_operations_of_other_kinds(kms, operation, state):
    spec, usage = OF_OTHER_KINDS[operation]
    check(kms, operation, state, USE[STATES.index(state)], KeySpec=spec, KeyUsage=usage)


@pytest.mark.parametrize("operation", OF_OWN_MATERIAL)
@pytest.mark.parametrize("spec, usage", [("HMAC_256", "GENERATE_VERIFY_MAC"), ("ECC_NIST_P256", "SIGN_VERIFY")])
def test_kinds_that_are_not_rotated(kms, operation, spec, usage):
    key = make_key(kms, KeySpec=spec, KeyUsage=usage)["KeyId"]
    assert refused(method(kms, operation), KeyId=key)[0] == "UnsupportedOperationException"
    for other in (kms.get_key_rotation_status, kms.list_key_rotations):
        assert refused(other, KeyId=key)[0] == "UnsupportedOperationException"


def test_request_quotas(fresh):
    server = fresh("--dev", "--kms-request-quotas", "aws,DescribeKey=0.01")
    kms = server.client("kms")
    key = make_key(kms)["KeyId"]
    answers = []
    for _ in range(5):
        try:
            kms.describe_key(KeyId=key)
            answers.append("")
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
            answers.append(error.response["Error"]["Code"])
    assert answers == [""] + ["ThrottlingException"] * 4
    server.advance(100)
    kms.describe_key(KeyId=key)
