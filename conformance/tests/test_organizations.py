"""Organizations as an unmodified boto3 sees it. Each test has a server of its own: an account has one organization."""

import json

import pytest
from botocore.exceptions import ClientError

SCP = "SERVICE_CONTROL_POLICY"
RCP = "RESOURCE_CONTROL_POLICY"
ROLE = "OrganizationAccountAccessRole"


def document(action, effect="Deny", **rest):
    statement = {"Effect": effect, "Action": action, "Resource": "*", **rest}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def refused(call, *arguments, **parameters):
    """The code of a refusal and its reason, if it gives one."""
    with pytest.raises(ClientError) as error:
        call(*arguments, **parameters)
    response = error.value.response
    return response["Error"]["Code"], response.get("Reason")


class Company:
    """A server, the client of its management account, and the organization's root."""

    def __init__(self, server):
        self.server = server
        self.organizations = server.client("organizations")
        self.organization = self.organizations.create_organization(FeatureSet="ALL")["Organization"]
        self.management = self.organization["MasterAccountId"]
        self.root = self.organizations.list_roots()["Roots"][0]["Id"]

    def unit(self, name, parent=None):
        made = self.organizations.create_organizational_unit(ParentId=parent or self.root, Name=name)
        return made["OrganizationalUnit"]["Id"]

    def account(self, name, parent=None, **rest):
        status = self.organizations.create_account(Email=f"{name}@example.com", AccountName=name, **rest)
        status = status["CreateAccountStatus"]
        while status["State"] == "IN_PROGRESS":
            ask = {"CreateAccountRequestId": status["Id"]}
            status = self.organizations.describe_create_account_status(**ask)["CreateAccountStatus"]
        assert status["State"] == "SUCCEEDED", status
        if parent:
            self.organizations.move_account(
                AccountId=status["AccountId"], SourceParentId=self.root, DestinationParentId=parent
            )
        return status["AccountId"]

    def client_in(self, account, service, role=ROLE):
        """A client of another account, by way of the role that the management account has in it."""
        sts = self.server.client("sts")
        arn = f"arn:aws:iam::{account}:role/{role}"
        session = sts.assume_role(RoleArn=arn, RoleSessionName="across")["Credentials"]
        return self.server.client(service, credentials=session)

    def policy(self, name, content, kind=SCP):
        made = self.organizations.create_policy(Name=name, Description="", Type=kind, Content=content)
        return made["Policy"]["PolicySummary"]["Id"]


@pytest.fixture
def company(fresh):
    return Company(fresh())


def test_an_organization_comes_and_goes(fresh):
    organizations = fresh().client("organizations")
    assert refused(organizations.describe_organization)[0] == "AWSOrganizationsNotInUseException"
    made = organizations.create_organization()["Organization"]
    assert made["FeatureSet"] == "ALL" and made["Id"].startswith("o-")
    assert made["MasterAccountArn"].endswith(f"{made['Id']}/{made['MasterAccountId']}")
    assert organizations.describe_organization()["Organization"] == made
    assert refused(organizations.create_organization)[0] == "AlreadyInOrganizationException"
    (account,) = organizations.list_accounts()["Accounts"]
    assert (account["Id"], account["Status"], account["JoinedMethod"]) == (
        made["MasterAccountId"],
        "ACTIVE",
        "INVITED",
    )
    organizations.delete_organization()
    assert refused(organizations.describe_organization)[0] == "AWSOrganizationsNotInUseException"


