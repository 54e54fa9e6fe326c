"""Sends generated values through botocore and our codecs: what goes in must come out, both ways.

`python conformance/oracle PROGRAM DATA`; `cargo xtask conformance` does that.
"""

import argparse
import collections
import random
import sys
import time

import botocore.loaders
import botocore.model
from values import MODES, RANDOM, Omit, Values, carried, plain
from wire import Oracle, parse, request

OURS = ("cloudtrail", "config", "guardduty", "iam", "kms", "organizations", "sts")
# Services without tables of ours, for the protocols that ours do not speak.
OTHERS = (
    "s3", "ec2", "cloudwatch", "dynamodb", "lambda", "route53", "cloudhsmv2", "sqs",
    "sns", "rds", "cloudfront", "secretsmanager", "securityhub", "macie2",
)
# Every so many operations only, where there are hundreds alike.
STEP = {"ec2": 6}
# Told apart by their host alone: here all have one.
BY_HOST = {("s3", "ListDirectoryBuckets")}
REQUEST_ID = "5f0d3f3a-6a57-4c3b-9d51-3a4f0c1f7e21"
SHOWN = 12


class Run:
    """Counts what passed, and shows the first failures of each kind."""

    def __init__(self, oracle, seed, rounds):
        self.oracle, self.seed, self.rounds = oracle, seed, rounds
        self.passed, self.failed = 0, 0
        self.kinds = collections.Counter()

    def check(self, kind, what, problem):
        if problem is None:
            self.passed += 1
            return
        self.failed += 1
        self.kinds[kind] += 1
        if self.kinds[kind] <= SHOWN:
            print(f"FAILED {what}: {problem}"[:1500], flush=True)

    def service(self, name, ours):
        model = service_model(name)
        protocols = list(dict.fromkeys([model.metadata["protocol"], *model.metadata.get("protocols", [])]))
        built = {found for found in model.operation_names if not ours or self.is_built(name, found)}
        for number, operation in enumerate(model.operation_names):
            if operation not in built or number % STEP.get(name, 1):
                continue
            row = model.operation_model(operation)
            if row.has_event_stream_input or row.has_event_stream_output:
                continue
            # s3's deprecated operations share their paths with those that came after them.
            if row.deprecated and not ours or (name, operation) in BY_HOST:
                continue
            for protocol in protocols:
                for turn in range(self.rounds if ours else min(self.rounds, 8)):
                    self.exchange(name, protocol, row, turn)
            if ours:
                self.validate(name, protocols[0], row)
        for protocol in protocols:
            self.errors(name, protocol, model, built)

    def is_built(self, service, operation):
        answer = self.oracle.ask(validate={"service": service, "operation": operation, "document": {}})
        return not answer.get("failed", "").startswith("no operation")

    def exchange(self, service, protocol, row, turn):
        """One value in, one value out."""
        seed = f"{self.seed}/{service}/{protocol}/{row.name}/{turn}"
        rng = random.Random(seed)
        mode = MODES[turn] if turn < len(MODES) else RANDOM
        place = f"{service} {row.name} {protocol}"
        for kind, test, answers in (("in", self.send, False), ("out", self.receive, True)):
            values = Values(rng, protocol, answers, mode)
            what = f"{place} {kind} (--seed {self.seed}, round {turn})"
            try:
                problem = test(service, protocol, row, values)
            except Omit:
                continue
            except Exception as error:  # botocore's parser has many ways to refuse
                problem = f"{type(error).__name__}: {error}"
            self.check(f"{service} {protocol} {kind}", what, problem)

    def send(self, service, protocol, row, values):
        shape = row.input_shape
        params = values.document(shape)
        if shape is not None:
            params = carried(shape, params, protocol, False)
        sent = request(protocol, row, params)
        got = self.oracle.ask(decode=sent)
        if "failed" in got:
            return f"{got['failed']}; sent {sent}, params {params}"
        route = (got["service"], got["operation"], got["protocol"])
        if route != (service, row.name, protocol):
            return f"taken for {route}"
        wanted = comparable(shape, plain(shape, params), params)
        return difference(wanted, comparable(shape, got["document"], params))

    def receive(self, service, protocol, row, values):
        shape = row.output_shape
        output = values.document(shape)
        if shape is not None:
            output = carried(shape, output, protocol, True)
        question = {"service": service, "operation": row.name, "protocol": protocol}
        answer = self.oracle.ask(encode={**question, "document": plain(shape, output)})
        if "failed" in answer:
            return f"{answer['failed']}; document {plain(shape, output)}"
        parsed = parse(protocol, shape, answer, row.name)
        metadata = parsed.pop("ResponseMetadata", {})
        # botocore's CBOR parser does not look at an answer that has no shape.
        unseen = shape is None and protocol == "smithy-rpc-v2-cbor"
        if metadata.get("RequestId") != REQUEST_ID and not unseen:
            return f"request id {metadata.get('RequestId')}"
        status = row.http.get("responseCode", 200)
        named = [name for name, member in (shape.members.items() if shape is not None else ())
                 if member.serialization.get("location") == "statusCode"]
        expected = output.get(named[0], status) if named else status
        if answer["status"] != expected:
            return f"status {answer['status']}, not {expected}"
        if expected == 204:
            # HTTP leaves no room for a body, whatever the model says.
            return "a body" if answer["body"] else None
        got = comparable(shape, plain(shape, parsed), output)
        wanted = comparable(shape, plain(shape, output), output)
        for name in named:
            wanted.setdefault(name, status)
        problem = difference(wanted, got)
        return problem and f"{problem}; answer {answer}"

    def validate(self, service, protocol, row):
        """The validator takes what fits the model: patterns, lengths and ranges."""
        if row.input_shape is None:
            return
        for turn, mode in enumerate(MODES):
            rng = random.Random(f"{self.seed}/valid/{service}/{row.name}/{turn}")
            values = Values(rng, protocol, False, mode, matching=True)
            document = plain(row.input_shape, values.document(row.input_shape))
            if set(row.input_shape.required_members) - set(document):
                continue
            answer = self.oracle.ask(validate={"service": service, "operation": row.name, "document": document})
            what = f"{service} {row.name} validation (--seed {self.seed}, round {turn})"
            self.check(f"{service} validation", what, answer.get("failed"))

    def errors(self, service, protocol, model, built):
        """Every error that an operation lists, as botocore's clients see it."""
        seen = set()
        for operation in sorted(built):
            row = model.operation_model(operation)
            for shape in row.error_shapes:
                if shape.name in seen:
                    continue
                seen.add(shape.name)
                rng = random.Random(f"{self.seed}/{service}/{protocol}/{shape.name}")
                try:
                    problem = self.error(service, protocol, row, shape, Values(rng, protocol, True, "most"))
                except Exception as error:  # botocore's parser has many ways to refuse
                    problem = f"{type(error).__name__}: {error}"
                self.check(f"{service} {protocol} errors", f"{service} {shape.name} {protocol}", problem)

    def error(self, service, protocol, row, shape, values):
        members = {name: value for name, value in values.structure(shape, top=True).items()
                   if name.lower() != "message"}
        members = carried(shape, members, protocol, True)
        message = "no such thing: <ünï> & \"co\""
        question = {"service": service, "protocol": protocol, "name": shape.name, "message": message}
        answer = self.oracle.ask(error={**question, "members": plain(shape, members)})
        if "failed" in answer:
            return answer["failed"]
        parsed = parse(protocol, row.output_shape, answer, row.name)
        told = shape.metadata.get("error", {})
        if protocol in ("query", "ec2", "rest-xml") or row.service_model.is_query_compatible:
            code = told.get("code", shape.name)
        else:
            code = shape.name
        status = told.get("httpStatusCode", 500 if shape._shape_model.get("fault") else 400)
        got = (answer["status"], parsed["Error"].get("Code"), parsed["Error"].get("Message"))
        if got != (status, code, message):
            return f"{got}, not {(status, code, message)}; answer {answer}"
        if parsed.get("ResponseMetadata", {}).get("RequestId") != REQUEST_ID:
            return f"request id {parsed.get('ResponseMetadata')}; answer {answer}"
        details = parse(protocol, shape, answer, row.name)
        details = {name: value for name, value in details.items() if name.lower() != "message"}
        if protocol in ("query", "ec2", "rest-xml"):
            # The code and the type of an error have their names in XML from the protocol.
            members = {name: value for name, value in members.items() if name not in ("Code", "Type")}
            details = {name: value for name, value in details.items() if name not in ("Code", "Type")}
        wanted = comparable(shape, plain(shape, members), members)
        return difference(wanted, comparable(shape, plain(shape, details), members))


