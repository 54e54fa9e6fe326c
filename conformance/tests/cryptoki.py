"""PKCS#11 by hand, over ctypes: for what no client of it would do."""

import ctypes
import struct
from ctypes import POINTER, byref, c_ubyte, c_ulong, c_void_p

NAMES = """Initialize Finalize GetInfo GetFunctionList GetSlotList GetSlotInfo GetTokenInfo GetMechanismList
GetMechanismInfo InitToken InitPIN SetPIN OpenSession CloseSession CloseAllSessions GetSessionInfo GetOperationState
SetOperationState Login Logout CreateObject CopyObject DestroyObject GetObjectSize GetAttributeValue SetAttributeValue
FindObjectsInit FindObjects FindObjectsFinal EncryptInit Encrypt EncryptUpdate EncryptFinal DecryptInit Decrypt
DecryptUpdate DecryptFinal DigestInit Digest DigestUpdate DigestKey DigestFinal SignInit Sign SignUpdate SignFinal
SignRecoverInit SignRecover VerifyInit Verify VerifyUpdate VerifyFinal VerifyRecoverInit VerifyRecover
DigestEncryptUpdate DecryptDigestUpdate SignEncryptUpdate DecryptVerifyUpdate GenerateKey GenerateKeyPair WrapKey
UnwrapKey DeriveKey SeedRandom GenerateRandom GetFunctionStatus CancelFunction WaitForSlotEvent""".split()

OK = 0x000
GENERAL_ERROR = 0x005
ARGUMENTS_BAD = 0x007
ATTRIBUTE_READ_ONLY = 0x010
ATTRIBUTE_SENSITIVE = 0x011
ATTRIBUTE_TYPE_INVALID = 0x012
ATTRIBUTE_VALUE_INVALID = 0x013
DATA_INVALID = 0x020
DATA_LEN_RANGE = 0x021
DEVICE_ERROR = 0x030
ENCRYPTED_DATA_INVALID = 0x040
ENCRYPTED_DATA_LEN_RANGE = 0x041
KEY_HANDLE_INVALID = 0x060
KEY_SIZE_RANGE = 0x062
KEY_TYPE_INCONSISTENT = 0x063
KEY_FUNCTION_NOT_PERMITTED = 0x068
KEY_UNEXTRACTABLE = 0x06A
MECHANISM_INVALID = 0x070
MECHANISM_PARAM_INVALID = 0x071
OBJECT_HANDLE_INVALID = 0x082
OPERATION_ACTIVE = 0x090
OPERATION_NOT_INITIALIZED = 0x091
PIN_INCORRECT = 0x0A0
PIN_LOCKED = 0x0A4
SESSION_HANDLE_INVALID = 0x0B3
SESSION_READ_ONLY = 0x0B5
SIGNATURE_INVALID = 0x0C0
SIGNATURE_LEN_RANGE = 0x0C1
TEMPLATE_INCOMPLETE = 0x0D0
TEMPLATE_INCONSISTENT = 0x0D1
UNWRAPPING_KEY_HANDLE_INVALID = 0x0F0
USER_ALREADY_LOGGED_IN = 0x100
USER_NOT_LOGGED_IN = 0x101
WRAPPED_KEY_INVALID = 0x110
WRAPPING_KEY_HANDLE_INVALID = 0x113
BUFFER_TOO_SMALL = 0x150
CRYPTOKI_NOT_INITIALIZED = 0x190

CKA = dict(
    CLASS=0, TOKEN=1, PRIVATE=2, LABEL=3, VALUE=0x11, KEY_TYPE=0x100, ID=0x102, SENSITIVE=0x103, ENCRYPT=0x104,
    DECRYPT=0x105, WRAP=0x106, UNWRAP=0x107, SIGN=0x108, VERIFY=0x10A, DERIVE=0x10C, MODULUS=0x120,
    MODULUS_BITS=0x121, PUBLIC_EXPONENT=0x122, VALUE_LEN=0x161, EXTRACTABLE=0x162, LOCAL=0x163, EC_PARAMS=0x180,
    EC_POINT=0x181,
)  # fmt: skip
SECRET_KEY, PUBLIC_KEY, PRIVATE_KEY = 4, 2, 3
AES, GENERIC_SECRET, RSA, EC = 0x1F, 0x10, 0, 3

