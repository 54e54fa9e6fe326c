"""GuardDuty's custom detection rules, as an unmodified boto3 and Prometheus see them."""

import datetime
import gzip
import itertools
import json
import os
import re

import pytest
from bastide import wait_until
from botocore.exceptions import ClientError

ACCOUNTS = itertools.count(740000000001)
BAD, CONFLICT, DENIED, NOWHERE = "BadRequestException", "ConflictException", "AccessDeniedException", "ResourceNotFoundException"
KEY, PROFILE, ADMIN = "iam-access-key-created", "iam-user-login-profile-created", "admin-policy-attached-to-user"
MANIPULATION = "Persistence:IAM/AccountManipulation"
DAYS = 86_400
THEIRS = """title: A group was made
id: 8A63CDD4-6207-414a-85bc-7e032bd3c1a2
description: Somebody made a group.
date: 2025-02-03
tags: [attack.persistence, attack.t1098]
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventSource: iam.amazonaws.com, eventName: CreateGroup, errorCode: null}
  condition: s
level: critical
bastide: {type: Custom:IAMUser/GroupMade}
"""
GROUP = "8a63cdd4-6207-414a-85bc-7e032bd3c1a2"


def refused(operation, **parameters):
    """The error's code and HTTP status of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture(scope="module")
def server(fresh_module, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    (folder / "group.yml").write_text(THEIRS)
    (folder / "dns.yml").write_text("title: d\nlogsource: {category: dns}\ndetection:\n  s: {query: evil.test}\n  condition: s\n")
    (folder / "broken.yml").write_text("title: [")
    return fresh_module("--dev", "--rules", str(folder))


class Account:
    """An account that nobody else has."""

    def __init__(self, server, number=None, detector=True):
        self.id, self.server = number or str(next(ACCOUNTS)), server
        self.guardduty, self.iam = self.client("guardduty"), self.client("iam")
        self.detector = self.guardduty.create_detector(Enable=True)["DetectorId"] if detector else None

    def client(self, service, **options):
        return self.server.client(service, credentials=(self.id, "x"), **options)

    def associate(self, rule, mode, **more):
        return self.guardduty.create_custom_detection_rule_association(RuleId=rule, Mode=mode, **more)["RuleAssociation"]

    def associations(self, **filters):
        found = self.guardduty.list_custom_detection_rule_associations(**filters)["RuleAssociations"]
        return {one["RuleId"]: one["Mode"] for one in found}

    def findings(self, kind, **criterion):
        criteria = {"Criterion": {"type": {"Eq": [kind]}, **criterion}}
        ids = self.guardduty.list_findings(DetectorId=self.detector, FindingCriteria=criteria)["FindingIds"]
        return self.guardduty.get_findings(DetectorId=self.detector, FindingIds=ids)["Findings"] if ids else []

    def found(self, kind, **criterion):
        return wait_until(lambda: self.findings(kind, **criterion))[0]

    def signals(self, rule):
        """What /metrics says of a rule's dry run; nothing at all before its first match."""
        text = self.server.raw("GET", "/metrics")[2].decode()
        name = "bastide_guardduty_custom_detection_rule_dry_run_signals_total"
        labels = f'account="{self.id}",region="us-east-1",rule="{rule}"'
        found = re.search(rf"^{name}{{{labels}}} (\d+)$", text, re.M)
        return int(found.group(1)) if found else None


@pytest.fixture
def account(server):
    return Account(server)


def catalogue(guardduty, **parameters):
    pages = guardduty.get_paginator("list_custom_detection_rules").paginate(**parameters)
    return [rule for page in pages for rule in page["Rules"]]