def comparable(shape, document, given):
    """A document without what the protocol adds of its own, and without what is the same as nothing: an empty body."""
    if shape is None:
        return document
    kept = dict(document)
    payload = shape.serialization.get("payload")
    if payload and kept.get(payload) in ("", {}, {"$blob": ""}):
        del kept[payload]
    for name, member in shape.members.items():
        if member.serialization.get("location") == "headers" and kept.get(name) == {}:
            del kept[name]
        # A body has a type and a length, whether or not they were given.
        header = member.serialization.get("name", "").lower()
        if header in ("content-type", "content-length", "x-amzn-errortype") and name not in given:
            kept.pop(name, None)
    return kept


def difference(wanted, got, path=""):
    """Where two documents differ first; None when they do not."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name in [*wanted, *(name for name in got if name not in wanted)]:
            if name not in got:
                return f"{path}.{name}: missing, sent {wanted[name]!r}"
            if name not in wanted:
                return f"{path}.{name}: added, got {got[name]!r}"
            problem = difference(wanted[name], got[name], f"{path}.{name}")
            if problem:
                return problem
        return None
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for index, pair in enumerate(zip(wanted, got)):
            problem = difference(*pair, f"{path}.{index}")
            if problem:
                return problem
        return None
    if wanted == got and type(wanted) is type(got):
        return None
    return f"{path}: sent {wanted!r}, got {got!r}"


def service_model(name):
    # Without what botocore adds to the models for its own users (s3's ExpiresString).
    loader = botocore.loaders.Loader(include_default_extras=False)
    return botocore.model.ServiceModel(loader.load_service_model(name, "service-2"), service_name=name)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("program")
    arguments.add_argument("data")
    arguments.add_argument("--services", default=",".join(OURS + OTHERS))
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--rounds", type=int, default=16)
    options = arguments.parse_args()
    services = options.services.split(",")
    oracle = Oracle(options.program, options.data, [name for name in services if name not in OURS])
    run = Run(oracle, options.seed, options.rounds)
    for name in services:
        before, start = (run.passed, run.failed), time.monotonic()
        run.service(name, name in OURS)
        took = time.monotonic() - start
        print(f"{name}: {run.passed - before[0]} passed, {run.failed - before[1]} failed ({took:.1f} s)", flush=True)
    oracle.close()
    print(f"{run.passed} passed, {run.failed} failed")
    return 1 if run.failed else 0


sys.exit(main())
