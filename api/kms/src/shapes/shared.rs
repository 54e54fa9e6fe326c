//! Shapes: used by several topics.

use bastide_shape::{boolean, enumeration, integer, list, map, member, shapes, string, structure, timestamp};

shapes! {
    KeyIdType = string().length(1, 2048);
    LimitType = integer().range(1, 1000);
    MarkerType = string().length(1, 1024).pattern(r"[\u0020-\u00FF]*");
    ArnType = string().length(20, 2048);
    DateType = timestamp();
    BooleanType = boolean();
    EncryptionContextType = map(&member("key", &EncryptionContextKey), &member("value", &EncryptionContextValue));
    EncryptionContextKey = string();
    EncryptionContextValue = string();
    GrantTokenList = list(&member("member", &GrantTokenType)).length(0, 10);
    GrantTokenType = string().length(1, 8192);
    EncryptionAlgorithmSpec = enumeration(&["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]);
    NullableBooleanType = boolean();
    BackingKeyIdType = string().length(64, 64).pattern(r"^[a-f0-9]+$");
    CustomKeyStoreIdType = string().length(1, 64);
    PolicyType = string().length(1, 131072).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
    TagList = list(&member("member", &Tag));
    Tag = structure(&[
        member("TagKey", &TagKeyType).required(),
        member("TagValue", &TagValueType).required(),
    ]);
    TagKeyType = string().length(1, 128);
    TagValueType = string().length(0, 256);
}
