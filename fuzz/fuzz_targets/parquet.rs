#![no_main]
//! Any bytes as a file of the format `parquet`, in each role: a table or problems, never a panic.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for role in stages::ingest::ROLES {
        stages::ingest::is_table(stages::ingest::file::Format::Parquet, role, bytes);
    }
});
