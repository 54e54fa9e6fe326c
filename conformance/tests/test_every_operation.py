"""Every operation of every service, built or not: refused without a signature, refused without permission,
and each refusal recorded. The operations come from botocore's models, so none can be forgotten."""

import json
import os
import random
import sys
import uuid

import boto3
import botocore.loaders
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "oracle"))
from values import LEAST, Values  # noqa: E402

REGION = "us-east-1"
# Operations that need a signature but no permission, as at AWS. This list may only shrink.
NEED_NO_PERMISSION = {("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")}
# Operations that take no signature: who calls shows a token of another kind. They may not be built, then they say so.
NEED_NO_SIGNATURE = {("sts", "AssumeRoleWithSAML"), ("sts", "AssumeRoleWithWebIdentity")}
ASSUME = ("sts", "AssumeRole")
# What actions begin with, where that is not the name of botocore's model.
ACTION_PREFIX = {"cloudhsmv2": "cloudhsm"}
# Members whose form no pattern tells, though what they name is what a call is authorised on.
CHOSEN = {
    "RoleArn": "arn:aws:iam::000000000000:role/some",
    "Arn": "arn:aws:iam::000000000000:user/some",
    "AWSServiceName": "config.amazonaws.com",
    "EntityArn": "arn:aws:iam::000000000000:user/some",
    "PolicyArn": "arn:aws:iam::000000000000:policy/some",
    "PolicySourceArn": "arn:aws:iam::000000000000:user/some",
}


class Calls:
    """Makes calls with botocore's own serializer; each operation with the fewest parameters that fit its model."""

    def __init__(self, server, **config):
        self.server, self.config, self.clients = server, config, {}

    def client(self, service):
        if service not in self.clients:
            credentials = self.config.get("credentials", ("", ""))
            signing = {} if credentials[0] else {"signature_version": UNSIGNED}
            self.clients[service] = boto3.session.Session().client(
                service,
                region_name=REGION,
                endpoint_url=self.server.url,
                aws_access_key_id=credentials[0] or None,
                aws_secret_access_key=credentials[1] or None,
                config=Config(retries={"max_attempts": 0}, parameter_validation=False, **signing),
            )
        return self.clients[service]

    def refused(self, service, operation):
        """(status, code, message, request id) of a call; None when it is carried out."""
        client = self.client(service)
        try:
            client._make_api_call(operation, parameters(client.meta.service_model, operation))
        except ClientError as error:
            metadata = error.response["ResponseMetadata"]
            said = error.response["Error"]
            return metadata["HTTPStatusCode"], said["Code"], said.get("Message"), metadata["RequestId"]
        return None


def parameters(model, operation):
    """The fewest parameters that fit the model, the same in every run."""
    row = model.operation_model(operation)
    rng = random.Random(operation)
    values = Values(rng, model.metadata["protocol"], False, LEAST, matching=True)
    made = values.document(row.input_shape)
    assert set(row.input_shape.required_members if row.input_shape else ()) <= set(made), operation
    return {name: CHOSEN.get(name, value) for name, value in made.items()}


def operations(server):
    """(service, operation, protocol) of everything that the server's services have at AWS."""
    health = json.loads(server.raw("GET", "/_bastide/health")[2])
    loader = botocore.loaders.Loader()
    for service, counts in sorted(health["services"].items()):
        model = loader.load_service_model(service, "service-2")
        assert counts["of"] == len(model["operations"]), f"{service}: the table and botocore's model differ"
        for operation in sorted(model["operations"]):
            yield service, operation, model["metadata"]["protocol"]


@pytest.fixture(scope="module")
def server(fresh_module):
    return fresh_module()


@pytest.fixture(scope="module")
def everything(server):
    return list(operations(server))


