"""PKCS#11's rules: buffers, sessions, uses of keys, handles. `rules.py MODULE PIN`."""

from ctypes import byref, c_ubyte, c_ulong

import start
from start import PIN, ck, module, refused, user

session = module.session()

# Before the login there is nothing.
assert session.find() == []
refused(ck.USER_NOT_LOGGED_IN, session.aes)
assert session.call("Logout") == ck.USER_NOT_LOGGED_IN
assert session.call("Login", 1, b"alice:wrong-one", 15) == ck.PIN_INCORRECT
session.login(PIN)
assert session.call("Login", 1, PIN.encode(), len(PIN)) == ck.USER_ALREADY_LOGGED_IN

# A buffer that is too small, or none, lets an operation go on.
public, private = session.p256()
session.do("SignInit", byref(ck.mechanism(ck.ECDSA_SHA256)), private)
length = c_ulong()
session.do("Sign", b"data", 4, None, byref(length))
assert length.value == 64
buffer, length = (c_ubyte * 64)(), c_ulong(63)
assert session.call("Sign", b"data", 4, buffer, byref(length)) == ck.BUFFER_TOO_SMALL
assert length.value == 64 and bytes(buffer) == bytes(64)
session.do("Sign", b"data", 4, buffer, byref(length))
signature = bytes(buffer)
assert session.call("Sign", b"data", 4, buffer, byref(length)) == ck.OPERATION_NOT_INITIALIZED
assert session.verify(public, ck.ECDSA_SHA256, b"data", signature) == ck.OK
assert session.verify(public, ck.ECDSA_SHA256, b"date", signature) == ck.SIGNATURE_INVALID
assert session.verify(public, ck.ECDSA_SHA256, b"data", signature[:-1]) == ck.SIGNATURE_LEN_RANGE
assert session.verify(public, ck.ECDSA_SHA256, b"data", signature) == ck.OK

# One operation of a kind at a time; another kind may go on beside it.
aes = session.aes()
iv = bytes(range(16))
cbc = byref(ck.mechanism(ck.AES_CBC_PAD, iv))
session.do("EncryptInit", cbc, aes)
assert session.call("EncryptInit", cbc, aes) == ck.OPERATION_ACTIVE
session.do("DecryptInit", cbc, aes)
length = c_ulong(32)
buffer = (c_ubyte * 32)()
session.do("EncryptUpdate", b"0123456789abcdefghi", 19, buffer, byref(length))
assert length.value == 16
assert session.call("Encrypt", b"x", 1, buffer, byref(length)) == ck.OPERATION_ACTIVE
assert session.call("EncryptFinal", buffer, byref(length)) == ck.OPERATION_NOT_INITIALIZED

# Padded plaintexts are shorter than their bound: a buffer of the bound is not asked for.
sealed = session.encrypt(aes, ck.AES_CBC_PAD, b"short", iv)
length = c_ulong(3)
assert session.call("Decrypt", sealed, len(sealed), buffer, byref(length)) == ck.BUFFER_TOO_SMALL
assert length.value == 5
session.do("Decrypt", sealed, len(sealed), buffer, byref(length))
assert bytes(buffer[: length.value]) == b"short"

# What is wrong with data and mechanisms.
refused(ck.DATA_LEN_RANGE, session.encrypt, aes, ck.AES_CBC, b"short", iv)
refused(ck.ENCRYPTED_DATA_LEN_RANGE, session.decrypt, aes, ck.AES_CBC_PAD, sealed[:-1], iv)
refused(ck.MECHANISM_PARAM_INVALID, session.encrypt, aes, ck.AES_CBC, b"", iv[:-1])
refused(ck.MECHANISM_PARAM_INVALID, session.encrypt, aes, ck.AES_GCM, b"", iv)
refused(ck.MECHANISM_PARAM_INVALID, session.encrypt, aes, ck.AES_GCM, b"", ck.gcm(iv[:12], tag_bits=32))
refused(ck.MECHANISM_INVALID, session.encrypt, aes, 0x12345, b"")
refused(ck.MECHANISM_INVALID, session.sign, private, ck.AES_GCM, b"")
sealed = session.encrypt(aes, ck.AES_GCM, b"message", ck.gcm(iv[:12], b"aad"))
assert len(sealed) == 23
assert session.decrypt(aes, ck.AES_GCM, sealed, ck.gcm(iv[:12], b"aad")) == b"message"
for place in range(len(sealed)):
    altered = bytes(byte ^ (1 if index == place else 0) for index, byte in enumerate(sealed))
    refused(ck.ENCRYPTED_DATA_INVALID, session.decrypt, aes, ck.AES_GCM, altered, ck.gcm(iv[:12], b"aad"))
