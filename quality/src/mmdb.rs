//! Writes files in MaxMind's format (version 2.0 of its public specification), for the addresses that are made up.

/// A value of the format.
#[derive(Clone, Debug)]
pub enum Value {
    /// Text.
    Text(String),
    /// A number of 32 bits.
    Number(u32),
    /// A floating point number.
    Float(f64),
    /// Names and values.
    Map(Vec<(&'static str, Value)>),
}

/// A tree of networks, each with a value; later ones hide earlier ones.
#[derive(Debug)]
pub struct Database {
    kind: &'static str,
    /// Left and right of each node.
    nodes: Vec<[Link; 2]>,
    data: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum Link {
    Nothing,
    Node(usize),
    Data(usize),
}

impl Database {
    /// An empty one of this kind: `GeoLite2-City`, `GeoLite2-ASN`.
    #[must_use]
    pub fn new(kind: &'static str) -> Self {
        Self { kind, nodes: vec![[Link::Nothing; 2]], data: Vec::new() }
    }

    /// All addresses that begin with the first `length` bits of `address`; IPv4 ones are the last 32 bits.
    pub fn add(&mut self, address: u128, length: u32, value: &Value) {
        let data = Link::Data(self.data.len());
        encode(value, &mut self.data);
        let mut node = 0;
        for bit in 0..length {
            let side = ((address >> (127 - bit)) & 1) as usize;
            if bit + 1 == length {
                self.nodes[node][side] = data;
                return;
            }
            node = if let Link::Node(next) = self.nodes[node][side] {
                next
            } else {
                let next = self.nodes.len();
                self.nodes.push([Link::Nothing; 2]);
                self.nodes[node][side] = Link::Node(next);
                next
            };
        }
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let count = self.nodes.len();
        let mut bytes = Vec::with_capacity(count * 8 + self.data.len() + 512);
        for link in self.nodes.iter().flatten() {
            let record = match link {
                Link::Nothing => count,
                Link::Node(node) => *node,
                Link::Data(offset) => count + 16 + offset,
            };
            bytes.extend_from_slice(&(record as u32).to_be_bytes());
        }
        bytes.extend_from_slice(&[0; 16]);
        bytes.extend_from_slice(&self.data);
        bytes.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
        self.metadata(count, &mut bytes);
        bytes
    }

    fn metadata(&self, count: usize, bytes: &mut Vec<u8>) {
        control(7, 9, bytes);
        let number = |name: &str, kind: u8, value: u64, bytes: &mut Vec<u8>| {
            text(name, bytes);
            let short = value.to_be_bytes();
            let short = &short[short.iter().take_while(|byte| **byte == 0).count()..];
            control(kind, short.len(), bytes);
            bytes.extend_from_slice(short);
        };
        number("binary_format_major_version", 5, 2, bytes);
        number("binary_format_minor_version", 5, 0, bytes);
        number("build_epoch", 9, 1_788_220_800, bytes);
        text("database_type", bytes);
        text(self.kind, bytes);
        text("description", bytes);
        control(7, 1, bytes);
        text("en", bytes);
        text("made up", bytes);
        number("ip_version", 5, 6, bytes);
        text("languages", bytes);
        control(11, 1, bytes);
        text("en", bytes);
        number("node_count", 6, count as u64, bytes);
        number("record_size", 5, 32, bytes);
    }
}

/// The byte (or two, or three) before a value: its type and size.
fn control(kind: u8, size: usize, bytes: &mut Vec<u8>) {
    let (first, more) = if size < 29 { (size as u8, None) } else { (29, Some((size - 29) as u8)) };
    if kind < 8 {
        bytes.push(kind << 5 | first);
    } else {
        bytes.extend_from_slice(&[first, kind - 7]);
    }
    bytes.extend(more);
}

fn text(value: &str, bytes: &mut Vec<u8>) {
    control(2, value.len(), bytes);
    bytes.extend_from_slice(value.as_bytes());
}

fn encode(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Text(value) => text(value, bytes),
        Value::Number(value) => {
            control(6, 4, bytes);
            bytes.extend_from_slice(&value.to_be_bytes());
        }
        Value::Float(value) => {
            control(3, 8, bytes);
            bytes.extend_from_slice(&value.to_be_bytes());
        }
        Value::Map(members) => {
            control(7, members.len(), bytes);
            for (name, value) in members {
                text(name, bytes);
                encode(value, bytes);
            }
        }
    }
}