RSA_KEY_PAIR_GEN, RSA_PKCS, SHA256_RSA_PKCS, RSA_PKCS_PSS, RSA_PKCS_OAEP = 0, 1, 0x40, 0x0D, 0x09
EC_KEY_PAIR_GEN, ECDSA, ECDSA_SHA256, ECDH1_DERIVE = 0x1040, 0x1041, 0x1044, 0x1050
AES_KEY_GEN, AES_ECB, AES_CBC, AES_CBC_PAD, AES_CTR, AES_GCM = 0x1080, 0x1081, 0x1082, 0x1085, 0x1086, 0x1087
AES_KEY_WRAP, AES_KEY_WRAP_KWP, AES_CMAC = 0x2109, 0x210B, 0x108A
SHA256, SHA256_HMAC = 0x250, 0x251

P256 = bytes.fromhex("06082a8648ce3d030107")
SERIAL, WRITABLE = 4, 2


class Attribute(ctypes.Structure):
    _fields_ = [("type", c_ulong), ("value", c_void_p), ("length", c_ulong)]


class Mechanism(ctypes.Structure):
    _fields_ = [("mechanism", c_ulong), ("parameter", c_void_p), ("length", c_ulong)]


class Gcm(ctypes.Structure):
    _fields_ = [
        ("iv", c_void_p), ("iv_length", c_ulong), ("iv_bits", c_ulong),
        ("aad", c_void_p), ("aad_length", c_ulong), ("tag_bits", c_ulong),
    ]  # fmt: skip


class Refused(Exception):
    def __init__(self, name, rv):
        super().__init__(f"C_{name}: {rv:#x}")
        self.rv = rv


def number(value):
    return struct.pack("@L", value)


def encoded(value):
    if isinstance(value, bool):
        return bytes([value])
    if isinstance(value, int):
        return number(value)
    return value.encode() if isinstance(value, str) else value


def template(*raw, **attributes):
    """A template: attributes by name, and (type, bytes) as they are."""
    pairs = [(CKA[name], encoded(value)) for name, value in attributes.items()] + list(raw)
    array = (Attribute * max(len(pairs), 1))()
    keep = []
    for slot, (kind, value) in zip(array, pairs):
        buffer = ctypes.create_string_buffer(value, max(len(value), 1))
        keep.append(buffer)
        slot.type, slot.value, slot.length = kind, ctypes.addressof(buffer), len(value)
    array.keep = keep
    return array, len(pairs)


def mechanism(kind, parameter=None):
    made = Mechanism(kind, None, 0)
    if parameter is not None:
        size = ctypes.sizeof(parameter) if isinstance(parameter, ctypes.Structure) else len(parameter)
        made.keep = parameter if isinstance(parameter, ctypes.Structure) else ctypes.create_string_buffer(parameter, size)
        made.parameter, made.length = ctypes.addressof(made.keep), size
    return made


def gcm(iv, aad=b"", tag_bits=128):
    made = Gcm()
    made.keep = (ctypes.create_string_buffer(iv, len(iv)), ctypes.create_string_buffer(aad, max(len(aad), 1)))
    made.iv, made.iv_length, made.iv_bits = ctypes.addressof(made.keep[0]), len(iv), 8 * len(iv)
    made.aad, made.aad_length, made.tag_bits = ctypes.addressof(made.keep[1]), len(aad), tag_bits
    return made


