//! Writing JSON straight into bytes: the record is written once a call, so it is worth not building a tree.

/// Writes one JSON object.
pub(crate) struct Writer {
    out: Vec<u8>,
    first: bool,
}

impl Writer {
    /// An object in a buffer of this capacity.
    pub(crate) fn object(capacity: usize) -> Self {
        Self::into_object(Vec::with_capacity(capacity))
    }

    /// An object behind what the buffer holds.
    pub(crate) fn into_object(mut out: Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, first: true }
    }

    /// Writes a name; the value is to be written behind it.
    pub(crate) fn begin(&mut self, name: &str) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        string(name, &mut self.out);
        self.out.push(b':');
        &mut self.out
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        string(value, self.begin(name));
    }

    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        self.raw(name, if value { b"true" } else { b"false" });
    }

    /// A value that is JSON already.
    pub(crate) fn raw(&mut self, name: &str, json: &[u8]) {
        self.begin(name).extend_from_slice(json);
    }

    pub(crate) fn nested(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        let out = std::mem::take(self.begin(name));
        let mut inner = Self::into_object(out);
        write(&mut inner);
        self.out = inner.finish();
    }

    /// A list of objects.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        self.begin(name).push(b'[');
        for (index, item) in items.enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            let mut inner = Self::into_object(std::mem::take(&mut self.out));
            write(&mut inner, item);
            self.out = inner.finish();
        }
        self.out.push(b']');
    }

    /// Closes the object and gives the buffer back.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.out.push(b'}');
        self.out
    }
}

/// Writes a JSON string.
pub(crate) fn string(text: &str, out: &mut Vec<u8>) {
    // Nearly no string has anything to escape, and to see that at once is cheaper than to look for where. No short
    // cut in the fold, so that it is done many bytes at a time.
    let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    if text.bytes().fold(false, |found, byte| found | special(byte)) {
        // Writing to a Vec cannot fail.
        let _ = serde_json::to_writer(out, text);
        return;
    }
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Writes a JSON number; null for what JSON has no number for.
pub(crate) fn number(number: f64, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, &number);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_as_serde_json_writes_them() {
        for each in ('\0'..'\u{3ff}').chain(['\u{2028}', '\u{1f600}']) {
            for text in [each.to_string(), format!("a{each}b"), format!("{}{each}", "x".repeat(40))] {
                let mut ours = Vec::new();
                string(&text, &mut ours);
                assert_eq!(ours, serde_json::to_vec(&text).unwrap());
            }
        }
    }

    #[test]
    fn objects_nest() {
        let mut json = Writer::object(0);
        json.text("a", "x\"y");
        json.nested("b", |json| json.flag("c", true));
        json.list("d", [1, 2].into_iter(), |json, n| json.text("n", &n.to_string()));
        let text = String::from_utf8(json.finish()).unwrap();
        assert_eq!(text, r#"{"a":"x\"y","b":{"c":true},"d":[{"n":"1"},{"n":"2"}]}"#);
    }
}
