//! Reading a file that another program may be writing: as it is at one moment, or not at all.

use std::fs::{File, Metadata};
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::digest::Digest;
use super::regular;

/// How long is waited before each attempt.
const PAUSES: [u64; 6] = [0, 10, 30, 100, 300, 600];
/// The coarsest time that common file systems keep of a change.
const COARSE: Duration = Duration::from_secs(2);

/// Reads a whole file as it is at one moment, held once.
///
/// Its length and time must be the same before and after. A file that was changed so recently that its time may not tell
/// of another change is read twice. An error of the kind [`is_unsteady`] is a file that changed at every attempt; what is
/// no file is not opened ([`regular`]).
pub fn read(path: &Path) -> std::io::Result<Arc<[u8]>> {
    read_while(path, &mut || ())
}

/// The same; `meanwhile` is what happens while the file is read.
fn read_while(path: &Path, meanwhile: &mut dyn FnMut()) -> std::io::Result<Arc<[u8]>> {
    for pause in PAUSES {
        std::thread::sleep(Duration::from_millis(pause));
        if let Some(bytes) = attempt(path, meanwhile)? {
            return Ok(bytes);
        }
    }
    Err(std::io::Error::other(Unsteady))
}

/// Whether a file could not be read because it kept changing.
pub fn is_unsteady(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Unsteady>())
}

/// A file that changed while it was read.
#[derive(Debug)]
struct Unsteady;

impl std::error::Error for Unsteady {}

impl std::fmt::Display for Unsteady {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "it changed while it was read, {} times", PAUSES.len())
    }
}

/// The file's bytes; none where it changed meanwhile. What replaces the file by a rename leaves the one that is open alone.
fn attempt(path: &Path, meanwhile: &mut dyn FnMut()) -> std::io::Result<Option<Arc<[u8]>>> {
    let mut file = regular::open(path)?;
    let before = file.metadata()?;
    let bytes = whole(&mut file, &before)?;
    meanwhile();
    if before.len() == 0 {
        // A file of the system does not tell its length.
        return Ok((file.metadata()?.len() == before.len()).then_some(bytes));
    }
    let steady = looks_like(&before, &file.metadata()?)
        && bytes.len() as u64 == before.len()
        && (!is_recent(&before) || reads_again(&mut file, &bytes)?);
    Ok(steady.then_some(bytes))
}

fn looks_like(a: &Metadata, b: &Metadata) -> bool {
    a.len() == b.len() && a.modified().ok() == b.modified().ok() && same_state(a, b)
}

/// Whether nothing else happened to the file: its time of change tells, which no program can set. Another file that was
/// put in its place changes it too, and not its bytes.
#[cfg(unix)]
fn same_state(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    b.nlink() == 0 || (a.ctime(), a.ctime_nsec()) == (b.ctime(), b.ctime_nsec())
}

#[cfg(not(unix))]
fn same_state(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Whether another change may have the same time as the last one; so it is, too, where times are not told or lie ahead.
fn is_recent(found: &Metadata) -> bool {
    let age = found.modified().ok().and_then(|time| SystemTime::now().duration_since(time).ok());
    age.is_none_or(|age| age < COARSE)
}

fn reads_again(file: &mut File, bytes: &[u8]) -> std::io::Result<bool> {
    file.rewind()?;
    Ok(Digest::of_reader(file)? == (Digest::of(bytes), bytes.len() as u64))
}

/// Everything that a file holds: read into the place where it will stay, since a `Vec` would be copied into it.
fn whole(file: &mut File, found: &Metadata) -> std::io::Result<Arc<[u8]>> {
    let length = usize::try_from(found.len()).unwrap_or(0);
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, length).collect();
    // Nobody else has the fresh bytes.
    let mut filled = 0;
    if let Some(place) = Arc::get_mut(&mut bytes) {
        while filled < length {
            match file.read(&mut place[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    let mut rest = Vec::new();
    file.read_to_end(&mut rest)?;
    if filled == length && rest.is_empty() {
        return Ok(bytes);
    }
    Ok(bytes[..filled].iter().chain(&rest).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_any_length_is_read_whole_and_a_folder_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a, \u{3b2}");
        for length in [0, 1, 4096, 100_000] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(*read(&path).unwrap(), *bytes);
        }
        assert!(read(folder.path()).is_err() && read(&folder.path().join("none")).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_does_not_say_its_length_is_read_whole_too() {
        assert!(!read(Path::new("/proc/self/status")).unwrap().is_empty());
    }

    #[test]
    fn what_changes_while_it_is_read_is_read_again_and_refused_where_it_never_rests() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        let write = |bytes: &str| {
            std::fs::write(&path, bytes).unwrap();
            // On the clock's coarsest grid two changes may have one time.
            std::thread::sleep(Duration::from_millis(20));
        };
        write("old");
        let mut changes = ["new", "longer"].into_iter();
        let read = read_while(&path, &mut || changes.next().into_iter().for_each(write)).unwrap();
        assert_eq!(*read, *b"longer");
        let mut n = 0;
        let never = read_while(&path, &mut || {
            n += 1;
            write(&n.to_string());
        });
        assert!(is_unsteady(&never.unwrap_err()) && n == PAUSES.len());
        assert_eq!(*super::read(&path).unwrap(), *b"6");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_replaced_by_a_rename_is_read_as_it_was_and_a_time_that_was_set_back_hides_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        let long_ago = SystemTime::now() - 10 * COARSE;
        let write = |path: &Path, bytes: &str| {
            std::fs::write(path, bytes).unwrap();
            File::options().append(true).open(path).unwrap().set_modified(long_ago).unwrap();
        };
        write(&path, "old");
        let other = folder.path().join("other.csv");
        let mut once = Some(());
        let read = read_while(&path, &mut || {
            write(&other, "new");
            std::fs::rename(&other, &path).unwrap();
        });
        assert_eq!(*read.unwrap(), *b"old", "the bytes of the file that was opened, all of them");
        std::thread::sleep(Duration::from_millis(20));
        let read = read_while(&path, &mut || once.take().into_iter().for_each(|()| write(&path, "odd")));
        assert_eq!(*read.unwrap(), *b"odd");
    }

    #[test]
    fn a_change_that_leaves_length_and_time_is_noticed_while_the_time_is_fresh() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        std::fs::write(&path, "new").unwrap();
        let found = std::fs::metadata(&path).unwrap();
        assert!(is_recent(&found) && !reads_again(&mut File::open(&path).unwrap(), b"old").unwrap());
        let long_ago = SystemTime::now() - 2 * COARSE;
        File::options().append(true).open(&path).unwrap().set_modified(long_ago).unwrap();
        assert!(!is_recent(&std::fs::metadata(&path).unwrap()));
        let ahead = SystemTime::now() + Duration::from_secs(1000);
        File::options().append(true).open(&path).unwrap().set_modified(ahead).unwrap();
        assert!(is_recent(&std::fs::metadata(&path).unwrap()), "a clock that was set back");
    }
}
