"""Long data in parts of any length, against openssl and hashlib. `streams.py MODULE PIN`."""

import hashlib
import hmac
import random
import subprocess
from ctypes import byref, c_ubyte, c_ulong

from start import ck, user

session = user()
chance = random.Random(5)
raw, iv = chance.randbytes(32), chance.randbytes(16)
key = session.handle_of(
    "CreateObject",
    *ck.template(CLASS=ck.SECRET_KEY, KEY_TYPE=ck.AES, VALUE=raw, ENCRYPT=True, DECRYPT=True, SIGN=True, VERIFY=True),
)
block = (128).to_bytes(8, "little") + iv


def openssl(mode, data, *options):
    command = ["openssl", "enc", f"-aes-256-{mode}", "-K", raw.hex(), *options]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def streamed(verb, kind, data, parameter):
    session.do(f"{verb}Init", byref(ck.mechanism(kind, parameter)), key)
    out, place = b"", 0
    while place < len(data):
        part = data[place : place + chance.choice([1, 5, 15, 16, 17, 100, 4096, 300_000])]
        place += len(part)
        buffer, length = (c_ubyte * (len(part) + 32))(), c_ulong(len(part) + 32)
        session.do(f"{verb}Update", part, len(part), buffer, byref(length))
        out += bytes(buffer[: length.value])
    return out + session.output(f"{verb}Final")


data = chance.randbytes(3_000_000)
for kind, mode, parameter, options, size in [
    (ck.AES_ECB, "ecb", None, ["-nopad"], 2_000_000),
    (ck.AES_CBC, "cbc", iv, ["-nopad", "-iv", iv.hex()], 2_000_000),
    (ck.AES_CBC_PAD, "cbc", iv, ["-iv", iv.hex()], 1_999_999),
    (ck.AES_CBC_PAD, "cbc", iv, ["-iv", iv.hex()], 1_600_000),
    (ck.AES_CTR, "ctr", block, ["-iv", iv.hex()], 1_999_983),
]:
    plain = data[:size]
    expected = openssl(mode, plain, *options)
    assert session.encrypt(key, kind, plain, parameter) == expected, mode
    assert streamed("Encrypt", kind, plain, parameter) == expected, mode
    assert session.decrypt(key, kind, expected, parameter) == plain, mode
    assert streamed("Decrypt", kind, expected, parameter) == plain, mode
for size in [0, 1, 15, 16, 17]:
    expected = openssl("cbc", data[:size], "-iv", iv.hex())
    assert session.encrypt(key, ck.AES_CBC_PAD, data[:size], iv) == expected
    assert session.decrypt(key, ck.AES_CBC_PAD, expected, iv) == data[:size]

# GCM gives nothing before it has verified all; a message that is too long for one call is refused.
sealed = streamed("Encrypt", ck.AES_GCM, data[:900_000], ck.gcm(iv[:12], b"aad"))
assert streamed("Decrypt", ck.AES_GCM, sealed, ck.gcm(iv[:12], b"aad")) == data[:900_000]
session.do("EncryptInit", byref(ck.mechanism(ck.AES_GCM, ck.gcm(iv[:12]))), key)
assert session.call("Encrypt", data, len(data), (c_ubyte * 3_000_100)(), byref(c_ulong(3_000_100))) == ck.DATA_LEN_RANGE

# A counter does not leave its bits.
short = (8).to_bytes(8, "little") + iv[:15] + b"\xff"
assert len(session.encrypt(key, ck.AES_CTR, data[:16], short)) == 16
session.do("EncryptInit", byref(ck.mechanism(ck.AES_CTR, short)), key)
assert session.call("Encrypt", data, 17, (c_ubyte * 32)(), byref(c_ulong(32))) == ck.DATA_LEN_RANGE

# Digests, MACs and signatures in parts.
session.do("DigestInit", byref(ck.mechanism(ck.SHA256)))
for place in range(0, len(data), 777_777):
    session.do("DigestUpdate", data[place : place + 777_777], len(data[place : place + 777_777]))
assert session.output("DigestFinal") == hashlib.sha256(data).digest()
mac = session.handle_of(
    "CreateObject",
    *ck.template(CLASS=ck.SECRET_KEY, KEY_TYPE=ck.GENERIC_SECRET, VALUE=raw, SIGN=True, VERIFY=True),
)
session.do("SignInit", byref(ck.mechanism(ck.SHA256_HMAC)), mac)
session.do("SignUpdate", data, 1000)
session.do("SignUpdate", data[1000:5000], 4000)
code = session.output("SignFinal")
assert code == hmac.new(raw, data[:5000], "sha256").digest()
assert session.verify(mac, ck.SHA256_HMAC, data[:5000], code) == ck.OK
assert session.verify(mac, ck.SHA256_HMAC, data[:4999], code) == ck.SIGNATURE_INVALID
public, private = session.rsa()
session.do("SignInit", byref(ck.mechanism(ck.SHA256_RSA_PKCS)), private)
for place in range(0, len(data), 777_777):
    session.do("SignUpdate", data[place : place + 777_777], len(data[place : place + 777_777]))
signature = session.output("SignFinal")
assert session.verify(public, ck.SHA256_RSA_PKCS, data, signature) == ck.OK
print("all done")
