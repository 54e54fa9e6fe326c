//! Shapes: login profiles.

use bastide_shape::{member, shapes, string, structure};

use super::*;

shapes! {
    CreateLoginProfileRequest = structure(&[
        member("UserName", &userNameType),
        member("Password", &passwordType),
        member("PasswordResetRequired", &booleanType),
    ]);
    passwordType = string().length(1, 128).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+").sensitive();
    CreateLoginProfileResponse = structure(&[
        member("LoginProfile", &LoginProfile).required(),
    ]);
    LoginProfile = structure(&[
        member("UserName", &userNameType).required(),
        member("CreateDate", &dateType).required(),
        member("PasswordResetRequired", &booleanType),
    ]);
    GetLoginProfileRequest = structure(&[
        member("UserName", &userNameType),
    ]);
    GetLoginProfileResponse = structure(&[
        member("LoginProfile", &LoginProfile).required(),
    ]);
    UpdateLoginProfileRequest = structure(&[
        member("UserName", &userNameType).required(),
        member("Password", &passwordType),
        member("PasswordResetRequired", &booleanObjectType),
    ]);
    DeleteLoginProfileRequest = structure(&[
        member("UserName", &userNameType),
    ]);
}
