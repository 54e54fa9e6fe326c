"""Several nodes on one PostgreSQL are one service."""

import concurrent.futures
import json
import os
import signal
import time

import pytest
from bastide import Bastide, wait_until
from botocore.exceptions import ClientError
from postgres import database, psql
from test_restart import unstarted

pytestmark = pytest.mark.postgres

ROOT = {"BASTIDE_ROOT_KEY": "5f" * 32}
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "kms:*", "Resource": "*"}]}
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}


@pytest.fixture(scope="module")
def store():
    with database() as url:
        yield url


@pytest.fixture(scope="module")
def nodes(store):
    """Two nodes; both have the credentials that the first one showed."""
    one = Bastide("--store", store, environment=ROOT)
    two = Bastide("--store", store, environment=ROOT)
    assert one.credentials and not two.credentials
    two.credentials = one.credentials
    yield one, two
    one.close()
    two.close()


def code(operation, **parameters):
    """The error code of a call; `None` when it succeeds."""
    try:
        operation(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]


def test_a_write_is_seen_at_once_by_the_other_node(nodes):
    one, two = (node.client("kms") for node in nodes)
    for turn in range(25):
        key = one.create_key(Description="first")["KeyMetadata"]["KeyId"]
        assert two.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "first"
        one.update_key_description(KeyId=key, Description="second")
        assert two.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "second"
        alias = f"alias/nodes-{turn}"
        assert code(two.describe_key, KeyId=alias) == "NotFoundException"
        one.create_alias(AliasName=alias, TargetKeyId=key)
        assert two.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key
        two.disable_key(KeyId=key)
        assert code(one.encrypt, KeyId=key, Plaintext=b"x") == "DisabledException"
        one, two = two, one


def test_what_one_node_encrypts_the_other_decrypts(nodes):
    one, two = (node.client("kms") for node in nodes)
    for _ in range(5):
        key = one.create_key()["KeyMetadata"]["KeyId"]
        blob = two.encrypt(KeyId=key, Plaintext=b"nothing is lost")["CiphertextBlob"]
        assert one.decrypt(CiphertextBlob=blob)["Plaintext"] == b"nothing is lost"
        one, two = two, one


def test_access_keys_and_policies_count_at_once_everywhere(nodes):
    for turn in range(10):
        one, two = nodes if turn % 2 else reversed(nodes)
        iam = one.client("iam")
        name = f"worker-{turn}"
        iam.create_user(UserName=name)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        pair = (made["AccessKeyId"], made["SecretAccessKey"])
        kms = two.client("kms", credentials=pair)
        assert code(kms.list_keys) == "AccessDeniedException"
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(ALLOW))
        assert code(kms.list_keys) is None
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(DENY))
        assert code(kms.list_keys) == "AccessDeniedException"
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(ALLOW))
        assert code(kms.list_keys) is None
        iam.update_access_key(UserName=name, AccessKeyId=pair[0], Status="Inactive")
        assert code(kms.list_keys) == "UnrecognizedClientException"
        iam.update_access_key(UserName=name, AccessKeyId=pair[0], Status="Active")
        assert code(kms.list_keys) is None
        iam.delete_access_key(UserName=name, AccessKeyId=pair[0])
        assert code(kms.list_keys) == "UnrecognizedClientException"


def test_writes_to_one_key_on_both_nodes_all_count(nodes):
    key = nodes[0].client("kms").create_key()["KeyMetadata"]["KeyId"]

    def tag(number):
        kms = nodes[number % 2].client("kms", retries={"max_attempts": 5})
        for n in range(5):
            kms.tag_resource(KeyId=key, Tags=[{"TagKey": f"{number}-{n}", "TagValue": "x"}])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(tag, range(8)))
    for node in nodes:
        tags = node.client("kms").list_resource_tags(KeyId=key)["Tags"]
        assert len(tags) == 40