def test_the_catalogue_is_listed_in_pages(account):
    rules = catalogue(account.guardduty)
    ids = [rule["RuleId"] for rule in rules]
    assert ids == sorted(set(ids)) and {"vpc-flow-logs-deleted", "admin-policy-attached-to-role", GROUP} <= set(ids) and len(ids) == 36
    assert [rule["RuleId"] for rule in catalogue(account.guardduty, PaginationConfig={"PageSize": 7})] == ids
    page = account.guardduty.list_custom_detection_rules(MaxResults=36)
    assert len(page["Rules"]) == 36 and "NextToken" not in page
    token = account.guardduty.list_custom_detection_rules(MaxResults=1)["NextToken"]
    other = [{"Name": "severity", "Values": ["LOW"]}]
    assert refused(account.guardduty.list_custom_detection_rules, NextToken=token, Filters=other) == (BAD, 400)
    assert refused(account.guardduty.list_custom_detection_rules, NextToken="none") == (BAD, 400)
    raw = account.client("guardduty", parameter_validation=False)
    assert refused(raw.list_custom_detection_rules, MaxResults=101) == (BAD, 400)


def test_the_catalogue_is_filtered(account):
    def named(*filters):
        return {rule["Name"] for rule in catalogue(account.guardduty, Filters=list(filters))}

    low = named({"Name": "severity", "Values": ["LOW"]})
    assert low == {"EC2TerminationProtectionEnabled", "IAMAccessKeyCreated", "SESAccountSendingEnabled"}
    assert named({"Name": "service", "Values": ["rds"]}) == {
        "RDSIAMAuthDisabled", "RDSMasterPasswordReset", "RDSPubliclyAccessible", "RDSSnapshotPubliclyShared"
    }
    deleted = {"Name": "name", "Values": ["Deleted"], "Condition": "CONTAINS"}
    assert named(deleted) == {"DNSQueryLogsDeleted", "VPCFlowLogsDeleted"}
    assert named(deleted, {"Name": "severity", "Values": ["HIGH", "CRITICAL"]}) == {"VPCFlowLogsDeleted"}
    assert named({"Name": "tactic", "Values": ["Resource Development"]}) == {"SESDomainIdentityVerified"}
    assert len(named({"Name": "technique", "Values": ["T1685"], "Condition": "CONTAINS"})) == 5
    assert named({"Name": "dataSource", "Values": ["RuntimeMonitoring"]}) == set()
    assert len(named({"Name": "dataSource", "Values": ["CloudTrailManagementEvent"]})) == 36


def test_a_rule_shows_what_it_looks_for(account):
    rule = account.guardduty.get_custom_detection_rule(RuleId="vpc-flow-logs-deleted")["Rule"]
    assert rule["Arn"] == "arn:aws:guardduty::aws:detection-rule/custom/vpc-flow-logs-deleted"
    assert (rule["Name"], rule["Severity"], rule["Service"]) == ("VPCFlowLogsDeleted", "HIGH", "ec2")
    assert rule["Tactic"] == "Defense Impairment" and rule["Technique"].startswith("T1685.002 - ")
    assert (rule["Language"], rule["Schema"], rule["DataSource"]) == ("SQL", "CloudTrail", "CloudTrailManagementEvent")
    assert rule["Definition"]["Expression"] == (
        "eventSource = 'ec2.amazonaws.com' AND eventName = 'DeleteFlowLogs' AND errorCode IS NULL"
    )
    theirs = account.guardduty.get_custom_detection_rule(RuleId=GROUP)["Rule"]
    assert (theirs["Name"], theirs["Severity"], theirs["Technique"]) == ("A group was made", "CRITICAL", "T1098")
    assert theirs["CreatedAt"].date() == datetime.date(2025, 2, 3)
    for rule in catalogue(account.guardduty):
        whole = account.guardduty.get_custom_detection_rule(RuleId=rule["RuleId"])["Rule"]
        assert 0 < len(whole["Definition"]["Expression"]) <= 4096
    assert refused(account.guardduty.get_custom_detection_rule, RuleId="no-such-rule") == (NOWHERE, 404)
    raw = account.client("guardduty", parameter_validation=False)
    assert refused(raw.get_custom_detection_rule, RuleId="No_Such") == (BAD, 400)


