use std::fs;
use std::time::{Duration, SystemTime};

use super::*;
use crate::engine::recipe::Recipe;
use crate::store::artifact;

/// A store with one entry whose file `a.parquet` was hashed and written down, as if it had been made a minute before.
fn place() -> (tempfile::TempDir, Store, Entry) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path()).trusting(Trust::LooksAndKeeps);
    let settings = serde_json::json!({});
    let recipe = Recipe { stage: "qc", version: 1, seed: None, settings, inputs: Default::default() };
    let entry = store.entry("qc", &recipe.key());
    let contents = vec![("a.parquet".to_owned(), b"same".to_vec()), ("b.parquet".to_owned(), b"b".to_vec())];
    artifact::store(&store, &entry, &recipe, contents).unwrap();
    assert!(store.verify(&entry).unwrap().1.is_empty());
    (folder, store, entry)
}

/// Makes what was written down older than it is: what a minute's waiting would do.
fn let_time_pass(store: &Store, entry: &Entry) {
    let mut known = store.trusted(entry);
    known.files.values_mut().for_each(|seen| seen.since += 60_000_000_000);
    store.keep(entry, &known).unwrap();
}

/// Whether a file is hashed: one whose recorded digest is another is then called altered.
fn is_hashed(store: &Store, entry: &Entry, file: &str) -> bool {
    let known = store.trusted(entry);
    let path = entry.folder.join(file);
    let output = verify::verify(entry).unwrap().0.unwrap().outputs.into_iter().find(|o| o.path == file).unwrap();
    !known.files.get(file).is_some_and(|seen| seen.fits(&output, look(&path)))
}

#[test]
fn a_file_that_looks_as_when_it_was_hashed_is_not_hashed_again() {
    let (_folder, store, entry) = place();
    assert!(is_hashed(&store, &entry, "a.parquet"), "it was made less than two seconds before");
    let_time_pass(&store, &entry);
    assert!(!is_hashed(&store, &entry, "a.parquet"));
    let kept = fs::read(store.trusted_file(&entry)).unwrap();
    assert!(store.verify(&entry).unwrap().1.is_empty());
    assert_eq!(fs::read(store.trusted_file(&entry)).unwrap(), kept, "nothing new is written");
    assert_eq!(fs::read_dir(store.tmp()).unwrap().count(), 0);
}

#[test]
fn other_bytes_of_the_same_size_and_time_are_noticed_by_the_time_of_change() {
    let (_folder, store, entry) = place();
    let_time_pass(&store, &entry);
    let path = entry.folder.join("a.parquet");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    let before = look(&path).unwrap();
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    fs::write(&path, "else").unwrap();
    fs::File::options().append(true).open(&path).unwrap().set_modified(time).unwrap();
    let after = look(&path).unwrap();
    assert_eq!((before.bytes, before.mtime, before.inode), (after.bytes, after.mtime, after.inode));
    assert_ne!(before.ctime, after.ctime);
    let damaged = store.verify(&entry).unwrap().1;
    assert_eq!(damaged, [Damage::Altered("qc/a.parquet".to_owned())]);
    for trust in [Trust::Nothing, Trust::Looks] {
        assert_eq!(store.clone().trusting(trust).verify(&entry).unwrap().1, damaged);
    }
}

#[test]
fn a_file_that_was_touched_replaced_or_removed_is_hashed() {
    let (_folder, store, entry) = place();
    let path = entry.folder.join("a.parquet");
    let changes: [&dyn Fn(); 3] = [
        &|| fs::File::open(&path).unwrap().set_modified(SystemTime::now() - Duration::from_secs(9)).unwrap(),
        &|| {
            fs::copy(&path, path.with_extension("new")).unwrap();
            fs::rename(path.with_extension("new"), &path).unwrap();
        },
        &|| fs::hard_link(&path, path.with_extension("other")).unwrap(),
    ];
    for change in changes {
        store.verify(&entry).unwrap();
        let_time_pass(&store, &entry);
        change();
        assert!(is_hashed(&store, &entry, "a.parquet") && !is_hashed(&store, &entry, "b.parquet"));
    }
    fs::remove_file(&path).unwrap();
    assert!(matches!(store.verify(&entry).unwrap().1[0], Damage::Missing(_)));
}

#[test]
fn looks_are_believed_only_of_the_file_and_the_record_that_they_were_taken_of() {
    let (_folder, store, entry) = place();
    let_time_pass(&store, &entry);
    // A record that names another digest: what was hashed then says nothing of it.
    let (record, _) = verify::verify(&entry).unwrap();
    let mut record = record.unwrap();
    record.outputs[0].sha256 = Digest::of(b"else");
    fs::remove_file(entry.folder.join("record.json")).unwrap();
    fs::write(entry.folder.join("record.json"), serde_json::to_vec(&record).unwrap()).unwrap();
    assert_eq!(store.verify(&entry).unwrap().1.len(), 1);
    // What is no record of looks is no reason to believe or to stop.
    for text in ["", "{}", "[1]", r#"{"format": 2, "files": {}}"#] {
        fs::write(store.trusted_file(&entry), text).unwrap();
        assert_eq!(store.verify(&entry).unwrap().1.len(), 1, "{text}");
    }
}

#[test]
fn whoever_only_looks_writes_nothing() {
    let (_folder, store, entry) = place();
    store.distrust(&entry);
    let reader = store.clone().trusting(Trust::Looks);
    fs::remove_dir_all(store.tmp()).unwrap();
    assert!(reader.verify(&entry).unwrap().1.is_empty());
    assert!(!store.trusted_file(&entry).exists() && !store.tmp().exists());
}
