//! How often something may be asked for: request quotas, for services that have them. Off until the operator sets
//! them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bastide_ids::{Place, Timestamp};

/// Token buckets: a class of requests, an account and a region have one, which holds what one second allows and is
/// filled again by the door's clock.
pub(crate) struct Rates {
    /// Requests per second of each class that is limited.
    limits: HashMap<String, f64>,
    buckets: Mutex<HashMap<(String, Place), Bucket>>,
}

struct Bucket {
    left: f64,
    at: Timestamp,
}

/// So many buckets are kept; then those that are full again are forgotten.
const KEPT: usize = 16_384;

impl Rates {
    pub(crate) fn new(limits: impl IntoIterator<Item = (String, f64)>) -> Self {
        Self { limits: limits.into_iter().collect(), buckets: Mutex::default() }
    }

    /// Counts a request; false when it is one too many.
    pub(crate) fn count(&self, class: &str, place: &Place, now: Timestamp) -> bool {
        let Some(rate) = self.limits.get(class).copied() else { return true };
        // A rate below one a second lets one request through now and then.
        let room = rate.max(1.0);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEPT {
            buckets.retain(|(class, _), bucket| {
                let rate = self.limits.get(class).copied().unwrap_or_default();
                bucket.left + rate * now.since(bucket.at).as_secs_f64() < rate.max(1.0)
            });
        }
        let bucket =
            buckets.entry((class.to_owned(), place.clone())).or_insert(Bucket { left: room, at: now });
        bucket.left = (bucket.left + rate * now.since(bucket.at).as_secs_f64()).min(room);
        bucket.at = now;
        let fits = bucket.left >= 1.0;
        if fits {
            bucket.left -= 1.0;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bastide_ids::{AccountId, Region};

    use super::*;

    #[test]
    fn a_bucket_fills_with_time() {
        let rates = Rates::new([("a".to_owned(), 2.0), ("slow".to_owned(), 0.25)]);
        let here = Place::new(AccountId::from_number(1), Region::us_east_1());
        let there = Place::new(AccountId::from_number(2), Region::us_east_1());
        let now = Timestamp::from_seconds(1_000);
        let count = |class, place, millis| rates.count(class, place, now.plus(Duration::from_millis(millis)));
        assert!(count("a", &here, 0) && count("a", &here, 0) && !count("a", &here, 0));
        assert!(count("a", &there, 0), "another account has its own");
        assert!(!count("a", &here, 400) && count("a", &here, 600) && !count("a", &here, 600));
        assert!(count("a", &here, 60_000) && count("a", &here, 60_000) && !count("a", &here, 60_000));
        assert!(count("slow", &here, 0) && !count("slow", &here, 3_900) && count("slow", &here, 4_100));
        assert!((0..100).all(|_| count("free", &here, 0)));
        // A clock that is set back gives nothing.
        assert!(!rates.count("a", &here, Timestamp::from_seconds(1)));
    }
}
