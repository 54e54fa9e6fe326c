"""Fixtures: `strict` and `dev` are servers for a whole run; `client` makes boto3 clients of the strict one."""

import pytest
from bastide import Bastide


@pytest.fixture(scope="session")
def strict():
    server = Bastide()
    yield server
    server.close()


@pytest.fixture(scope="session")
def dev():
    server = Bastide("--dev")
    yield server
    server.close()


@pytest.fixture(scope="session")
def client(strict):
    """`client("kms")`: a client of the strict server, with the credentials of its first user."""
    return strict.client


@pytest.fixture(scope="session")
def dev_client(dev):
    """`dev_client("kms")`: a client of the dev server; a 12-digit access key is an account of its own."""
    return dev.client


@pytest.fixture
def fresh():
    """Makes servers of a test's own: `fresh("--dev")`."""
    yield from makes_servers()


@pytest.fixture(scope="module")
def fresh_module():
    """The same for all tests of a module."""
    yield from makes_servers()


def makes_servers():
    made = []

    def make(*arguments, **options):
        made.append(Bastide(*arguments, **options))
        return made[-1]

    yield make
    for server in made:
        server.close()


def pytest_configure(config):
    config.addinivalue_line("markers", "postgres: needs a PostgreSQL server (BASTIDE_TEST_POSTGRES)")
