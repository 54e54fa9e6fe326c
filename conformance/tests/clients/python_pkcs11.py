"""python-pkcs11 on the module: `python_pkcs11.py MODULE PIN`."""

import sys

import pkcs11
from pkcs11 import KDF, Attribute, KeyType, Mechanism, MGF, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

library = pkcs11.lib(sys.argv[1])
token = library.get_token(token_label="hsm1")


def refused(kind, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except kind:
        return
    raise AssertionError(f"not refused with {kind}")


refused(pkcs11.PinIncorrect, lambda: token.open(user_pin="alice:not-the-password").__enter__())

with token.open(rw=True, user_pin=sys.argv[2]) as session:
    key = session.generate_key(KeyType.AES, 256, label="py-aes", store=True, template={Attribute.EXTRACTABLE: False})
    iv = session.generate_random(128)
    sealed = key.encrypt(b"message" * 1000, mechanism_param=iv)
    assert key.decrypt(sealed, mechanism_param=iv) == b"message" * 1000
    parts = list(key.encrypt((b"x" * 10, b"y" * 1000, b"z"), mechanism_param=iv, buffer_size=8192))
    assert key.decrypt(b"".join(parts), mechanism_param=iv) == b"x" * 10 + b"y" * 1000 + b"z"
    assert key[Attribute.SENSITIVE] and not key[Attribute.EXTRACTABLE]
    refused(pkcs11.AttributeSensitive, lambda: key[Attribute.VALUE])
    key[Attribute.LABEL] = "py-renamed"
    assert [found.label for found in session.get_objects({Attribute.LABEL: "py-renamed"})] == ["py-renamed"]

    public, private = session.generate_keypair(KeyType.RSA, 2048, store=False)
    for mechanism in [Mechanism.SHA256_RSA_PKCS, Mechanism.SHA512_RSA_PKCS]:
        signature = private.sign(b"data", mechanism=mechanism)
        assert public.verify(b"data", signature, mechanism=mechanism)
        assert not public.verify(b"date", signature, mechanism=mechanism)
    pss = (Mechanism.SHA256, MGF.SHA256, 32)
    signature = private.sign(b"data", mechanism=Mechanism.SHA256_RSA_PKCS_PSS, mechanism_param=pss)
    assert public.verify(b"data", signature, mechanism=Mechanism.SHA256_RSA_PKCS_PSS, mechanism_param=pss)
    oaep = (Mechanism.SHA_1, MGF.SHA1, None)
    sealed = public.encrypt(b"secret", mechanism_param=oaep)
    assert private.decrypt(sealed, mechanism_param=oaep) == b"secret"

    parameters = session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True
    )
    public, private = parameters.generate_keypair(
        store=False, capabilities=pkcs11.MechanismFlag.DERIVE | pkcs11.MechanismFlag.SIGN | pkcs11.MechanismFlag.VERIFY
    )
    other_public, other_private = parameters.generate_keypair(store=False, capabilities=pkcs11.MechanismFlag.DERIVE)
    signature = private.sign(b"data", mechanism=Mechanism.ECDSA_SHA256)
    assert public.verify(b"data", signature, mechanism=Mechanism.ECDSA_SHA256)
    extractable = {Attribute.EXTRACTABLE: True, Attribute.SENSITIVE: False}
    shared = [
        mine.derive_key(
            KeyType.AES, 256, mechanism_param=(KDF.NULL, None, theirs[Attribute.EC_POINT]), template=extractable
        )[Attribute.VALUE]
        for mine, theirs in [(private, other_public), (other_private, public)]
    ]
    assert shared[0] == shared[1] and len(shared[0]) == 32

    wrapping = session.generate_key(KeyType.AES, 256, capabilities=pkcs11.MechanismFlag.WRAP | pkcs11.MechanismFlag.UNWRAP)
    inner = session.generate_key(KeyType.AES, 128, template=extractable)
    wrapped = wrapping.wrap_key(inner, mechanism=Mechanism.AES_KEY_WRAP)
    assert len(wrapped) == 24
    again = wrapping.unwrap_key(
        ObjectClass.SECRET_KEY, KeyType.AES, wrapped, mechanism=Mechanism.AES_KEY_WRAP, template=extractable
    )
    assert again[Attribute.VALUE] == inner[Attribute.VALUE]
    refused(pkcs11.KeyUnextractable, wrapping.wrap_key, key, mechanism=Mechanism.AES_KEY_WRAP)
    assert session.digest(b"abc", mechanism=Mechanism.SHA256).hex().startswith("ba7816bf")
    key.destroy()
    assert not list(session.get_objects({Attribute.LABEL: "py-renamed"}))

print("all done")
