//! botocore's `service-2.json` files, read.

use std::{
    collections::HashMap,
    fmt, fs,
    io::Read as _,
    marker::PhantomData,
    path::{Path, PathBuf},
};

use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor},
};

/// Why a model could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// There is no folder of this service, or none of its versions holds a model.
    #[error("botocore has no service `{0}`: look into its folder `botocore/data` for the name")]
    UnknownService(String),
    /// The file cannot be read.
    #[error("cannot read `{0}`: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The file is not a model.
    #[error("`{0}` is not a service model: {1}")]
    Malformed(PathBuf, serde_json::Error),
}

/// One service as botocore describes it: its `service-2.json`.
#[derive(Debug, Deserialize)]
pub struct Model {
    /// What holds for the whole service.
    pub metadata: Metadata,
    /// Its operations in the file's order, which is alphabetical.
    pub operations: Ordered<OperationModel>,
    /// Its shapes by name.
    pub shapes: HashMap<String, ShapeModel>,
}

/// What holds for the whole service.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are botocore's")]
pub struct Metadata {
    pub api_version: String,
    pub endpoint_prefix: String,
    pub protocol: String,
    #[serde(default)]
    pub protocols: Vec<String>,
    pub json_version: Option<String>,
    pub target_prefix: Option<String>,
    pub signing_name: Option<String>,
    pub xml_namespace: Option<String>,
    pub global_endpoint: Option<String>,
    pub aws_query_compatible: Option<serde_json::Value>,
    pub service_id: String,
}

/// One operation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are botocore's")]
pub struct OperationModel {
    pub http: HttpModel,
    pub input: Option<Reference>,
    pub output: Option<Reference>,
    #[serde(default)]
    pub errors: Vec<Reference>,
    pub authtype: Option<String>,
    #[serde(default)]
    pub auth: Vec<String>,
    #[serde(default)]
    pub deprecated: bool,
}

/// The HTTP binding of an operation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are botocore's")]
pub struct HttpModel {
    pub method: String,
    pub request_uri: String,
    pub response_code: Option<u16>,
}

/// One shape.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are botocore's")]
pub struct ShapeModel {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub members: Ordered<Reference>,
    #[serde(default)]
    pub required: Vec<String>,
    pub member: Option<Box<Reference>>,
    pub key: Option<Box<Reference>>,
    pub value: Option<Box<Reference>>,
    #[serde(rename = "enum")]
    pub enumeration: Option<Vec<String>>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub pattern: Option<String>,
    pub payload: Option<String>,
    pub location_name: Option<String>,
    pub timestamp_format: Option<String>,
    pub xml_namespace: Option<NamespaceModel>,
    pub error: Option<ErrorModel>,
    #[serde(default)]
    pub exception: bool,
    #[serde(default)]
    pub fault: bool,
    #[serde(default)]
    pub flattened: bool,
    #[serde(default)]
    pub sensitive: bool,
    #[serde(default)]
    pub streaming: bool,
    #[serde(default)]
    pub sparse: bool,
    #[serde(default)]
    pub union: bool,
    #[serde(default)]
    pub document: bool,
    #[serde(default)]
    pub eventstream: bool,
}

/// Where a shape is used: a member, the elements of a list, the input of an operation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are botocore's")]
pub struct Reference {
    pub shape: String,
    pub location: Option<String>,
    pub location_name: Option<String>,
    pub query_name: Option<String>,
    pub timestamp_format: Option<String>,
    pub xml_namespace: Option<NamespaceModel>,
    pub result_wrapper: Option<String>,
    #[serde(default)]
    pub flattened: bool,
    #[serde(default)]
    pub streaming: bool,
    #[serde(default)]
    pub xml_attribute: bool,
    #[serde(default)]
    pub idempotency_token: bool,
    #[serde(default)]
    pub jsonvalue: bool,
    #[serde(default)]
    pub host_label: bool,
}

/// The namespace of an XML element; botocore writes it in two ways.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(missing_docs, reason = "the names are botocore's")]
pub enum NamespaceModel {
    Uri(String),
    Prefixed { uri: String, prefix: Option<String> },
}

impl NamespaceModel {
    /// The URI and the prefix.
    #[must_use]
    pub fn parts(&self) -> (&str, Option<&str>) {
        match self {
            Self::Uri(uri) => (uri, None),
            Self::Prefixed { uri, prefix } => (uri, prefix.as_deref()),
        }
    }
}

/// How an error is told on the wire.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names are botocore's")]
pub struct ErrorModel {
    pub code: Option<String>,
    pub http_status_code: Option<u16>,
}

impl Model {
    /// Reads the newest model of a service from botocore's `data` folder.
    ///
    /// # Errors
    /// When the service is unknown or the file is not a model.
    pub fn load(data: &Path, service: &str) -> Result<Self, ModelError> {
        let unknown = || ModelError::UnknownService(service.to_owned());
        let mut versions: Vec<PathBuf> = fs::read_dir(data.join(service))
            .map_err(|_| unknown())?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        versions.sort();
        let file = versions
            .iter()
            .rev()
            .flat_map(|version| [version.join("service-2.json.gz"), version.join("service-2.json")])
            .find(|file| file.is_file())
            .ok_or_else(unknown)?;
        Self::read(&file)
    }

    /// Reads a model from a file, which is gzipped if its name says so.
    ///
    /// # Errors
    /// When the file cannot be read or is not a model.
    pub fn read(file: &Path) -> Result<Self, ModelError> {
        let unreadable = |error| ModelError::Unreadable(file.to_owned(), error);
        let mut bytes = fs::read(file).map_err(unreadable)?;
        if file.extension().is_some_and(|extension| extension == "gz") {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).map_err(unreadable)?;
            bytes = plain;
        }
        serde_json::from_slice(&bytes).map_err(|error| ModelError::Malformed(file.to_owned(), error))
    }

    /// The shape of this name.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&ShapeModel> {
        self.shapes.get(name)
    }

    /// The HTTP status of an error: botocore gives it for some, and says of others only whose fault it is.
    #[must_use]
    pub fn status(&self, error: &ShapeModel) -> u16 {
        let told = error.error.as_ref().and_then(|error| error.http_status_code);
        told.unwrap_or(if error.fault { 500 } else { 400 })
    }
}

impl ShapeModel {
    /// The shapes it is made of, in order.
    pub fn parts(&self) -> impl Iterator<Item = &Reference> {
        let entries = [&self.key, &self.value, &self.member].into_iter().filter_map(|part| part.as_deref());
        self.members.iter().map(|(_, member)| member).chain(entries)
    }

    /// The members of an error that are not its message.
    pub fn details(&self) -> impl Iterator<Item = (&str, &Reference)> {
        self.members.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("message"))
    }
}

/// Values by name in the order in which the file has them.
#[derive(Debug)]
pub struct Ordered<T>(Vec<(String, T)>);

impl<T> Ordered<T> {
    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// The value of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&T> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OrderedVisitor(PhantomData))
    }
}

struct OrderedVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OrderedVisitor<T> {
    type Value = Ordered<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Ordered(entries))
    }
}
