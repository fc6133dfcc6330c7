//! Odd folders, links that lead elsewhere, and artifacts that were tampered with.

use std::fs;

use super::tiny::{changed, copy, lay_out_as_before, tiny};
use crate::common::{PROGRAM, STAGES, Study, assert_same};

#[test]
fn a_folder_with_spaces_quotes_and_unicode_is_a_folder_like_any_other() {
    let study = tiny();
    study.run(&["run"]).fine();
    let place = study.path("it's \"β\" & $HOME; 研究 -n\tx");
    fs::create_dir(&place).unwrap();
    for file in ["pipeline.yaml", "data"] {
        fs::rename(study.path(file), place.join(file)).unwrap();
    }
    let mut command = std::process::Command::new(PROGRAM);
    let output = command.current_dir(study.path("")).args(["run", "--pipeline"]).arg(place.join("pipeline.yaml"));
    let output = output.arg("--allow-outside").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for file in ["report/report.html", "ingest/participants.parquet"] {
        let there = fs::read(place.join("outputs").join(file)).unwrap();
        assert!(there == fs::read(study.path("outputs").join(file)).unwrap(), "{file}");
    }
}

#[test]
fn an_output_name_that_is_a_link_out_of_the_study_is_replaced_and_what_it_leads_to_is_left() {
    let (study, _, after) = changed();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("report.html"), "another's").unwrap();
    fs::remove_file(study.path("outputs/report")).unwrap();
    std::os::unix::fs::symlink(outside.path(), study.path("outputs/report")).unwrap();
    study.run(&["run"]).fine();
    assert_same(&study.shown(), &after);
    assert_eq!(fs::read_to_string(outside.path().join("report.html")).unwrap(), "another's");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    // The whole folder of outputs as a link out of the study is refused before anything is written.
    let study = tiny();
    std::os::unix::fs::symlink(outside.path(), study.path("outputs")).unwrap();
    let said = study.run(&["run"]);
    assert_eq!((said.code, said.err.contains("leaves the study's folder")), (Some(2), true), "{}", said.err);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn an_artifact_altered_truncated_emptied_or_of_the_same_size_and_time_is_made_again() {
    let (study, before, _) = changed();
    study.write("data/participants.csv", &super::tiny::participants(40));
    study.run(&["run"]).fine();
    assert_same(&study.shown(), &before);
    let file = "outputs/ingest/participants.parquet";
    let whole = fs::read(study.path(file)).unwrap();
    let mut turned = whole.clone();
    turned.reverse();
    let mut altered = whole.clone();
    altered[whole.len() / 2] ^= 1;
    for bytes in [altered, whole[..whole.len() - 1].to_vec(), Vec::new(), turned] {
        let study = copy(&study);
        let time = fs::metadata(study.path(file)).unwrap().modified().unwrap();
        fs::remove_file(study.path(file)).unwrap();
        fs::write(study.path(file), &bytes).unwrap();
        fs::File::options().append(true).open(study.path(file)).unwrap().set_modified(time).unwrap();
        assert_eq!(study.run(&["verify"]).code, Some(10));
        let said = study.run(&["run"]).fine();
        assert!(said.err.contains("ingest     damaged  ingest/participants.parquet"), "{}", said.err);
        assert!(said.err.contains(&format!("1 ran, {} cached", STAGES.len() - 1)), "{}", said.err);
        assert_same(&study.shown(), &before);
    }
}

/// Every link below the outputs folder, with what it leads to.
fn links(study: &Study) -> Vec<(String, String)> {
    let text = |path: std::path::PathBuf| path.to_string_lossy().into_owned();
    let outputs = fs::read_dir(study.path("outputs")).unwrap().map(|found| found.unwrap().path());
    let paths = outputs.chain([study.path("outputs/.cache/shown")]).filter(|path| path.is_symlink());
    let mut links: Vec<_> = paths.map(|path| (text(path.clone()), text(fs::read_link(&path).unwrap()))).collect();
    links.sort();
    links
}

