//! The forms of identifiers. Source: Organizations API, the patterns of its id types.

use bastide_ids::{AccountId, Uuid, random_bytes};

/// `length` random characters of `a-z0-9`.
pub(crate) fn lower(length: usize) -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    while text.len() < length {
        // Bytes that would make some letters likelier than others are left out.
        let fair = random_bytes::<16>().into_iter().filter(|byte| *byte < 252);
        let letters = fair.filter_map(|byte| ALPHABET.get(usize::from(byte % 36)).copied());
        text.extend(letters.take(length - text.len()).map(char::from));
    }
    text
}

/// `o-…`
pub(crate) fn organization() -> String {
    format!("o-{}", lower(10))
}

/// `r-…`
pub(crate) fn root() -> String {
    format!("r-{}", lower(4))
}

/// `ou-…`, which begins with the id of its root.
pub(crate) fn unit(root: &str) -> String {
    format!("ou-{}-{}", root.strip_prefix("r-").unwrap_or(root), lower(8))
}

/// `p-…`
pub(crate) fn policy() -> String {
    format!("p-{}", lower(10))
}

/// `car-…` of a call: the same each time that the call is run.
pub(crate) fn create_request(call: Uuid) -> String {
    format!("car-{}", call.to_string().replace('-', ""))
}

/// The account that a call makes: the same each time that the call is run, so that what was made in it before
/// is not left behind. `attempt` counts those that were taken.
pub(crate) fn account(call: Uuid, attempt: u64) -> AccountId {
    // A hundred billion and up: no leading zero, as with most of AWS's.
    let number = u128::from_be_bytes(call.0).wrapping_add(u128::from(attempt) * 7_919);
    AccountId::from_number(100_000_000_000 + u64::try_from(number % 900_000_000_000).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(shape: &bastide_shape::Shape, text: &str) {
        assert!(shape.regex().unwrap().is_match(text), "{text} is no {}", shape.name);
    }

    #[test]
    fn ids_have_the_forms_of_the_api() {
        use bastide_api_organizations::shapes;
        matches(&shapes::OrganizationId, &organization());
        let root = root();
        matches(&shapes::RootId, &root);
        matches(&shapes::OrganizationalUnitId, &unit(&root));
        matches(&shapes::PolicyId, &policy());
        matches(&shapes::CreateAccountRequestId, &create_request(Uuid::random()));
        matches(&shapes::AccountId, account(Uuid::random(), 0).as_str());
    }

    #[test]
    fn a_call_makes_one_account() {
        let call = Uuid::random();
        assert_eq!(account(call, 0), account(call, 0));
        assert_ne!(account(call, 0), account(call, 1));
    }
}