def test_a_node_that_dies_leaves_the_others_in_service(nodes, store):
    third = Bastide("--store", store, environment=ROOT)
    third.credentials = nodes[0].credentials
    key = third.client("kms").create_key(Description="of a dead node")["KeyMetadata"]["KeyId"]
    third.kill()
    kms = nodes[0].client("kms")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "of a dead node"
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    third.start()
    assert third.client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    events = third.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateKey"}]
    )["Events"]
    assert any(key in event["CloudTrailEvent"] for event in events)
    third.close()


def test_a_node_that_is_suspended_does_not_hold_the_others_up(nodes):
    one, two = nodes
    kms = two.client("kms", retries={"max_attempts": 5})

    def load():
        busy = one.client("kms", connect_timeout=60, read_timeout=60, retries={"max_attempts": 5})
        return [busy.create_key(Description="suspended")["KeyMetadata"]["KeyId"] for _ in range(30)]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = [pool.submit(load) for _ in range(8)]
        time.sleep(0.1)
        one.process.send_signal(signal.SIGSTOP)
        try:
            begun = time.monotonic()
            kms.create_key(Description="meanwhile")
            assert time.monotonic() - begun < 25
        finally:
            one.process.send_signal(signal.SIGCONT)
        keys = [key for each in made for key in each.result()]
    assert len(set(keys)) == 240
    for key in keys[::20]:
        assert kms.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "suspended"


def test_a_node_with_another_root_is_refused(nodes, store):
    for environment in ({"BASTIDE_ROOT_KEY": "60" * 32}, {}):
        with pytest.raises(AssertionError) as refusal:
            Bastide("--store", store, environment=environment)
        text = str(refusal.value)
        assert "Nodes that share a store share its root" in text and "panicked" not in text, text


def test_data_without_its_keyring_is_refused():
    with database() as url:
        node = Bastide("--store", url, environment=ROOT)
        node.stop()
        psql(url, "DELETE FROM documents WHERE kind = 'bastide.keyring'")
        with pytest.raises(AssertionError, match="holds data but not the keyring"):
            node.start()
        node.close()


def test_two_nodes_start_first_at_once(tmp_path):
    for turn in range(5):
        with database() as url:
            pair = [unstarted(tmp_path / f"{turn}{name}", "--store", url, **ROOT) for name in "ab"]
            for node in pair:
                node.spawn()
            for node in pair:
                node.greeted()
            shown = {node.credentials for node in pair} - {None}
            assert len(shown) == 1, "one node makes the first credentials"
            for node in pair:
                node.credentials = next(iter(shown))
            key = pair[0].client("kms").create_key()["KeyMetadata"]["KeyId"]
            blob = pair[1].client("kms").encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
            assert pair[0].client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
            for node in pair:
                node.close()


def test_deletions_are_the_work_of_one_node():
    with database() as url:
        one, two = (Bastide("--dev", "--store", url, environment=ROOT) for _ in range(2))
        kms = one.client("kms")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        material = "SELECT count(*) FROM documents WHERE kind = 'kms.material'"
        assert psql(url, material) == ["1"]
        for node in (one, two):
            node.advance(8 * 86_400)
        wait_until(lambda: psql(url, material) == ["0"])
        holders = psql(url, "SELECT holder FROM leases WHERE name = 'kms.work'")
        names = [open(os.path.join(node.data_dir, "node")).read() for node in (one, two)]
        assert len(holders) == 1 and holders[0] in names
        for node in (one, two):
            assert code(node.client("kms").describe_key, KeyId=key) == "NotFoundException"
        # Its holder dies: the other one takes over.
        dead, alive = (one, two) if holders[0] == names[0] else (two, one)
        dead.kill()
        kms = alive.client("kms")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        alive.advance(8 * 86_400)
        wait_until(lambda: psql(url, material) == ["0"])
        for node in (one, two):
            node.close()


def test_reset_keeps_the_keyring():
    with database() as url:
        node = Bastide("--dev", "--store", url, environment=ROOT)
        assert node.raw("POST", "/_bastide/reset")[0] == 200
        key = node.client("kms").create_key()["KeyMetadata"]["KeyId"]
        blob = node.client("kms").encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
        node.kill()
        node.start()
        assert node.client("kms").decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
        node.close()
