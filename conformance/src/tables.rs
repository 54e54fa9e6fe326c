//! The services whose tables stand under `api/`.

use bastide_shape::Service;

/// All of them. A new crate under `api/` gets its line here.
pub static ALL: &[&Service] = &[
    &bastide_api_cloudhsmv2::CLOUDHSMV2,
    &bastide_api_cloudtrail::CLOUDTRAIL,
    &bastide_api_config::CONFIG,
    &bastide_api_guardduty::GUARDDUTY,
    &bastide_api_iam::IAM,
    &bastide_api_kms::KMS,
    &bastide_api_organizations::ORGANIZATIONS,
    &bastide_api_sts::STS,
];

/// The tables of this service, by the name of its folder in botocore.
#[must_use]
pub fn find(name: &str) -> Option<&'static Service> {
    ALL.iter().find(|service| service.name == name).copied()
}
