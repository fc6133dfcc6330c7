//! What the benchmarks share.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Wall time in seconds and peak resident memory in megabytes of one run.
#[expect(clippy::zombie_processes, reason = "wait4 waits, and tells the memory")]
pub fn measure(folder: &Path, arguments: &[String]) -> (f64, f64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ketascreen"));
    command.current_dir(folder).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let start = Instant::now();
    let child = command.spawn().expect("the program starts");
    let mut status = 0;
    // SAFETY: the child is ours and is waited for here alone; rusage is plain numbers, for which zero is a value.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::wait4(child.id() as libc::pid_t, &mut status, 0, &mut usage);
        usage
    };
    assert_eq!(status, 0, "{arguments:?} succeeds");
    (start.elapsed().as_secs_f64(), usage.ru_maxrss as f64 / 1024.0)
}