refused(ck.ENCRYPTED_DATA_INVALID, session.decrypt, aes, ck.AES_GCM, sealed, ck.gcm(iv[:12], b"other"))

# Keys do what they are for.
refused(ck.KEY_TYPE_INCONSISTENT, session.sign, aes, ck.ECDSA_SHA256, b"")
refused(ck.KEY_TYPE_INCONSISTENT, session.sign, public, ck.ECDSA_SHA256, b"")
refused(ck.KEY_HANDLE_INVALID, session.sign, 0, ck.ECDSA_SHA256, b"")
refused(ck.KEY_HANDLE_INVALID, session.sign, 0xDEADBEEF, ck.ECDSA_SHA256, b"")
refused(ck.KEY_HANDLE_INVALID, session.sign, 2**64 - 1, ck.ECDSA_SHA256, b"")
no_encrypt = session.aes(ENCRYPT=False)
refused(ck.KEY_FUNCTION_NOT_PERMITTED, session.encrypt, no_encrypt, ck.AES_CBC_PAD, b"", iv)
refused(ck.WRAPPING_KEY_HANDLE_INVALID, session.output, "WrapKey", byref(ck.mechanism(ck.AES_KEY_WRAP)), 77, aes)
refused(ck.KEY_HANDLE_INVALID, session.output, "WrapKey", byref(ck.mechanism(ck.AES_KEY_WRAP)), aes, 77)
hidden = session.aes(EXTRACTABLE=False)
refused(ck.KEY_UNEXTRACTABLE, session.output, "WrapKey", byref(ck.mechanism(ck.AES_KEY_WRAP)), aes, hidden)

# Secrets stay where they are, also when one asks with others.
refused(ck.ATTRIBUTE_SENSITIVE, session.attribute, aes, "VALUE")
refused(ck.ATTRIBUTE_TYPE_INVALID, session.attribute, aes, "MODULUS")
refused(ck.OBJECT_HANDLE_INVALID, session.attribute, 0xDEADBEEF, "CLASS")
array, buffer = (ck.Attribute * 3)(), (c_ubyte * 64)()
for slot, name in zip(array, ["KEY_TYPE", "VALUE", "LABEL"]):
    slot.type, slot.value, slot.length = ck.CKA[name], None, 0
assert session.call("GetAttributeValue", aes, array, 3) == ck.ATTRIBUTE_SENSITIVE
assert [slot.length for slot in array] == [8, 2**64 - 1, 0]
wrapping = session.aes()
open_key = session.aes(EXTRACTABLE=True, SENSITIVE=False)
wrapped = session.output("WrapKey", byref(ck.mechanism(ck.AES_KEY_WRAP)), wrapping, open_key)
assert len(wrapped) == 40
unwrap = byref(ck.mechanism(ck.AES_KEY_WRAP))
secret = ck.template(CLASS=ck.SECRET_KEY, KEY_TYPE=ck.AES, EXTRACTABLE=True, SENSITIVE=False)
again = session.handle_of("UnwrapKey", unwrap, wrapping, wrapped, 40, *secret)
assert session.attribute(again, "VALUE") == session.attribute(open_key, "VALUE")
refused(ck.UNWRAPPING_KEY_HANDLE_INVALID, session.handle_of, "UnwrapKey", unwrap, 77, wrapped, 40, *secret)
damaged = bytes([wrapped[0] ^ 1]) + wrapped[1:]
refused(ck.WRAPPED_KEY_INVALID, session.handle_of, "UnwrapKey", unwrap, wrapping, damaged, 40, *secret)