#[test]
fn a_folder_laid_out_by_an_earlier_version_is_read_as_it_is_and_taken_over_without_running_anything() {
    let (study, _, after) = changed();
    study.run(&["run"]).fine();
    let new = links(&study);
    lay_out_as_before(&study);
    let old = links(&study);
    assert_ne!(new, old);
    for command in [&["status", "--exit-code"][..], &["verify"], &["diff", "last"], &["explain", "qc"], &["run", "-n"]]
    {
        study.run(command).fine();
        assert!(!study.run(command).out.contains("outdated"));
    }
    assert_eq!(links(&study), old, "readers write nothing");
    let said = study.run(&["run", "ingest"]).fine();
    assert!(said.err.contains("0 ran, 1 cached"), "{}", said.err);
    assert_eq!(
        links(&study).iter().filter(|link| !old.contains(link)).count(),
        STAGES.len() + 1,
        "all of them at once"
    );
    assert_same(&study.shown(), &after);
    study.run(&["gc", "--keep-runs", "0"]).fine();
    study.run(&["status", "--exit-code"]).fine();
    assert_same(&study.shown(), &after);
    assert_eq!(fs::read_dir(study.path("outputs/.cache/shows")).unwrap().count(), 1);
}

#[test]
fn whoever_reads_while_results_change_always_finds_them_whole() {
    let (study, before, after) = changed();
    let study = copy(&study);
    lay_out_as_before(&study);
    let files = ["ingest/participants.parquet", "report/report.html", "qc/record.json"];
    let done = std::sync::atomic::AtomicBool::new(false);
    let order = std::sync::atomic::Ordering::SeqCst;
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut seen = [0, 0];
            while !done.load(order) {
                for file in files {
                    let bytes =
                        fs::read(study.path("outputs").join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
                    if file.ends_with("record.json") {
                        continue;
                    }
                    let which = [&before, &after].iter().position(|files| files[file] == bytes);
                    seen[which.unwrap_or_else(|| panic!("{file} is of neither run"))] += 1;
                }
            }
            seen
        });
        for age in [77, 40].into_iter().cycle().take(30) {
            study.write("data/next.csv", &super::tiny::participants(age));
            fs::rename(study.path("data/next.csv"), study.path("data/participants.csv")).unwrap();
            study.run(&["run"]).fine();
        }
        done.store(true, order);
        let seen = reader.join().unwrap();
        assert!(seen.iter().all(|n| *n > 0), "{seen:?}");
    });
}

#[test]
fn a_partial_run_a_forced_one_and_one_after_a_link_is_gone_leave_every_other_stage_as_it_was() {
    let (study, before, after) = changed();
    let of = |files: &super::tiny::Files, stage: &str| -> Vec<(String, Vec<u8>)> {
        let own = files.iter().filter(|(path, _)| path.split('/').next() == Some(stage));
        own.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    };
    let shown = |new: &[&str]| {
        let now = study.shown();
        for stage in STAGES {
            let expected = if new.contains(&stage) { &after } else { &before };
            assert!(of(&now, stage) == of(expected, stage), "{stage}, with {new:?} new");
        }
    };
    study.run(&["run", "ingest"]).fine();
    shown(&["ingest"]);
    study.run(&["run", "qc", "--force"]).fine();
    shown(&["ingest", "qc"]);
    fs::remove_file(study.path("outputs/screen")).unwrap();
    study.run(&["run", "outcomes"]).fine();
    assert!(!study.path("outputs/screen").is_symlink(), "what was deleted and not asked for stays away");
    study.run(&["run"]).fine();
    shown(&STAGES);
    // Another's folder and another's file in a link's place stop the showing of everything, and stay.
    study.write("data/participants.csv", &super::tiny::participants(40));
    for make in [fs::create_dir as fn(std::path::PathBuf) -> _, |path| fs::write(path, "mine")] {
        fs::remove_file(study.path("outputs/report")).unwrap();
        make(study.path("outputs/report")).unwrap();
        let said = study.run(&["run"]);
        assert_eq!(said.code, Some(74));
        assert!(
            said.err.contains("move it away") && said.err.contains("earlier outputs are unchanged"),
            "{}",
            said.err
        );
        assert!(of(&study.shown(), "ingest") == of(&after, "ingest"));
        let mine = study.path("outputs/report");
        if mine.is_dir() {
            fs::remove_dir(&mine).unwrap()
        } else {
            assert_eq!(fs::read(&mine).unwrap(), b"mine")
        }
        let _ = fs::remove_file(&mine);
        std::os::unix::fs::symlink("nowhere", &mine).unwrap();
    }
    study.run(&["run"]).fine();
    shown(&[]);
}