def test_what_is_no_rule_of_the_catalogue_is_told(fresh, tmp_path):
    (tmp_path / "group.yml").write_text(THEIRS)
    (tmp_path / "broken.yml").write_text("title: [")
    server = fresh("--dev", "--rules", str(tmp_path))
    assert "not in the catalogue of custom detection rules" in server.errors() and "broken.yml" in server.errors()
    account = Account(server)
    made = account.associate(GROUP, "LIVE")
    server.stop()
    # The rule of an association may be taken from the catalogue.
    server.arguments = ["--dev"]
    server.start()
    account.guardduty = account.client("guardduty")
    assert account.associations() == {GROUP: "LIVE"}
    assert refused(account.guardduty.get_custom_detection_rule, RuleId=GROUP) == (NOWHERE, 404)
    account.guardduty.delete_custom_detection_rule_association(RuleId=GROUP, AssociationId=made["AssociationId"])
    assert account.associations() == {}
    server.stop()
    server.arguments = ["--dev", "--rules", str(tmp_path / "nowhere")]
    server.spawn()
    assert server.process.wait(timeout=60) != 0 and "nowhere" in server.errors()


def test_an_association_is_made_changed_and_deleted(account):
    guardduty = account.guardduty
    made = account.associate(KEY, "DRY_RUN", Tags={"team": "blue"})
    assert made["AccountId"] == account.id and made["Mode"] == "DRY_RUN" and made["RuleId"] == KEY
    assert made["Arn"] == f"arn:aws:guardduty:us-east-1:{account.id}:detection-rule/custom/{KEY}/association/{made['AssociationId']}"
    assert made["ExpiresAt"] - made["CreatedAt"] == datetime.timedelta(days=14)
    both = {"RuleId": KEY, "AssociationId": made["AssociationId"]}
    shown = guardduty.get_custom_detection_rule_association(**both)
    assert shown["RuleAssociation"] == made and shown["Tags"] == {"team": "blue"}
    # AWS's model of TagResource takes the ARNs of detectors and what belongs to them.
    assert refused(guardduty.tag_resource, ResourceArn=made["Arn"], Tags={"stage": "test"}) == (BAD, 400)

    # There is one for each rule, whatever the mode.
    for mode in ("DRY_RUN", "LIVE"):
        assert refused(guardduty.create_custom_detection_rule_association, RuleId=KEY, Mode=mode) == (CONFLICT, 409)
    guardduty.update_custom_detection_rule_association(**both, Mode="LIVE")
    live = guardduty.get_custom_detection_rule_association(**both)["RuleAssociation"]
    assert live["Mode"] == "LIVE" and "ExpiresAt" not in live and live["CreatedAt"] == made["CreatedAt"]
    guardduty.update_custom_detection_rule_association(**both, Mode="LIVE")
    assert guardduty.get_custom_detection_rule_association(**both)["RuleAssociation"] == live
    account.associate(PROFILE, "DRY_RUN")
    assert account.associations() == {KEY: "LIVE", PROFILE: "DRY_RUN"}
    assert account.associations(Mode="LIVE") == {KEY: "LIVE"} and account.associations(RuleId=PROFILE) == {PROFILE: "DRY_RUN"}
    assert account.client("guardduty").list_custom_detection_rule_associations(MaxResults=1)["NextToken"]
    pages = guardduty.get_paginator("list_custom_detection_rule_associations").paginate(PaginationConfig={"PageSize": 1})
    assert [one["RuleId"] for page in pages for one in page["RuleAssociations"]] == sorted([KEY, PROFILE])

    guardduty.delete_custom_detection_rule_association(**both)
    assert account.associations() == {PROFILE: "DRY_RUN"}
    guardduty.delete_custom_detection_rule_association(**both)
    assert refused(guardduty.get_custom_detection_rule_association, **both) == (NOWHERE, 404)
    assert refused(guardduty.update_custom_detection_rule_association, **both, Mode="LIVE") == (NOWHERE, 404)
    account.associate(KEY, "LIVE")


def test_a_call_made_again_is_the_same_association(account):
    made = account.associate(KEY, "LIVE", ClientToken="once")
    assert account.associate(KEY, "LIVE", ClientToken="once") == made
    again = {"RuleId": KEY, "Mode": "DRY_RUN", "ClientToken": "once"}
    assert refused(account.guardduty.create_custom_detection_rule_association, **again) == (CONFLICT, 409)