def test_a_new_account_is_reached_through_its_role(company):
    account = company.account("first", Tags=[{"Key": "stage", "Value": "test"}])
    described = company.organizations.describe_account(AccountId=account)["Account"]
    assert described["Email"] == "first@example.com"
    assert described["Arn"] == (
        f"arn:aws:organizations::{company.management}:account/{company.organization['Id']}/{account}"
    )
    sts = company.client_in(account, "sts")
    identity = sts.get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:sts::{account}:assumed-role/{ROLE}/across"
    iam = company.client_in(account, "iam")
    iam.create_user(UserName="somebody")
    names = [user["UserName"] for user in company.server.client("iam").list_users()["Users"]]
    assert "somebody" not in names
    member = company.client_in(account, "organizations")
    assert member.describe_organization()["Organization"] == company.organization
    assert refused(member.list_accounts)[0] == "AccessDeniedException"
    assert refused(member.create_account, Email="x@example.com", AccountName="x")[0] == "AccessDeniedException"

    status = company.organizations.create_account(Email="FIRST@example.com", AccountName="again")
    status = status["CreateAccountStatus"]
    assert (status["State"], status["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")
    other = company.account("second", RoleName="Administrator")
    company.client_in(other, "sts", role="Administrator").get_caller_identity()


def test_units_accounts_and_pages(company):
    organizations = company.organizations
    parent = company.unit("parent")
    inside = [company.account(f"a{number}", parent) for number in range(3)]
    pages = organizations.get_paginator("list_accounts_for_parent").paginate(
        ParentId=parent, PaginationConfig={"PageSize": 2}
    )
    assert sorted(inside) == sorted(account["Id"] for page in pages for account in page["Accounts"])
    assert organizations.list_parents(ChildId=inside[0])["Parents"] == [
        {"Id": parent, "Type": "ORGANIZATIONAL_UNIT"}
    ]
    children = organizations.list_children(ParentId=company.root, ChildType="ORGANIZATIONAL_UNIT")
    assert children["Children"] == [{"Id": parent, "Type": "ORGANIZATIONAL_UNIT"}]
    assert refused(organizations.create_organizational_unit, ParentId=company.root, Name="parent")[0] == (
        "DuplicateOrganizationalUnitException"
    )
    level = parent
    for number in range(4):
        level = company.unit(f"level {number}", level)
    assert refused(organizations.create_organizational_unit, ParentId=level, Name="x") == (
        "ConstraintViolationException",
        "OU_DEPTH_LIMIT_EXCEEDED",
    )
    ask = {"OrganizationalUnitId": parent}
    assert refused(organizations.delete_organizational_unit, **ask)[0] == "OrganizationalUnitNotEmptyException"
    organizations.update_organizational_unit(**ask, Name="renamed")
    assert organizations.describe_organizational_unit(**ask)["OrganizationalUnit"]["Name"] == "renamed"
    assert refused(organizations.delete_organization)[0] == "OrganizationNotEmptyException"
    organizations.remove_account_from_organization(AccountId=inside[0])
    assert refused(organizations.describe_account, AccountId=inside[0])[0] == "AccountNotFoundException"
    assert refused(organizations.list_accounts, NextToken="nonsense") == (
        "InvalidInputException",
        "INVALID_NEXT_TOKEN",
    )


def test_service_control_policies(company):
    organizations = company.organizations
    unit = company.unit("unit")
    account = company.account("member", unit)
    kms = company.client_in(account, "kms")
    kms.list_keys()
    policy = company.policy("no kms", document("kms:ListKeys"))
    target = {"PolicyId": policy, "TargetId": unit}
    assert refused(organizations.attach_policy, **target)[0] == "PolicyTypeNotEnabledException"
    enabled = organizations.enable_policy_type(RootId=company.root, PolicyType=SCP)["Root"]
    assert enabled["PolicyTypes"] == [{"Type": SCP, "Status": "ENABLED"}]
    kms.list_keys()
    organizations.attach_policy(**target)
    with pytest.raises(ClientError) as error:
        kms.list_keys()
    message = error.value.response["Error"]["Message"]
    assert message.endswith("with an explicit deny in a service control policy"), message
    # Nobody in the account is above it, but the management account is.
    company.server.client("kms").list_keys()
    organizations.attach_policy(PolicyId=policy, TargetId=company.root)
    company.server.client("kms").list_keys()
    targets = organizations.list_targets_for_policy(PolicyId=policy)["Targets"]
    assert {found["Type"] for found in targets} == {"ROOT", "ORGANIZATIONAL_UNIT"}
    organizations.detach_policy(PolicyId=policy, TargetId=company.root)
    organizations.update_policy(PolicyId=policy, Content=document("kms:CreateKey"))
    kms.list_keys()
    assert refused(kms.create_key)[0] == "AccessDeniedException"
    assert refused(organizations.delete_policy, PolicyId=policy)[0] == "PolicyInUseException"
    # A level that allows nothing stops everything below it.
    organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=unit)
    assert refused(kms.list_keys)[0] == "AccessDeniedException"
    assert refused(organizations.detach_policy, **target) == (
        "ConstraintViolationException",
        "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
    )
    organizations.attach_policy(PolicyId="p-FullAWSAccess", TargetId=unit)
    organizations.detach_policy(**target)
    kms.create_key()
    organizations.delete_policy(PolicyId=policy)


