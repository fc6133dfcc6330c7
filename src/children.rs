//! Processes that the program started: each leads a group of its own, and none outlives the program's leaving.

use std::collections::BTreeSet;
use std::io;
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a process may tidy up after it was asked to end.
const GRACE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

/// The leaders of the groups that may still run.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Starts a process as the leader of a group.
pub fn start(command: &mut Command) -> io::Result<Child> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    // Held while it starts, so that whoever ends all groups knows of this one.
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    let child = command.spawn()?;
    running.insert(child.id());
    Ok(child)
}

/// Ends what is left of the group of a process that ended itself.
pub fn finished(leader: u32) {
    group::kill(leader);
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&leader);
}

/// Asks a whole group to end, and makes it end if it does not.
pub fn end(child: &mut Child) -> io::Result<()> {
    group::ask(child.id());
    let start = Instant::now();
    while start.elapsed() < GRACE {
        if child.try_wait()?.is_some() {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    group::kill(child.id());
    // Where there are no groups the process itself is ended.
    let _ = child.kill();
    child.wait().map(drop)
}

/// Ends every group; nothing can be started any more.
pub fn end_all() {
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.iter().for_each(|leader| group::ask(*leader));
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) && running.iter().any(|leader| group::lives(*leader)) {
        std::thread::sleep(PAUSE);
    }
    running.iter().for_each(|leader| group::kill(*leader));
    // The program is leaving: whoever wants to start a process now waits until it has left.
    std::mem::forget(running);
}

#[cfg(unix)]
mod group {
    use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

    fn id(leader: u32) -> Option<Pid> {
        Pid::from_raw(i32::try_from(leader).ok()?)
    }

    /// A group that is gone already needs nothing.
    fn send(leader: u32, signal: Signal) {
        let _ = id(leader).map(|group| kill_process_group(group, signal));
    }

    pub fn ask(leader: u32) {
        send(leader, Signal::TERM);
    }

    pub fn kill(leader: u32) {
        send(leader, Signal::KILL);
    }

    pub fn lives(leader: u32) -> bool {
        id(leader).is_some_and(|group| test_kill_process_group(group).is_ok())
    }
}

#[cfg(not(unix))]
mod group {
    pub fn ask(_: u32) {}
    pub fn kill(_: u32) {}
    pub fn lives(_: u32) -> bool {
        false
    }
}
