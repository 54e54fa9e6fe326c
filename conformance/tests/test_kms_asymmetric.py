"""Keys of every spec in KMS, against implementations that are not AWS-LC's: `cryptography` (OpenSSL), PyCryptodome for
Ed25519ph, kyber-py for ML-KEM-512. Each algorithm both ways: what KMS made is checked elsewhere, and what was made
elsewhere with an imported key is checked by KMS."""

import hashlib
import os

import pytest
from botocore.exceptions import ClientError
from Crypto.Hash import SHA512
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, mlkem, padding, rsa, utils
from kyber_py.ml_kem import ML_KEM_512

MESSAGE = b"the quick brown fox" * 5
HASHES = {"1": hashes.SHA1, "224": hashes.SHA224, "256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
CURVES = {
    "ECC_NIST_P256": ec.SECP256R1, "ECC_NIST_P384": ec.SECP384R1, "ECC_NIST_P521": ec.SECP521R1,
    "ECC_SECG_P256K1": ec.SECP256K1,
}
RSA = ["RSA_2048", "RSA_3072", "RSA_4096"]
RSA_SIGNING = [f"RSASSA_{kind}_SHA_{size}" for kind in ("PKCS1_V1_5", "PSS") for size in ("256", "384", "512")]
ECDSA = [
    ("ECC_NIST_P256", "ECDSA_SHA_256"), ("ECC_NIST_P384", "ECDSA_SHA_384"), ("ECC_NIST_P521", "ECDSA_SHA_512"),
    ("ECC_SECG_P256K1", "ECDSA_SHA_256"),
]
ML_DSA = {"ML_DSA_44": mldsa.MLDSA44PrivateKey, "ML_DSA_65": mldsa.MLDSA65PrivateKey, "ML_DSA_87": mldsa.MLDSA87PrivateKey}


@pytest.fixture(scope="module")
def kms(client):
    return client("kms")


@pytest.fixture(scope="module")
def key(kms):
    """`key(spec, usage)`: a key for the whole module, and its public half as `cryptography` reads it."""
    made = {}

    def make(spec, usage):
        if (spec, usage) not in made:
            key_id = kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["KeyId"]
            made[spec, usage] = key_id
        return made[spec, usage]

    return make


def public(kms, key_id):
    return serialization.load_der_public_key(kms.get_public_key(KeyId=key_id)["PublicKey"])


def pkcs8(private):
    encoding = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return private.private_bytes(*encoding)


def spki(key):
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def imported(kms, spec, usage, material):
    """A key whose material was made elsewhere."""
    key_id = kms.create_key(KeySpec=spec, KeyUsage=usage, Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    told = kms.get_parameters_for_import(
        KeyId=key_id, WrappingAlgorithm="RSA_AES_KEY_WRAP_SHA_256", WrappingKeySpec="RSA_3072"
    )
    wrapping, aes = serialization.load_der_public_key(told["PublicKey"]), os.urandom(32)
    wrapped = wrapping.encrypt(aes, oaep("256")) + keywrap.aes_key_wrap_with_padding(aes, material)
    kms.import_key_material(
        KeyId=key_id, ImportToken=told["ImportToken"], EncryptedKeyMaterial=wrapped,
        ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
    )
    return key_id


def oaep(size):
    return padding.OAEP(mgf=padding.MGF1(HASHES[size]()), algorithm=HASHES[size](), label=None)


def rsa_padding(algorithm):
    digest = HASHES[algorithm[-3:]]()
    if "PKCS1" in algorithm:
        return padding.PKCS1v15(), digest
    return padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size), digest


def signed(kms, key_id, algorithm, message, kind="RAW"):
    asked = {"KeyId": key_id, "SigningAlgorithm": algorithm, "MessageType": kind, "Message": message}
    signature = kms.sign(**asked)["Signature"]
    assert kms.verify(**asked, Signature=signature)["SignatureValid"]
    return signature


def verifies(kms, key_id, algorithm, message, signature, kind="RAW"):
    asked = {"KeyId": key_id, "SigningAlgorithm": algorithm, "MessageType": kind, "Message": message}
    try:
        return kms.verify(**asked, Signature=signature)["SignatureValid"]
    except ClientError as error:
        assert error.response["Error"]["Code"] == "KMSInvalidSignatureException"
        return False


def altered(data, at=-1):
    data = bytearray(data)
    data[at] ^= 1
    return bytes(data)


@pytest.mark.parametrize("algorithm", RSA_SIGNING)
@pytest.mark.parametrize("spec", RSA)
def test_rsa_signatures_of_kms_verify_elsewhere(kms, key, spec, algorithm):
    key_id = key(spec, "SIGN_VERIFY")
    theirs, (scheme, digest) = public(kms, key_id), rsa_padding(algorithm)
    assert theirs.key_size == int(spec[-4:]) and theirs.public_numbers().e == 65537
    hashed = hashlib.new(f"sha{algorithm[-3:]}", MESSAGE).digest()
    for message, kind in ((MESSAGE, "RAW"), (hashed, "DIGEST")):
        signature = signed(kms, key_id, algorithm, message, kind)
        theirs.verify(signature, MESSAGE, scheme, digest)
        assert verifies(kms, key_id, algorithm, MESSAGE, signature)
        assert not verifies(kms, key_id, algorithm, altered(MESSAGE), signature)
        assert not verifies(kms, key_id, algorithm, MESSAGE, altered(signature))
    other = next(one for one in RSA_SIGNING if one != algorithm)
    assert not verifies(kms, key_id, other, MESSAGE, signature)


@pytest.mark.parametrize("spec, algorithm", ECDSA)
def test_ecdsa_signatures_of_kms_verify_elsewhere(kms, key, spec, algorithm):
    key_id, digest = key(spec, "SIGN_VERIFY"), HASHES[algorithm[-3:]]()
    theirs = public(kms, key_id)
    assert isinstance(theirs.curve, CURVES[spec])
    hashed = hashlib.new(f"sha{algorithm[-3:]}", MESSAGE).digest()
    for message, kind in ((MESSAGE, "RAW"), (hashed, "DIGEST")):
        signature = signed(kms, key_id, algorithm, message, kind)
        theirs.verify(signature, MESSAGE, ec.ECDSA(digest))
        theirs.verify(signature, hashed, ec.ECDSA(utils.Prehashed(digest)))
        assert not verifies(kms, key_id, algorithm, MESSAGE, altered(signature))


def test_ed25519_signatures_of_kms_verify_elsewhere(kms, key):
    key_id = key("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
    theirs = public(kms, key_id)
    theirs.verify(signed(kms, key_id, "ED25519_SHA_512", MESSAGE), MESSAGE)
    # KMS hashes what it is given as a digest once more: the message of Ed25519ph is the digest.
    digest = hashlib.sha512(MESSAGE).digest()
    signature = signed(kms, key_id, "ED25519_PH_SHA_512", digest, "DIGEST")
    prehashed = eddsa.new(ECC.import_key(spki(theirs)), "rfc8032")
    prehashed.verify(SHA512.new(digest), signature)
    with pytest.raises(ValueError):
        prehashed.verify(SHA512.new(MESSAGE), signature)
    with pytest.raises(InvalidSignature):
        theirs.verify(signature, digest)


@pytest.mark.parametrize("spec", ML_DSA)
def test_ml_dsa_signatures_of_kms_verify_elsewhere(kms, key, spec):
    key_id = key(spec, "SIGN_VERIFY")
    theirs = public(kms, key_id)
    theirs.verify(signed(kms, key_id, "ML_DSA_SHAKE_256", MESSAGE), MESSAGE)
    # FIPS 204, algorithm 7: the representative of a message that is too long for KMS, with an empty context.
    long = b"x" * 100_000
    hashed = hashlib.shake_256(theirs.public_bytes_raw()).digest(64)
    mu = hashlib.shake_256(hashed + b"\0\0" + long).digest(64)
    signature = signed(kms, key_id, "ML_DSA_SHAKE_256", mu, "EXTERNAL_MU")
    theirs.verify(signature, long)
    assert not verifies(kms, key_id, "ML_DSA_SHAKE_256", altered(mu), signature, "EXTERNAL_MU")
    assert not verifies(kms, key_id, "ML_DSA_SHAKE_256", mu, signature)


@pytest.mark.parametrize("spec", RSA)
def test_rsa_signatures_made_elsewhere_verify(kms, spec):
    ours = rsa.generate_private_key(65537, int(spec[-4:]))
    key_id = imported(kms, spec, "SIGN_VERIFY", pkcs8(ours))
    assert kms.get_public_key(KeyId=key_id)["PublicKey"] == spki(ours.public_key())
    for algorithm in RSA_SIGNING:
        signature = ours.sign(MESSAGE, *rsa_padding(algorithm))
        assert verifies(kms, key_id, algorithm, MESSAGE, signature)
        assert not verifies(kms, key_id, algorithm, MESSAGE, altered(signature))
        ours.public_key().verify(signed(kms, key_id, algorithm, MESSAGE), MESSAGE, *rsa_padding(algorithm))


@pytest.mark.parametrize("spec, algorithm", ECDSA)
def test_ecdsa_signatures_made_elsewhere_verify(kms, spec, algorithm):
    ours = ec.generate_private_key(CURVES[spec]())
    key_id = imported(kms, spec, "SIGN_VERIFY", pkcs8(ours))
    assert kms.get_public_key(KeyId=key_id)["PublicKey"] == spki(ours.public_key())
    signature = ours.sign(MESSAGE, ec.ECDSA(HASHES[algorithm[-3:]]()))
    assert verifies(kms, key_id, algorithm, MESSAGE, signature)
    assert not verifies(kms, key_id, algorithm, altered(MESSAGE), signature)
    # The signature is a DER sequence and nothing else: not the two numbers alone, nor with more behind it.
    r, s = utils.decode_dss_signature(signature)
    size = (ours.key_size + 7) // 8
    assert not verifies(kms, key_id, algorithm, MESSAGE, r.to_bytes(size, "big") + s.to_bytes(size, "big"))
    assert not verifies(kms, key_id, algorithm, MESSAGE, signature + b"\0")
    assert not verifies(kms, key_id, algorithm, MESSAGE, utils.encode_dss_signature(0, s))


def test_ed25519_signatures_made_elsewhere_verify(kms):
    ours = ed25519.Ed25519PrivateKey.generate()
    key_id = imported(kms, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY", pkcs8(ours))
    signature = ours.sign(MESSAGE)
    assert verifies(kms, key_id, "ED25519_SHA_512", MESSAGE, signature)
    # It has no randomness.
    assert signed(kms, key_id, "ED25519_SHA_512", MESSAGE) == signature
    digest = hashlib.sha512(MESSAGE).digest()
    prehashed = eddsa.new(ECC.import_key(pkcs8(ours)), "rfc8032").sign(SHA512.new(digest))
    assert signed(kms, key_id, "ED25519_PH_SHA_512", digest, "DIGEST") == prehashed
    assert not verifies(kms, key_id, "ED25519_SHA_512", digest, prehashed)


@pytest.mark.parametrize("spec", ML_DSA)
def test_ml_dsa_signatures_made_elsewhere_verify(kms, spec):
    ours = ML_DSA[spec].generate()
    key_id = imported(kms, spec, "SIGN_VERIFY", pkcs8(ours))
    assert kms.get_public_key(KeyId=key_id)["PublicKey"] == spki(ours.public_key())
    signature = ours.sign(MESSAGE)
    assert verifies(kms, key_id, "ML_DSA_SHAKE_256", MESSAGE, signature)
    assert not verifies(kms, key_id, "ML_DSA_SHAKE_256", MESSAGE, altered(signature))
    # A context string is none of KMS's.
    assert not verifies(kms, key_id, "ML_DSA_SHAKE_256", MESSAGE, ours.sign(MESSAGE, b"context"))
    mu = os.urandom(64)
    assert verifies(kms, key_id, "ML_DSA_SHAKE_256", mu, ours.sign_mu(mu), "EXTERNAL_MU")
    ours.public_key().verify_mu(signed(kms, key_id, "ML_DSA_SHAKE_256", mu, "EXTERNAL_MU"), mu)


@pytest.mark.parametrize("spec", ["ML_KEM_768", "ML_KEM_1024"])
def test_secrets_that_kms_encapsulates_open_elsewhere(kms, spec):
    kind = mlkem.MLKEM768PrivateKey if spec == "ML_KEM_768" else mlkem.MLKEM1024PrivateKey
    ours = kind.generate()
    key_id = imported(kms, spec, "ENCAPSULATE_DECAPSULATE", pkcs8(ours))
    made = kms.encapsulate(KeyId=key_id, EncapsulationAlgorithm="ML_KEM")
    assert ours.decapsulate(made["SharedSecretCiphertextBlob"]) == made["SharedSecret"]


@pytest.mark.parametrize("spec", RSA)
@pytest.mark.parametrize("size", ["1", "256"])
def test_rsa_encryption_both_ways(kms, key, spec, size):
    algorithm, text = f"RSAES_OAEP_SHA_{size}", os.urandom(32)
    key_id = key(spec, "ENCRYPT_DECRYPT")
    sealed = public(kms, key_id).encrypt(text, oaep(size))
    opened = kms.decrypt(KeyId=key_id, CiphertextBlob=sealed, EncryptionAlgorithm=algorithm)
    assert opened["Plaintext"] == text and opened["EncryptionAlgorithm"] == algorithm
    other = "RSAES_OAEP_SHA_1" if size == "256" else "RSAES_OAEP_SHA_256"
    for blob, name in ((altered(sealed), algorithm), (sealed, other), (sealed[1:], algorithm), (b"x", algorithm)):
        with pytest.raises(ClientError) as caught:
            kms.decrypt(KeyId=key_id, CiphertextBlob=blob, EncryptionAlgorithm=name)
        assert caught.value.response["Error"]["Code"] == "InvalidCiphertextException"


def test_rsa_encryption_of_kms_opens_elsewhere(kms):
    ours = rsa.generate_private_key(65537, 2048)
    key_id = imported(kms, "RSA_2048", "ENCRYPT_DECRYPT", pkcs8(ours))
    for size in ("1", "256"):
        sealed = kms.encrypt(KeyId=key_id, Plaintext=b"secret", EncryptionAlgorithm=f"RSAES_OAEP_SHA_{size}")
        assert ours.decrypt(sealed["CiphertextBlob"], oaep(size)) == b"secret"


@pytest.mark.parametrize("size", ["224", "256", "384", "512"])
def test_macs_both_ways(kms, size):
    material = os.urandom(int(size) // 8)
    key_id = imported(kms, f"HMAC_{size}", "GENERATE_VERIFY_MAC", material)
    algorithm = f"HMAC_SHA_{size}"
    theirs = hmac.HMAC(material, HASHES[size]())
    theirs.update(MESSAGE)
    mac = theirs.finalize()
    assert kms.generate_mac(KeyId=key_id, MacAlgorithm=algorithm, Message=MESSAGE)["Mac"] == mac
    assert kms.verify_mac(KeyId=key_id, MacAlgorithm=algorithm, Message=MESSAGE, Mac=mac)["MacValid"]
    for wrong in (altered(mac), altered(mac, 0), mac[:-1], mac + b"\0"):
        with pytest.raises(ClientError) as caught:
            kms.verify_mac(KeyId=key_id, MacAlgorithm=algorithm, Message=MESSAGE, Mac=wrong)
        assert caught.value.response["Error"]["Code"] == "KMSInvalidMacException"


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"])
def test_shared_secrets_are_those_of_the_other_side(kms, key, spec):
    key_id, ours = key(spec, "KEY_AGREEMENT"), ec.generate_private_key(CURVES[spec]())
    asked = {"KeyId": key_id, "KeyAgreementAlgorithm": "ECDH"}
    agreed = kms.derive_shared_secret(**asked, PublicKey=spki(ours.public_key()))
    assert agreed["SharedSecret"] == ours.exchange(ec.ECDH(), public(kms, key_id))
    assert agreed["KeyOrigin"] == "AWS_KMS"
    point = ours.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    off_curve = altered(spki(ours.public_key()))
    other = ec.generate_private_key(ec.SECP256K1()).public_key()
    for wrong in (point, off_curve, spki(other), spki(ours.public_key()) + b"\0"):
        with pytest.raises(ClientError) as caught:
            kms.derive_shared_secret(**asked, PublicKey=wrong)
        assert caught.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize("spec", ["ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"])
def test_secrets_encapsulated_elsewhere(kms, key, spec):
    key_id = key(spec, "ENCAPSULATE_DECAPSULATE")
    der = kms.get_public_key(KeyId=key_id)["PublicKey"]
    if spec == "ML_KEM_512":
        # `cryptography` has no ML-KEM-512: the key is what stands at the end of the 22 bytes of its frame.
        secret, blob = ML_KEM_512.encaps(der[22:])
    else:
        secret, blob = serialization.load_der_public_key(der).encapsulate()
    asked = {"KeyId": key_id, "EncapsulationAlgorithm": "ML_KEM"}
    opened = kms.decapsulate(**asked, SharedSecretCiphertextBlob=blob)
    assert opened["SharedSecret"] == secret and opened["EncapsulationAlgorithm"] == "ML_KEM"
    assert kms.decapsulate(**asked, SharedSecretCiphertextBlob=altered(blob))["SharedSecret"] != secret
    made = kms.encapsulate(**asked)
    assert len(made["SharedSecretCiphertextBlob"]) == len(blob)
    again = kms.decapsulate(**asked, SharedSecretCiphertextBlob=made["SharedSecretCiphertextBlob"])
    assert again["SharedSecret"] == made["SharedSecret"]
    with pytest.raises(ClientError) as caught:
        kms.decapsulate(**asked, SharedSecretCiphertextBlob=blob[:-1])
    assert caught.value.response["Error"]["Code"] == "InvalidCiphertextException"


PAIRS = [*RSA, *CURVES, "ECC_NIST_EDWARDS25519", "ML_KEM_768", "ML_KEM_1024"]


@pytest.mark.parametrize("spec", PAIRS)
def test_data_key_pairs_work_elsewhere(kms, spec):
    wrapping = kms.create_key()["KeyMetadata"]["KeyId"]
    context = {"purpose": "test"}
    pair = kms.generate_data_key_pair(KeyId=wrapping, KeyPairSpec=spec, EncryptionContext=context)
    private = serialization.load_der_private_key(pair["PrivateKeyPlaintext"], password=None)
    assert spki(private.public_key()) == pair["PublicKey"]
    opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == pair["PrivateKeyPlaintext"]
    theirs = serialization.load_der_public_key(pair["PublicKey"])
    if isinstance(private, rsa.RSAPrivateKey):
        assert private.decrypt(theirs.encrypt(b"x", oaep("256")), oaep("256")) == b"x"
    elif isinstance(private, ec.EllipticCurvePrivateKey):
        theirs.verify(private.sign(b"x", ec.ECDSA(hashes.SHA256())), b"x", ec.ECDSA(hashes.SHA256()))
    elif isinstance(private, ed25519.Ed25519PrivateKey):
        theirs.verify(private.sign(b"x"), b"x")
    else:
        assert isinstance(private, mlkem.MLKEM768PrivateKey | mlkem.MLKEM1024PrivateKey)
        secret, blob = theirs.encapsulate()
        assert private.decapsulate(blob) == secret


def test_an_altered_ciphertext_never_opens(kms):
    """Every byte of a ciphertext of a symmetric key, each with another bit."""
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key_id, Plaintext=b"secret", EncryptionContext={"a": "1"})["CiphertextBlob"]
    for at in range(len(blob)):
        with pytest.raises(ClientError) as caught:
            kms.decrypt(KeyId=key_id, CiphertextBlob=altered(blob, at), EncryptionContext={"a": "1"})
        assert caught.value.response["Error"]["Code"] in ("InvalidCiphertextException", "IncorrectKeyException")
