"""The unmodified AWS Encryption SDK for Python, with the material providers library, on Bastide's keys."""

import aws_encryption_sdk as sdk
import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsKeyringInput,
    CreateAwsKmsMrkKeyringInput,
    CreateAwsKmsRsaKeyringInput,
    CreateMultiKeyringInput,
)
from cryptography.hazmat.primitives import serialization

PLAINTEXT = b"attack at dawn " * 1000
CONTEXT = {"tenant": "acme", "purpose": "test"}


@pytest.fixture(scope="module")
def providers():
    return AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())


@pytest.fixture(scope="module")
def client():
    return sdk.EncryptionSDKClient()


@pytest.fixture(scope="module")
def kms(strict):
    return strict.client("kms")


def on_key(providers, kms, **parameters):
    arn = kms.create_key(**parameters)["KeyMetadata"]["Arn"]
    return providers.create_aws_kms_keyring(CreateAwsKmsKeyringInput(kms_key_id=arn, kms_client=kms))


def test_a_message_goes_round(providers, client, kms):
    keyring = on_key(providers, kms)
    ciphertext, _ = client.encrypt(source=PLAINTEXT, keyring=keyring, encryption_context=CONTEXT)
    assert PLAINTEXT[:32] not in ciphertext
    plaintext, header = client.decrypt(source=ciphertext, keyring=keyring, encryption_context=CONTEXT)
    assert plaintext == PLAINTEXT and CONTEXT.items() <= header.encryption_context.items()


def test_neither_another_key_nor_another_context_opens_it(providers, client, kms):
    ours, theirs = on_key(providers, kms), on_key(providers, kms)
    ciphertext, _ = client.encrypt(source=PLAINTEXT, keyring=ours, encryption_context=CONTEXT)
    with pytest.raises(Exception):
        client.decrypt(source=ciphertext, keyring=theirs, encryption_context=CONTEXT)
    with pytest.raises(Exception):
        client.decrypt(source=ciphertext, keyring=ours, encryption_context={**CONTEXT, "tenant": "other"})
    altered = bytearray(ciphertext)
    altered[len(altered) // 2] ^= 1
    with pytest.raises(Exception):
        client.decrypt(source=bytes(altered), keyring=ours, encryption_context=CONTEXT)


def test_either_of_two_keys_opens_it(providers, client, kms):
    first, second = on_key(providers, kms), on_key(providers, kms)
    both = providers.create_multi_keyring(CreateMultiKeyringInput(generator=first, child_keyrings=[second]))
    ciphertext, _ = client.encrypt(source=PLAINTEXT, keyring=both, encryption_context=CONTEXT)
    for keyring in (first, second):
        assert client.decrypt(source=ciphertext, keyring=keyring, encryption_context=CONTEXT)[0] == PLAINTEXT


def test_a_replica_opens_what_the_primary_closed(providers, client, strict, kms):
    primary = kms.create_key(MultiRegion=True)["KeyMetadata"]
    kms.replicate_key(KeyId=primary["KeyId"], ReplicaRegion="eu-west-1")
    elsewhere = strict.client("kms", region="eu-west-1")
    replica = elsewhere.describe_key(KeyId=primary["KeyId"])["KeyMetadata"]["Arn"]
    here = providers.create_aws_kms_mrk_keyring(CreateAwsKmsMrkKeyringInput(kms_key_id=primary["Arn"], kms_client=kms))
    there = providers.create_aws_kms_mrk_keyring(CreateAwsKmsMrkKeyringInput(kms_key_id=replica, kms_client=elsewhere))
    ciphertext, _ = client.encrypt(source=PLAINTEXT, keyring=here, encryption_context=CONTEXT)
    assert client.decrypt(source=ciphertext, keyring=there, encryption_context=CONTEXT)[0] == PLAINTEXT


def test_an_rsa_key_wraps_outside_and_unwraps_inside(providers, client, kms):
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"]
    public = kms.get_public_key(KeyId=key)["PublicKey"]
    loaded = serialization.load_der_public_key(public)
    pem = loaded.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    keyring = providers.create_aws_kms_rsa_keyring(
        CreateAwsKmsRsaKeyringInput(
            public_key=pem, kms_key_id=key, encryption_algorithm="RSAES_OAEP_SHA_256", kms_client=kms
        )
    )
    # Messages that are signed as well want a key that KMS keeps alone.
    suite = sdk.Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
    ciphertext, _ = client.encrypt(source=PLAINTEXT, keyring=keyring, encryption_context=CONTEXT, algorithm=suite)
    assert client.decrypt(source=ciphertext, keyring=keyring, encryption_context=CONTEXT)[0] == PLAINTEXT


def test_a_disabled_key_opens_nothing(providers, client, kms):
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    keyring = providers.create_aws_kms_keyring(CreateAwsKmsKeyringInput(kms_key_id=arn, kms_client=kms))
    ciphertext, _ = client.encrypt(source=PLAINTEXT, keyring=keyring, encryption_context=CONTEXT)
    kms.disable_key(KeyId=arn)
    with pytest.raises(Exception):
        client.decrypt(source=ciphertext, keyring=keyring, encryption_context=CONTEXT)
    kms.enable_key(KeyId=arn)
    assert client.decrypt(source=ciphertext, keyring=keyring, encryption_context=CONTEXT)[0] == PLAINTEXT


def test_keys_without_permission_stay_closed(providers, client, strict, kms):
    iam = strict.client("iam")
    iam.create_user(UserName="sdk-nobody")
    access = iam.create_access_key(UserName="sdk-nobody")["AccessKey"]
    theirs = strict.client("kms", credentials=(access["AccessKeyId"], access["SecretAccessKey"]))
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    keyring = providers.create_aws_kms_keyring(CreateAwsKmsKeyringInput(kms_key_id=arn, kms_client=theirs))
    with pytest.raises(Exception, match="not authorized"):
        client.encrypt(source=PLAINTEXT, keyring=keyring, encryption_context=CONTEXT)