#[test]
fn what_is_trusted_unhashed_is_noticed_by_its_time_of_change_and_hashed_without_the_option() {
    let (study, _, after) = changed();
    study.run(&["run"]).fine();
    // Files younger than two seconds are not believed.
    std::thread::sleep(std::time::Duration::from_millis(2200));
    study.run(&["status", "--trust-mtime"]).fine();
    let trusted = study.path("outputs/.cache/trusted/ingest");
    assert!(!trusted.exists(), "who reads writes nothing");
    study.run(&["run", "--trust-mtime"]).fine();
    let looks = fs::read_dir(&trusted).unwrap().next().unwrap().unwrap().path();
    let kept = fs::read_to_string(&looks).unwrap();
    let said = study.run(&["run", "--trust-mtime"]).fine();
    assert!(said.err.contains(&format!("0 ran, {} cached", STAGES.len())), "{}", said.err);
    assert_eq!(fs::read_to_string(&looks).unwrap(), kept, "nothing was hashed, so nothing is written");
    let file = study.path("outputs/ingest/participants.parquet").canonicalize().unwrap();
    let found = fs::metadata(&file).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    fs::write(&file, &bytes).unwrap();
    fs::File::options().append(true).open(&file).unwrap().set_modified(found.modified().unwrap()).unwrap();
    let said = study.run(&["status", "--trust-mtime"]).fine();
    assert!(said.out.contains("ingest/participants.parquet was altered"), "{}", said.out);
    // What the option gives up: a look that is the altered file's own is believed. A plain run hashes.
    use std::os::unix::fs::MetadataExt;
    let now = fs::metadata(&file).unwrap();
    let mut forged: serde_json::Value = serde_json::from_str(&kept).unwrap();
    let seen = &mut forged["files"]["participants.parquet"];
    seen["look"]["ctime"] = (now.ctime() * 1_000_000_000 + now.ctime_nsec()).into();
    seen["since"] = (now.ctime() * 1_000_000_000 + 60_000_000_000).into();
    fs::write(&looks, forged.to_string()).unwrap();
    assert!(study.run(&["status", "--trust-mtime"]).fine().out.contains("ingest     cached"));
    assert_eq!(study.run(&["verify"]).code, Some(10), "`verify` believes nothing");
    let said = study.run(&["run"]).fine();
    assert!(said.err.contains("ingest     damaged  ingest/participants.parquet"), "{}", said.err);
    assert_same(&study.shown(), &after);
    study.run(&["gc", "--keep-runs", "0"]).fine();
    assert_eq!(fs::read_dir(&trusted).unwrap().count(), 0, "the looks of what went are gone with it");
}