def test_what_cannot_be_associated(server, account):
    create = account.guardduty.create_custom_detection_rule_association
    assert refused(create, RuleId="no-such-rule", Mode="LIVE") == (NOWHERE, 404)
    raw = account.client("guardduty", parameter_validation=False)
    assert refused(raw.create_custom_detection_rule_association, RuleId=KEY, Mode="BOTH") == (BAD, 400)
    off = Account(server, detector=False)
    assert refused(off.guardduty.create_custom_detection_rule_association, RuleId=KEY, Mode="LIVE") == (BAD, 400)
    assert off.associations() == {}
    # With the detector goes what belongs to it.
    account.associate(KEY, "LIVE")
    account.guardduty.delete_detector(DetectorId=account.detector)
    assert account.associations() == {}


def test_accounts_and_regions_are_apart(server, account):
    made = account.associate(KEY, "LIVE")
    both = {"RuleId": KEY, "AssociationId": made["AssociationId"]}
    other = Account(server)
    elsewhere = server.client("guardduty", region="eu-west-1", credentials=(account.id, "x"))
    for guardduty in (other.guardduty, elsewhere):
        assert guardduty.list_custom_detection_rule_associations()["RuleAssociations"] == []
        assert refused(guardduty.get_custom_detection_rule_association, **both) == (NOWHERE, 404)
        assert refused(guardduty.update_custom_detection_rule_association, **both, Mode="DRY_RUN") == (NOWHERE, 404)
        guardduty.delete_custom_detection_rule_association(**both)
    assert account.associations() == {KEY: "LIVE"}


def test_a_live_rule_makes_findings(account):
    account.iam.create_user(UserName="before")
    account.iam.create_access_key(UserName="before")
    account.server.advance(2)
    account.associate(KEY, "LIVE")
    account.iam.create_access_key(UserName="before")
    first = account.found(MANIPULATION)
    assert first["CustomDetectionRuleName"] == "IAMAccessKeyCreated" and first["Severity"] == 2.0
    # What was before the rule does not count.
    assert first["Service"]["Count"] == 1 and first["Resource"]["ResourceType"] == "AccessKey"
    assert first["Title"] == "An access key was made" and first["Service"]["Action"]["AwsApiCallAction"]["Api"] == "CreateAccessKey"
    # Another rule of the same tactic, service and technique is the same finding.
    account.associate(PROFILE, "LIVE")
    account.iam.create_login_profile(UserName="before", Password="Aa1-aaaaaaaaaaaa")
    both = account.found(MANIPULATION, **{"service.count": {"Gte": 2}})
    assert both["Id"] == first["Id"] and both["Severity"] == 8.0 and both["CustomDetectionRuleName"] == "IAMUserLoginProfileCreated"
    why = json.loads(both["Service"]["AdditionalInfo"]["Value"])["why"]
    assert {"rule IAMAccessKeyCreated", "rule IAMUserLoginProfileCreated"} <= {one["measure"] for one in why["reasons"]}
    assert {one["what"] for one in why["evidence"]} == {"iam CreateAccessKey", "iam CreateLoginProfile"}
    # Rules are Live by themselves: other accounts have none of it, and the operator's own is one of them.
    account.associate(GROUP, "LIVE")
    account.iam.create_group(GroupName="g")
    theirs = account.found("Custom:IAMUser/GroupMade")
    assert theirs["CustomDetectionRuleName"] == "A group was made" and theirs["Severity"] == 9.0


def test_a_rule_without_an_association_finds_nothing(server, account):
    watched = Account(server)
    watched.associate(KEY, "LIVE")
    for one in (account, watched):
        one.iam.create_user(UserName="u")
        one.iam.create_access_key(UserName="u")
    watched.found(MANIPULATION)
    assert account.findings(MANIPULATION) == [] and account.signals(KEY) is None
    # Nor does one that is gone, or one of a detector that is off.
    made = watched.guardduty.list_custom_detection_rule_associations()["RuleAssociations"][0]
    watched.guardduty.delete_custom_detection_rule_association(RuleId=KEY, AssociationId=made["AssociationId"])
    account.associate(PROFILE, "LIVE")
    account.guardduty.update_detector(DetectorId=account.detector, Enable=False)
    watched.iam.create_access_key(UserName="u")
    account.iam.create_login_profile(UserName="u", Password="Aa1-aaaaaaaaaaaa")
    later = Account(server)
    later.associate(GROUP, "LIVE")
    later.iam.create_group(GroupName="g")
    later.found("Custom:IAMUser/GroupMade")
    assert watched.found(MANIPULATION)["Service"]["Count"] == 1 and account.findings(MANIPULATION) == []


