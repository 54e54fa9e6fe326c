//! Shapes: used by several topics.

use bastide_shape::{shapes, string};

shapes! {
    arnType = string().length(20, 2048).pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+");
    accessKeyIdType = string().length(16, 128).pattern(r"[\w]*");
}
