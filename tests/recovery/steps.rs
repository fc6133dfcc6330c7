//! Every change that a run makes to its folder, gone wrong once: killed before it, refused by the disk, out of room.
//!
//! `interpose.c` stands between the program and the C library and counts the changes over all threads, so that the N-th
//! is the same step at every N; the enumeration ends with the run that has no N-th.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::tiny::{
    Files, changed, copy, copy_followed, differing, lay_out_as_before, leftovers, new_stages, participants, tiny,
};
use crate::common::{STAGES, Study, assert_same, repository};

/// The interposer, compiled once; none where it cannot be, which is said aloud.
pub fn interposer() -> Option<&'static PathBuf> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        let folder = std::env::temp_dir().join(format!("ketascreen-interpose-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let library = folder.join("interpose.so");
        let source = repository().join("tests/recovery/interpose.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl");
        let built = cfg!(target_os = "linux") && compiler.status().is_ok_and(|status| status.success());
        built.then_some(library)
    };
    let library = BUILT.get_or_init(build).as_ref();
    if library.is_none() {
        eprintln!("SKIPPED: faults at every step need Linux and a C compiler, `cc`");
    }
    library
}

/// A study, what it shows, what it is to show, and the command that makes it so.
struct Case {
    study: Study,
    before: Files,
    after: Files,
    arguments: &'static [&'static str],
    /// A folder has to make room for a link, which takes two changes: a kill between them finds that stage set aside.
    folders: bool,
}

impl Case {
    fn new((study, before, after): (Study, Files, Files)) -> Case {
        Case { study, before, after, arguments: &["run"], folders: false }
    }

    /// What of the earlier results a kill between two changes left set aside and nowhere else.
    fn set_aside(&self, study: &Study) -> Files {
        let away = |stage: &str| !study.path("outputs").join(stage).exists();
        let away: Vec<&str> = STAGES.into_iter().filter(|stage| away(stage)).collect();
        assert!(away.len() <= 1, "{away:?}");
        let of = |path: &str| away.iter().any(|stage| path.split('/').next() == Some(stage));
        self.before.iter().filter(|(path, _)| of(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    }
}

/// Runs the study with its `at`-th change gone wrong; how it ended (none: killed), how many changes there were, and what
/// was said.
fn run(case: &Case, study: &Study, library: &PathBuf, kind: &str, at: usize) -> (Option<i32>, usize, String) {
    let (root, count) = (study.path("").canonicalize().unwrap(), tempfile::NamedTempFile::new().unwrap());
    let mut command = study.command(case.arguments);
    command.env("LD_PRELOAD", library).env("FAULT_ROOT", root).env("FAULT_KIND", kind);
    command.env("FAULT_AT", at.to_string()).env("FAULT_COUNT", count.path());
    let ended = command.stdin(Stdio::null()).output().unwrap();
    let made = std::fs::read_to_string(count.path()).unwrap().trim().parse().unwrap_or(0);
    (ended.status.code(), made, String::from_utf8_lossy(&ended.stderr).into_owned())
}

/// One step gone wrong: the outputs are the earlier ones or the new ones, all of them; what is said of them is true; nothing
/// half-written is shown; and the next plain run finishes.
fn one(kind: &str, at: usize, library: &PathBuf, case: &Case) {
    let Case { before, after, .. } = case;
    let study = copy(&case.study);
    let (code, _, said) = run(case, &study, library, kind, at);
    let mut shown = study.shown();
    if case.folders && kind == "kill" {
        shown.extend(case.set_aside(&study));
    }
    let new = new_stages(&shown, before, after);
    assert!(new == 0 || new == differing(before, after), "{kind} at {at}: outputs of two runs\n{said}");
    match (kind, code) {
        ("kill", code) => assert_eq!(code, None, "killed at {at}"),
        (_, Some(0)) => assert_same(&shown, after),
        // Whoever is still running removes what is half-written; the removal itself may be what failed.
        (_, code) => {
            assert_eq!(code, Some(74), "{kind} at {at}");
            assert!(kind == "eio" || leftovers(&study) == 0, "{kind} at {at} leaves something half-written");
            let told = if new == 0 { "earlier outputs are unchanged" } else { "the new outputs are shown" };
            assert!(said.contains(told), "{kind} at {at}, {new} stages are new: {said}");
        }
    }
    study.run(case.arguments).fine();
    assert_same(&study.shown(), after);
    assert_eq!(leftovers(&study), 0, "{kind} at {at}");
    if new > 0 || at.is_multiple_of(8) {
        study.run(&["run", "--locked"]).fine();
        study.run(&["status", "--exit-code"]).fine();
    }
}

/// Every step from the `from`-th before the end on.
fn steps(kind: &str, case: &Case, from: usize) {
    let Some(library) = interposer() else { return };
    let (code, steps, _) = run(case, &copy(&case.study), library, kind, 0);
    assert_eq!(code, Some(0));
    assert!(steps > 100, "the interposer saw {steps} changes");
    eprintln!("{kind}: {} of {steps} steps", steps.min(from));
    let next = AtomicUsize::new(steps.saturating_sub(from) + 1);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::SeqCst);
                    // Threads take turns in another order each time: some steps near the end may be fewer.
                    if at + 8 > steps {
                        break;
                    }
                    one(kind, at, library, case);
                }
            });
        }
    });
}

