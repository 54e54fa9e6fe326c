//! Where logs come from: a folder, a file, standard input; others implement [`Source`].

use std::fs::{self, File};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use glob::{MatchOptions, Pattern};

/// One file or object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Its name below the source, with `/` between parts; empty for a source of one file.
    pub name: String,
    /// Its bytes; 0 when unknown.
    pub size: u64,
    /// What changes when it does: the time of modification in nanoseconds, the hash of an ETag.
    pub stamp: u64,
}

/// Why a source or one of its files cannot be read; says which and, where that helps, what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub String);

/// A place with files.
pub trait Source: Send + Sync {
    /// What it is called: a path, an address. With the name of an item it names that for good.
    fn name(&self) -> &str;

    /// Shows each file, in any order.
    ///
    /// # Errors
    /// When it cannot be listed.
    fn list(&self, each: &mut dyn FnMut(Item)) -> Result<(), SourceError>;

    /// Whether files may be opened only to look at their first bytes, to learn when they begin.
    fn peeks(&self) -> bool {
        true
    }

    /// How many files are opened and read at once, at least: where that is waiting rather than work, many.
    fn together(&self) -> usize {
        1
    }

    /// Opens a file, from a position on.
    ///
    /// # Errors
    /// When it cannot be opened. Later errors come from reading.
    fn open(&self, item: &Item, from: u64) -> Result<Box<dyn Read + Send>, SourceError>;
}

/// Which names below a source count.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

const MATCHING: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl Choice {
    /// Names that fit one of `include` (any, when there is none) and none of `exclude`: `*` and `?` within a part of
    /// the path, `**` over parts. A pattern without `/` is held against the last part.
    ///
    /// # Errors
    /// A pattern that is none.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, SourceError> {
        let patterns = |texts: &[String]| {
            let pattern = |text: &String| {
                Pattern::new(text).map_err(|error| SourceError(format!("`{text}` is no pattern: {error}")))
            };
            texts.iter().map(pattern).collect::<Result<Vec<_>, _>>()
        };
        Ok(Self { include: patterns(include)?, exclude: patterns(exclude)? })
    }

    /// Whether a name counts.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        let file = name.rsplit('/').next().unwrap_or(name);
        let fits = |pattern: &Pattern| {
            let against = if pattern.as_str().contains('/') { name } else { file };
            pattern.matches_with(against, MATCHING)
        };
        (self.include.is_empty() || self.include.iter().any(fits)) && !self.exclude.iter().any(fits)
    }

    /// Adds a pattern that names must fit.
    ///
    /// # Errors
    /// A pattern that is none.
    pub fn only(mut self, pattern: &str) -> Result<Self, SourceError> {
        let one = Self::new(&[pattern.to_owned()], &[])?;
        self.include = one.include;
        Ok(self)
    }
}

/// A folder and all below it, or one file.
#[derive(Debug)]
pub struct Local {
    name: String,
    root: PathBuf,
    choice: Choice,
}

/// Folders within folders; a loop of mounts ends here.
const DEPTH: usize = 64;

impl Local {
    /// What a path says: a folder, a file, or a pattern below a folder (`logs/**/*.gz`).
    ///
    /// # Errors
    /// When nothing is there.
    pub fn new(path: &str, choice: &Choice) -> Result<Self, SourceError> {
        let whole = Path::new(path);
        if !whole.exists()
            && let Some((base, pattern)) = split_pattern(path)
        {
            let local = Self::new(base, &choice.clone().only(pattern)?)?;
            return Ok(local);
        }
        let root = whole.canonicalize().map_err(|error| SourceError(format!("`{path}`: {error}")))?;
        Ok(Self { name: root.to_string_lossy().into_owned(), root, choice: choice.clone() })
    }

    fn path(&self, item: &Item) -> PathBuf {
        if item.name.is_empty() { self.root.clone() } else { self.root.join(&item.name) }
    }

    fn walk(
        &self,
        folder: &Path,
        prefix: &str,
        depth: usize,
        each: &mut dyn FnMut(Item),
    ) -> Result<(), SourceError> {
        let told = |error: io::Error| SourceError(format!("`{}`: {error}", folder.display()));
        for entry in fs::read_dir(folder).map_err(told)? {
            let entry = entry.map_err(told)?;
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
            let name = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
            let kind = entry.file_type().map_err(told)?;
            if kind.is_dir() {
                if depth < DEPTH {
                    self.walk(&entry.path(), &name, depth + 1, each)?;
                }
                continue;
            }
            if !self.choice.takes(&name) {
                continue;
            }
            // A link to a file counts as the file; links to folders could lead in circles. What has gone meanwhile
            // was rotated away.
            let Ok(found) = fs::metadata(entry.path()) else { continue };
            if found.is_file() {
                each(Item { name, size: found.len(), stamp: modified(&found) });
            }
        }
        Ok(())
    }
}

