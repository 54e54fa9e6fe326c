//! Flow logs in Parquet files of others.
#![no_main]

use std::sync::Once;

use bastide_lake::FlowFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        // The library's own panics at damage are caught and told as such; ours are not to be.
        std::panic::set_hook(Box::new(|panic| {
            let file = panic.location().map(|at| at.file()).unwrap_or_default();
            if !file.contains("/registry/") && !file.contains("/rustc/") {
                eprintln!("{panic}");
                std::process::abort();
            }
        }));
    });
    let Ok(file) = FlowFile::new(data.to_vec().into()) else { return };
    let first = read(&file);
    assert_eq!(read(&file), first);
});

fn read(file: &FlowFile) -> (Result<(), String>, u64) {
    let mut count = 0;
    let done = file.read("111122223333", "eu-west-1", &mut |flow| {
        count += 1;
        assert!(!flow.account.is_empty() && !flow.region.is_empty());
    });
    (done, count)
}
