//! Where buckets are: any server that speaks S3, or a folder with a folder for each bucket.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use bastide_ids::Region;
use bastide_remote::{Bucket, Credentials, Remote};
use http::Uri;

/// The largest list: GuardDuty takes 35 MB. Source: GuardDuty User Guide, quotas.
const LARGEST: usize = 35_000_000;
/// The time to find out whether a bucket can be written to, tries included: somebody waits for it.
const TRIAL: Duration = Duration::from_secs(10);

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An object in a bucket.
    Object {
        /// The bucket.
        bucket: String,
        /// Its name in the bucket.
        key: String,
    },
    /// A file on the server's machine.
    File(PathBuf),
}

/// A bucket, and the account that it must belong to, if that is said.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The bucket.
    pub bucket: &'a str,
    /// `ExpectedBucketOwner`. Folders belong to nobody else than the operator: they are not asked.
    pub owner: Option<&'a str>,
}

/// A way to buckets.
#[derive(Clone, Debug)]
pub enum Objects {
    /// A server that speaks S3.
    Server(Box<Server>),
    /// A folder, which no name leads out of.
    Folder(PathBuf),
}

/// A server that speaks S3.
#[derive(Clone, Debug)]
pub struct Server {
    /// Sends the requests.
    pub remote: Remote,
    /// The server's address; buckets are in its path.
    pub endpoint: Uri,
    /// The region that requests are signed for.
    pub region: String,
    /// What they are signed with.
    pub credentials: Credentials,
}

impl Address {
    /// Reads a location in one of the forms that GuardDuty takes, or the URL of a file.
    #[must_use]
    pub fn parse(location: &str, region: &Region) -> Option<Self> {
        if let Some(path) = location.strip_prefix("file://") {
            return path.starts_with('/').then(|| Self::File(path.into()));
        }
        if let Some(rest) = location.strip_prefix("s3://") {
            return object(rest.split_once('/')?);
        }
        let rest = location.strip_prefix("https://").or_else(|| location.strip_prefix("http://"))?;
        let (host, path) = rest.split_once('/')?;
        let host = host.strip_suffix(".cn").unwrap_or(host).strip_suffix(".amazonaws.com")?;
        let region = region.as_str();
        let ends = [
            "s3".to_owned(),
            format!("s3.{region}"),
            format!("s3-{region}"),
            format!("s3.dualstack.{region}"),
        ];
        for end in &ends {
            if host == *end {
                return object(path.split_once('/')?);
            }
            if let Some(bucket) = host.strip_suffix(end).and_then(|bucket| bucket.strip_suffix('.')) {
                return object((bucket, path));
            }
        }
        // Buckets of other regions are read too.
        match host.split_once("s3.").or_else(|| host.split_once("s3-")) {
            Some(("", _)) => object(path.split_once('/')?),
            Some((bucket, _)) => object((bucket.strip_suffix('.')?, path)),
            None => None,
        }
    }
}

fn object((bucket, key): (&str, &str)) -> Option<Address> {
    let named = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    let is_bucket = (3..=63).contains(&bucket.len()) && bucket.bytes().all(named) && !bucket.contains("..");
    (is_bucket && !key.is_empty()).then(|| Address::Object { bucket: bucket.to_owned(), key: key.to_owned() })
}

impl Objects {
    /// All bytes of something, in a bucket of `owner` if that is said.
    ///
    /// # Errors
    /// Why it cannot be read, for the operator.
    pub async fn read(&self, address: &Address, owner: Option<&str>) -> Result<Vec<u8>, String> {
        match (self, address) {
            (Self::Server(_), Address::File(_)) => {
                Err("files are read only when buckets are in a folder".to_owned())
            }
            (Self::Server(server), Address::Object { bucket, key }) => {
                server.read(Wanted { bucket, owner }, key).await
            }
            (Self::Folder(folder), Address::Object { bucket, key }) => {
                read_file(folder.clone(), inside(folder, &format!("{bucket}/{key}"))?).await
            }
            (Self::Folder(folder), Address::File(path)) => read_file(folder.clone(), path.clone()).await,
        }
    }

