use super::*;
use crate::engine::recipe::Recipe;
use crate::store::artifact::set_aside;

struct Place {
    _folder: tempfile::TempDir,
    store: Store,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    Place { store: Store::new(folder.path()), _folder: folder }
}

/// An entry that is there, with one table of these bytes and a figure.
fn stored(store: &Store, stage: &'static str, bytes: &[u8]) -> Entry {
    let settings = serde_json::json!(bytes);
    let recipe = Recipe { stage, version: 1, seed: None, settings, inputs: Default::default() };
    let entry = store.entry(stage, &recipe.key());
    let contents = vec![("a.parquet".to_owned(), bytes.to_vec()), ("figures/b.svg".to_owned(), b"b".to_vec())];
    crate::store::artifact::store(store, &entry, &recipe, contents).unwrap();
    entry
}

fn seen(store: &Store, stage: &str) -> Vec<u8> {
    fs::read(store.link(stage).join("a.parquet")).unwrap()
}

fn count(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, Iterator::count)
}

#[test]
fn all_stages_follow_one_flip_and_those_not_named_stay() {
    let Place { store, _folder } = place();
    let first = ["qc", "screen", "report"].map(|stage| stored(&store, stage, b"1"));
    let second = ["qc", "screen"].map(|stage| stored(&store, stage, b"2"));
    assert_eq!(store.current("qc"), None);
    assert!(store.show(&first.iter().collect::<Vec<_>>()).unwrap());
    let links = ["qc", "screen", "report"].map(|stage| fs::read_link(store.link(stage)).unwrap());
    assert!(store.show(&second.iter().collect::<Vec<_>>()).unwrap());
    assert!(!store.show(&second.iter().collect::<Vec<_>>()).unwrap(), "nothing is left to change");
    assert_eq!(["qc", "screen", "report"].map(|stage| seen(&store, stage)), [b"2".to_vec(), b"2".into(), b"1".into()]);
    assert_eq!(["qc", "screen", "report"].map(|stage| fs::read_link(store.link(stage)).unwrap()), links);
    assert_eq!((store.current("report"), store.shown_number()), (Some(first[2].clone()), Some(2)));
    for _ in 0..3 {
        store.show(&[&first[0]]).unwrap();
        store.show(&[&second[0]]).unwrap();
    }
    assert_eq!(count(&store.shows()), 2, "the one that is shown and the one before");
    store.forget_shows(None);
    assert_eq!((count(&store.shows()), seen(&store, "qc")), (1, b"2".to_vec()));
    assert_eq!(count(&store.tmp()), 0);
}

#[test]
fn what_is_not_a_link_is_left_alone_and_then_nothing_is_shown() {
    let Place { store, _folder } = place();
    let (first, second) = (stored(&store, "qc", b"1"), stored(&store, "qc", b"2"));
    store.show(&[&first]).unwrap();
    let screen = stored(&store, "screen", b"1");
    fs::create_dir(store.link("screen")).unwrap();
    assert_eq!(store.show(&[&second, &screen]).unwrap_err().code(), 74);
    assert_eq!((seen(&store, "qc"), store.current("screen")), (b"1".to_vec(), None));
    fs::remove_dir(store.link("screen")).unwrap();
    fs::write(store.link("screen"), "mine").unwrap();
    assert!(store.show(&[&second, &screen]).is_err());
    assert_eq!(fs::read(store.link("screen")).unwrap(), b"mine");
    fs::remove_file(store.link("screen")).unwrap();
    store.show(&[&second, &screen]).unwrap();
    assert_eq!((seen(&store, "qc"), seen(&store, "screen")), (b"2".to_vec(), b"1".to_vec()));
}

#[test]
fn a_folder_laid_out_by_an_earlier_version_is_taken_over_with_the_same_entries() {
    let Place { store, _folder } = place();
    let direct = |entry: &Entry| {
        let target = Path::new(".cache/entries").join(&entry.stage).join(entry.key.as_str());
        let _ = fs::remove_file(store.link(&entry.stage));
        symlink(&target, &store.link(&entry.stage)).unwrap();
    };
    let first = ["qc", "screen"].map(|stage| stored(&store, stage, b"1"));
    first.iter().for_each(direct);
    assert_eq!(store.current("qc").as_ref(), Some(&first[0]), "and it can be read as it is");
    let second = stored(&store, "qc", b"2");
    // A run of one stage takes over the others with it.
    store.show(&[&second]).unwrap();
    assert!(store.is_stable("qc") && store.is_stable("screen"));
    assert_eq!((seen(&store, "qc"), seen(&store, "screen")), (b"2".to_vec(), b"1".to_vec()));
    // The earlier version ran once more, and this one after it.
    direct(&first[0]);
    assert_eq!(store.current("qc").as_ref(), Some(&first[0]));
    assert!(store.show(&[&first[0]]).unwrap() && store.is_stable("qc"));
    assert_eq!(seen(&store, "qc"), b"1");
}

