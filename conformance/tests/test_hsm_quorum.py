"""`bastide hsm`: keys, clients' certificates, and what several admins must approve."""

import os
import subprocess

import pytest
from bastide import BINARY
from hsms import ADMIN, Clusters


@pytest.fixture
def cluster(fresh):
    server = fresh("--dev")
    clusters = Clusters(server, server.client("cloudhsmv2"))
    return clusters, clusters.active()[0]


def refused(cluster, *arguments):
    clusters, name = cluster
    with pytest.raises(AssertionError) as caught:
        clusters.run(name, *arguments)
    return str(caught.value)


def test_two_admins_approve_a_user(cluster, tmp_path):
    clusters, name = cluster
    file = lambda wanted: str(tmp_path / wanted)  # noqa: E731
    run = lambda *arguments: clusters.run(name, *arguments, new=ADMIN)  # noqa: E731
    assert "2 admins" not in refused(cluster, "quorum", "set", "user", "2")
    run("create-user", "--role", "admin", "berta")
    for user in ["admin", "berta"]:
        run("quorum", "register", "--as", user, "--key", file(f"{user}.pem"))
    assert subprocess.check_output(["openssl", "rsa", "-in", file("berta.pem"), "-noout", "-text"]).startswith(b"Private-Key: (2048")
    run("quorum", "set", "user", "2")
    quorums = {each["service"]: each["approvals"] for each in run("quorum", "list")["quorums"]}
    assert quorums == {"user": 2, "quorum": 0, "cluster": 0}
    assert "needs 2 approvals" in refused(cluster, "create-user", "carla")
    run("quorum", "token", "user", "--to", file("token.json"))
    for user in ["admin", "berta"]:
        assert "too few" in refused(cluster, "create-user", "carla", "--approval", file("token.json"))
        run("quorum", "sign", file("token.json"), "--user", user, "--key", file(f"{user}.pem"))
    run("create-user", "carla", "--approval", file("token.json"))
    assert "used before" in refused(cluster, "delete-user", "carla", "--approval", file("token.json"))
    assert clusters.users(name) == ["admin", "berta", "carla"]
    assert run("keys", "--as", "carla") == {"keys": []}


def test_a_client_certificate_by_ones_own_authority(tmp_path):
    key, authority = str(tmp_path / "ca.key"), str(tmp_path / "ca.crt")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=my-ca"]
    subprocess.check_call([*make, "-keyout", key, "-out", authority], stderr=subprocess.DEVNULL)
    folder = str(tmp_path / "client")
    wanted = [BINARY, "hsm", "client-cert", "--ca", authority, "--ca-key", key, "--name", "app", "--to", folder]
    subprocess.check_call(wanted)
    made = os.path.join(folder, "client.crt")
    assert b"OK" in subprocess.check_output(["openssl", "verify", "-purpose", "sslclient", "-CAfile", authority, made])
    assert os.stat(os.path.join(folder, "client.key")).st_mode & 0o077 == 0
    wanted[wanted.index("app")] = "HSM:cluster"
    assert subprocess.run(wanted, capture_output=True).returncode != 0