    /// Writes an object with the metadata that S3 calls `x-amz-meta-…`. A folder keeps that in a file beside it, as
    /// S3's clients for encryption do (`.instruction`).
    ///
    /// # Errors
    /// Why it cannot be written, for the operator.
    pub async fn write(
        &self,
        wanted: Wanted<'_>,
        key: &str,
        metadata: &[(&'static str, String)],
        bytes: Vec<u8>,
    ) -> Result<(), String> {
        let bucket = wanted.bucket;
        match self {
            Self::Server(server) => {
                let written = server.bucket(wanted).write(key, metadata, bytes.into()).await;
                written.map_err(|error| format!("the bucket `{bucket}`: {error}"))
            }
            Self::Folder(folder) => {
                let path = inside(folder, &format!("{bucket}/{key}"))?;
                let described: serde_json::Map<_, _> = metadata
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
                    .collect();
                let described = serde_json::Value::Object(described).to_string();
                let write = move || {
                    if let Some(parent) = path.parent() {
                        std::fs::create_dir_all(parent)?;
                    }
                    // What is described is there first: an object without its description could not be read.
                    std::fs::write(with_suffix(&path, ".instruction"), described)?;
                    let part = with_suffix(&path, ".part");
                    std::fs::write(&part, bytes)?;
                    std::fs::rename(part, path)
                };
                blocking(write).await
            }
        }
    }

    /// Finds out whether objects can be written into a bucket, by making the folder that they will lie in: S3 shows an
    /// object of no bytes whose name ends with a slash as one.
    ///
    /// # Errors
    /// Why they cannot.
    pub async fn try_out(&self, wanted: Wanted<'_>, folder: &str) -> Result<(), String> {
        let bucket = wanted.bucket;
        let tried = async {
            match self {
                Self::Server(_) => self.write(wanted, folder, &[], Vec::new()).await,
                Self::Folder(root) => {
                    let path = inside(root, &format!("{bucket}/{folder}"))?;
                    blocking(move || std::fs::create_dir_all(path)).await
                }
            }
        };
        let late = || Err(format!("the bucket `{bucket}` did not answer within {} s", TRIAL.as_secs()));
        tokio::time::timeout(TRIAL, tried).await.unwrap_or_else(|_| late())
    }
}

impl Server {
    fn bucket(&self, wanted: Wanted<'_>) -> Bucket {
        Bucket {
            remote: self.remote.clone(),
            endpoint: Some(self.endpoint.clone()),
            region: self.region.clone(),
            credentials: Some(self.credentials.clone()),
            name: wanted.bucket.to_owned(),
            owner: wanted.owner.map(str::to_owned),
        }
    }

    async fn read(&self, wanted: Wanted<'_>, key: &str) -> Result<Vec<u8>, String> {
        // One byte more tells what is too large.
        let read = self.bucket(wanted).read(key, 0, LARGEST + 1).await;
        let bytes = read.map_err(|error| format!("the bucket `{}`: {error}", wanted.bucket))?;
        if bytes.len() > LARGEST {
            return Err(format!("`{key}` is larger than {LARGEST} bytes"));
        }
        Ok(bytes.to_vec())
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The path of a name in a folder.
fn inside(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if plain { Ok(folder.join(name)) } else { Err(format!("`{name}` leads out of the folder of buckets")) }
}

async fn read_file(folder: PathBuf, path: PathBuf) -> Result<Vec<u8>, String> {
    let read = move || {
        // Links may lead anywhere.
        let (folder, path) = (folder.canonicalize()?, path.canonicalize()?);
        if !path.starts_with(folder) {
            return Err(std::io::Error::other("it is not in the folder of buckets"));
        }
        if std::fs::metadata(&path)?.len() > LARGEST as u64 {
            return Err(std::io::Error::other(format!("it is larger than {LARGEST} bytes")));
        }
        std::fs::read(path)
    };
    blocking(read).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
    done.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_have_many_forms() {
        let region = Region::parse("eu-west-1").unwrap();
        let at = |bucket: &str, key: &str| {
            Some(Address::Object { bucket: bucket.to_owned(), key: key.to_owned() })
        };
        for location in [
            "s3://lists/bad/ips.txt",
            "https://s3.amazonaws.com/lists/bad/ips.txt",
            "https://s3.eu-west-1.amazonaws.com/lists/bad/ips.txt",
            "https://s3-eu-west-1.amazonaws.com/lists/bad/ips.txt",
            "https://lists.s3.amazonaws.com/bad/ips.txt",
            "https://lists.s3.eu-west-1.amazonaws.com/bad/ips.txt",
            "https://lists.s3-us-west-2.amazonaws.com/bad/ips.txt",
        ] {
            assert_eq!(Address::parse(location, &region), at("lists", "bad/ips.txt"), "{location}");
        }
        assert_eq!(Address::parse("file:///a/b", &region), Some(Address::File("/a/b".into())));
        for bad in [
            "",
            "s3://",
            "s3://x",
            "s3://lists/",
            "ftp://a/b",
            "https://example.com/lists/a",
            "file://a",
            "s3://LISTS/a",
        ] {
            assert_eq!(Address::parse(bad, &region), None, "{bad}");
        }
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let folder = Path::new("/buckets");
        assert_eq!(inside(folder, "lists/a").unwrap(), Path::new("/buckets/lists/a"));
        for bad in ["../a", "lists/../../a", "/etc/passwd"] {
            assert!(inside(folder, bad).is_err(), "{bad}");
        }
    }
}