@pytest.fixture(scope="module")
def powerless(server):
    """The credentials of a user without any policy."""
    iam = server.client("iam")
    iam.create_user(UserName="powerless")
    key = iam.create_access_key(UserName="powerless")["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


@pytest.fixture(scope="module")
def without_signature(server, everything):
    calls = Calls(server)
    return {(service, name): calls.refused(service, name) for service, name, _ in everything}


@pytest.fixture(scope="module")
def without_permission(server, everything, powerless):
    calls = Calls(server, credentials=powerless)
    return {(service, name): calls.refused(service, name) for service, name, _ in everything}


@pytest.fixture(scope="module")
def unbuilt(without_permission):
    """What answers that it is not implemented."""
    return {name for name, answer in without_permission.items() if answer and answer[1] == "NotImplemented"}


def records(server, wanted):
    """The records of these requests, by their ids; LookupEvents is read no further than needed."""
    found = {}
    for page in server.client("cloudtrail").get_paginator("lookup_events").paginate():
        for event in page["Events"]:
            record = json.loads(event["CloudTrailEvent"])
            if record["requestID"] in wanted:
                found[record["requestID"]] = record
        if len(found) == len(wanted):
            break
    return found


def problems(answers, protocols, check):
    said = (check(name, answer, protocols[name]) for name, answer in answers.items())
    return "\n".join(filter(None, said))


@pytest.fixture(scope="module")
def protocols(everything):
    return {(service, name): protocol for service, name, protocol in everything}


def test_the_operations_without_a_signature_are_those_of_the_models(everything):
    loader = botocore.loaders.Loader()
    named = set()
    for service in {service for service, _, _ in everything}:
        rows = loader.load_service_model(service, "service-2")["operations"].items()
        named |= {(service, name) for name, row in rows if row.get("authtype") == "none"}
    assert named == NEED_NO_SIGNATURE & {(service, name) for service, name, _ in everything}


def test_nothing_is_done_without_a_signature(without_signature, protocols):
    def check(name, answer, protocol):
        query = protocol == "query"
        if name in NEED_NO_SIGNATURE:
            return None if answer and answer[1] != "MissingAuthenticationToken" else f"{name}: {answer}"
        status = 403 if protocol in ("query", "rest-json") else 400
        wanted = (status, "MissingAuthenticationToken" if query else "MissingAuthenticationTokenException")
        if answer is None or answer[:3] != (*wanted, "Request is missing Authentication Token"):
            return f"{name}: {answer}"

    found = problems(without_signature, protocols, check)
    assert not found, found


def test_nothing_is_done_without_permission(without_permission, protocols, unbuilt):
    arn = "arn:aws:iam::000000000000:user/powerless"
    allowed = set()

    def check(name, answer, protocol):
        if name in unbuilt:
            return None
        if answer is None or answer[1] not in ("AccessDenied", "AccessDeniedException"):
            allowed.add(name)
            return None if name in NEED_NO_PERMISSION else f"{name}: {answer}"
        status = 403 if protocol in ("query", "rest-json") else 400
        wanted = (status, "AccessDenied" if protocol == "query" else "AccessDeniedException")
        action = f"{ACTION_PREFIX.get(name[0], name[0])}:"
        form = f"User: {arn} is not authorized to perform: {action}"
        why = "because no role trust policy allows the " if name == ASSUME else "because no identity-based policy allows the "
        if answer[:2] != wanted or not answer[2].startswith(form) or why not in answer[2]:
            return f"{name}: {answer}"

    found = problems(without_permission, protocols, check)
    assert not found, found
    assert allowed == {name for name in NEED_NO_PERMISSION if name in protocols}


def test_what_is_not_built_says_so(server, without_permission, unbuilt):
    health = json.loads(server.raw("GET", "/_bastide/health")[2])["services"]
    for service, counts in health.items():
        names = [name for name in unbuilt if name[0] == service]
        assert len(names) == counts["of"] - counts["operations"], service
    for service, operation in unbuilt:
        status, _, message, _ = without_permission[service, operation]
        assert status == 501 and f"{service}:{operation}" in message, (service, operation, message)


@pytest.mark.parametrize("signed", [False, True], ids=["without a signature", "without permission"])
def test_each_refusal_stands_in_the_trail(server, request, protocols, unbuilt, powerless, signed):
    answers = request.getfixturevalue("without_permission" if signed else "without_signature")
    refused = {answer[3]: name for name, answer in answers.items() if answer}
    found = records(server, refused)
    assert not {name for request_id, name in refused.items() if request_id not in found}
    for request_id, record in found.items():
        service, operation = refused[request_id]
        assert record["eventName"] == operation
        assert record["eventSource"].endswith(".amazonaws.com")
        assert record["awsRegion"] == REGION and record["recipientAccountId"] == "000000000000"
        assert record["eventType"] == "AwsApiCall" and record["eventCategory"] == "Management"
        identity = record["userIdentity"]
        status, code, message, _ = answers[service, operation]
        if not signed and (service, operation) in NEED_NO_SIGNATURE:
            assert identity["type"] == "Unknown" and record["errorCode"]
            continue
        if not signed:
            assert identity == {"type": "Unknown", "accountId": "000000000000"}, record
            assert record["errorCode"] == code and record["errorMessage"] == message
            assert "requestParameters" in record and record["requestParameters"] is None
            continue
        if (service, operation) in NEED_NO_SIGNATURE:
            continue
        assert identity["type"] == "IAMUser" and identity["userName"] == "powerless"
        assert identity["accessKeyId"] == powerless[0] and identity["principalId"].startswith("AIDA")
        wanted = "NotImplemented" if (service, operation) in unbuilt else "AccessDenied"
        assert record["errorCode"] == wanted and record["errorMessage"] == message, record
        assert record["responseElements"] is None


def test_an_unknown_operation_is_told_so(server):
    calls = Calls(server, credentials=server.credentials)
    for service, code in (("kms", "UnknownOperationException"), ("iam", "InvalidAction")):
        client = calls.client(service)
        name = f"Make{uuid.uuid4().hex}"
        operation = "ListKeys" if service == "kms" else "ListUsers"

        def rename(request, name=name, operation=operation, **_):
            if "X-Amz-Target" in request.headers:
                request.headers.replace_header("X-Amz-Target", f"TrentService.{name}")
            else:
                request.data["Action"] = name

        client.meta.events.register("before-sign", rename)
        with pytest.raises(ClientError) as caught:
            client._make_api_call(operation, {})
        said = caught.value.response
        assert said["Error"]["Code"] == code and said["ResponseMetadata"]["HTTPStatusCode"] == 400
