//! Operations: imported key material.

use bastide_shape::{Access, operation, operations, target};

use crate::{errors::*, shapes::*};

operations! {
    GetParametersForImport = operation(Access::Read)
        .input(&GetParametersForImportRequest)
        .output(&GetParametersForImportResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException, &UnsupportedOperationException,
        ])
        .on(&[target("key", "KeyId")]);
    ImportKeyMaterial = operation(Access::Write)
        .input(&ImportKeyMaterialRequest)
        .output(&ImportKeyMaterialResponse)
        .errors(&[
            &DependencyTimeoutException, &ExpiredImportTokenException, &IncorrectKeyMaterialException,
            &InvalidArnException, &InvalidCiphertextException, &InvalidImportTokenException,
            &KMSInternalException, &KMSInvalidStateException, &NotFoundException,
            &UnsupportedOperationException,
        ])
        .on(&[target("key", "KeyId")]);
    DeleteImportedKeyMaterial = operation(Access::Write)
        .input(&DeleteImportedKeyMaterialRequest)
        .output(&DeleteImportedKeyMaterialResponse)
        .errors(&[
            &DependencyTimeoutException, &InvalidArnException, &KMSInternalException,
            &KMSInvalidStateException, &NotFoundException, &UnsupportedOperationException,
        ])
        .on(&[target("key", "KeyId")]);
}
