//! What only holds of an SQLite file.

use bastide_resources::StoreError;

use crate::support::{Fixture, on_sqlite, refused};

#[test]
fn a_newer_schema_is_refused_and_not_touched() {
    on_sqlite(async |fixture: Fixture| {
        let Fixture { store, address, folder: _folder } = fixture;
        drop(store);
        let path = address.strip_prefix("sqlite:").unwrap();
        let version = |version: u32| {
            rusqlite::Connection::open(path).unwrap().pragma_update(None, "user_version", version).unwrap();
        };
        version(99);
        let before = std::fs::read(path).unwrap();
        let error = refused(&address).await;
        assert!(matches!(error, StoreError::Newer { found: 99, known: 1, .. }), "{error}");
        assert!(error.to_string().contains("99") && error.to_string().contains(path), "{error}");
        assert_eq!(std::fs::read(path).unwrap(), before);
        version(1);
        bastide_resources::Store::open(&address).await.unwrap();
    });
}

#[test]
fn a_file_that_is_in_use_is_refused() {
    on_sqlite(async |fixture: Fixture| {
        let error = refused(&fixture.address).await;
        assert!(matches!(error, StoreError::InUse(_)), "{error}");
        drop(fixture.reopened().await);
    });
}

#[test]
fn other_programs_files_are_refused_and_not_touched() {
    on_sqlite(async |fixture: Fixture| {
        let folder = fixture.folder.as_ref().unwrap().path();
        let other = folder.join("other.db");
        rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE cats (name TEXT)").unwrap();
        let before = std::fs::read(&other).unwrap();
        let error = refused(other.to_str().unwrap()).await;
        assert!(matches!(&error, StoreError::Address(why) if why.contains("another program")), "{error}");
        assert_eq!(std::fs::read(&other).unwrap(), before);
        let text = folder.join("text");
        std::fs::write(&text, "this is not a database, it is a text".repeat(100)).unwrap();
        assert!(matches!(refused(text.to_str().unwrap()).await, StoreError::Database(_)));
        let nowhere = folder.join("no/such/folder/resources.db");
        assert!(matches!(refused(nowhere.to_str().unwrap()).await, StoreError::Address(_)));
    });
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    use crate::support::{Counter, commit, place};

    on_sqlite(async |fixture: Fixture| {
        commit(&fixture.store, |c| c.put(&place(1), "a", Counter(1))).await.unwrap();
        let mut seen = 0;
        for entry in std::fs::read_dir(fixture.folder.as_ref().unwrap().path()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}: {mode:o}", entry.path().display());
            seen += 1;
        }
        assert!(seen >= 3);
    });
}

#[test]
fn a_temporary_store_leaves_nothing_behind() {
    let store = bastide_resources::Store::temporary().unwrap();
    assert!(format!("{store:?}").contains("Store"));
    drop(store);
}
