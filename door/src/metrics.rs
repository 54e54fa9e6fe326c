use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Counters of what went through the door, in Prometheus' form.
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<Request, Counter>,
    seconds: Family<Row, Histogram>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    service: &'static str,
    operation: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Row {
    service: &'static str,
    operation: &'static str,
}

/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 10] = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("bastide");
        let requests = Family::default();
        let seconds = Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        registry.register("requests", "Requests answered, by operation and HTTP status", requests.clone());
        registry.register("request_seconds", "Time from the whole request to its answer", seconds.clone());
        Self { registry: Mutex::new(registry), requests, seconds }
    }

    /// Counters of a service's own, told apart by labels. Their name becomes `bastide_NAME_total`; a name is registered
    /// once.
    pub fn counters<L>(&self, name: &'static str, help: &'static str) -> Family<L, Counter>
    where
        L: EncodeLabelSet + Clone + Debug + Eq + Hash + Send + Sync + 'static,
    {
        let counters = Family::default();
        self.registry.lock().unwrap_or_else(PoisonError::into_inner).register(name, help, counters.clone());
        counters
    }

    pub(crate) fn answered(
        &self,
        service: &'static str,
        operation: &'static str,
        status: StatusCode,
        took: Duration,
    ) {
        self.requests.get_or_create(&Request { service, operation, status: status.as_u16() }).inc();
        self.seconds.get_or_create(&Row { service, operation }).observe(took.as_secs_f64());
    }

    /// The counters as text, in the OpenMetrics format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = prometheus_client::encoding::text::encode(&mut text, &registry);
        text
    }
}
