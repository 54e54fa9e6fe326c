"""Imported key material: wrapped by Python's `cryptography`, imported by an unmodified boto3."""

import datetime
import os
import uuid

import pytest
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.keywrap import aes_key_wrap_with_padding
from kms_tools import DAY, events, make_key, refused

HASHES = {"SHA_1": hashes.SHA1, "SHA_256": hashes.SHA256}
FOREVER = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
WRAPPINGS = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"]


@pytest.fixture(scope="module")
def server(fresh_module):
    return fresh_module("--dev")


@pytest.fixture
def account():
    return (str(uuid.uuid4().int)[:12], "x")


@pytest.fixture
def kms(server, account):
    return server.client("kms", credentials=account)


@pytest.fixture
def key(kms):
    return make_key(kms, Origin="EXTERNAL")["KeyId"]


def wrap(public, algorithm, material):
    public = serialization.load_der_public_key(public)
    name = HASHES["SHA_1" if algorithm.endswith("SHA_1") else "SHA_256"]
    oaep = padding.OAEP(mgf=padding.MGF1(name()), algorithm=name(), label=None)
    if not algorithm.startswith("RSA_AES"):
        return public.encrypt(material, oaep)
    kek = os.urandom(32)
    return public.encrypt(kek, oaep) + aes_key_wrap_with_padding(kek, material)


def parameters(kms, key, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048"):
    return kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec=spec)