class Cryptoki:
    """The module's functions: `C_Sign` is `call("Sign", …)`, which gives the return value."""

    def __init__(self, module):
        self.library = ctypes.CDLL(module)
        found = c_void_p()
        assert self.library.C_GetFunctionList(byref(found)) == OK
        pointers = ctypes.cast(found.value + 8, POINTER(c_void_p))
        kind = ctypes.CFUNCTYPE(c_ulong)
        self.functions = {name: kind(pointers[index]) for index, name in enumerate(NAMES)}

    def call(self, name, *arguments):
        wide = [c_ulong(argument) if isinstance(argument, int) else argument for argument in arguments]
        return self.functions[name](*wide)

    def do(self, name, *arguments):
        rv = self.call(name, *arguments)
        if rv != OK:
            raise Refused(name, rv)

    def session(self, flags=SERIAL | WRITABLE):
        handle = c_ulong()
        self.do("OpenSession", 0, flags, None, None, byref(handle))
        return Session(self, handle.value)


class Session:
    def __init__(self, module, handle):
        self.module = module
        self.handle = handle

    def call(self, name, *arguments):
        return self.module.call(name, self.handle, *arguments)

    def do(self, name, *arguments):
        return self.module.do(name, self.handle, *arguments)

    def login(self, pin):
        self.do("Login", 1, pin.encode(), len(pin))

    def handle_of(self, name, *arguments):
        made = c_ulong()
        self.do(name, *arguments, byref(made))
        return made.value

    def generate(self, kind, **attributes):
        return self.handle_of("GenerateKey", byref(mechanism(kind)), *template(**attributes))

    def aes(self, **attributes):
        uses = dict(ENCRYPT=True, DECRYPT=True, WRAP=True, UNWRAP=True, SIGN=True, VERIFY=True)
        return self.generate(AES_KEY_GEN, **{"VALUE_LEN": 32, **uses, **attributes})

    def pair(self, kind, public, private):
        handles = c_ulong(), c_ulong()
        arguments = (*template(**public), *template(**private))
        self.do("GenerateKeyPair", byref(mechanism(kind)), *arguments, byref(handles[0]), byref(handles[1]))
        return handles[0].value, handles[1].value

    def p256(self, **private):
        return self.pair(EC_KEY_PAIR_GEN, dict(EC_PARAMS=P256, VERIFY=True), dict(SIGN=True, **private))

    def rsa(self, **private):
        public = dict(MODULUS_BITS=2048, PUBLIC_EXPONENT=b"\1\0\1", VERIFY=True, ENCRYPT=True, WRAP=True)
        return self.pair(RSA_KEY_PAIR_GEN, public, dict(SIGN=True, DECRYPT=True, UNWRAP=True, **private))

    def output(self, name, *arguments):
        """A function that gives bytes: asks for the length first, as clients do."""
        length = c_ulong()
        self.do(name, *arguments, None, byref(length))
        buffer = (c_ubyte * max(length.value, 1))()
        self.do(name, *arguments, buffer, byref(length))
        return bytes(buffer[: length.value])

    def sign(self, key, kind, data, parameter=None):
        self.do("SignInit", byref(mechanism(kind, parameter)), key)
        return self.output("Sign", data, len(data))

    def verify(self, key, kind, data, signature, parameter=None):
        self.do("VerifyInit", byref(mechanism(kind, parameter)), key)
        return self.call("Verify", data, len(data), signature, len(signature))

    def encrypt(self, key, kind, data, parameter=None):
        self.do("EncryptInit", byref(mechanism(kind, parameter)), key)
        return self.output("Encrypt", data, len(data))

    def decrypt(self, key, kind, data, parameter=None):
        self.do("DecryptInit", byref(mechanism(kind, parameter)), key)
        return self.output("Decrypt", data, len(data))

    def find(self, **attributes):
        self.do("FindObjectsInit", *template(**attributes))
        found, count = (c_ulong * 100)(), c_ulong()
        self.do("FindObjects", found, 100, byref(count))
        self.do("FindObjectsFinal")
        return list(found[: count.value])

    def attribute(self, handle, name):
        one = (Attribute * 1)(Attribute(CKA[name], None, 0))
        self.do("GetAttributeValue", handle, one, 1)
        buffer = (c_ubyte * max(one[0].length, 1))()
        one[0].value = ctypes.addressof(buffer)
        self.do("GetAttributeValue", handle, one, 1)
        return bytes(buffer[: one[0].length])
