"""What several KMS tests need."""

import json

import pytest
from botocore.exceptions import ClientError

DAY = 86_400


def refused(operation, **parameters):
    """The error's code and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def make_key(kms, **parameters):
    """A new key's metadata."""
    return kms.create_key(**parameters)["KeyMetadata"]


def events(server, name, region="us-east-1", **client):
    """The trail's records of this name, newest first."""
    trail = server.client("cloudtrail", region=region, **client)
    wanted = [{"AttributeKey": "EventName", "AttributeValue": name}]
    found = trail.lookup_events(LookupAttributes=wanted)["Events"]
    return [json.loads(event["CloudTrailEvent"]) for event in found]
