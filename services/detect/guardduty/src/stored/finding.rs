use bastide_ids::Timestamp;
use bastide_resources::Resource;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A finding. Its id is 32 hexadecimal digits; it lies where what it is about is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// The detector that it belongs to.
    pub(crate) detector: String,
    /// As the API shows it, with its wire names.
    pub(crate) json: Value,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    /// When publishers will be told of it; `None`: they know all.
    #[serde(default)]
    pub(crate) due: Option<Timestamp>,
}

impl Finding {
    /// Its type.
    pub(crate) fn kind(&self) -> &str {
        self.json.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether it is archived.
    pub(crate) fn is_archived(&self) -> bool {
        self.json.pointer("/service/archived").and_then(Value::as_bool).unwrap_or_default()
    }

    /// 1.0 to 10.0.
    pub(crate) fn severity(&self) -> f64 {
        self.json.get("severity").and_then(Value::as_f64).unwrap_or_default()
    }

    /// Archives it, or takes it out of the archive.
    pub(crate) fn archive(&mut self, archived: bool) {
        self.set("archived", archived.into());
    }

    /// Sets a member of `service`.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        if let Some(service) = self.json.get_mut("service").and_then(Value::as_object_mut) {
            service.insert(name.to_owned(), value);
        }
    }
}

impl Resource for Finding {
    const TYPE: &'static str = "guardduty.finding";
    // Repeated activity would make a version each time.
    const HISTORY: bool = false;
}
