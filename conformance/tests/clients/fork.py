"""A child of a process that uses the module: it begins anew, and the parent is not disturbed. `fork.py MODULE PIN`."""

import os

from start import ck, module, user

session = user()
key = session.aes(LABEL="the parent's")
before = session.encrypt(key, ck.AES_ECB, bytes(16))
for way in range(3):
    child = os.fork()
    if child == 0:
        failed = 1
        try:
            assert session.call("Logout") == ck.CRYPTOKI_NOT_INITIALIZED
            assert module.call("Finalize", None) == ck.CRYPTOKI_NOT_INITIALIZED
            if way > 0:
                assert module.call("Initialize", None) == ck.OK
                assert session.call("Logout") == ck.SESSION_HANDLE_INVALID
                own = user()
                made = own.aes()
                assert len(own.encrypt(made, ck.AES_ECB, bytes(16))) == 16
            if way > 1:
                assert module.call("Finalize", None) == ck.OK
            failed = 0
        finally:
            os._exit(failed)
    assert os.waitpid(child, 0)[1] == 0, f"the child failed ({way})"
    assert session.encrypt(key, ck.AES_ECB, bytes(16)) == before
print("all done")