def test_a_dry_run_counts_and_finds_nothing(account):
    account.associate(KEY, "DRY_RUN")
    assert account.signals(KEY) is None
    account.iam.create_user(UserName="u")
    for _ in range(2):
        account.iam.create_access_key(UserName="u")
    wait_until(lambda: account.signals(KEY) == 2)
    assert account.findings(MANIPULATION) == []
    # From then on it is live.
    made = account.guardduty.list_custom_detection_rule_associations()["RuleAssociations"][0]
    account.server.advance(2)
    account.guardduty.update_custom_detection_rule_association(RuleId=KEY, AssociationId=made["AssociationId"], Mode="LIVE")
    account.iam.delete_access_key(UserName="u", AccessKeyId=account.iam.list_access_keys(UserName="u")["AccessKeyMetadata"][0]["AccessKeyId"])
    account.iam.create_access_key(UserName="u")
    assert account.found(MANIPULATION)["Service"]["Count"] == 1 and account.signals(KEY) == 2


def test_a_dry_run_ends_after_14_days(fresh):
    server = fresh("--dev")
    account = Account(server)
    account.associate(KEY, "DRY_RUN")
    account.associate(PROFILE, "LIVE")
    server.advance(14 * DAYS - 60)
    assert account.associations() == {KEY: "DRY_RUN", PROFILE: "LIVE"}
    server.advance(120)
    assert account.associations() == {PROFILE: "LIVE"}
    account.iam.create_user(UserName="u")
    account.iam.create_access_key(UserName="u")
    account.iam.create_login_profile(UserName="u", Password="Aa1-aaaaaaaaaaaa")
    account.found(MANIPULATION)
    assert account.signals(KEY) is None
    # It can be begun anew.
    made = account.associate(KEY, "DRY_RUN")
    account.iam.create_access_key(UserName="u")
    wait_until(lambda: account.signals(KEY) == 1)
    assert account.associations() == {KEY: "DRY_RUN", PROFILE: "LIVE"} and made["ExpiresAt"] > made["CreatedAt"]


def test_a_restart_counts_nothing_twice(fresh):
    server = fresh()
    guardduty, iam = server.client("guardduty"), server.client("iam")
    account = Account.__new__(Account)
    account.id, account.server, account.guardduty, account.iam = "000000000000", server, guardduty, iam
    account.detector = guardduty.create_detector(Enable=True)["DetectorId"]
    account.associate(KEY, "DRY_RUN")
    account.associate(PROFILE, "LIVE")
    iam.create_user(UserName="u")
    iam.create_access_key(UserName="u")
    iam.create_login_profile(UserName="u", Password="Aa1-aaaaaaaaaaaa")
    before = account.found(MANIPULATION)
    wait_until(lambda: account.signals(KEY) == 1)
    server.kill()
    server.start()
    account.guardduty, iam = server.client("guardduty"), server.client("iam")
    assert account.associations() == {KEY: "DRY_RUN", PROFILE: "LIVE"}
    wait_until(lambda: account.signals(KEY) == 1)
    iam.create_access_key(UserName="u")
    wait_until(lambda: account.signals(KEY) == 2)
    iam.delete_login_profile(UserName="u")
    iam.create_login_profile(UserName="u", Password="Aa1-aaaaaaaaaaaa")
    again = account.found(MANIPULATION, **{"service.count": {"Gte": 2}})
    assert again["Id"] == before["Id"] and again["Service"]["Count"] == 2 and account.signals(KEY) == 2


