//! Shapes: callers.

use bastide_shape::{member, shapes, string, structure};

use super::*;

shapes! {
    GetCallerIdentityRequest = structure(&[]);
    GetCallerIdentityResponse = structure(&[
        member("UserId", &userIdType),
        member("Account", &accountType),
        member("Arn", &arnType),
    ]);
    userIdType = string();
    accountType = string();
    GetAccessKeyInfoRequest = structure(&[
        member("AccessKeyId", &accessKeyIdType).required(),
    ]);
    GetAccessKeyInfoResponse = structure(&[
        member("Account", &accountType),
    ]);
    DecodeAuthorizationMessageRequest = structure(&[
        member("EncodedMessage", &encodedMessageType).required(),
    ]);
    encodedMessageType = string().length(1, 10240);
    DecodeAuthorizationMessageResponse = structure(&[
        member("DecodedMessage", &decodedMessageType),
    ]);
    decodedMessageType = string();
}
