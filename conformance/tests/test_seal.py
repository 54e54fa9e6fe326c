"""What opens the secrets: files, passphrases, shares, tokens, several at once; `bastide seal`; nothing in the clear."""

import base64
import glob
import itertools
import json
import os
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import termios

import pytest
from bastide import BINARY, Bastide, wait_until
from postgres import database, psql
from test_restart import unstarted

SOFTHSM = next(
    (
        path
        for path in (
            os.environ.get("SOFTHSM2_MODULE", ""),
            "/usr/lib/softhsm/libsofthsm2.so",
            "/usr/lib64/pkcs11/libsofthsm2.so",
            "/usr/local/lib/softhsm/libsofthsm2.so",
        )
        if os.path.exists(path)
    ),
    None,
)
needs_softhsm = pytest.mark.skipif(
    not (SOFTHSM and shutil.which("softhsm2-util")), reason="no SoftHSM (apt-get install softhsm2)"
)
PASSPHRASE = "correct horse battery staple"


def bastide(*arguments, **environment):
    """Runs a command; gives (exit status, standard output, standard error)."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BASTIDE_")}
    done = subprocess.run(
        [BINARY, *arguments],
        env={**inherited, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        # Without a terminal to ask at.
        start_new_session=True,
    )
    return done.returncode, done.stdout, done.stderr


def seal(data_dir, action, *arguments, **environment):
    """`bastide seal …`, which must succeed; gives what it says."""
    status, out, errors = bastide("seal", action, "--data-dir", str(data_dir), *arguments, **environment)
    assert status == 0, errors
    return out


def refused(data_dir, action, *arguments, **environment):
    """`bastide seal …`, which must not succeed; gives why."""
    status, out, errors = bastide("seal", action, "--data-dir", str(data_dir), *arguments, **environment)
    assert status == 1 and errors.startswith("bastide: ") and len(errors.splitlines()) == 1, (status, out, errors)
    return errors


def seals(data_dir, *arguments, **environment):
    """The seals by their kinds."""
    status = json.loads(seal(data_dir, "status", "--json", *arguments, **environment))
    return {one["kind"]: one["id"] for one in status["seals"]}


def starts(server):
    """Starts a server that must start."""
    server.start()
    return server


def why_not(server):
    """Why a server does not start."""
    with pytest.raises(AssertionError) as refusal:
        server.start()
    assert server.process.wait(timeout=60) == 1
    text = str(refusal.value)
    assert "panicked" not in text
    return text


class Kept:
    """A data folder with a key, whose server is stopped; and what was encrypted under that key."""

    def __init__(self, data_dir):
        self.data_dir, self.servers, self.credentials = data_dir, [], None
        server = starts(self.server())
        self.credentials = server.credentials
        kms = server.client("kms")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        self.blob = kms.encrypt(KeyId=key, Plaintext=b"kept")["CiphertextBlob"]
        server.stop()

    def server(self, *arguments, **environment):
        server = unstarted(self.data_dir, *arguments, **environment)
        server.credentials = self.credentials
        self.servers.append(server)
        return server

    def opens(self, *arguments, **environment):
        """Starts a server that must start and decrypt, and stops it."""
        server = starts(self.server(*arguments, **environment))
        self.decrypts(server)
        assert server.stop() == 0
        return server

    def decrypts(self, server):
        assert server.client("kms").decrypt(CiphertextBlob=self.blob)["Plaintext"] == b"kept"


@pytest.fixture
def kept(tmp_path):
    kept = Kept(tmp_path / "data")
    yield kept
    for server in kept.servers:
        server.close()


def shares_in(text):
    return re.findall(r"^bastide-share-v1:\S+$", text, re.MULTILINE)


def test_either_of_two_seals_opens(kept):
    passphrase = kept.data_dir.parent / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n")
    passphrase.chmod(0o600)
    told = seal(kept.data_dir, "add", f"passphrase?file={passphrase}")
    assert re.match(r"added seal [0-9a-f]{16}: passphrase Argon2id, 64 MiB\n", told), told
    kept.opens()
    kept.opens("--seal", f"passphrase?file={passphrase}")
    kept.opens(BASTIDE_ROOT_PASSPHRASE=PASSPHRASE)
    # Losing one loses nothing.
    root = kept.data_dir / "root.key"
    root.rename(kept.data_dir.parent / "lost")
    assert "is missing" in why_not(kept.server())
    kept.opens("--seal", "file", "--seal", f"passphrase?file={passphrase}")
    assert "opens none of the keyring's seals" in why_not(kept.server(BASTIDE_ROOT_PASSPHRASE="not " + PASSPHRASE))


def test_the_last_seal_is_not_removed(kept):
    (only,) = seals(kept.data_dir).values()
    assert "only seal" in refused(kept.data_dir, "remove", only)
    assert "no seal `0000000000000000`" in refused(kept.data_dir, "remove", "0000000000000000")
    seal(kept.data_dir, "add", "env:OTHER", OTHER="ab" * 32)
    told = seal(kept.data_dir, "remove", only)
    assert "bytes" in told and only in told
    kept.opens(BASTIDE_ROOT_KEY="ab" * 32)
    assert "opens none of the keyring's seals" in why_not(kept.server())
    (last,) = seals(kept.data_dir).values()
    assert "only seal" in refused(kept.data_dir, "remove", last, BASTIDE_ROOT_KEY="ab" * 32)


def test_any_m_shares_open_and_fewer_do_not(kept, tmp_path):
    folder = tmp_path / "shares"
    folder.mkdir()
    seal(kept.data_dir, "add", f"shares:2-of-3?folder={folder}")
    files = sorted(glob.glob(f"{folder}/share-*"))
    assert len(files) == 3 and all(os.stat(file).st_mode & 0o777 == 0o600 for file in files)
    os.remove(kept.data_dir / "root.key")
    for pair in itertools.combinations(files, 2):
        kept.opens("--seal", "shares?" + "&".join(f"file={file}" for file in pair))
    for file in files:
        assert "2 shares open the seal, and 1 were given" in why_not(kept.server("--seal", f"shares?file={file}"))
        # The same share twice is one share.
        assert "2 shares open" in why_not(kept.server("--seal", f"shares?file={file}&file={file}"))
    texts = [shares_in(open(file).read())[0] for file in files]
    kept.opens("--seal", "shares", BASTIDE_SEAL_SHARES="\n".join(texts[1:]))
    # A forged share, and a threshold that was lowered: both are checked by what they open, not by what they say.
    prefix, name, threshold, count, index, value, _ = texts[0].split(":")
    flipped = f"{int(value[0], 16) ^ 1:x}" + value[1:]
    forged = checked(":".join((prefix, name, threshold, count, index, flipped)))
    refusal = why_not(kept.server("--seal", "shares", BASTIDE_SEAL_SHARES=f"{forged},{texts[1]}"))
    assert "opens none of the keyring's seals" in refusal
    assert value not in refusal and flipped not in refusal
    mistyped = texts[0].replace(value, flipped)
    assert "mistyped" in why_not(kept.server("--seal", "shares", BASTIDE_SEAL_SHARES=f"{mistyped},{texts[1]}"))


def checked(body):
    import hashlib

    return f"{body}:{hashlib.sha256(body.encode()).hexdigest()[:8]}"


def test_fewer_shares_with_a_lowered_threshold_open_nothing(kept):
    texts = shares_in(seal(kept.data_dir, "add", "shares:3-of-5"))
    assert len(set(texts)) == 5
    os.remove(kept.data_dir / "root.key")
    lowered = []
    for text in texts[:2]:
        prefix, name, _, count, index, value, _ = text.split(":")
        lowered.append(checked(":".join((prefix, name, "2", count, index, value))))
    refusal = why_not(kept.server("--seal", "shares", BASTIDE_SEAL_SHARES=",".join(lowered)))
    assert "opens none of the keyring's seals" in refusal
    kept.opens("--seal", "shares", BASTIDE_SEAL_SHARES=",".join(texts[2:]))


def test_shares_are_asked_for_at_the_terminal(kept):
    texts = shares_in(seal(kept.data_dir, "add", "shares:2-of-3"))
    os.remove(kept.data_dir / "root.key")
    pid, terminal = pty.fork()
    if pid == 0:
        arguments = [BINARY, "seal", "status", "--check", "--data-dir", str(kept.data_dir), "--seal", "shares"]
        os.execv(BINARY, arguments)
    shown = converse(terminal, {"Share 1 of the 2 that are needed": texts[2], "Share 2 of the 2": texts[0]})
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, shown
    assert "The keyring opens" in shown
    assert not any(text in shown for text in texts), "what is typed is not shown"


def converse(terminal, answers):
    """Answers what is asked at a terminal. Gives all that was shown."""
    shown, waiting = "", dict(answers)
    while select.select([terminal], [], [], 60)[0]:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part.decode(errors="replace")
        for question in [question for question in waiting if question in shown]:
            # The question comes a moment before the terminal is told not to show the answer.
            wait_until(lambda: not termios.tcgetattr(terminal)[3] & termios.ECHO)
            os.write(terminal, waiting.pop(question).encode() + b"\n")
    os.close(terminal)
    return shown


def test_a_keyring_without_any_root_key_file(tmp_path):
    """`seal init`: the first start of a folder that two of three people open."""
    data_dir = tmp_path / "data"
    texts = shares_in(seal(data_dir, "init", "shares:2-of-3", "env:SECOND", SECOND="cd" * 32))
    assert "there is a keyring" in refused(data_dir, "init", "env:SECOND", SECOND="cd" * 32)
    assert set(seals(data_dir)) == {"shares", "bytes"}
    for arguments, environment in (
        (["--seal", "shares"], {"BASTIDE_SEAL_SHARES": " ".join(texts[:2]).replace(" ", "\n")}),
        ([], {"BASTIDE_ROOT_KEY": "cd" * 32}),
    ):
        server = unstarted(data_dir, *arguments, **environment)
        server.start()
        assert server.stop() == 0
    assert not (data_dir / "root.key").exists()
    other = unstarted(tmp_path / "other", "--seal", "shares:2-of-3")
    assert "bastide seal init" in why_not(other)


def generations(data_dir):
    """The generations that the sealed secrets in the store are sealed under."""
    found = []
    with sqlite3.connect(f"file:{data_dir}/resources.db?mode=ro", uri=True) as store:
        for (body,) in store.execute("SELECT body FROM versions WHERE body IS NOT NULL"):
            found += generations_in(body)
    return found


def generations_in(text):
    """The generations that what is sealed in documents is sealed under."""
    sealed = re.findall(rb'"(QlNMA[A-Za-z0-9+/=]{60,})"', text)
    return [int.from_bytes(base64.b64decode(one)[4:8], "big") for one in sealed]


def test_rotation_while_the_server_runs(kept):
    """Everything is sealed anew without a pause, and what was encrypted before decrypts all the time."""
    server = starts(kept.server())
    kms, iam = server.client("kms"), server.client("iam")
    keys = [kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(40)]
    iam.create_user(UserName="u")
    secret = iam.create_access_key(UserName="u")["AccessKey"]
    iam.create_virtual_mfa_device(VirtualMFADeviceName="m")
    before = generations(kept.data_dir)
    assert len(before) > 42 and set(before) == {1}
    assert "generation 2" in seal(kept.data_dir, "rotate")

    def all_anew():
        kept.decrypts(server)
        return set(generations(kept.data_dir)) == {2}

    wait_until(all_anew)
    assert len(generations(kept.data_dir)) == len(before)
    kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], Plaintext=b"x")
    assert set(generations(kept.data_dir)) == {2}
    # A seal that is added beside a server that runs; the server goes on.
    seal(kept.data_dir, "add", "env:OTHER", OTHER="ab" * 32)
    kept.decrypts(server)
    assert server.stop() == 0
    for environment in ({}, {"BASTIDE_ROOT_KEY": "ab" * 32}):
        again = starts(kept.server(**environment))
        kept.decrypts(again)
        for key in keys[:3]:
            again.client("kms").encrypt(KeyId=key, Plaintext=b"x")
        user = again.client("sts", credentials=(secret["AccessKeyId"], secret["SecretAccessKey"]))
        assert user.get_caller_identity()["Arn"].endswith("user/u")
        again.stop()
    status = json.loads(seal(kept.data_dir, "status", "--json", "--check"))
    assert status["current"] == 2 and [one["number"] for one in status["generations"]] == [1, 2]


def test_rotation_while_the_server_is_stopped(kept):
    seal(kept.data_dir, "rotate")
    seal(kept.data_dir, "rotate")
    server = starts(kept.server())
    kept.decrypts(server)
    wait_until(lambda: set(generations(kept.data_dir)) == {3})
    server.kill()
    kept.opens()


@pytest.mark.postgres
def test_nodes_follow_the_keyring_that_they_share():
    root = {"BASTIDE_ROOT_KEY": "5f" * 32}

    def shared(url, action, *arguments, **environment):
        status, out, errors = bastide("seal", action, "--store", url, *arguments, **{**root, **environment})
        assert status == 0, errors
        return out

    def sealed_under(url):
        lines = psql(url, "SELECT convert_from(body, 'UTF8') FROM versions WHERE body IS NOT NULL")
        return generations_in("\n".join(lines).encode())

    with database() as url:
        one, two = (Bastide("--store", url, environment=root) for _ in range(2))
        two.credentials = one.credentials
        blobs = []
        for node in (one, two):
            kms = node.client("kms")
            key = kms.create_key()["KeyMetadata"]["KeyId"]
            blobs.append(kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"])
        assert set(sealed_under(url)) == {1}
        shared(url, "rotate")
        wait_until(lambda: set(sealed_under(url)) == {2})
        for node in (one, two):
            node.client("kms").create_key()
            for blob in blobs:
                assert node.client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
        assert set(sealed_under(url)) == {2}
        texts = shares_in(shared(url, "add", "shares:2-of-3"))
        three = Bastide("--store", url, "--seal", "shares", environment={"BASTIDE_SEAL_SHARES": ",".join(texts[1:])})
        three.credentials = one.credentials
        assert three.client("kms").decrypt(CiphertextBlob=blobs[0])["Plaintext"] == b"x"
        assert "the shared store" in shared(url, "status", "--check")
        for node in (one, two, three):
            node.close()


def test_replaced_seals(kept):
    """After a leak: the old root opens nothing of what is there now, not even with the old keyring beside it."""
    keyring = kept.data_dir / "keyring.json"
    old = json.loads(keyring.read_text())
    server = starts(kept.server())
    assert "in use by another" in refused(kept.data_dir, "replace", "env:NEW", NEW="ab" * 32)
    server.stop()
    seal(kept.data_dir, "replace", "env:NEW", NEW="ab" * 32)
    assert "opens none of the keyring's seals" in why_not(kept.server())
    mixed = {**json.loads(keyring.read_text()), "seals": old["seals"], "id": old["id"]}
    right = keyring.read_text()
    keyring.write_text(json.dumps(mixed))
    assert "the keyring is damaged" in why_not(kept.server())
    keyring.write_text(right)
    kept.opens(BASTIDE_ROOT_KEY="ab" * 32)


def test_what_a_person_may_see(kept):
    told = seal(kept.data_dir, "status", "--check")
    assert re.search(r"[0-9a-f]{16}  file .* \(opened by this one now\)", told), told
    assert "The keyring opens, and nobody has changed it." in told
    keyring = kept.data_dir / "keyring.json"
    assert keyring.stat().st_mode & 0o777 == 0o600
    changed = keyring.read_text().replace('"kind": "file"', '"kind": "bytes"')
    keyring.write_text(changed)
    assert "opens none" in refused(kept.data_dir, "status", "--check")
    assert "no keyring" in refused(kept.data_dir.parent / "nothing", "status")
    assert "no keyring" in refused(kept.data_dir.parent / "nothing", "rotate")


def test_secrets_are_not_given_in_arguments(kept):
    for spec in ("passphrase:hunter2hunter2", "pkcs11:object=k?module-path=/l.so&pin-value=1234", "vault:x"):
        status, _, errors = bastide("seal", "add", spec, "--data-dir", str(kept.data_dir))
        assert status == 2 and "Usage" in errors or "For more information" in errors, errors
    passphrase = kept.data_dir.parent / "passphrase"
    passphrase.write_text(PASSPHRASE)
    passphrase.chmod(0o644)
    assert "open to everybody" in refused(kept.data_dir, "add", f"passphrase?file={passphrase}")
    assert "start at a terminal" in refused(kept.data_dir, "add", "passphrase")


class Token:
    """A SoftHSM token in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "tokens").mkdir(parents=True)
        (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
        self.environment = {"SOFTHSM2_CONF": str(folder / "softhsm2.conf"), "BASTIDE_PKCS11_PIN": "4321"}
        self.util("--init-token", "--free", "--label", "the token", "--so-pin", "8765", "--pin", "4321")

    def util(self, *arguments):
        done = subprocess.run(
            ["softhsm2-util", *arguments], env={**os.environ, **self.environment}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def spec(self, key="root", token="the%20token", more=""):
        return f"pkcs11:token={token};object={key}?module-path={SOFTHSM}{more}"


@pytest.fixture
def token(tmp_path):
    return Token(tmp_path / "token")


@needs_softhsm
def test_a_token_as_the_only_root(tmp_path, token):
    """The data folder is useless without the token."""
    data_dir = tmp_path / "data"
    server = unstarted(data_dir, "--seal", token.spec(more="&generate"), **token.environment)
    server.start()
    kms = server.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    server.kill()
    assert not (data_dir / "root.key").exists() and set(seals(data_dir)) == {"pkcs11"}
    server.start()
    assert server.client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    server.stop()
    told = seal(data_dir, "status", "--check", "--seal", token.spec(), **token.environment)
    assert "key `root` in token `the token`" in told and "aes-gcm" in told

    # Another token with the same names and a key of its own, no token, no key, a wrong PIN, no module.
    twin = Token(tmp_path / "twin")
    seal(tmp_path / "other", "init", twin.spec(more="&generate"), **twin.environment)
    elsewhere = {**token.environment, "SOFTHSM2_CONF": twin.environment["SOFTHSM2_CONF"]}
    attempts = [
        (token.spec(), elsewhere, "opens none of the keyring's seals"),
        (token.spec(token="none"), token.environment, "has no such token"),
        (token.spec(key="none"), token.environment, "no AES or RSA key `none`"),
        (token.spec(), {**token.environment, "BASTIDE_PKCS11_PIN": "1234"}, "PIN of token `the token` is wrong"),
        (token.spec().replace(SOFTHSM, "/nowhere.so"), token.environment, "does not load"),
        ("file", {}, "opens none of the keyring's seals"),
    ]
    for spec, environment, why in attempts:
        again = unstarted(data_dir, "--seal", spec, **environment)
        assert why in why_not(again), (spec, why)
    server.start()
    assert server.client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    server.close()


@needs_softhsm
def test_an_rsa_key_in_a_token(kept, token, tmp_path):
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", tmp_path / "rsa.pem"],
        check=True,
        capture_output=True,
    )
    key = ["--token", "the token", "--label", "rsa", "--id", "a1b2", "--pin", "4321"]
    token.util("--import", str(tmp_path / "rsa.pem"), *key)
    told = seal(kept.data_dir, "add", token.spec(key="rsa"), **token.environment)
    assert "rsa-oaep" in told
    os.remove(kept.data_dir / "root.key")
    by_id = token.spec().replace("object=root", "id=%a1%b2")
    pin = tmp_path / "pin"
    pin.write_text("4321\n")
    pin.chmod(0o400)
    without = {name: value for name, value in token.environment.items() if name != "BASTIDE_PKCS11_PIN"}
    kept.opens("--seal", by_id + f"&pin-source=file:{pin}", **without)


@needs_softhsm
def test_a_token_and_a_file(kept, token):
    """Either opens; the token may be away as long as the server need not start."""
    seal(kept.data_dir, "add", token.spec(more="&generate"), **token.environment)
    server = starts(kept.server("--seal", token.spec(), **token.environment))
    shutil.move(token.folder / "tokens", token.folder / "away")
    (token.folder / "tokens").mkdir()
    kept.decrypts(server)
    server.client("kms").create_key()
    server.stop()
    assert "has no such token" in why_not(kept.server("--seal", token.spec(), **token.environment))
    again = kept.opens("--seal", token.spec(), "--seal", "file", **token.environment)
    assert "did not open the keyring; the next one did" in again.errors()
    (token.folder / "tokens").rmdir()
    shutil.move(token.folder / "away", token.folder / "tokens")
    os.remove(kept.data_dir / "root.key")
    kept.opens("--seal", token.spec(), **token.environment)


@pytest.mark.parametrize("tls", [(), ("--tls", "auto")], ids=["plain", "tls"])
def test_another_bastide_as_the_root(kept, fresh, tmp_path, tls):
    """One KMS holds the root of another; its trail shows every time that it is asked."""
    other = fresh(*tls)
    kms, iam, trail = (other.client(name) for name in ("kms", "iam", "cloudtrail"))
    key = kms.create_key()["KeyMetadata"]["Arn"]
    iam.create_user(UserName="opener")
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": key}],
    }
    iam.put_user_policy(UserName="opener", PolicyName="p", PolicyDocument=json.dumps(policy))
    made = iam.create_access_key(UserName="opener")["AccessKey"]
    credentials = tmp_path / "credentials"
    credentials.write_text(
        f"[default]\naws_access_key_id={made['AccessKeyId']}\naws_secret_access_key={made['SecretAccessKey']}\n"
    )
    credentials.chmod(0o600)
    spec = f"kms:{key}?endpoint={other.url}&credentials-file={credentials}"
    if tls:
        assert "certificate" in refused(kept.data_dir, "add", spec)
        spec += f"&ca-file={other.data_dir}/tls/certificate.pem"
    told = seal(kept.data_dir, "add", spec)
    assert f"key `{key}`" in told
    os.remove(kept.data_dir / "root.key")
    kept.opens("--seal", spec)
    asked = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "Decrypt"}])["Events"]
    parameters = [json.loads(event["CloudTrailEvent"])["requestParameters"] for event in asked]
    assert len(parameters) == 1 and list(parameters[0]["encryptionContext"]) == ["bastide:seal"]
    # By the environment; and what does not open it.
    environment = {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}
    kept.opens("--seal", spec.replace(f"&credentials-file={credentials}", ""), **environment)
    stranger = kms.create_key()["KeyMetadata"]["Arn"]
    assert "AccessDeniedException" in why_not(kept.server("--seal", spec.replace(key, stranger)))
    iam.put_user_policy(UserName="opener", PolicyName="p", PolicyDocument=json.dumps(policy).replace(key, "*"))
    assert "opens none of the keyring's seals" in why_not(kept.server("--seal", spec.replace(key, stranger)))
    kms.disable_key(KeyId=key)
    assert "DisabledException" in why_not(kept.server("--seal", spec))
    kms.enable_key(KeyId=key)
    kept.opens("--seal", spec)
    other.stop()
    refusal = why_not(kept.server("--seal", spec))
    assert "the kms root cannot be used: cannot connect" in refusal and made["SecretAccessKey"] not in refusal


