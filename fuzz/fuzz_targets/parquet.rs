#![no_main]
//! Any bytes as a file of the format `parquet`, in each role: a table or problems, never a panic.
//!
//! Panics of the library below are caught at the reader, so that the fuzzer must not end at them; what is not caught still does.

libfuzzer_sys::fuzz_target!(init: std::panic::set_hook(Box::new(|_| ())), |bytes: &[u8]| {
    for role in stages::ingest::ROLES {
        stages::ingest::is_table(stages::ingest::file::Format::Parquet, role, bytes);
    }
});