def test_resource_control_policies(company):
    organizations = company.organizations
    account = company.account("member")
    organizations.enable_policy_type(RootId=company.root, PolicyType=RCP)
    kms = company.client_in(account, "kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.describe_key(KeyId=key)
    policy = company.policy("rcp", document("kms:DescribeKey", Principal="*"), RCP)
    organizations.attach_policy(PolicyId=policy, TargetId=account)
    with pytest.raises(ClientError) as error:
        kms.describe_key(KeyId=key)
    message = error.value.response["Error"]["Message"]
    assert message.endswith("with an explicit deny in a resource control policy"), message
    refusal = refused(organizations.create_policy, Name="x", Description="", Type=RCP, Content=document("s3:*"))
    assert refusal[0] == "MalformedPolicyDocumentException"
    assert refused(
        organizations.detach_policy, PolicyId="p-RCPFullAWSAccess", TargetId=company.root
    ) == ("InvalidInputException", "NON_DETACHABLE_POLICY")


def test_policies(company):
    organizations = company.organizations
    policy = company.policy("one", document("s3:*"))
    ask = {"Name": "one", "Description": "", "Type": SCP, "Content": document("s3:*")}
    assert refused(organizations.create_policy, **ask)[0] == "DuplicatePolicyException"
    ask["Name"] = "two"
    assert refused(organizations.create_policy, **{**ask, "Content": "{"})[0] == "MalformedPolicyDocumentException"
    long = document("s3:*") + " " * 5120
    assert refused(organizations.create_policy, **{**ask, "Content": long}) == (
        "ConstraintViolationException",
        "POLICY_CONTENT_LIMIT_EXCEEDED",
    )
    listed = organizations.list_policies(Filter=SCP)["Policies"]
    assert {found["Id"] for found in listed} == {policy, "p-FullAWSAccess"}
    managed = organizations.describe_policy(PolicyId="p-FullAWSAccess")["Policy"]
    assert managed["PolicySummary"]["AwsManaged"] is True
    assert managed["PolicySummary"]["Arn"] == (
        "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
    )
    assert json.loads(managed["Content"])["Statement"][0]["Effect"] == "Allow"
    assert refused(organizations.delete_policy, PolicyId="p-FullAWSAccess") == (
        "InvalidInputException",
        "IMMUTABLE_POLICY",
    )
    organizations.tag_resource(ResourceId=policy, Tags=[{"Key": "a", "Value": "b"}])
    assert organizations.list_tags_for_resource(ResourceId=policy)["Tags"] == [{"Key": "a", "Value": "b"}]
    assert refused(organizations.describe_policy, PolicyId="p-abcdefghij")[0] == "PolicyNotFoundException"


def test_delegated_administrators(company):
    organizations = company.organizations
    account = company.account("security")
    delegate = {"AccountId": account, "ServicePrincipal": "guardduty.amazonaws.com"}
    assert refused(organizations.register_delegated_administrator, **delegate) == (
        "ConstraintViolationException",
        "SERVICE_ACCESS_NOT_ENABLED",
    )
    organizations.enable_aws_service_access(ServicePrincipal="guardduty.amazonaws.com")
    organizations.register_delegated_administrator(**delegate)
    assert refused(organizations.register_delegated_administrator, **delegate)[0] == (
        "AccountAlreadyRegisteredException"
    )
    member = company.client_in(account, "organizations")
    assert len(member.list_accounts()["Accounts"]) == 2
    assert refused(member.create_organizational_unit, ParentId=company.root, Name="x")[0] == "AccessDeniedException"
    listed = organizations.list_delegated_administrators()["DelegatedAdministrators"]
    assert [found["Id"] for found in listed] == [account]
    services = organizations.list_delegated_services_for_account(AccountId=account)["DelegatedServices"]
    assert services[0]["ServicePrincipal"] == "guardduty.amazonaws.com"
    organizations.deregister_delegated_administrator(**delegate)
    assert refused(member.list_accounts)[0] == "AccessDeniedException"
    assert refused(organizations.enable_aws_service_access, ServicePrincipal="nobody.amazonaws.com") == (
        "InvalidInputException",
        "UNRECOGNIZED_SERVICE_PRINCIPAL",
    )


def test_a_closed_account_does_nothing_more(company):
    account = company.account("closing")
    kms = company.client_in(account, "kms")
    kms.list_keys()
    company.organizations.close_account(AccountId=account)
    assert company.organizations.describe_account(AccountId=account)["Account"]["Status"] == "SUSPENDED"
    assert refused(kms.list_keys)[0] == "AccessDeniedException"
    assert refused(company.organizations.close_account, AccountId=account)[0] == "AccountAlreadyClosedException"


def test_the_organization_is_a_condition_key(company):
    """A role that trusts the organization is open to its accounts, and to nobody else's."""
    account = company.account("inside")
    iam = company.server.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": company.organization["Id"]}},
            }
        ],
    }
    role = iam.create_role(RoleName="shared", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    inside = company.client_in(account, "sts")
    ask = {"RoleArn": role, "RoleSessionName": "work"}
    inside.assume_role(**ask)
    company.organizations.remove_account_from_organization(AccountId=account)
    assert refused(inside.assume_role, **ask)[0] == "AccessDenied"
