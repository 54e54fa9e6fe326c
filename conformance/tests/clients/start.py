"""What the programs by hand begin with: the module, initialised."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import cryptoki as ck  # noqa: E402

module = ck.Cryptoki(sys.argv[1])
PIN = sys.argv[2]
assert module.call("Initialize", None) == ck.OK


def user():
    """A session of the logged-in user."""
    session = module.session()
    rv = session.call("Login", 1, PIN.encode(), len(PIN))
    assert rv in (ck.OK, ck.USER_ALREADY_LOGGED_IN), hex(rv)
    return session


def refused(rv, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except ck.Refused as error:
        assert error.rv == rv, f"{error}, not {rv:#x}"
        return
    raise AssertionError(f"it was not refused with {rv:#x}")
