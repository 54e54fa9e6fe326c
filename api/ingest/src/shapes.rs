//! Shapes of the operation.

use bastide_shape::{blob, enumeration, list, long, member, shapes, string, structure};

shapes! {
    PutLogsRequest = structure(&[
        member("name", &FileName).required(),
        member("kind", &LogKind),
        // Hexadecimal, of the body as it was sent.
        member("sha256", &Text).required(),
        member("bytes", &Count).required(),
        member("body", &Body).required(),
    ]);
    PutLogsResponse = structure(&[
        member("name", &FileName),
        member("bytes", &Count),
        member("unpackedBytes", &Count),
        // Records that were taken, by kind.
        member("records", &Records),
        // Records that had been taken before.
        member("duplicates", &Count),
        // Records of accounts that the caller may not speak for.
        member("otherAccounts", &Count),
        // Well-formed records that are none to look at: digests, control messages.
        member("foreign", &Count),
        // Lines and records that could not be read, which are kept aside.
        member("broken", &Count),
        member("reasons", &Reasons),
    ]);
    FileName = string().length(1, 1024);
    LogKind = enumeration(&["cloudtrail", "flow", "dns", "kubernetes", "login"]);
    Text = string();
    Count = long();
    Body = blob();
    Records = structure(&[
        member("cloudtrail", &Count),
        member("flow", &Count),
        member("dns", &Count),
        member("kubernetes", &Count),
        member("login", &Count),
    ]);
    Reasons = list(&member("member", &Reason));
    Reason = structure(&[member("position", &Count), member("reason", &Text)]);
}