def test_no_secret_lies_in_the_data_folder(tmp_path):
    """Known secrets, searched for in every file in every form that they are likely to have."""
    root, passphrase = bytes(range(32)), PASSPHRASE
    data_dir = tmp_path / "data"
    secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYzzzzzzzzzzzz"
    server = unstarted(
        data_dir,
        BASTIDE_ROOT_KEY=root.hex(),
        BASTIDE_ADMIN_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
        BASTIDE_ADMIN_SECRET_ACCESS_KEY=secret,
    )
    server.start()
    server.credentials = ("AKIAIOSFODNN7EXAMPLE", secret)
    kms, iam, sts = (server.client(name) for name in ("kms", "iam", "sts"))
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    needles = {"root": root, "passphrase": passphrase.encode(), "admin's secret": secret.encode()}
    plain = b"an unmistakable plaintext of a caller"
    kms.encrypt(KeyId=key, Plaintext=plain)
    needles["plaintext"] = plain
    needles["data key"] = kms.generate_data_key(KeyId=key, KeySpec="AES_256")["Plaintext"]
    iam.create_user(UserName="u")
    needles["access key"] = iam.create_access_key(UserName="u")["AccessKey"]["SecretAccessKey"].encode()
    needles["seed"] = iam.create_virtual_mfa_device(VirtualMFADeviceName="m")["VirtualMFADevice"]["Base32StringSeed"]
    session = sts.get_session_token()["Credentials"]
    needles["session"] = session["SecretAccessKey"].encode()
    opens = {"BASTIDE_ROOT_KEY": root.hex()}
    file = tmp_path / "passphrase"
    file.write_text(passphrase)
    file.chmod(0o600)
    seal(data_dir, "add", f"passphrase?file={file}", **opens)
    for share in shares_in(seal(data_dir, "add", "shares:2-of-3", **opens)):
        needles[share[:30]] = bytes.fromhex(share.split(":")[5])
    seal(data_dir, "rotate", **opens)
    wait_until(lambda: set(generations(data_dir)) == {2})
    server.stop()
    searched = 0
    for folder, _, files in os.walk(data_dir):
        for name in files:
            content = open(os.path.join(folder, name), "rb").read()
            searched += len(content)
            for what, needle in needles.items():
                for form in forms(needle):
                    assert form not in content, f"{what} in {name}"
    assert searched > 50_000
    assert any(form in b"..." + root.hex().encode() for form in forms(root)), "the search finds what is there"
    server.close()


def forms(needle):
    """How bytes may lie in a file: as they are, in hex, in base64 at any alignment, as a list of numbers."""
    needle = needle if isinstance(needle, bytes) else bytes(needle)
    yield needle
    yield needle.hex().encode()
    yield needle.hex().upper().encode()
    yield b",".join(b"%d" % byte for byte in needle)
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + needle)
        # The ends depend on the neighbours.
        yield whole[4 if shift else 0 : -4]