def prepared(kms, key, material, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048"):
    """The members of an ImportKeyMaterial."""
    got = parameters(kms, key, algorithm, spec)
    wrapped = wrap(got["PublicKey"], algorithm, material)
    return {"KeyId": key, "ImportToken": got["ImportToken"], "EncryptedKeyMaterial": wrapped}


def take_in(kms, key, material, **members):
    wrapping = {name: members.pop(name) for name in ("algorithm", "spec") if name in members}
    return kms.import_key_material(**prepared(kms, key, material, **wrapping), **(members or FOREVER))


def describe(kms, key):
    return kms.describe_key(KeyId=key)["KeyMetadata"]


def materials(kms, key):
    return kms.list_key_rotations(KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]


def in_days(kms, key, days):
    """A moment by the server's clock."""
    return kms.get_key_last_usage(KeyId=key)["KeyCreationDate"] + datetime.timedelta(days=days)


def pkcs8(private):
    kind = serialization.PrivateFormat.PKCS8
    return private.private_bytes(serialization.Encoding.DER, kind, serialization.NoEncryption())


def test_a_key_without_material(kms, key):
    made = describe(kms, key)
    assert made["Origin"] == "EXTERNAL" and made["KeyState"] == "PendingImport" and not made["Enabled"]
    assert not {"ExpirationModel", "ValidTo", "CurrentKeyMaterialId"} & set(made)
    assert refused(kms.encrypt, KeyId=key, Plaintext=b"x") == ("KMSInvalidStateException", f"{made['Arn']} is pending import.")
    assert refused(kms.enable_key, KeyId=key) == ("KMSInvalidStateException", f"{made['Arn']} is pending import.")
    told = refused(kms.enable_key_rotation, KeyId=key)
    assert told == ("UnsupportedOperationException", f"{made['Arn']} origin is EXTERNAL which is not valid for this operation.")
    other = make_key(kms)
    told = refused(parameters, kms=kms, key=other["KeyId"])
    assert told == ("UnsupportedOperationException", f"{other['Arn']} origin is AWS_KMS which is not valid for this operation.")


@pytest.mark.parametrize("spec", ["RSA_2048", "RSA_3072", "RSA_4096"])
def test_parameters(kms, key, spec):
    got = parameters(kms, key, spec=spec)
    public = serialization.load_der_public_key(got["PublicKey"])
    assert public.key_size == int(spec[4:]) and got["KeyId"].endswith(f"key/{key}")
    ahead = got["ParametersValidTo"] - describe(kms, key)["CreationDate"]
    assert datetime.timedelta(hours=23, minutes=59) < ahead < datetime.timedelta(hours=24, minutes=5)
    material = os.urandom(32)
    wrapped = wrap(got["PublicKey"], "RSAES_OAEP_SHA_256", material)
    kms.import_key_material(KeyId=key, ImportToken=got["ImportToken"], EncryptedKeyMaterial=wrapped, **FOREVER)
    assert describe(kms, key)["KeyState"] == "Enabled"


@pytest.mark.parametrize("algorithm", WRAPPINGS)
def test_symmetric_material_by_every_algorithm(kms, key, algorithm):
    answer = take_in(kms, key, os.urandom(32), algorithm=algorithm)
    made = describe(kms, key)
    assert answer["KeyId"] == made["Arn"] and answer["KeyMaterialId"] == made["CurrentKeyMaterialId"]
    assert made["KeyState"] == "Enabled" and made["ExpirationModel"] == "KEY_MATERIAL_DOES_NOT_EXPIRE"
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"] == answer["KeyMaterialId"]


@pytest.mark.parametrize("algorithm", WRAPPINGS[2:])
def test_an_rsa_key(kms, algorithm):
    private = rsa.generate_private_key(65537, 2048)
    key = make_key(kms, Origin="EXTERNAL", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyId"]
    code, _ = refused(parameters, kms=kms, key=key, algorithm="RSAES_OAEP_SHA_256")
    assert code == "UnsupportedOperationException"
    take_in(kms, key, pkcs8(private), algorithm=algorithm)
    signed = kms.sign(KeyId=key, Message=b"m", SigningAlgorithm="RSASSA_PSS_SHA_256")["Signature"]
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    private.public_key().verify(signed, b"m", pss, hashes.SHA256())
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    own = private.public_key().public_bytes(serialization.Encoding.DER, spki)
    assert kms.get_public_key(KeyId=key)["PublicKey"] == own


@pytest.mark.parametrize(
    "spec, curve, algorithm",
    [
        ("ECC_NIST_P256", ec.SECP256R1, "RSAES_OAEP_SHA_256"),
        ("ECC_NIST_P256", ec.SECP256R1, "RSAES_OAEP_SHA_1"),
        ("ECC_NIST_P384", ec.SECP384R1, "RSA_AES_KEY_WRAP_SHA_256"),
        ("ECC_NIST_P521", ec.SECP521R1, "RSA_AES_KEY_WRAP_SHA_1"),
        ("ECC_SECG_P256K1", ec.SECP256K1, "RSA_AES_KEY_WRAP_SHA_256"),
    ],
)
def test_an_elliptic_curve_key(kms, spec, curve, algorithm):
    private = ec.generate_private_key(curve())
    key = make_key(kms, Origin="EXTERNAL", KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyId"]
    take_in(kms, key, pkcs8(private), algorithm=algorithm)
    size = {"ECC_NIST_P384": 384, "ECC_NIST_P521": 512}.get(spec, 256)
    signed = kms.sign(KeyId=key, Message=b"m", SigningAlgorithm=f"ECDSA_SHA_{size}")["Signature"]
    private.public_key().verify(signed, b"m", ec.ECDSA({256: hashes.SHA256, 384: hashes.SHA384, 512: hashes.SHA512}[size]()))
    # Only the same again.
    take_in(kms, key, pkcs8(private), algorithm=algorithm)
    other = pkcs8(ec.generate_private_key(curve()))
    code, _ = refused(take_in, kms=kms, key=key, material=other, algorithm=algorithm)
    assert code == "IncorrectKeyMaterialException"


def test_p521_is_too_long_for_a_short_wrapping_key(kms):
    key = make_key(kms, Origin="EXTERNAL", KeySpec="ECC_NIST_P521", KeyUsage="SIGN_VERIFY")["KeyId"]
    assert refused(parameters, kms=kms, key=key)[0] == "UnsupportedOperationException"
    take_in(kms, key, pkcs8(ec.generate_private_key(ec.SECP521R1())), spec="RSA_3072")


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
def test_an_hmac_key(kms, bits):
    material = os.urandom(bits // 8)
    key = make_key(kms, Origin="EXTERNAL", KeySpec=f"HMAC_{bits}", KeyUsage="GENERATE_VERIFY_MAC")["KeyId"]
    take_in(kms, key, material)
    mac = kms.generate_mac(KeyId=key, Message=b"m", MacAlgorithm=f"HMAC_SHA_{bits}")["Mac"]
    own = hmac.HMAC(material, getattr(hashes, f"SHA{bits}")())
    own.update(b"m")
    own.verify(mac)
    assert refused(kms.rotate_key_on_demand, KeyId=key)[0] == "UnsupportedOperationException"


def test_what_does_not_fit(server, kms, key):
    good = prepared(kms, key, os.urandom(32))
    other = make_key(kms, Origin="EXTERNAL")["KeyId"]
    elsewhere = {**good, "KeyId": other}
    assert refused(kms.import_key_material, **elsewhere, **FOREVER)[0] == "InvalidImportTokenException"
    changed = bytearray(good["ImportToken"])
    changed[len(changed) // 2] ^= 1
    for token in (bytes(changed), b"nonsense"):
        assert refused(kms.import_key_material, **{**good, "ImportToken": token}, **FOREVER)[0] == "InvalidImportTokenException"
    wrapped = bytearray(good["EncryptedKeyMaterial"])
    wrapped[9] ^= 1
    bad = {**good, "EncryptedKeyMaterial": bytes(wrapped)}
    assert refused(kms.import_key_material, **bad, **FOREVER)[0] == "InvalidCiphertextException"
    # Wrapped for the key of another token.
    other_token = {**good, "ImportToken": parameters(kms, key)["ImportToken"]}
    assert refused(kms.import_key_material, **other_token, **FOREVER)[0] == "InvalidCiphertextException"
    short = prepared(kms, key, os.urandom(31))
    assert refused(kms.import_key_material, **short, **FOREVER)[0] == "IncorrectKeyMaterialException"
    assert refused(kms.import_key_material, **good)[0] == "ValidationException"
    past = in_days(kms, key, -1)
    assert refused(kms.import_key_material, **good, ValidTo=past)[0] == "ValidationException"
    far = in_days(kms, key, 400)
    assert refused(kms.import_key_material, **good, ValidTo=far)[0] == "ValidationException"
    assert refused(kms.import_key_material, **good, **FOREVER, ValidTo=in_days(kms, key, 5))[0] == "ValidationException"
    assert describe(kms, key)["KeyState"] == "PendingImport"
    server.advance(DAY + 1)
    assert refused(kms.import_key_material, **good, **FOREVER)[0] == "ExpiredImportTokenException"
    assert describe(kms, key)["KeyState"] == "PendingImport"


@pytest.mark.parametrize("algorithm, spec", [("RSAES_PKCS1_V1_5", "RSA_2048"), ("SM2PKE", "SM2")])
def test_algorithms_that_are_not_offered(kms, key, algorithm, spec):
    assert refused(parameters, kms=kms, key=key, algorithm=algorithm, spec=spec)[0] == "UnsupportedOperationException"


def test_material_expires(server, kms, key, account):
    material = os.urandom(32)
    until = in_days(kms, key, 10)
    take_in(kms, key, material, ValidTo=until, ExpirationModel="KEY_MATERIAL_EXPIRES")
    made = describe(kms, key)
    assert made["ExpirationModel"] == "KEY_MATERIAL_EXPIRES" and abs(made["ValidTo"] - until) < datetime.timedelta(seconds=1)
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    server.advance(11 * DAY)
    made = describe(kms, key)
    assert made["KeyState"] == "PendingImport" and "ValidTo" not in made
    assert refused(kms.decrypt, CiphertextBlob=blob) == ("KMSInvalidStateException", f"{made['Arn']} is pending import.")
    (event,) = events(server, "DeleteExpiredKeyMaterial", credentials=account)
    assert event["serviceEventDetails"]["keyId"] == key
    code, _ = refused(take_in, kms=kms, key=key, material=os.urandom(32))
    assert code == "IncorrectKeyMaterialException"
    take_in(kms, key, material)
    assert describe(kms, key)["KeyState"] == "Enabled" and kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_material_is_deleted_and_imported_again(kms, key):
    material = os.urandom(32)
    first = take_in(kms, key, material, KeyMaterialDescription="mine", **FOREVER)["KeyMaterialId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    deleted = kms.delete_imported_key_material(KeyId=key)
    assert deleted["KeyMaterialId"] == first
    assert describe(kms, key)["KeyState"] == "PendingImport"
    (entry,) = materials(kms, key)
    assert entry["ImportState"] == "PENDING_IMPORT" and entry["KeyMaterialDescription"] == "mine"
    kms.delete_imported_key_material(KeyId=key)
    again = prepared(kms, key, material)
    assert refused(kms.import_key_material, **again, **FOREVER, KeyMaterialId="0" * 64)[0] == "IncorrectKeyMaterialException"
    assert refused(kms.import_key_material, **again, **FOREVER, ImportType="NEW_KEY_MATERIAL")[0] == "IncorrectKeyMaterialException"
    assert kms.import_key_material(**again, **FOREVER, KeyMaterialId=first)["KeyMaterialId"] == first
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    (entry,) = materials(kms, key)
    assert entry["ImportState"] == "IMPORTED" and entry["KeyMaterialDescription"] == "mine"


def test_the_same_material_in_two_keys_opens_nothing_of_the_other(kms, key):
    material = os.urandom(32)
    other = make_key(kms, Origin="EXTERNAL")["KeyId"]
    first, second = take_in(kms, key, material), take_in(kms, other, material)
    assert first["KeyMaterialId"] != second["KeyMaterialId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert refused(kms.decrypt, CiphertextBlob=blob, KeyId=other)[0] == "IncorrectKeyException"


def test_rotation_of_imported_material(kms, key):
    old, new = os.urandom(32), os.urandom(32)
    first = take_in(kms, key, old)["KeyMaterialId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    assert refused(kms.rotate_key_on_demand, KeyId=key)[0] == "KMSInvalidStateException"
    second = take_in(kms, key, new, ImportType="NEW_KEY_MATERIAL", **FOREVER)["KeyMaterialId"]
    assert [entry["KeyMaterialState"] for entry in materials(kms, key)] == ["CURRENT", "PENDING_ROTATION"]
    assert describe(kms, key)["CurrentKeyMaterialId"] == first
    kms.rotate_key_on_demand(KeyId=key)
    assert [entry["KeyMaterialState"] for entry in materials(kms, key)] == ["NON_CURRENT", "CURRENT"]
    assert describe(kms, key)["CurrentKeyMaterialId"] == second
    assert kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"] == first
    # Without its old material it cannot be used at all.
    kms.delete_imported_key_material(KeyId=key, KeyMaterialId=first)
    assert refused(kms.encrypt, KeyId=key, Plaintext=b"x")[0] == "KMSInvalidStateException"
    take_in(kms, key, old)
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"old"


def test_material_that_waits_may_be_replaced(kms, key):
    take_in(kms, key, os.urandom(32))
    waiting = take_in(kms, key, os.urandom(32), ImportType="NEW_KEY_MATERIAL", **FOREVER)["KeyMaterialId"]
    third = prepared(kms, key, os.urandom(32))
    assert refused(kms.import_key_material, **third, **FOREVER, ImportType="NEW_KEY_MATERIAL")[0] == "KMSInvalidStateException"
    kms.delete_imported_key_material(KeyId=key, KeyMaterialId=waiting)
    assert describe(kms, key)["KeyState"] == "Enabled" and len(materials(kms, key)) == 1
    kms.import_key_material(**third, **FOREVER, ImportType="NEW_KEY_MATERIAL")
    kms.rotate_key_on_demand(KeyId=key)


def test_a_key_to_be_deleted(kms, key):
    take_in(kms, key, os.urandom(32))
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert refused(parameters, kms=kms, key=key)[0] == "KMSInvalidStateException"
    kms.delete_imported_key_material(KeyId=key)
    assert describe(kms, key)["KeyState"] == "PendingDeletion"
    kms.cancel_key_deletion(KeyId=key)
    assert describe(kms, key)["KeyState"] == "PendingImport"


def test_multi_region(server, account):
    home, away = (server.client("kms", region=region, credentials=account) for region in ("us-east-1", "eu-west-1"))
    key = make_key(home, Origin="EXTERNAL", MultiRegion=True)["KeyId"]
    material, next_material = os.urandom(32), os.urandom(32)
    first = take_in(home, key, material)["KeyMaterialId"]
    made = home.replicate_key(KeyId=key, ReplicaRegion="eu-west-1")["ReplicaKeyMetadata"]
    assert made["KeyState"] == "PendingImport" and made["Origin"] == "EXTERNAL"
    code, _ = refused(take_in, kms=away, key=key, material=os.urandom(32))
    assert code == "IncorrectKeyMaterialException"
    assert take_in(away, key, material)["KeyMaterialId"] == first
    blob = home.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert away.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    fresh = prepared(away, key, next_material)
    assert refused(away.import_key_material, **fresh, **FOREVER, ImportType="NEW_KEY_MATERIAL")[0] == "UnsupportedOperationException"
    take_in(home, key, next_material, ImportType="NEW_KEY_MATERIAL", **FOREVER)
    assert materials(home, key)[1]["KeyMaterialState"] == "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
    assert refused(home.rotate_key_on_demand, KeyId=key)[0] == "KMSInvalidStateException"
    away.import_key_material(**fresh, **FOREVER)
    assert materials(home, key)[1]["KeyMaterialState"] == "PENDING_ROTATION"
    home.rotate_key_on_demand(KeyId=key)
    new = away.encrypt(KeyId=key, Plaintext=b"new")["CiphertextBlob"]
    assert home.decrypt(CiphertextBlob=new)["Plaintext"] == b"new"