#[test]
fn killed_at_every_step() {
    steps("kill", &Case::new(changed()), usize::MAX);
}

#[test]
fn killed_or_refused_while_results_are_taken_from_another_studys_cache() {
    let (study, before, after) = changed();
    let other = copy(&study);
    other.run(&["run"]).fine();
    let also = other.path("outputs/.cache").display().to_string();
    study.edit(|text| format!("{text}\ncache: {{also: [{also:?}]}}\n"));
    let said = copy(&study).run(&["run", "--json"]).fine();
    assert!(said.stages_with("running").is_empty() && !said.stages_with("fetched").is_empty(), "{}", said.out);
    let case = Case::new((study, before, after));
    steps("kill", &case, usize::MAX);
    steps("eio", &case, usize::MAX);
}

#[test]
fn refused_by_the_disk_at_every_step() {
    steps("eio", &Case::new(changed()), usize::MAX);
}

#[test]
fn out_of_room_from_every_step_on() {
    steps("enospc", &Case::new(changed()), usize::MAX);
}

/// The last changes of a run are those that show its results.
const SHOWING: usize = 90;

#[test]
fn killed_or_refused_while_the_first_results_are_shown() {
    let (study, _, after) = changed();
    std::fs::remove_dir_all(study.path("outputs")).unwrap();
    let first = Case::new((study, Files::new(), after));
    ["kill", "eio"].iter().for_each(|kind| steps(kind, &first, SHOWING));
}

#[test]
fn killed_or_refused_while_a_folder_of_an_earlier_version_is_taken_over() {
    let case = Case::new(changed());
    lay_out_as_before(&case.study);
    assert_same(&case.study.shown(), &case.before);
    ["kill", "eio"].iter().for_each(|kind| steps(kind, &case, SHOWING));
}

#[test]
fn killed_or_refused_while_a_study_that_was_copied_with_its_links_followed_is_taken_over() {
    let (study, before, after) = changed();
    let case = Case { folders: true, ..Case::new((copy_followed(&study), before, after)) };
    assert_same(&case.study.shown(), &case.before);
    ["kill", "eio"].iter().for_each(|kind| steps(kind, &case, SHOWING));
}