#[test]
fn a_link_that_only_looks_like_this_programs_shows_nothing() {
    let Place { store, _folder } = place();
    let entry = stored(&store, "qc", b"1");
    store.show(&[&entry]).unwrap();
    let targets = [".cache/shown/screen", "/nowhere", ".cache/entries/screen/x", "../.cache/shown/qc", ".cache/shown"];
    for target in targets {
        fs::remove_file(store.link("qc")).unwrap();
        symlink(Path::new(target), &store.link("qc")).unwrap();
        assert_eq!(store.current("qc"), None, "{target}");
        store.show(&[&entry]).unwrap();
        assert_eq!(seen(&store, "qc"), b"1");
    }
    for target in ["shows/x", "shows/99", "/tmp", "shows/../shows/1", "shows/01"] {
        fs::remove_file(store.shown()).unwrap();
        symlink(Path::new(target), &store.shown()).unwrap();
        assert_eq!(store.current("qc"), None, "{target}");
        store.show(&[&entry]).unwrap();
        assert_eq!(seen(&store, "qc"), b"1");
    }
    fs::remove_file(store.shown()).unwrap();
    fs::create_dir(store.shown()).unwrap();
    assert!(store.show(&[&entry]).is_err());
    assert!(store.shown().is_dir());
}

#[test]
fn where_links_do_not_work_a_copy_is_kept_whole_and_follows() {
    let Place { store, _folder } = place();
    let (first, second) = (stored(&store, "qc", b"1"), stored(&store, "qc", b"2"));
    let file = store.link("qc").join("a.parquet");
    copy::place(&first, &store.tmp().join("fresh"), &store.link("qc"), &store.free_aside("qc")).unwrap();
    assert_eq!(store.current("qc"), Some(first.clone()));
    assert!(!store.show(&[&first]).unwrap());
    fs::remove_file(&file).unwrap();
    fs::write(&file, "altered").unwrap();
    assert!(store.show(&[&first]).unwrap(), "an altered copy is repaired");
    assert_eq!(seen(&store, "qc"), b"1");
    // Other stages may have links: each keeps what it has.
    let screen = stored(&store, "screen", b"1");
    assert!(store.show(&[&second, &screen]).unwrap());
    assert_eq!((seen(&store, "qc"), store.current("qc")), (b"2".to_vec(), Some(second)));
    assert!(copy::stands_in(&store.link("qc")) && store.is_stable("screen"));
    assert_eq!(count(&store.tmp()), 0);
}

#[test]
fn a_number_that_is_taken_is_passed_over() {
    let Place { store, _folder } = place();
    let entry = stored(&store, "qc", b"1");
    fs::create_dir_all(store.shows().join("7/left")).unwrap();
    store.show(&[&entry]).unwrap();
    assert_eq!((store.shown_number(), count(&store.shows())), (Some(8), 1));
    assert_eq!(store.held().get("qc"), Some(&into_cache(&entry)));
}

#[test]
fn what_is_set_aside_while_it_is_shown_is_shown_until_something_else_is() {
    let Place { store, _folder } = place();
    let (qc, screen) = (stored(&store, "qc", b"1"), stored(&store, "screen", b"1"));
    store.show(&[&qc, &screen]).unwrap();
    let aside = set_aside(&store, &qc).unwrap();
    assert!(!qc.folder.exists() && aside.starts_with(store.aside()));
    assert_eq!((seen(&store, "qc"), seen(&store, "screen")), (b"1".to_vec(), b"1".to_vec()));
    assert_eq!(fs::read(store.link("qc").join("figures/b.svg")).unwrap(), b"b");
    assert_eq!((store.current("qc"), store.current("screen")), (None, Some(screen.clone())));
    assert_eq!(store.shown_aside().into_iter().collect::<Vec<_>>(), [aside]);
    // The other stage follows a run; this one stays as it is until it has a result.
    let screen = stored(&store, "screen", b"2");
    store.show(&[&screen]).unwrap();
    assert_eq!((seen(&store, "qc"), seen(&store, "screen")), (b"1".to_vec(), b"2".to_vec()));
    let qc = stored(&store, "qc", b"1");
    store.show(&[&qc]).unwrap();
    assert_eq!((store.current("qc"), store.shown_aside().len()), (Some(qc), 0));
    // What is not shown is only moved.
    let other = stored(&store, "qc", b"3");
    assert!(set_aside(&store, &other).unwrap().join("a.parquet").exists() && !other.folder.exists());
    assert_eq!((seen(&store, "qc"), count(&store.tmp())), (b"1".to_vec(), 0));
}
