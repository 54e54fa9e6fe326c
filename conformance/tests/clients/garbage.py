"""Random handles, templates, mechanisms and lengths: each call answers, and the token is as it was.
`garbage.py MODULE PIN [SECONDS [SEED]]`."""

import ctypes
import random
import sys
import time
from ctypes import byref, c_ubyte, c_ulong

from start import ck, module, user

SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 20240229
SECONDS = float(sys.argv[3]) if len(sys.argv) > 3 else 4
chance = random.Random(SEED)
session = user()
aes = session.aes(TOKEN=True, LABEL="unharmed")
public, private = session.p256()
rsa_public, rsa_private = session.rsa()
expected = session.encrypt(aes, ck.AES_ECB, b"0123456789abcdef")
handles = [0, 1, aes, public, private, rsa_public, rsa_private, 2**32, 2**63, 2**64 - 1]
kinds = [*ck.CKA.values(), 0x600, 0x40000211, 0x80000000, 2**64 - 1]
mechanisms = [0, 1, 3, 9, 0x0D, 0x40, 0x43, 0x250, 0x251, 0x252, 0x1040, 0x1041, 0x1044, 0x1050, 0x1054, 0x1055, 0x1057, 0x1080,
              0x1081, 0x1082, 0x1085, 0x1086, 0x1087, 0x108A, 0x108B, 0x2109, 0x210A, 0x210B, 0x402A, 2**64 - 1]  # fmt: skip
# What must never be the answer to a wrong call: a fault of the module or of an HSM.
FAULTS = {ck.GENERAL_ERROR, ck.DEVICE_ERROR}


def some_bytes(most=80):
    return chance.randbytes(chance.choice([0, 1, 7, 8, 12, 16, 24, 32, 40, 48, chance.randrange(most)]))


def some_template():
    raw = []
    for _ in range(chance.randrange(6)):
        value = chance.choice([b"\0", b"\1", ck.number(chance.choice([0, 1, 2, 3, 4, 0x1F, 16, 32, 2048])), some_bytes()])
        raw.append((chance.choice(kinds), value))
    array, count = ck.template(*raw)
    if chance.random() < 0.1 and count:
        array[0].value = None
    if chance.random() < 0.1 and count:
        array[0].length = chance.choice([2**64 - 1, 2**63, 2**32, 2**21])
    if chance.random() < 0.05:
        return None, chance.choice([0, 1, 2**64 - 1])
    # Too many attributes are refused before they are read; fewer are there in fact.
    return array, chance.choice([count, count, count, 2**64 - 1])


def some_mechanism():
    """Bytes only where the parameter is bytes: a structure's pointers would be followed, as PKCS#11 has it."""
    kind = chance.choice(mechanisms)
    made = ck.mechanism(kind, chance.choice([None, some_bytes(), bytes(16)]))
    if kind in (0x1087,) and chance.random() < 0.5:
        made = ck.mechanism(kind, ck.gcm(some_bytes(), some_bytes(), chance.choice([0, 96, 104, 127, 128, 2**64 - 1])))
    elif made.length in (24, 40, 48, 32):
        made.length -= 1
    if kind in (0x1086, 0x1050, 0x1054, 0x1057, 0x402A) and made.length not in (0, 7, 12):
        made.length = 7
    if chance.random() < 0.05:
        made.parameter = None
    return byref(made) if chance.random() > 0.02 else None


def some_output():
    room = chance.choice([0, 1, 16, 64, 256, 4096])
    buffer = (c_ubyte * max(room, 1))()
    return chance.choice([buffer, None]), chance.choice([byref(c_ulong(room)), byref(c_ulong(room)), None])


def some_handle():
    return chance.choice(handles) if chance.random() < 0.9 else chance.getrandbits(64)


def some_data():
    data = some_bytes(3000)
    return data, chance.choice([len(data), len(data), len(data), 0])


made = [c_ulong(), c_ulong()]
CALLS = {
    "CreateObject": lambda: (*some_template(), byref(made[0])),
    "CopyObject": lambda: (some_handle(), *some_template(), byref(made[0])),
    "GetObjectSize": lambda: (some_handle(), byref(made[0])),
    "SetAttributeValue": lambda: (chance.choice([public, private, 0, 9]), *some_template()),
    "FindObjectsInit": some_template,
    "FindObjects": lambda: ((c_ulong * 4)(), chance.choice([0, 1, 4]), byref(made[0])),
    "FindObjectsFinal": tuple,
    "GenerateKey": lambda: (some_mechanism(), *some_template(), byref(made[0])),
    "WrapKey": lambda: (some_mechanism(), some_handle(), some_handle(), *some_output()),
    "UnwrapKey": lambda: (some_mechanism(), some_handle(), *some_data(), *some_template(), byref(made[0])),
    "DeriveKey": lambda: (some_mechanism(), some_handle(), *some_template(), byref(made[0])),
    "GenerateRandom": lambda: ((c_ubyte * 64)(), chance.randrange(64)),
    "DigestInit": lambda: (some_mechanism(),),
    "SetOperationState": lambda: (*some_data(), some_handle(), some_handle()),
    "Logout": lambda: (),
}
for name in ["Encrypt", "Decrypt", "Sign", "Verify"]:
    CALLS[f"{name}Init"] = lambda: (some_mechanism(), some_handle())
for name in ["Encrypt", "Decrypt", "Sign", "Digest", "EncryptUpdate", "DecryptUpdate", "SignRecover"]:
    CALLS[name] = lambda: (*some_data(), *some_output())
for name in ["EncryptFinal", "DecryptFinal", "SignFinal", "DigestFinal"]:
    CALLS[name] = some_output
for name in ["SignUpdate", "VerifyUpdate", "DigestUpdate", "VerifyFinal"]:
    CALLS[name] = some_data
CALLS["Verify"] = lambda: (*some_data(), *some_data())
del CALLS["Logout"]

calls, succeeded = 0, 0
end = time.monotonic() + SECONDS
names = sorted(CALLS)
while time.monotonic() < end:
    name = chance.choice(names)
    where = session.handle if chance.random() < 0.97 else chance.choice([0, 999, 2**64 - 1])
    arguments = CALLS[name]()
    rv = module.call(name, where, *arguments)
    assert rv not in FAULTS, f"C_{name} answered {rv:#x} after {calls} calls"
    assert where == session.handle or rv == ck.SESSION_HANDLE_INVALID or rv in (ck.ARGUMENTS_BAD, 0x13, 0x70, 0x71, 0xD1, 0x54), (
        f"C_{name} on a session that is not there: {rv:#x}"
    )
    calls, succeeded = calls + 1, succeeded + (rv == ck.OK)
assert calls > 500 and succeeded > calls // 50, (calls, succeeded)
fresh = module.session()
assert fresh.encrypt(aes, ck.AES_ECB, b"0123456789abcdef") == expected
assert fresh.attribute(aes, "LABEL") == b"unharmed"
fresh.do("DestroyObject", aes)
assert module.call("Finalize", None) == ck.OK
print(calls, "calls,", succeeded, "of them good; all done")
