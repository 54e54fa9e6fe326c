"""libbastide_pkcs11.so with the programs that use PKCS#11 modules, against a cluster of two HSMs."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys

import pytest
from bastide import free_port, wait_until
from hsm_cluster import MODULE, OTHER_PIN, PIN, HsmCluster
from postgres import OwnServer

CLIENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clients")
URI = "pkcs11:token=hsm1;object={};type=private;pin-value=alice%3Apassword1"


def needs(program, package):
    return pytest.mark.skipif(not shutil.which(program), reason=f"needs {program} (apt-get install {package})")


def engine():
    found = subprocess.run(["openssl", "engine", "-t", "pkcs11"], capture_output=True)
    return found.returncode == 0 and b"available" in found.stdout


pkcs11_tool = needs("pkcs11-tool", "opensc")
openssl_engine = pytest.mark.skipif(not engine(), reason="needs the engine (apt-get install libengine-pkcs11-openssl)")


@pytest.fixture(scope="module")
def cluster():
    made = HsmCluster(2)
    yield made
    made.close()


@pytest.fixture
def message(cluster):
    with open(cluster.path("message"), "wb") as file:
        file.write(b"to be signed\n" * 100)
    return cluster.path("message")


def named(label):
    """How pkcs11-tool is told of a key: it looks for keys to sign with by their ids."""
    return ["--label", label, "--id", label.encode().hex()]


def public_key(cluster, label):
    """The public key in PEM, out of the token."""
    der, pem = cluster.path(f"{label}.der"), cluster.path(f"{label}.pem")
    listed = cluster.tool("--list-objects", "--type", "pubkey").split("Public Key Object")
    mine = next(one for one in listed if re.search(rf"label:\s*{label}\n", one))
    point = re.search(r"EC_POINT:\s*([0-9a-f]+)\s+EC_PARAMS:\s*([0-9a-f]+)", mine)
    if point:
        # pkcs11-tool reads no P-384 key out of any token, so it is put together here.
        point, curve = (bytes.fromhex(part) for part in point.groups())
        point = point[2:] if point[1] < 0x80 else point[3:]
        kind = tlv(0x30, bytes.fromhex("06072a8648ce3d0201") + curve)
        with open(der, "wb") as file:
            file.write(tlv(0x30, kind + tlv(0x03, b"\0" + point)))
    else:
        cluster.tool("--read-object", "--type", "pubkey", *named(label), "-o", der)
    cluster.run("openssl", "pkey", "-pubin", "-inform", "DER", "-in", der, "-out", pem)
    return pem


def tlv(tag, value):
    """An element in DER, of less than 256 bytes."""
    length = bytes([len(value)]) if len(value) < 128 else bytes([0x81, len(value)])
    return bytes([tag]) + length + value


# pkcs11-tool


@pkcs11_tool
def test_the_cluster_is_a_token(cluster):
    shown = cluster.tool("--list-token-slots", pin=None)
    assert re.search(r"token label\s*: hsm1", shown)
    assert "login required" in shown and "rng" in shown
    mechanisms = cluster.tool("--list-mechanisms", pin=None)
    for name in ["RSA-PKCS-PSS", "ECDSA-SHA256", "AES-GCM", "SHA256-HMAC", "AES-KEY-WRAP", "ECDH1-DERIVE"]:
        assert name in mechanisms, mechanisms


@pkcs11_tool
def test_the_tests_of_pkcs11_tool_pass(cluster):
    for kind, name in [("rsa:2048", "testrsa"), ("EC:prime256v1", "testec")]:
        cluster.tool("--keypairgen", "--key-type", kind, "--label", name, "--id", "71", "--usage-sign", "--usage-decrypt")
    shown = cluster.tool("--test")
    assert "No errors" in shown, shown
    for word in ["Digests", "Signatures", "Verify", "Decryption"]:
        assert word in shown, shown
    cluster.tool("--delete-object", "--type", "privkey", "--label", "testrsa")
    cluster.tool("--delete-object", "--type", "pubkey", "--label", "testrsa")


@pkcs11_tool
@pytest.mark.parametrize("kind", ["rsa:2048", "rsa:3072", "EC:prime256v1", "EC:secp384r1", "EC:secp521r1", "EC:secp256k1"])
def test_what_is_signed_is_verified_by_openssl(cluster, message, kind):
    label = kind.replace(":", "-")
    cluster.tool("--keypairgen", "--key-type", kind, *named(label))
    pem, signature = public_key(cluster, label), cluster.path("signature")
    rsa = kind.startswith("rsa")
    for mechanism, digest in [("SHA256-RSA-PKCS" if rsa else "ECDSA-SHA256", "sha256"),
                              ("SHA512-RSA-PKCS" if rsa else "ECDSA-SHA512", "sha512")]:  # fmt: skip
        form = [] if rsa else ["--signature-format", "openssl"]
        cluster.tool("--sign", "--mechanism", mechanism, *named(label), *form, "-i", message, "-o", signature)
        shown = cluster.run("openssl", "dgst", f"-{digest}", "-verify", pem, "-signature", signature, message)
        assert b"Verified OK" in shown
    if rsa:
        cluster.tool("--sign", "--mechanism", "SHA256-RSA-PKCS-PSS", *named(label), "-i", message, "-o", signature)
        options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]
        cluster.run("openssl", "dgst", "-sha256", *options, "-verify", pem, "-signature", signature, message)


@pkcs11_tool
def test_ed25519_is_verified_by_openssl(cluster, message):
    cluster.tool("--keypairgen", "--key-type", "EC:edwards25519", *named("ed"))
    signature = cluster.path("signature")
    cluster.tool("--sign", "--mechanism", "EDDSA", *named("ed"), "-i", message, "-o", signature)
    point = re.search(r"EC_POINT:\s*0420([0-9a-f]{64})", cluster.tool("--list-objects", "--type", "pubkey", *named("ed")))
    der = bytes.fromhex("302a300506032b6570032100" + point.group(1))
    with open(cluster.path("ed.der"), "wb") as file:
        file.write(der)
    shown = cluster.run(
        "openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", cluster.path("ed.der"), "-rawin",
        "-in", message, "-sigfile", signature,
    )  # fmt: skip
    assert b"Verified Successfully" in shown
    # OpenSSL's engine, up to 0.4.12, finds no key in a token that has one of a kind that it does not know.
    for kind in ["privkey", "pubkey"]:
        cluster.tool("--delete-object", "--type", kind, *named("ed"))


@pkcs11_tool
def test_openssl_encrypts_for_a_key_in_the_cluster(cluster):
    cluster.tool("--keypairgen", "--key-type", "rsa:2048", *named("decrypter"), "--usage-decrypt")
    pem, sealed, opened = public_key(cluster, "decrypter"), cluster.path("sealed"), cluster.path("opened")
    oaep = ["-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256"]
    cluster.run("openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", pem, *oaep, "-out", sealed, data=b"secret")
    mechanism = ["--mechanism", "RSA-PKCS-OAEP", "--hash-algorithm", "SHA256", "--mgf", "MGF1-SHA256"]
    cluster.tool("--decrypt", *mechanism, *named("decrypter"), "-i", sealed, "-o", opened)
    with open(opened, "rb") as file:
        assert file.read() == b"secret"


@pkcs11_tool
def test_certificates_and_data_are_kept(cluster):
    cluster.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", cluster.path("c.key"),
                "-out", cluster.path("c.pem"), "-subj", "/CN=kept", "-days", "2")  # fmt: skip
    cluster.run("openssl", "x509", "-in", cluster.path("c.pem"), "-outform", "DER", "-out", cluster.path("c.der"))
    cluster.tool("--write-object", cluster.path("c.der"), "--type", "cert", "--label", "kept", "--id", "0a")
    cluster.tool("--read-object", "--type", "cert", "--label", "kept", "-o", cluster.path("again.der"))
    with open(cluster.path("c.der"), "rb") as wrote, open(cluster.path("again.der"), "rb") as read:
        assert wrote.read() == read.read()
    assert "kept" not in cluster.tool("--list-objects", pin=None), "who is not logged in sees nothing"
    cluster.tool("--delete-object", "--type", "cert", "--label", "kept")
    assert "kept" not in cluster.tool("--list-objects")


@pkcs11_tool
def test_random_bytes_differ(cluster):
    first, second = cluster.path("random1"), cluster.path("random2")
    for file in [first, second]:
        cluster.tool("--generate-random", "64", "-o", file)
    with open(first, "rb") as one, open(second, "rb") as two:
        one, two = one.read(), two.read()
    assert len(one) == len(two) == 64 and one != two


@pkcs11_tool
def test_a_wrong_password_opens_nothing(cluster):
    shown = cluster.tool("--list-objects", pin="bob:wrong-password", status=None)
    assert "CKR_PIN_INCORRECT" in shown
    assert "CKR_PIN_INCORRECT" in cluster.tool("--list-objects", pin="password1", status=None)


@pkcs11_tool
def test_users_have_their_own_keys(cluster):
    cluster.tool("--keypairgen", "--key-type", "EC:prime256v1", "--label", "of-alice")
    assert "of-alice" in cluster.tool("--list-objects")
    assert "of-alice" not in cluster.tool("--list-objects", pin=OTHER_PIN)


# OpenSSL


@pytest.fixture(scope="module")
def openssl(cluster):
    """Options of openssl that make it use the module, and a key `tls` with a certificate for localhost."""
    with open(cluster.path("openssl.cnf"), "w") as file:
        file.write(
            "openssl_conf = init\n[init]\nengines = engines\n[engines]\npkcs11 = pkcs11\n[pkcs11]\n"
            f"engine_id = pkcs11\nMODULE_PATH = {MODULE}\ninit = 0\n"
            "[req]\ndistinguished_name = name\n[name]\n[v3]\nsubjectAltName = DNS:localhost,IP:127.0.0.1\n"
        )
    environment = {"OPENSSL_CONF": cluster.path("openssl.cnf")}
    for label, kind in [("tls-rsa", "rsa:2048"), ("tls-ec", "EC:prime256v1")]:
        cluster.tool("--keypairgen", "--key-type", kind, *named(label))
        cluster.run(
            "openssl", "req", "-x509", "-new", "-engine", "pkcs11", "-keyform", "engine", "-key", URI.format(label),
            "-subj", "/CN=localhost", "-days", "2", "-extensions", "v3", "-out", cluster.path(f"{label}.crt"),
            **environment,
        )  # fmt: skip
    return environment


@pkcs11_tool
@openssl_engine
@pytest.mark.parametrize("label", ["tls-rsa", "tls-ec"])
def test_openssl_signs_through_its_engine(cluster, openssl, message, label):
    cluster.run("openssl", "x509", "-in", cluster.path(f"{label}.crt"), "-noout", "-pubkey", "-out", cluster.path("k.pem"))
    cluster.run("openssl", "verify", "-CAfile", cluster.path(f"{label}.crt"), cluster.path(f"{label}.crt"))
    signature = cluster.path("engine.signature")
    cluster.run(
        "openssl", "dgst", "-engine", "pkcs11", "-keyform", "engine", "-sign", URI.format(label), "-sha256",
        "-out", signature, message, **openssl,
    )  # fmt: skip
    shown = cluster.run("openssl", "dgst", "-sha256", "-verify", cluster.path("k.pem"), "-signature", signature, message)
    assert b"Verified OK" in shown


@pkcs11_tool
@openssl_engine
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("label", ["tls-rsa", "tls-ec"])
def test_a_tls_server_has_its_key_in_the_cluster(cluster, openssl, label, version):
    port = free_port()
    server = subprocess.Popen(
        ["openssl", "s_server", "-engine", "pkcs11", "-keyform", "engine", "-key", URI.format(label),
         "-cert", cluster.path(f"{label}.crt"), "-accept", f"127.0.0.1:{port}", "-www", "-quiet"],
        env={**cluster.environment, **openssl}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        context = ssl.create_default_context(cafile=cluster.path(f"{label}.crt"))
        context.minimum_version = context.maximum_version = version

        def connected():
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=60)
            except ConnectionRefusedError:
                assert server.poll() is None, "s_server ended"

        for _ in range(5):
            with context.wrap_socket(wait_until(connected), server_hostname="localhost") as stream:
                assert stream.version() == {771: "TLSv1.2", 772: "TLSv1.3"}[version]
                stream.sendall(b"GET / HTTP/1.0\r\n\r\n")
                assert b"200 ok" in stream.recv(1000)
    finally:
        server.kill()
        server.wait()


# Java


@pkcs11_tool
@openssl_engine
@needs("nginx", "nginx-light")
@pytest.mark.parametrize("label", ["tls-rsa", "tls-ec"])
def test_nginx_terminates_tls_with_its_key_in_the_cluster(cluster, openssl, label):
    port = free_port()
    with open(cluster.path("nginx.conf"), "w") as file:
        file.write(
            "daemon off; worker_processes 2; ssl_engine pkcs11; error_log stderr;"
            f"pid {cluster.path('nginx.pid')}; env OPENSSL_CONF; env BASTIDE_PKCS11_CONF; events {{}}"
            f"http {{ access_log off; client_body_temp_path {cluster.path('body')}; server {{"
            f"listen 127.0.0.1:{port} ssl; ssl_certificate {cluster.path(label + '.crt')};"
            f"ssl_certificate_key \"engine:pkcs11:{URI.format(label)}\"; ssl_session_cache off;"
            'location / { return 200 "from nginx"; } } }'
        )
    os.chmod(cluster.folder.name, 0o755)
    server = subprocess.Popen(
        ["nginx", "-e", "stderr", "-c", cluster.path("nginx.conf")],
        env={**cluster.environment, **openssl},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        context = ssl.create_default_context(cafile=cluster.path(f"{label}.crt"))

        def connected():
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=60)
            except ConnectionRefusedError:
                assert server.poll() is None, "nginx ended"

        for _ in range(10):
            with context.wrap_socket(wait_until(connected), server_hostname="localhost") as stream:
                stream.sendall(b"GET / HTTP/1.0\r\n\r\n")
                assert b"from nginx" in b"".join(iter(lambda: stream.recv(1000), b""))
    finally:
        server.terminate()
        server.wait()


@pkcs11_tool
@openssl_engine
def test_psql_proves_itself_with_a_key_in_the_cluster(cluster, openssl):
    postgres = OwnServer()
    try:
        certificate = cluster.path("tls-ec.crt")
        # The server's own key is a file; the one in the cluster is the client's.
        key = cluster.path("server.key")
        cluster.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key,
                    "-out", cluster.path("server.crt"), "-subj", "/CN=server", "-days", "2")  # fmt: skip
        for source, name in [(key, "server.key"), (cluster.path("server.crt"), "server.crt"), (certificate, "root.crt")]:
            to = os.path.join(postgres.data, name)
            shutil.copy(source, to)
            os.chmod(to, 0o600)
            if os.geteuid() == 0:
                shutil.chown(to, "postgres", "postgres")
        with open(os.path.join(postgres.data, "pg_hba.conf"), "w") as file:
            file.write("local all all trust\nhostssl all all 127.0.0.1/32 cert map=cn\n")
        with open(os.path.join(postgres.data, "pg_ident.conf"), "w") as file:
            file.write("cn localhost bastide\n")
        with open(os.path.join(postgres.data, "postgresql.conf"), "a") as file:
            file.write("ssl = on\nssl_ca_file = 'root.crt'\n")
        postgres.kill()
        postgres.start()
        address = f"host=127.0.0.1 port={postgres.port} user=bastide dbname=postgres sslmode=require"
        sql = ["-qAtc", "SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"]
        with_key = f"{address} sslcert={certificate} sslkey=pkcs11:{URI.format('tls-ec')}"
        assert b"/CN=localhost" in cluster.run("psql", "-d", with_key, *sql, **openssl)
        other = f"{address} sslcert={certificate} sslkey=pkcs11:{URI.format('tls-rsa')}"
        cluster.run("psql", "-d", other, *sql, status=2, **openssl)
        cluster.run("psql", "-d", address, *sql, status=2, HOME=cluster.folder.name)
    finally:
        postgres.close()


@pytest.fixture(scope="module")
def java(cluster):
    with open(cluster.path("sun.cfg"), "w") as file:
        file.write(f"name = Bastide\nlibrary = {MODULE}\nslot = 0\nattributes = compatibility\n")
    return cluster.path("sun.cfg")


@needs("javac", "default-jdk-headless")
def test_sunpkcs11_signs_encrypts_and_agrees(cluster, java):
    shown = cluster.run("java", os.path.join(CLIENTS, "Sun.java"), java, PIN)
    done = shown.decode().split()
    for what in ["SHA256withRSA", "SHA256withECDSA", "AES/GCM/NoPadding", "AES/CBC/PKCS5Padding", "RSA/ECB/PKCS1Padding",
                 "HmacSHA256", "ECDH", "SHA-256", "SecureRandom", "KeyStore", "threads"]:  # fmt: skip
        assert what in done, shown.decode()


@needs("keytool", "default-jdk-headless")
def test_keytool_makes_keys_and_certificates_in_the_cluster(cluster, java):
    store = ["-keystore", "NONE", "-storetype", "PKCS11", "-providerclass", "sun.security.pkcs11.SunPKCS11",
             "-providerarg", java, "-storepass", PIN]  # fmt: skip
    cluster.run("keytool", "-genkeypair", "-alias", "javakey", "-keyalg", "EC", "-groupname", "secp256r1",
                "-dname", "CN=java", *store)  # fmt: skip
    assert b"javakey" in cluster.run("keytool", "-list", *store)
    assert b"BEGIN CERTIFICATE" in cluster.run("keytool", "-exportcert", "-rfc", "-alias", "javakey", *store)
    cluster.run("keytool", "-delete", "-alias", "javakey", *store)
    assert b"javakey" not in cluster.run("keytool", "-list", *store)


# NSS


@needs("modutil", "libnss3-tools")
def test_nss_lists_the_module_and_makes_a_certificate_in_it(cluster):
    database, pin = f"sql:{cluster.path('nss')}", cluster.path("pin")
    os.mkdir(cluster.path("nss"))
    with open(pin, "w") as file:
        file.write(PIN)
    cluster.run("certutil", "-N", "-d", database, "--empty-password")
    cluster.run("modutil", "-dbdir", database, "-force", "-add", "bastide", "-libfile", MODULE)
    shown = cluster.run("modutil", "-dbdir", database, "-list", "bastide").decode()
    assert "Token Name: hsm1" in shown and "Token Manufacturer: Bastide" in shown
    cluster.run(
        "certutil", "-S", "-d", database, "-h", "hsm1", "-f", pin, "-n", "nsscert", "-s", "CN=nss", "-x", "-t", ",,",
        "-k", "rsa", "-g", "2048", "-z", "/etc/hostname", "-m", "7",
    )  # fmt: skip
    assert b"nsscert" in cluster.run("certutil", "-L", "-d", database, "-h", "hsm1", "-f", pin)
    assert b"nsscert" in cluster.run("certutil", "-K", "-d", database, "-h", "hsm1", "-f", pin)


# python-pkcs11


def test_python_pkcs11(cluster):
    pytest.importorskip("pkcs11")
    shown = cluster.run(sys.executable, os.path.join(CLIENTS, "python_pkcs11.py"), MODULE, PIN)
    assert b"all done" in shown


# By hand


def test_wrong_use_is_refused_as_pkcs11_says(cluster):
    by_hand(cluster, "rules.py")


def test_garbage_neither_crashes_nor_harms(cluster):
    by_hand(cluster, "garbage.py")


def test_a_forked_child_starts_anew(cluster):
    by_hand(cluster, "fork.py")


def test_long_data_is_cut_as_openssl_would_not_notice(cluster):
    by_hand(cluster, "streams.py")


def test_a_cluster_in_fips_mode():
    cluster = HsmCluster(1, "fips")
    try:
        by_hand(cluster, "fips.py")
    finally:
        cluster.close()


def by_hand(cluster, script, *arguments):
    """In a process of its own: one that the module would crash is noticed."""
    shown = cluster.run(sys.executable, os.path.join(CLIENTS, script), MODULE, PIN, *arguments)
    assert b"all done" in shown, shown.decode()


def test_a_dead_hsm_fails_no_call_of_eight_threads():
    cluster = HsmCluster(2)
    try:
        script = [sys.executable, os.path.join(CLIENTS, "threads.py"), MODULE, PIN]
        worker = subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=cluster.environment)
        assert worker.stdout.readline() == b"running\n"
        cluster.kill(1)
        worker.stdin.write(b"killed\n")
        worker.stdin.flush()
        shown, _ = worker.communicate(timeout=120)
        assert worker.returncode == 0, shown.decode()
        before, after, failed = (int(part) for part in shown.split()[-3:])
        assert before > 100 and after > 400 and failed == 0
    finally:
        cluster.close()


def test_without_a_client_certificate_nothing_is_reached(cluster):
    folder = cluster.path("stranger")
    os.makedirs(folder, exist_ok=True)
    cluster.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", f"{folder}/client.key", "-out", f"{folder}/client.crt", "-subj", "/CN=x", "-days", "2")  # fmt: skip
    with open(cluster.path("pkcs11.json")) as given:
        text = given.read().replace('"client.', f'"{folder}/client.')
    with open(cluster.path("stranger.json"), "w") as made:
        made.write(text)
    options = {"BASTIDE_PKCS11_CONF": cluster.path("stranger.json")}
    shown = cluster.tool("--list-objects", status=None, **options)
    assert "CKR_DEVICE_ERROR" in shown or "No slot with a token" in shown or "error" in shown.lower(), shown
    assert "hsm1" not in shown or "bastide-pkcs11: cluster `hsm1`" in shown
