"""A cluster in FIPS mode: `fips.py MODULE PIN`."""

from ctypes import byref, c_ubyte, c_ulong

from start import ck, refused, user

session = user()
aes = session.aes(EXTRACTABLE=True)


def gcm_by_hsm(data):
    """Encrypts under a vector that the HSM makes: it fills the 12 zero bytes that it is given."""
    given = ck.gcm(bytes(12), b"aad")
    session.do("EncryptInit", byref(ck.mechanism(ck.AES_GCM, given)), aes)
    length = c_ulong(0)
    session.do("Encrypt", data, len(data), None, byref(length))
    assert given.keep[0].raw[:12] == bytes(12), "nothing is encrypted while the length is asked for"
    buffer = (c_ubyte * length.value)()
    session.do("Encrypt", data, len(data), buffer, byref(length))
    return given.keep[0].raw[:12], bytes(buffer)


vectors = set()
for turn in range(20):
    vector, sealed = gcm_by_hsm(b"message")
    assert session.decrypt(aes, ck.AES_GCM, sealed, ck.gcm(vector, b"aad")) == b"message"
    vectors.add(vector)
assert len(vectors) == 20 and bytes(12) not in vectors

# In parts: the vector is told with the last one.
given = ck.gcm(bytes(12))
session.do("EncryptInit", byref(ck.mechanism(ck.AES_GCM, given)), aes)
buffer, length = (c_ubyte * 64)(), c_ulong(64)
session.do("EncryptUpdate", b"mess", 4, buffer, byref(length))
assert length.value == 0
session.do("EncryptUpdate", b"age", 3, buffer, byref(length))
length = c_ulong(64)
session.do("EncryptFinal", buffer, byref(length))
vector = given.keep[0].raw[:12]
assert session.decrypt(aes, ck.AES_GCM, bytes(buffer[: length.value]), ck.gcm(vector)) == b"message"

# One of the program's own, SHA-1 signatures and PKCS#1 v1.5 encryption are refused.
session.do("EncryptInit", byref(ck.mechanism(ck.AES_GCM, ck.gcm(b"0123456789ab"))), aes)
rv = session.call("Encrypt", b"x", 1, buffer, byref(c_ulong(64)))
assert rv in (ck.MECHANISM_INVALID, ck.MECHANISM_PARAM_INVALID), hex(rv)
public, private = session.rsa()
refused(ck.MECHANISM_INVALID, session.encrypt, public, ck.RSA_PKCS, b"x")
assert len(session.sign(private, ck.SHA256_RSA_PKCS, b"x")) == 256
print("all done")
