//! What is done of which file.

use std::collections::HashMap;

use bastide_lake::{FileHead, FileState};

/// Remembers files for one run, where nothing is kept.
#[derive(Debug, Default)]
pub struct Remembered {
    files: HashMap<String, FileState>,
    heads: HashMap<FileHead, String>,
}

impl Remembered {
    /// The file of a name.
    #[must_use]
    pub fn state(&self, name: &str) -> Option<&FileState> {
        self.files.get(name)
    }

    /// The file that begins so.
    #[must_use]
    pub fn known(&self, head: FileHead) -> Option<&FileState> {
        self.files.get(self.heads.get(&head)?)
    }

    /// Takes note of a file.
    pub fn put(&mut self, state: FileState) {
        if let Some(head) = state.head {
            self.heads.insert(head, state.name.clone());
        }
        self.files.insert(state.name.clone(), state);
    }
}