# Templates.
refused(ck.TEMPLATE_INCONSISTENT, session.generate, ck.AES_KEY_GEN, VALUE_LEN=32, KEY_TYPE=ck.RSA)
refused(ck.TEMPLATE_INCONSISTENT, session.generate, ck.AES_KEY_GEN, VALUE_LEN=32, CLASS=ck.PUBLIC_KEY)
refused(ck.TEMPLATE_INCOMPLETE, session.generate, ck.AES_KEY_GEN)
refused(ck.TEMPLATE_INCOMPLETE, session.handle_of, "CreateObject", *ck.template(LABEL="nothing"))
refused(ck.ATTRIBUTE_VALUE_INVALID, session.generate, ck.AES_KEY_GEN, VALUE_LEN=32, TOKEN=b"\2")
refused(ck.ATTRIBUTE_VALUE_INVALID, session.generate, ck.AES_KEY_GEN, VALUE_LEN=b"\1")
refused(ck.ATTRIBUTE_TYPE_INVALID, session.handle_of, "GenerateKey", byref(ck.mechanism(ck.AES_KEY_GEN)),
        *ck.template((0x80000001, b"x"), VALUE_LEN=32))  # fmt: skip
for length in [0, 15, 33, 2**40]:
    rv = session.call("GenerateKey", byref(ck.mechanism(ck.AES_KEY_GEN)), *ck.template(VALUE_LEN=length), byref(c_ulong()))
    assert rv in (ck.KEY_SIZE_RANGE, ck.ATTRIBUTE_VALUE_INVALID, ck.TEMPLATE_INCONSISTENT), hex(rv)

# A session's objects end with it; a token's object is not made or changed where one only reads.
reader = module.session(ck.SERIAL)
refused(ck.SESSION_READ_ONLY, reader.aes, TOKEN=True)
mine = reader.aes(LABEL="ends with its session")
assert session.find(LABEL="ends with its session") == [mine]
reader.do("CloseSession")
assert session.find(LABEL="ends with its session") == []
refused(ck.KEY_HANDLE_INVALID, session.encrypt, mine, ck.AES_CBC_PAD, b"", iv)
kept = session.aes(TOKEN=True, LABEL="stays")
reader = module.session(ck.SERIAL)
assert reader.find(LABEL="stays") == [kept]
assert reader.call("DestroyObject", kept) == ck.SESSION_READ_ONLY
assert reader.call("SetAttributeValue", kept, *ck.template(LABEL="other")) == ck.SESSION_READ_ONLY
session.do("SetAttributeValue", kept, *ck.template(LABEL="renamed"))
assert reader.attribute(kept, "LABEL") == b"renamed"
copy = session.handle_of("CopyObject", kept, *ck.template(TOKEN=False, LABEL="copy"))
assert session.encrypt(copy, ck.AES_ECB, bytes(16)) == session.encrypt(kept, ck.AES_ECB, bytes(16))
session.do("DestroyObject", kept)
assert session.call("DestroyObject", kept) == ck.OBJECT_HANDLE_INVALID
refused(ck.OBJECT_HANDLE_INVALID, session.attribute, kept, "LABEL")

# All sessions share the login; it ends with the last one.
other = module.session()
assert other.find(LABEL="copy") == [copy]
other.do("Logout")
assert session.find() == []
session.login(PIN)
module.do("CloseAllSessions", 0)
assert session.call("Logout") == ck.SESSION_HANDLE_INVALID
session = module.session()
assert session.find() == []
session = user()

# A new password ends the logins of other programs; this one stays, with the new one.
old, new = PIN.encode(), b"alice:password2"
assert session.call("SetPIN", b"alice:not-the-old", 17, new, len(new)) == ck.PIN_INCORRECT
assert session.call("SetPIN", old, len(old), b"bob:password2", 13) == 0xA1
session.do("SetPIN", old, len(old), new, len(new))
aes = session.aes()
session.do("SetPIN", new, len(new), old, len(old))
assert len(session.encrypt(aes, ck.AES_ECB, bytes(16))) == 16
assert module.call("Finalize", None) == ck.OK
assert session.call("Logout") == ck.CRYPTOKI_NOT_INITIALIZED
assert start.module.call("Initialize", None) == ck.OK
assert session.call("Logout") == ck.SESSION_HANDLE_INVALID
print("all done")
