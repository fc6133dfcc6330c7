//! Odd folders, links that lead elsewhere, and artifacts that were tampered with.

use std::fs;
use std::path::{Path, PathBuf};

use super::tiny::{changed, copy, tiny};
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

/// Puts something in a place.
type Put<'a> = &'a dyn Fn(&Path);
/// Alters a record.
type Alter<'a> = &'a dyn Fn(&mut serde_json::Value);

/// The folder of the entry that a stage's link shows.
fn entry(study: &Study, stage: &str) -> PathBuf {
    study.path("outputs").join(stage).canonicalize().unwrap()
}

#[test]
fn whatever_has_the_place_of_an_entry_is_named_and_set_aside_and_no_link_is_followed() {
    let study = tiny();
    study.run(&["run"]).fine();
    let before = study.shown();
    let outside = tempfile::tempdir().unwrap();
    let link = |to: PathBuf| move |place: &Path| std::os::unix::fs::symlink(&to, place).unwrap();
    let whole = outside.path().join("whole");
    let copied = std::process::Command::new("cp").arg("-a").arg(entry(&study, "qc")).arg(&whole).status().unwrap();
    assert!(copied.success());
    fs::write(outside.path().join("mine.txt"), "mine").unwrap();
    let pipe = |place: &Path| assert!(std::process::Command::new("mkfifo").arg(place).status().unwrap().success());
    let cases: [(&str, &str, Put); 9] = [
        ("a file", "is a file and no folder", &|place| fs::write(place, "x").unwrap()),
        ("a link to nowhere", "is a link and no folder", &link("nowhere".into())),
        ("a link to a file", "is a link and no folder", &link(outside.path().join("mine.txt"))),
        ("a link to another entry", "is a link and no folder", &link(entry(&study, "outcomes"))),
        ("a link to the same elsewhere", "is a link and no folder", &link(whole.clone())),
        ("a pipe", "is a pipe or a device and no folder", &pipe),
        ("an empty folder", "qc/record.json is missing", &|place| fs::create_dir(place).unwrap()),
        ("a folder with a folder for a record", "qc/record.json was altered", &|place| {
            fs::create_dir_all(place.join("record.json")).unwrap();
        }),
        ("a folder with a pipe for a table", "qc/flow.parquet was altered", &|place| {
            let copied = std::process::Command::new("cp").arg("-a").arg(&whole).arg(place).status().unwrap();
            fs::remove_file(place.join("flow.parquet")).unwrap();
            pipe(&place.join("flow.parquet"));
            assert!(copied.success());
        }),
    ];
    for (kind, words, put) in cases {
        let study = copy(&study);
        let place = entry(&study, "qc");
        fs::remove_dir_all(&place).unwrap();
        put(&place);
        let said = study.run(&["verify"]);
        assert!(said.code == Some(10) && said.out.contains(words), "{kind}: {}{}", said.out, said.err);
        let said = study.run(&["status"]).fine();
        assert!(said.out.contains("qc         altered  ") && said.out.contains(words), "{kind}: {}", said.out);
        let said = study.run(&["run"]).fine();
        assert!(said.err.contains("qc         damaged  qc/"), "{kind}: {}", said.err);
        assert!(said.err.contains(&format!("1 ran, {} cached", STAGES.len() - 1)), "{kind}: {}", said.err);
        assert_same(&study.shown(), &before);
        study.run(&["verify", "--all"]).fine();
        assert_eq!(fs::read_dir(study.path("outputs/.cache/aside")).unwrap().count(), 1, "{kind}");
        // What has a name like an entry's and is shown by nothing is collected as it is.
        put(&place.with_file_name("0".repeat(64)));
        study.run(&["gc", "--keep-runs", "0", "--aside"]).fine();
        assert_eq!(fs::read_dir(place.parent().unwrap()).unwrap().count(), 1, "{kind}");
        assert_same(&study.shown(), &before);
    }
    assert_eq!(fs::read_to_string(outside.path().join("mine.txt")).unwrap(), "mine");
    assert_eq!(fs::read_dir(&whole).unwrap().count(), fs::read_dir(entry(&study, "qc")).unwrap().count());
}

#[test]
fn a_record_that_was_altered_is_no_record_of_its_entry() {
    let study = tiny();
    study.run(&["run"]).fine();
    let (before, lock) = (study.shown(), fs::read(study.path("pipeline.lock")).unwrap());
    let digest = || serde_json::Value::from("0".repeat(64));
    // Whether the record contradicts itself; what contradicts nothing but the run's settings is the run's to notice.
    let cases: [(&str, bool, Alter); 9] = [
        ("a setting", true, &|record| record["settings"]["stages.qc.analytes.robust"] = true.into()),
        ("a setting too many", true, &|record| record["settings"]["stages.qc.other"] = 1.into()),
        ("a setting as the stage held it", true, &|record| {
            let line = record["resolved"].as_str().unwrap().replace("\"robust\":false", "\"robust\":true");
            record["resolved"] = line.into();
        }),
        ("the seed", true, &|record| record["seed"] = 7.into()),
        ("the method version", true, &|record| record["method_version"] = 99.into()),
        ("an input", true, &|record| record["inputs"]["ingest/participants"] = digest()),
        ("a path that leaves", true, &|record| record["outputs"][0]["path"] = "../../../../pipeline.yaml".into()),
        ("a table that is not named", false, &|record| drop(record["outputs"].as_array_mut().unwrap().pop())),
        ("a setting where nothing tells", false, &|record| {
            record.as_object_mut().unwrap().remove("resolved");
            record["settings"]["stages.qc.analytes.robust"] = true.into();
        }),
    ];
    for (what, told, alter) in cases {
        let study = copy(&study);
        let path = entry(&study, "qc").join("record.json");
        let mut record: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let whole = record.clone();
        alter(&mut record);
        assert_ne!(record, whole, "{what}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, record.to_string()).unwrap();
        let said = study.run(&["verify"]);
        let named = said.out.contains("qc         damaged  qc/record.json was altered");
        assert_eq!((said.code == Some(10), named), (told, told), "{what}: {}", said.out);
        let said = study.run(&["status"]).fine();
        assert!(said.out.contains("qc         altered  qc/record.json was altered"), "{what}: {}", said.out);
        let said = study.run(&["run"]).fine();
        assert!(said.err.contains("qc         damaged  qc/record.json; set aside to "), "{what}: {}", said.err);
        assert!(said.err.contains(&format!("1 ran, {} cached", STAGES.len() - 1)), "{what}: {}", said.err);
        assert_same(&study.shown(), &before);
        assert_eq!(fs::read(study.path("pipeline.lock")).unwrap(), lock, "{what}");
        study.run(&["verify"]).fine();
    }
    // A record of a version that wrote less is a record all the same.
    let path = entry(&study, "qc").join("record.json");
    let mut record: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    record.as_object_mut().unwrap().remove("resolved");
    fs::remove_file(&path).unwrap();
    fs::write(&path, record.to_string()).unwrap();
    study.run(&["verify"]).fine();
    study.run(&["status", "--exit-code"]).fine();
}
