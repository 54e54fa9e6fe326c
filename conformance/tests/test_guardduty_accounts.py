"""GuardDuty for several accounts, as an unmodified boto3 sees it."""

import itertools

import pytest
from bastide import wait_until
from botocore.exceptions import ClientError

ACCOUNTS = itertools.count(730000000001)
BAD = "BadRequestException"


def refused(operation, **parameters):
    """The error's code and message of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        operation(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


class Account:
    def __init__(self, server, number=None, detector=True):
        self.id, self.server = number or str(next(ACCOUNTS)), server
        self.guardduty = self.client("guardduty")
        self.detector = self.guardduty.create_detector(Enable=True)["DetectorId"] if detector else None

    def client(self, service):
        return self.server.client(service, credentials=(self.id, "x"))


@pytest.fixture
def administrator(dev):
    return Account(dev)


@pytest.fixture
def member(dev):
    return Account(dev)


def invite(administrator, member):
    details = [{"AccountId": member.id, "Email": "member@example.com"}]
    assert administrator.guardduty.create_members(DetectorId=administrator.detector, AccountDetails=details)["UnprocessedAccounts"] == []
    answer = administrator.guardduty.invite_members(DetectorId=administrator.detector, AccountIds=[member.id])
    assert answer["UnprocessedAccounts"] == []
    return member.guardduty.list_invitations()["Invitations"][0]


def accept(administrator, member):
    invitation = invite(administrator, member)
    member.guardduty.accept_administrator_invitation(
        DetectorId=member.detector, AdministratorId=administrator.id, InvitationId=invitation["InvitationId"]
    )


def members(administrator, **parameters):
    found = administrator.guardduty.list_members(DetectorId=administrator.detector, **parameters)["Members"]
    return {one["AccountId"]: one["RelationshipStatus"] for one in found}


def test_an_invitation_is_accepted(administrator, member):
    invitation = invite(administrator, member)
    assert invitation["AccountId"] == administrator.id and invitation["RelationshipStatus"] == "Invited"
    assert member.guardduty.get_invitations_count()["InvitationsCount"] == 1
    assert "Administrator" not in member.guardduty.get_administrator_account(DetectorId=member.detector)
    wrong = {"DetectorId": member.detector, "AdministratorId": administrator.id, "InvitationId": "0" * 32}
    assert refused(member.guardduty.accept_administrator_invitation, **wrong)[0] == BAD
    member.guardduty.accept_invitation(DetectorId=member.detector, MasterId=administrator.id, InvitationId=invitation["InvitationId"])
    shown = member.guardduty.get_administrator_account(DetectorId=member.detector)["Administrator"]
    assert shown["AccountId"] == administrator.id and shown["RelationshipStatus"] == "Enabled"
    assert member.guardduty.get_master_account(DetectorId=member.detector)["Master"]["AccountId"] == administrator.id
    assert member.guardduty.get_invitations_count()["InvitationsCount"] == 0
    found = administrator.guardduty.get_members(DetectorId=administrator.detector, AccountIds=[member.id, "999999999999"])
    assert found["Members"][0]["RelationshipStatus"] == "Enabled" and found["Members"][0]["DetectorId"] == member.detector
    assert found["Members"][0]["AdministratorId"] == administrator.id
    assert [it["AccountId"] for it in found["UnprocessedAccounts"]] == ["999999999999"]


def test_an_administrator_sees_the_findings_of_its_members(administrator, member):
    accept(administrator, member)
    member.guardduty.create_sample_findings(DetectorId=member.detector, FindingTypes=["Recon:EC2/Portscan"])
    samples = {"Criterion": {"service.additionalInfo.sample": {"Eq": ["true"]}}}
    asked = {"DetectorId": administrator.detector, "FindingCriteria": samples}
    ids = administrator.guardduty.list_findings(**asked)["FindingIds"]
    found = administrator.guardduty.get_findings(DetectorId=administrator.detector, FindingIds=ids)["Findings"]
    assert [one["AccountId"] for one in found] == [member.id]
    # What is archived, the administrator says.
    answer = refused(member.guardduty.archive_findings, DetectorId=member.detector, FindingIds=ids)
    assert answer == (BAD, "The request is rejected because member accounts cannot manage specified resources or properties.")
    administrator.guardduty.archive_findings(DetectorId=administrator.detector, FindingIds=ids)
    found = member.guardduty.get_findings(DetectorId=member.detector, FindingIds=ids)["Findings"]
    assert found[0]["Service"]["Archived"] is True
    administrator.guardduty.disassociate_members(DetectorId=administrator.detector, AccountIds=[member.id])
    assert administrator.guardduty.list_findings(**asked)["FindingIds"] == []


def test_what_does_not_fit_is_not_processed(administrator, member):
    accept(administrator, member)
    details = [{"AccountId": each, "Email": "a@example.com"} for each in (member.id, administrator.id)]
    unprocessed = administrator.guardduty.create_members(DetectorId=administrator.detector, AccountDetails=details)["UnprocessedAccounts"]
    assert [it["AccountId"] for it in unprocessed] == [member.id, administrator.id]
    assert unprocessed[0]["Result"] == "The request is rejected because the given account ID is already a member or associated member of the current account."
    again = administrator.guardduty.invite_members(DetectorId=administrator.detector, AccountIds=[member.id])["UnprocessedAccounts"]
    assert "already invited" in again[0]["Result"]
    kept = administrator.guardduty.delete_members(DetectorId=administrator.detector, AccountIds=[member.id])["UnprocessedAccounts"]
    assert [it["AccountId"] for it in kept] == [member.id]
    assert refused(administrator.guardduty.delete_detector, DetectorId=administrator.detector)[0] == BAD


def test_members_come_and_go(administrator, member):
    accept(administrator, member)
    member.guardduty.disassociate_from_administrator_account(DetectorId=member.detector)
    assert members(administrator) == {} and members(administrator, OnlyAssociated="false") == {member.id: "Resigned"}
    assert refused(member.guardduty.disassociate_from_administrator_account, DetectorId=member.detector)[0] == BAD
    administrator.guardduty.delete_members(DetectorId=administrator.detector, AccountIds=[member.id])
    invite(administrator, member)
    assert member.guardduty.decline_invitations(AccountIds=[administrator.id])["UnprocessedAccounts"] == []
    assert members(administrator, OnlyAssociated="false") == {member.id: "Resigned"}
    assert member.guardduty.delete_invitations(AccountIds=[administrator.id])["UnprocessedAccounts"] == []
    assert member.guardduty.list_invitations()["Invitations"] == []
    assert len(member.guardduty.decline_invitations(AccountIds=[administrator.id])["UnprocessedAccounts"]) == 1


def test_an_administrator_switches_the_detectors_of_members(administrator, member):
    accept(administrator, member)
    both = {"DetectorId": administrator.detector, "AccountIds": [member.id]}
    shown = administrator.guardduty.get_member_detectors(**both)["MemberDataSourceConfigurations"]
    assert shown[0]["AccountId"] == member.id and shown[0]["DataSources"]["S3Logs"]["Status"] == "ENABLED"
    administrator.guardduty.update_member_detectors(**both, Features=[{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}])
    shown = member.guardduty.get_detector(DetectorId=member.detector)
    assert shown["DataSources"]["S3Logs"]["Status"] == "DISABLED"
    administrator.guardduty.stop_monitoring_members(**both)
    assert member.guardduty.get_detector(DetectorId=member.detector)["Status"] == "DISABLED"
    administrator.guardduty.start_monitoring_members(**both)
    assert member.guardduty.get_detector(DetectorId=member.detector)["Status"] == "ENABLED"
    assert refused(member.guardduty.update_detector, DetectorId=member.detector, Enable=False)[0] == BAD
    stranger = administrator.guardduty.update_member_detectors(DetectorId=administrator.detector, AccountIds=["999999999999"])
    assert len(stranger["UnprocessedAccounts"]) == 1


def test_free_trials(administrator, member):
    answer = administrator.guardduty.get_remaining_free_trial_days(
        DetectorId=administrator.detector, AccountIds=[administrator.id, member.id]
    )
    assert [it["AccountId"] for it in answer["Accounts"]] == [administrator.id]
    assert answer["Accounts"][0]["DataSources"]["CloudTrail"]["FreeTrialDaysRemaining"] == 30
    assert [it["AccountId"] for it in answer["UnprocessedAccounts"]] == [member.id]


@pytest.fixture
def organization(dev):
    """The management account of a new organization, and one account in it."""
    management = Account(dev, detector=False)
    organizations = management.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    return management, create_account(organizations, dev)


def create_account(organizations, server):
    email = f"{next(ACCOUNTS)}@example.com"
    status = organizations.create_account(Email=email, AccountName="one")["CreateAccountStatus"]["Id"]

    def made():
        return organizations.describe_create_account_status(CreateAccountRequestId=status)["CreateAccountStatus"].get("AccountId")

    return Account(server, wait_until(made), detector=False)


def test_an_organization_has_an_administrator(organization, dev):
    management, delegate = organization
    assert management.guardduty.list_organization_admin_accounts()["AdminAccounts"] == []
    assert refused(delegate.guardduty.enable_organization_admin_account, AdminAccountId=delegate.id)[0] == BAD
    assert refused(management.guardduty.enable_organization_admin_account, AdminAccountId="999999999999")[0] == BAD
    management.guardduty.enable_organization_admin_account(AdminAccountId=delegate.id)
    admins = management.guardduty.list_organization_admin_accounts()["AdminAccounts"]
    assert admins == [{"AdminAccountId": delegate.id, "AdminStatus": "ENABLED"}]
    delegated = management.client("organizations").list_delegated_administrators(ServicePrincipal="guardduty.amazonaws.com")
    assert [it["Id"] for it in delegated["DelegatedAdministrators"]] == [delegate.id]

    detector = delegate.guardduty.list_detectors()["DetectorIds"][0]
    shown = delegate.guardduty.describe_organization_configuration(DetectorId=detector)
    assert shown["AutoEnable"] is False and shown["AutoEnableOrganizationMembers"] == "NONE"
    other = create_account(management.client("organizations"), dev)
    feature = [{"Name": "S3_DATA_EVENTS", "AutoEnable": "NEW"}, {"Name": "RDS_LOGIN_EVENTS", "AutoEnable": "NONE"}]
    delegate.guardduty.update_organization_configuration(
        DetectorId=detector, AutoEnableOrganizationMembers="ALL", Features=feature
    )
    shown = delegate.guardduty.describe_organization_configuration(DetectorId=detector)
    assert shown["AutoEnable"] is True and shown["DataSources"]["S3Logs"]["AutoEnable"] is True
    delegate.detector = detector

    # Accounts that are there, and accounts that join, are members by themselves.
    wait_until(lambda: other.id in members(delegate))
    joined = create_account(management.client("organizations"), dev)
    wait_until(lambda: joined.id in members(delegate))
    theirs = joined.guardduty.list_detectors()["DetectorIds"][0]
    assert joined.guardduty.get_administrator_account(DetectorId=theirs)["Administrator"]["AccountId"] == delegate.id
    features = {it["Name"]: it["Status"] for it in joined.guardduty.get_detector(DetectorId=theirs)["Features"]}
    assert features["S3_DATA_EVENTS"] == "ENABLED" and features["RDS_LOGIN_EVENTS"] == "DISABLED"
    assert refused(joined.guardduty.disassociate_from_administrator_account, DetectorId=theirs)[0] == BAD

    def statistics():
        return delegate.guardduty.get_organization_statistics()["OrganizationDetails"]["OrganizationStatistics"]

    wait_until(lambda: statistics()["MemberAccountsCount"] == 3)
    assert statistics()["EnabledAccountsCount"] == 4
    management.guardduty.disable_organization_admin_account(AdminAccountId=delegate.id)
    assert "Administrator" not in joined.guardduty.get_administrator_account(DetectorId=theirs)
    assert management.guardduty.list_organization_admin_accounts()["AdminAccounts"] == []
