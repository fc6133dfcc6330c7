//! The machine as far as bits depend on it: the architecture and the wide instruction sets.

/// For example `x86_64 linux avx2 avx512f`.
pub fn target() -> String {
    let mut words = vec![std::env::consts::ARCH.to_owned(), std::env::consts::OS.to_owned()];
    words.extend(wide_instructions().into_iter().map(str::to_owned));
    words.join(" ")
}

#[cfg(target_arch = "x86_64")]
fn wide_instructions() -> Vec<&'static str> {
    let seen = [
        ("avx2", std::arch::is_x86_feature_detected!("avx2")),
        ("fma", std::arch::is_x86_feature_detected!("fma")),
        ("avx512f", std::arch::is_x86_feature_detected!("avx512f")),
    ];
    seen.into_iter().filter(|(_, seen)| *seen).map(|(name, _)| name).collect()
}

#[cfg(not(target_arch = "x86_64"))]
fn wide_instructions() -> Vec<&'static str> {
    Vec::new()
}