def test_rules_look_at_logs_of_other_places(fresh, tmp_path):
    event = {
        "eventVersion": "1.09",
        "userIdentity": {"type": "IAMUser", "principalId": "AIDAX", "arn": "arn:aws:iam::111122223333:user/mallory", "accountId": "111122223333", "userName": "mallory"},
        "eventTime": "2026-11-01T10:00:00Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "DeleteFlowLogs",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.9",
        "userAgent": "aws-cli/2.0",
        "requestParameters": {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-1"}}},
        "eventID": "00000000-0000-4000-8000-000000000001",
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    }

    def deliver(name, *events):
        where = tmp_path / "AWSLogs" / "111122223333" / "CloudTrail" / "eu-west-1" / "2026" / "11" / "01"
        where.mkdir(parents=True, exist_ok=True)
        with gzip.open(where / f".{name}", "wt") as file:
            json.dump({"Records": events}, file)
        os.rename(where / f".{name}", where / name)

    deliver("none.json.gz")
    server = fresh("--dev", "--source", str(tmp_path))
    guardduty = server.client("guardduty", region="eu-west-1", credentials=("111122223333", "x"))
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    guardduty.create_custom_detection_rule_association(RuleId="vpc-flow-logs-deleted", Mode="LIVE")
    # The engine knows of the association within its next look.
    server.client("kms", region="eu-west-1", credentials=("111122223333", "x")).list_keys()
    root = {"Criterion": {"type": {"Eq": ["Policy:IAMUser/RootCredentialUsage"]}}}
    wait_until(lambda: guardduty.list_findings(DetectorId=detector, FindingCriteria=root)["FindingIds"])
    deliver("a.json.gz", event)
    criteria = {"Criterion": {"type": {"Eq": ["DefenseImpairment:EC2/DisableOrModifyTools"]}}}

    def found():
        ids = guardduty.list_findings(DetectorId=detector, FindingCriteria=criteria)["FindingIds"]
        return guardduty.get_findings(DetectorId=detector, FindingIds=ids)["Findings"] if ids else []

    finding = wait_until(found)[0]
    assert finding["CustomDetectionRuleName"] == "VPCFlowLogsDeleted" and finding["Severity"] == 8.0


def allowed(server, *statements):
    """A user's GuardDuty on a strict server, with these statements and nothing else."""
    iam, name = server.client("iam"), f"user-{next(ACCOUNTS)}"
    iam.create_user(UserName=name)
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return server.client("guardduty", credentials=(key["AccessKeyId"], key["SecretAccessKey"]))


def test_policies_say_who_may(fresh):
    server = fresh()
    root = server.client("guardduty")
    root.create_detector(Enable=True)

    def allow(action, resource="*", **condition):
        return {"Effect": "Allow", "Action": f"guardduty:{action}", "Resource": resource, **({"Condition": condition} if condition else {})}

    # A rule is the same for all accounts; associations are the account's.
    reader = allowed(server, allow("GetCustomDetectionRule", f"arn:aws:guardduty::aws:detection-rule/custom/{KEY}"))
    assert reader.get_custom_detection_rule(RuleId=KEY)["Rule"]["RuleId"] == KEY
    assert refused(reader.get_custom_detection_rule, RuleId=PROFILE) == (DENIED, 403)
    assert refused(reader.list_custom_detection_rules) == (DENIED, 403)
    tagged = {"StringEquals": {"aws:RequestTag/team": "blue"}}
    maker = allowed(server, allow("CreateCustomDetectionRuleAssociation", **tagged))
    create = maker.create_custom_detection_rule_association
    assert refused(create, RuleId=KEY, Mode="LIVE") == (DENIED, 403)
    made = create(RuleId=KEY, Mode="LIVE", Tags={"team": "blue"})["RuleAssociation"]
    other = root.create_custom_detection_rule_association(RuleId=PROFILE, Mode="LIVE")["RuleAssociation"]
    blue = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    changer = allowed(server, allow("*CustomDetectionRuleAssociation", **blue))
    changer.update_custom_detection_rule_association(RuleId=KEY, AssociationId=made["AssociationId"], Mode="DRY_RUN")
    theirs = {"RuleId": PROFILE, "AssociationId": other["AssociationId"]}
    assert refused(changer.get_custom_detection_rule_association, **theirs) == (DENIED, 403)
    assert refused(changer.delete_custom_detection_rule_association, **theirs) == (DENIED, 403)
    # Who may not know of it does not learn whether it is there.
    nobody = allowed(server, allow("GetCustomDetectionRuleAssociation", made["Arn"]))
    assert nobody.get_custom_detection_rule_association(RuleId=KEY, AssociationId=made["AssociationId"])
    for id in (other["AssociationId"], "0" * 8):
        assert refused(nobody.get_custom_detection_rule_association, RuleId=PROFILE, AssociationId=id) == (DENIED, 403)


@pytest.fixture
def organization(server):
    """The management account of a new organization, its administrator of GuardDuty, and two members."""
    management = Account(server, detector=False)
    organizations = management.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    delegate = joined(server, organizations)
    management.guardduty.enable_organization_admin_account(AdminAccountId=delegate.id)
    delegate.detector = delegate.guardduty.list_detectors()["DetectorIds"][0]
    delegate.guardduty.update_organization_configuration(DetectorId=delegate.detector, AutoEnableOrganizationMembers="ALL")
    members = [joined(server, organizations) for _ in range(2)]
    for member in members:
        member.detector = wait_until(lambda: member.guardduty.list_detectors()["DetectorIds"])[0]
    return management, delegate, members


def joined(server, organizations):
    email = f"{next(ACCOUNTS)}@example.com"
    status = organizations.create_account(Email=email, AccountName="one")["CreateAccountStatus"]["Id"]

    def made():
        return organizations.describe_create_account_status(CreateAccountRequestId=status)["CreateAccountStatus"].get("AccountId")

    return Account(server, wait_until(made), detector=False)


def test_an_administrator_says_which_rules_are_at_work(server, organization):
    management, delegate, (one, two) = organization
    admin = delegate.guardduty
    admin.create_custom_detection_rule_org_configuration(RuleId=KEY, Mode="DRY_RUN")
    shown = admin.get_custom_detection_rule_org_configuration(RuleId=KEY, Mode="DRY_RUN")["Configuration"]
    assert shown["IncludeAccountIds"] == shown["ExcludeAccountIds"] == [] and shown["Status"] in ("PROCESSING", "ACTIVE")
    assert shown["ExpiresAt"] - shown["CreatedAt"] == datetime.timedelta(days=14)
    wait_until(lambda: one.associations() == two.associations() == {KEY: "DRY_RUN"})
    theirs = one.guardduty.list_custom_detection_rule_associations()["RuleAssociations"][0]
    assert theirs["ExpiresAt"] == shown["ExpiresAt"]
    wait_until(lambda: [it["RuleId"] for it in admin.list_custom_detection_rule_org_configurations(Status="ACTIVE")["Configurations"]] == [KEY])
    # Accounts that join later have it too; the administrator's own account is no member.
    late = joined(server, management.client("organizations"))
    wait_until(lambda: late.associations() == {KEY: "DRY_RUN"})
    assert delegate.associations() == {}

    # One that is for the whole organization leaves no room for another.
    for mode in ("LIVE", "DRY_RUN"):
        again = {"RuleId": KEY, "Mode": mode}
        assert refused(admin.create_custom_detection_rule_org_configuration, **again) == (CONFLICT, 409)
    admin.update_custom_detection_rule_org_configuration(RuleId=KEY, Mode="LIVE", ExcludeAccountIds=[two.id])
    wait_until(lambda: one.associations() == late.associations() == {KEY: "LIVE"} and two.associations() == {})
    assert refused(admin.get_custom_detection_rule_org_configuration, RuleId=KEY, Mode="DRY_RUN") == (NOWHERE, 404)
    live = admin.get_custom_detection_rule_org_configuration(RuleId=KEY, Mode="LIVE")["Configuration"]
    assert live["ExcludeAccountIds"] == [two.id] and "ExpiresAt" not in live and live["CreatedAt"] == shown["CreatedAt"]
    one.iam.create_user(UserName="u")
    one.iam.create_access_key(UserName="u")
    assert one.found(MANIPULATION)["AccountId"] == one.id
    assert [it["AccountId"] for it in delegate.findings(MANIPULATION)] == [one.id]

    # A configuration that is deleted leaves the rule at work where it is.
    admin.delete_custom_detection_rule_org_configuration(RuleId=KEY, Mode="LIVE")
    admin.delete_custom_detection_rule_org_configuration(RuleId=KEY, Mode="LIVE")
    assert admin.list_custom_detection_rule_org_configurations()["Configurations"] == []
    assert refused(admin.update_custom_detection_rule_org_configuration, RuleId=KEY, Mode="LIVE") == (NOWHERE, 404)
    assert one.associations() == {KEY: "LIVE"}


def test_both_modes_of_a_rule_name_their_accounts(organization):
    _, delegate, (one, two) = organization
    admin = delegate.guardduty
    create = admin.create_custom_detection_rule_org_configuration
    create(RuleId=KEY, Mode="LIVE", IncludeAccountIds=[one.id], ClientToken="once")
    create(RuleId=KEY, Mode="LIVE", IncludeAccountIds=[one.id], ClientToken="once")
    assert refused(create, RuleId=KEY, Mode="DRY_RUN") == (CONFLICT, 409)
    assert refused(create, RuleId=KEY, Mode="DRY_RUN", ExcludeAccountIds=[one.id]) == (CONFLICT, 409)
    create(RuleId=KEY, Mode="DRY_RUN", IncludeAccountIds=[two.id])
    wait_until(lambda: one.associations() == {KEY: "LIVE"} and two.associations() == {KEY: "DRY_RUN"})
    pages = admin.get_paginator("list_custom_detection_rule_org_configurations").paginate(PaginationConfig={"PageSize": 1})
    assert [it["Mode"] for page in pages for it in page["Configurations"]] == ["DRY_RUN", "LIVE"]
    whole = {"RuleId": KEY, "Mode": "LIVE", "IncludeAccountIds": []}
    assert refused(admin.update_custom_detection_rule_org_configuration, **whole) == (CONFLICT, 409)
    both = {"RuleId": PROFILE, "Mode": "LIVE", "IncludeAccountIds": [one.id], "ExcludeAccountIds": [two.id]}
    assert refused(create, **both) == (BAD, 400)
    assert refused(create, RuleId="no-such-rule", Mode="LIVE") == (NOWHERE, 404)
    # As many accounts as there may be.
    many = [f"{number:012}" for number in range(50_000)]
    create(RuleId=PROFILE, Mode="LIVE", IncludeAccountIds=[one.id, *many[1:]])
    wait_until(lambda: one.associations() == {KEY: "LIVE", PROFILE: "LIVE"})
    assert len(admin.get_custom_detection_rule_org_configuration(RuleId=PROFILE, Mode="LIVE")["Configuration"]["IncludeAccountIds"]) == 50_000


def test_members_do_not_say_which_rules_are_at_work(organization, account):
    management, delegate, (one, _) = organization
    delegate.guardduty.create_custom_detection_rule_org_configuration(RuleId=KEY, Mode="LIVE", IncludeAccountIds=[one.id])
    wait_until(lambda: one.associations() == {KEY: "LIVE"})
    theirs = one.guardduty.list_custom_detection_rule_associations()["RuleAssociations"][0]
    both = {"RuleId": KEY, "AssociationId": theirs["AssociationId"]}
    assert one.guardduty.get_custom_detection_rule_association(**both)["RuleAssociation"]["Mode"] == "LIVE"
    assert refused(one.guardduty.create_custom_detection_rule_association, RuleId=PROFILE, Mode="LIVE") == (DENIED, 403)
    assert refused(one.guardduty.update_custom_detection_rule_association, **both, Mode="DRY_RUN") == (DENIED, 403)
    assert refused(one.guardduty.delete_custom_detection_rule_association, **both) == (DENIED, 403)
    # The administrator's own account says so itself; nobody else configures an organization.
    delegate.associate(PROFILE, "LIVE")
    for other in (one.guardduty, management.guardduty, account.guardduty):
        rule = {"RuleId": KEY, "Mode": "LIVE"}
        assert refused(other.create_custom_detection_rule_org_configuration, **rule) == (DENIED, 403)
        assert refused(other.get_custom_detection_rule_org_configuration, **rule) == (DENIED, 403)
        assert refused(other.update_custom_detection_rule_org_configuration, **rule) == (DENIED, 403)
        assert refused(other.delete_custom_detection_rule_org_configuration, **rule) == (DENIED, 403)
        assert refused(other.list_custom_detection_rule_org_configurations) == (DENIED, 403)