#[test]
fn a_damaged_result_stays_where_it_is_shown_until_another_can_be_shown() {
    let (study, _, after) = changed();
    study.run(&["run"]).fine();
    fs::remove_file(study.path("outputs/qc/flow.parquet")).unwrap();
    study.write("data/participants.csv", "id,age\nP00,nonsense\n");
    assert_eq!(study.run(&["run"]).code, Some(2));
    study.write("data/participants.csv", &super::tiny::participants(77));
    // The stage after the damaged one fails for want of room for one file: the shell's limit stands for the disk.
    let script = format!("ulimit -f 16; trap '' XFSZ; exec {PROGRAM} run --force");
    let mut shell = std::process::Command::new("bash");
    let output = shell.current_dir(study.path("")).args(["-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(74), "{}", String::from_utf8_lossy(&output.stderr));
    let mut shown = study.shown();
    assert!(shown.insert("qc/flow.parquet".to_owned(), after["qc/flow.parquet"].clone()).is_none());
    assert_same(&shown, &after);
    study.run(&["gc", "--keep-runs", "0", "--aside"]).fine();
    assert!(study.path("outputs/qc/decisions.csv").exists(), "what is shown is not collected");
    study.run(&["run"]).fine();
    assert_same(&study.shown(), &after);
    study.run(&["gc", "--keep-runs", "0", "--aside"]).fine();
    assert!(!study.path("outputs/.cache/aside").exists());
    assert_same(&study.shown(), &after);
}

/// A folder that is read-only for everyone, root as well.
#[test]
fn outputs_on_a_read_only_file_system_can_be_read_and_a_run_says_74_and_changes_nothing() {
    let (study, before, after) = changed();
    let script = format!(
        "mount --bind outputs outputs && mount -o remount,ro,bind outputs || exit 99
         {PROGRAM} status > said || exit 98; {PROGRAM} verify >> said || exit 97
         {PROGRAM} run 2>> said; echo $? > code; cp -aL outputs/. seen; umount outputs"
    );
    fs::create_dir(study.path("seen")).unwrap();
    let mut shell = std::process::Command::new("unshare");
    let output = shell.current_dir(study.path("")).args(["-rm", "bash", "-c", &script]).output();
    let Some(output) = output.ok().filter(|output| !matches!(output.status.code(), Some(99 | 1))) else {
        eprintln!("SKIPPED: nothing can be mounted read-only here");
        return;
    };
    let read = |path: &str| fs::read_to_string(study.path(path)).unwrap_or_default();
    let said = format!("{}{}", read("said"), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert_eq!(read("code").trim(), "74", "{said}");
    assert!(said.contains("Read-only file system") && said.contains("earlier outputs are unchanged"), "{said}");
    assert!(before.iter().all(|(path, bytes)| fs::read(study.path("seen").join(path)).unwrap() == *bytes));
    assert_same(&study.shown(), &before);
    study.run(&["run"]).fine();
    assert_same(&study.shown(), &after);
}

/// A small file system of its own, which only root may make.
#[test]
fn a_disk_that_is_really_full_ends_with_74_and_the_earlier_results_stay() {
    let (study, before, after) = changed();
    let script = format!(
        "set -u; mount -t tmpfs -o size=6m none disk || exit 99; cp -a pipeline.yaml data outputs disk/; cd disk
         for left in 0 4 8 16 32 64 128 256 512; do
           head -c $(( $(stat -f -c '%a*%S' .) - left * 1024 )) /dev/zero > filler
           {PROGRAM} run -q 2> /dev/null; code=$?
           echo \"$left $code\"; [ $code = 74 ] || break
           for stage in outputs/*; do mkdir -p ../seen/$left/outputs; cp -aL $stage ../seen/$left/outputs/; done
           ls -A outputs/.cache/tmp 2> /dev/null; rm filler
         done
         rm -f filler; {PROGRAM} run -q || exit 98; cp -aL outputs ../finished"
    );
    fs::create_dir(study.path("disk")).unwrap();
    let mut shell = std::process::Command::new("unshare");
    let output = shell.current_dir(study.path("")).args(["-rm", "bash", "-c", &script]).output();
    let Some(output) = output.ok().filter(|output| !matches!(output.status.code(), Some(99 | 1))) else {
        eprintln!("SKIPPED: no file system of one's own can be mounted here");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.lines().filter(|line| line.ends_with(" 74")).count() >= 3, "{said}");
    assert!(said.lines().all(|line| line.split(' ').count() == 2), "something half-written is left: {said}");
    let read = |folder: &str, path: &str| fs::read(study.path(folder).join(path)).unwrap();
    for left in said.lines().filter_map(|line| line.strip_suffix(" 74")) {
        let folder = format!("seen/{left}/outputs");
        assert!(before.iter().all(|(path, bytes)| read(&folder, path) == *bytes), "with {left} kB left");
    }
    assert!(after.iter().all(|(path, bytes)| read("finished", path) == *bytes));
}