/// `logs/2023/*/x.gz` is `logs/2023` and `*/x.gz`.
#[must_use]
pub fn split_pattern(path: &str) -> Option<(&str, &str)> {
    let special = path.find(['*', '?', '['])?;
    match path.get(..special)?.rfind('/') {
        Some(0) => Some(("/", path.get(1..)?)),
        Some(slash) => Some((path.get(..slash)?, path.get(slash + 1..)?)),
        None => Some((".", path)),
    }
}

fn modified(found: &fs::Metadata) -> u64 {
    let since = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

impl Source for Local {
    fn name(&self) -> &str {
        &self.name
    }

    fn list(&self, each: &mut dyn FnMut(Item)) -> Result<(), SourceError> {
        let found =
            fs::metadata(&self.root).map_err(|error| SourceError(format!("`{}`: {error}", self.name)))?;
        if found.is_dir() {
            return self.walk(&self.root, "", 0, each);
        }
        each(Item { name: String::new(), size: found.len(), stamp: modified(&found) });
        Ok(())
    }

    fn open(&self, item: &Item, from: u64) -> Result<Box<dyn Read + Send>, SourceError> {
        let path = self.path(item);
        let told = |error: io::Error| SourceError(format!("`{}`: {error}", path.display()));
        let mut file = File::open(&path).map_err(told)?;
        if from > 0 {
            file.seek(SeekFrom::Start(from)).map_err(told)?;
        }
        Ok(Box::new(file))
    }
}

/// Standard input, which is read once.
#[derive(Debug, Default)]
pub struct Stdin;

impl Source for Stdin {
    fn name(&self) -> &str {
        "-"
    }

    fn list(&self, each: &mut dyn FnMut(Item)) -> Result<(), SourceError> {
        each(Item::default());
        Ok(())
    }

    fn peeks(&self) -> bool {
        false
    }

    fn open(&self, _: &Item, _: u64) -> Result<Box<dyn Read + Send>, SourceError> {
        Ok(Box::new(io::stdin()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &dyn Source) -> Vec<String> {
        let mut names = Vec::new();
        source.list(&mut |item| names.push(item.name)).unwrap();
        names.sort();
        names
    }

    #[test]
    fn a_folder_is_walked() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["a/b/one.gz", "a/two.json", ".hidden/three.gz", "a/.four.gz", "five.gz"] {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), name).unwrap();
        }
        std::os::unix::fs::symlink(root, root.join("a/loop")).unwrap();
        std::os::unix::fs::symlink(root.join("five.gz"), root.join("a/link.gz")).unwrap();
        let path = root.to_str().unwrap();
        let all = Local::new(path, &Choice::default()).unwrap();
        assert_eq!(names(&all), ["a/b/one.gz", "a/link.gz", "a/two.json", "five.gz"]);
        let some = Choice::new(&["*.gz".into()], &["a/b/**".into()]).unwrap();
        assert_eq!(names(&Local::new(path, &some).unwrap()), ["a/link.gz", "five.gz"]);
        let pattern = Local::new(&format!("{path}/a/**/*.gz"), &Choice::default()).unwrap();
        assert_eq!(names(&pattern), ["b/one.gz", "link.gz"]);
        let one = Local::new(&format!("{path}/five.gz"), &Choice::default()).unwrap();
        assert_eq!(names(&one), [""]);
        let mut text = String::new();
        one.open(&Item::default(), 2).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "ve.gz");
        assert!(Local::new(&format!("{path}/none"), &Choice::default()).is_err());
    }

    #[test]
    fn patterns_begin_where_a_folder_ends() {
        assert_eq!(split_pattern("a/b*/c"), Some(("a", "b*/c")));
        assert_eq!(split_pattern("*.gz"), Some((".", "*.gz")));
        assert_eq!(split_pattern("/*.gz"), Some(("/", "*.gz")));
        assert_eq!(split_pattern("a/b"), None);
    }
}