/// Other bytes in a stored file, and in its record their digest: a result that is whole and not what the stage makes.
fn forge(study: &Study, stage: &str, file: &str) {
    use sha2::Digest;
    let digest = |bytes: &[u8]| {
        let digits = sha2::Sha256::digest(bytes);
        digits.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let entry = study.path("outputs").join(stage);
    let old = std::fs::read(entry.join(file)).unwrap();
    let new = [old.as_slice(), b"\n"].concat();
    let record = std::fs::read_to_string(entry.join("record.json")).unwrap();
    let forged = record.replace(&digest(&old), &digest(&new)).into_bytes();
    for (path, bytes) in [(entry.join(file), new), (entry.join("record.json"), forged)] {
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
    }
}

#[test]
fn killed_or_refused_while_stages_are_forced_and_make_other_bytes_under_the_same_keys() {
    let (study, _, after) = changed();
    study.run(&["run"]).fine();
    forge(&study, "qc", "decisions.csv");
    forge(&study, "report", "report.html");
    study.run(&["status", "--exit-code"]).fine();
    let case =
        Case { before: study.shown(), arguments: &["run", "--force"], ..Case::new((study, Files::new(), after)) };
    assert_eq!(differing(&case.before, &case.after), 2);
    ["kill", "eio"].iter().for_each(|kind| steps(kind, &case, usize::MAX));
}

#[test]
fn where_no_link_can_be_made_copies_show_the_same_bytes_and_follow() {
    let Some(library) = interposer() else { return };
    let (study, before, after) = changed();
    std::fs::remove_dir_all(study.path("outputs")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = study.command(arguments);
        command.env("LD_PRELOAD", library).env("FAULT_NOLINKS", "1").stdin(Stdio::null());
        let ended = command.output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
        String::from_utf8_lossy(&ended.stderr).into_owned()
    };
    let shown = || {
        let mut shown = study.shown();
        shown.retain(|path, _| !path.ends_with("/.copy-of"));
        shown
    };
    for (age, bytes) in [(77, &after), (40, &before), (77, &after)] {
        study.write("data/participants.csv", &participants(age));
        run(&["run"]);
        assert_same(&shown(), bytes);
        assert!(!study.path("outputs/report").is_symlink() && !study.path("outputs/.cache/shown").exists());
        assert!(run(&["run"]).contains("0 ran"));
        run(&["status", "--exit-code"]);
    }
    // What copying made of links where they work is a result all the same, and is replaced by a copy.
    let followed = tiny();
    followed.run(&["run"]).fine();
    let followed = copy_followed(&followed);
    let mut command = followed.command(&["run"]);
    command.env("LD_PRELOAD", library).env("FAULT_NOLINKS", "1").stdin(Stdio::null());
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    assert!(STAGES.iter().all(|stage| followed.path("outputs").join(stage).join(".copy-of").is_file()));
    assert_eq!(std::fs::read_dir(followed.path("outputs/.cache/aside")).unwrap().count(), STAGES.len());
    // A copy that was altered is mended, also where links work again; it stays a copy.
    study.write("outputs/ingest/participants.parquet", "altered");
    study.run(&["run"]).fine();
    assert_same(&shown(), &after);
    assert_eq!(leftovers(&study), 0);
    study.run(&["gc", "--keep-runs", "0"]).fine();
    assert_eq!(study.run(&["verify", "--all", "--json"]).fine().out.matches("\"key\"").count(), STAGES.len());
    assert_same(&shown(), &after);
}

/// A run whose table is changed in place, to the new one, each of the first `tears` times that it is half read.
fn torn(study: &Study, library: &PathBuf, tears: usize, time: bool) -> (Option<i32>, String) {
    let mut command = study.command(&["run"]);
    command.env("LD_PRELOAD", library).env("FAULT_FILE", study.path("data/participants.csv"));
    command.env("FAULT_NEW", study.path("data/new.csv")).env("FAULT_TEARS", tears.to_string());
    if time {
        command.env("FAULT_TIME", "1");
    }
    let ended = command.stdin(Stdio::null()).output().unwrap();
    (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned())
}

#[test]
fn a_table_that_changes_while_it_is_read_is_read_again_and_refused_where_it_never_rests() {
    let Some(library) = interposer() else { return };
    let (study, before, after) = changed();
    study.write("data/participants.csv", &participants(40));
    study.write("data/new.csv", &participants(77));
    let yesterday = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
    let table = || std::fs::File::options().append(true).open(study.path("data/participants.csv")).unwrap();
    for time in [false, true] {
        table().set_modified(yesterday).unwrap();
        for tears in [1, 3] {
            let study = copy(&study);
            let (code, said) = torn(&study, library, tears, time);
            assert_eq!(code, Some(0), "{said}");
            assert_same(&study.shown(), &after);
        }
        let study = copy(&study);
        let (code, said) = torn(&study, library, 1000, time);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("`participants.csv` changed while it was read"), "{said}");
        assert!(said.contains("nothing was run"), "{said}");
        assert_same(&study.shown(), &before);
        study.run(&["run"]).fine();
        assert_same(&study.shown(), &after);
    }
}
