//! The errors, with their HTTP statuses.

use bastide_shape::{error, errors};

errors! {
    // The body is none of the logs that are known here.
    UnknownLogException = error(415);
    // The body cannot be unpacked to its end.
    DamagedLogException = error(400);
    // The body unpacks to more than is taken.
    LogTooLargeException = error(413);
    // There is no room to keep it.
    StorageFullException = error(507);
    // Others are being read.
    BusyException = error(503);
    InvalidParameterException = error(400);
}
