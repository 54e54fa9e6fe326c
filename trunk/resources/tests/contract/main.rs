//! What every engine does, in one list. SQLite is always tested. PostgreSQL is tested where
//! `BASTIDE_TEST_POSTGRES` gives the address of a server whose database the tests may fill: those tests are
//! marked as ignored, so that without a server they count as such; `cargo xtask test` starts one and runs
//! them with `--include-ignored`.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod files;
#[cfg(test)]
mod model;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod support;

macro_rules! contract {
    ($($module:ident :: $case:ident),* $(,)?) => {
        mod sqlite {$(
            #[test]
            fn $case() {
                crate::support::on_sqlite(crate::$module::$case);
            }
        )*}
        mod postgres {$(
            #[test]
            #[ignore = "needs BASTIDE_TEST_POSTGRES=postgres://…, which `cargo xtask test` sets"]
            fn $case() {
                crate::support::on_postgres(crate::$module::$case);
            }
        )*}
    };
}

contract!(
    cases::finds_what_was_created,
    cases::a_change_makes_a_new_version,
    cases::stale_changes_conflict,
    cases::all_or_nothing,
    cases::a_deleted_document_can_be_created_again,
    cases::places_and_types_are_apart,
    cases::lists_in_pages_by_prefix,
    cases::expectations,
    cases::relations_are_followed_backwards,
    cases::items_are_versions,
    cases::an_unchanged_item_is_not_repeated,
    cases::discovered_resources,
    cases::the_outbox_is_part_of_the_commit,
    cases::leases,
    cases::survives_a_restart,
    cases::old_forms_are_upgraded,
    cases::limits,
    cases::documents_without_history,
    cases::reset_forgets_everything,
    cases::concurrent_increments_add_up,
    cases::concurrent_creations_have_one_winner,
    crash::acknowledged_commits_survive_a_kill,
    model::a_random_run_does_what_the_model_does,
);
