//! Results taken from a bucket and put into one: `cache: {also: [s3://…], write: …}`.

mod server;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use self::server::{Server, Wrong};
use super::json;
use crate::common::{STAGES, Said, Study, assert_same, repository};
use crate::recovery::tiny::{participants, tiny};

/// Where the variables of a command lead.
struct At {
    endpoint: String,
    key: String,
    secret: String,
}

impl At {
    fn of(server: &Server) -> At {
        At { endpoint: server.address.clone(), key: "lab".to_owned(), secret: "Ω/+secret".to_owned() }
    }

    fn command(&self, study: &Study, arguments: &[&str]) -> Command {
        let mut command = study.command(arguments);
        let inherited = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_"));
        inherited.for_each(|(name, _)| {
            command.env_remove(name);
        });
        command.env("AWS_ENDPOINT_URL", &self.endpoint).env("AWS_ALLOW_HTTP", "true").env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", &self.key).env("AWS_SECRET_ACCESS_KEY", &self.secret);
        command.env("NO_PROXY", "127.0.0.1").stdin(Stdio::null());
        command
    }

    fn run(&self, study: &Study, arguments: &[&str]) -> Said {
        Said::new(self.command(study, arguments).output().unwrap())
    }
}

/// A small study that reads and writes a place.
fn with(place: &str, write: bool) -> Study {
    let study = tiny();
    study.edit(|text| format!("{text}\ncache: {{also: [\"{place}\"], write: {write}}}\n"));
    study
}

/// A server that has all results of the small study, and what they are.
fn filled() -> (Server, Study) {
    let server = Server::start();
    let first = with("s3://lab/our study", true);
    At::of(&server).run(&first, &["run", "--allow-outside"]).fine();
    server.asked();
    (server, first)
}

fn remarks(said: &Said) -> Vec<String> {
    let lines = said.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.filter(|line| line["event"] == "remark").map(|line| line["text"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_one_study_put_another_takes_with_the_same_bytes_and_nothing_is_asked_twice() {
    let (server, first) = filled();
    let at = At::of(&server);
    for stage in STAGES {
        let link = first.path("outputs").join(stage).canonicalize().unwrap();
        let key = link.file_name().unwrap().to_string_lossy().into_owned();
        let record = std::fs::read(link.join("record.json")).unwrap();
        let path = format!("/lab/our%20study/entries/{stage}/{key}/record.json");
        assert_eq!(server.objects().get(&path), Some(&record), "{stage}");
    }
    let second = with("s3://lab/our study/", false);
    let states = json(&at.run(&second, &["status", "--json"]).fine());
    assert!(states["stages"].as_array().unwrap().iter().all(|stage| stage["state"] == "shared"), "{states}");
    let asked = server.asked();
    assert!(asked.len() == 7 && asked.iter().all(|path| path.ends_with("/record.json")), "{asked:?}");
    let said = at.run(&second, &["run", "--json"]).fine();
    assert_eq!(said.stages_with("fetched"), STAGES);
    assert_same(&second.shown(), &first.shown());
    assert!(server.asked().iter().all(|asked| asked.starts_with("GET ")), "reading puts nothing");
    for arguments in
        [&["run"][..], &["status", "--exit-code"], &["verify", "--all"], &["gc", "--keep-runs", "1"], &["log"]]
    {
        at.run(&second, arguments).fine();
        assert_eq!(server.asked(), [""; 0], "{arguments:?}: everything is here");
    }
    // Another writer of the same: nothing to say, nothing changed.
    let before = server.objects();
    let forced = at.run(&with("s3://lab/our study", true), &["run", "--allow-outside", "--force", "--json"]).fine();
    assert_eq!((forced.stages_with("running").len(), remarks(&forced)), (7, vec![]));
    assert_eq!(server.objects(), before);
    assert!(server.asked().iter().all(|asked| asked.starts_with("GET ")));
}

#[test]
fn writing_to_a_bucket_needs_leave_and_an_address_must_be_one() {
    let server = Server::start();
    let said = At::of(&server).run(&with("s3://lab/x", true), &["run"]);
    assert_eq!(said.code, Some(2));
    for words in ["`s3://lab/x`, which lies outside the study's folder", "(cache.write)", "--allow-outside"] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    let said = At::of(&server).run(&with("s3://key:secret@lab/x", false), &["check"]);
    assert_eq!(said.code, Some(2));
    for words in ["is no bucket: a bucket's name is of letters", "(cache.also.0)", "from the variables AWS_"] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    assert_eq!(server.asked(), [""; 0]);
}

/// Runs a study while a server does wrong: it has what it should, and one remark with these words.
#[track_caller]
fn is_a_miss(words: &str, running: usize, damage: impl Fn(&Server)) {
    let (server, first) = filled();
    damage(&server);
    let before = server.objects();
    let second = with("s3://lab/our study", false);
    let said = At::of(&server).run(&second, &["run", "--json"]).fine();
    let remarks = remarks(&said);
    assert!(remarks.len() == 1 && remarks[0].contains(words), "{remarks:?}");
    assert_eq!(said.stages_with("running").len(), running, "{}", said.out);
    assert_eq!(server.objects(), before);
    assert_same(&second.shown(), &first.shown());
}

#[test]
fn what_a_server_gives_is_judged_and_what_it_does_not_give_is_made() {
    let table = |path: &str| path.ends_with("flow.parquet") && path.contains("/qc/");
    let changed = move |server: &Server, change: fn(&mut Vec<u8>)| {
        server.change(|objects| objects.iter_mut().filter(|(path, _)| table(path)).for_each(|(_, bytes)| change(bytes)))
    };
    is_a_miss("flow.parquet was altered", 1, |server| changed(server, |bytes| bytes[9] ^= 1));
    is_a_miss("flow.parquet was altered", 1, |server| changed(server, |bytes| bytes.truncate(bytes.len() - 1)));
    is_a_miss("flow.parquet was altered", 1, |server| changed(server, Vec::clear));
    is_a_miss("flow.parquet is missing", 1, |server| server.change(|objects| objects.retain(|path, _| !table(path))));
    let record = |path: &str| path.contains("/qc/") && path.ends_with("record.json");
    is_a_miss("record.json is no record", 1, |server| {
        server.does(move |_, path| record(path).then(|| Wrong::Bytes(b"{".to_vec())))
    });
    // A server that fails is let be: what it would have had after it is made, and one remark says so.
    is_a_miss("it is not asked again in this run", 7, |server| server.does(|_, _| Some(Wrong::Status("500 Oh"))));
    is_a_miss("without the right to list", 7, |server| server.does(|_, _| Some(Wrong::Status("403 Forbidden"))));
    is_a_miss("it is not asked again", 7, |server| {
        server.does(|_, path| path.contains("/ingest/").then_some(Wrong::Cut))
    });
}

#[test]
fn a_result_is_in_a_bucket_when_its_record_is_and_a_broken_off_one_is_finished_by_the_next() {
    let server = Server::start();
    let at = At::of(&server);
    server
        .does(|method, path| (method == "PUT" && path.ends_with("/flow.parquet")).then_some(Wrong::Status("503 Full")));
    let study = with("s3://lab", true);
    let said = at.run(&study, &["run", "--allow-outside", "--json"]).fine();
    assert!(remarks(&said)[0].contains("qc: not put into s3://lab: "), "{:?}", remarks(&said));
    let complete = |stage: &str| {
        let of = |path: &&String| path.contains(&format!("/{stage}/")) && path.ends_with("/record.json");
        server.objects().keys().filter(of).count()
    };
    assert!(complete("ingest") == 1 && complete("qc") == 0, "{:?}", server.objects().keys());
    server.does(|_, _| None);
    let second = with("s3://lab", true);
    let said = at.run(&second, &["run", "--allow-outside", "--json"]).fine();
    assert!(said.stages_with("fetched").contains(&"ingest".to_owned()) && remarks(&said).is_empty(), "{}", said.out);
    assert!(STAGES.iter().all(|stage| complete(stage) == 1));
    let third = at.run(&with("s3://lab", false), &["run", "--json"]).fine();
    assert_eq!(third.stages_with("fetched"), STAGES);
    // Another result under the key stays, and is named.
    server.change(|objects| {
        objects
            .iter_mut()
            .filter(|(path, _)| path.ends_with("record.json"))
            .for_each(|(_, bytes)| *bytes = b"{}".into())
    });
    let before = server.objects();
    let said = at.run(&with("s3://lab", true), &["run", "--allow-outside", "--json"]).fine();
    assert_eq!(remarks(&said).iter().filter(|text| text.contains("left as it is")).count(), 7);
    assert_eq!(server.objects(), before);
}

#[test]
fn a_file_that_the_server_does_not_take_and_another_writers_file_leave_no_record_and_are_left() {
    let table = |path: &str| path.contains("/qc/") && path.ends_with("/flow.parquet");
    let record = |path: &str| path.contains("/qc/") && path.ends_with("/record.json");
    let server = Server::start();
    let at = At::of(&server);
    server.does(move |method, path| (method == "PUT" && table(path)).then_some(Wrong::Status("404 Not Found")));
    let said = at.run(&with("s3://lab", true), &["run", "--allow-outside", "--json"]).fine();
    assert!(remarks(&said)[0].contains("the server does not take entries/qc/"), "{:?}", remarks(&said));
    assert!(!server.objects().keys().any(|path| record(path)));
    // Somebody's other bytes, not finished.
    server.does(|_, _| None);
    let (_, first) = filled();
    let qc = first.path("outputs/qc").canonicalize().unwrap();
    let path = format!("/lab/entries/qc/{}/flow.parquet", qc.file_name().unwrap().to_string_lossy());
    server.change(|objects| drop(objects.insert(path.clone(), b"of another machine".to_vec())));
    let said = at.run(&with("s3://lab", true), &["run", "--allow-outside", "--json"]).fine();
    assert!(
        remarks(&said).len() == 1 && remarks(&said)[0].contains("flow.parquet is there, and is left"),
        "{:?}",
        remarks(&said)
    );
    assert!(server.objects()[&path] == b"of another machine" && !server.objects().keys().any(|path| record(path)));
}

#[test]
fn a_server_that_refuses_is_asked_once_in_a_sweep_and_is_told_of_by_a_run_of_one_stage() {
    let (server, _) = filled();
    server.does(|_, _| Some(Wrong::Status("403 Forbidden")));
    let (at, study) = (At::of(&server), with("s3://lab/our study", false));
    let said = at.run(&study, &["run", "--json"]).fine();
    assert_eq!((remarks(&said).len(), server.asked().len()), (1, 1));
    study.write("data/participants.csv", &participants(71));
    let said = at.run(&study, &["run", "report", "--only", "--json"]).fine();
    let told = remarks(&said);
    assert!(told.iter().any(|text| text.contains("the server refuses")), "{told:?}");
    assert_eq!(server.asked().len(), 1, "also where the configuration is read again");
    study.edit(|text| format!("{text}\nsweep: {{universes: [{{study.seed: 2}}, {{study.seed: 3}}]}}\n"));
    let said = at.run(&study, &["sweep", "--json"]);
    assert_eq!(server.asked().len(), 1, "{}{}", said.out, said.err);
}

#[test]
fn a_server_that_is_away_and_keys_that_are_not_there_cost_a_remark() {
    let at = At { endpoint: "http://127.0.0.1:1".to_owned(), key: "lab".to_owned(), secret: "s".to_owned() };
    let study = with("s3://lab", true);
    for arguments in [["status", "--allow-outside"].as_slice(), &["run", "-n", "--allow-outside"]] {
        let said = at.run(&study, arguments).fine();
        assert_eq!(said.out.matches("cache.also: nothing is known of s3://lab: ").count(), 1, "{}", said.out);
    }
    let said = at.run(&study, &["run", "--allow-outside", "--json"]).fine();
    let told = remarks(&said);
    assert!(told.len() == 1 && told[0].contains("onnection refused"), "{told:?}");
    study.write("data/participants.csv", &participants(70));
    let mut command = at.command(&study, &["run", "--allow-outside", "--json"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    let said = Said::new(command.env("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1").output().unwrap()).fine();
    let told = remarks(&said);
    assert!(told.len() == 1 && told[0].contains("no credentials: AWS_ACCESS_KEY_ID is not set"), "{told:?}");
}

/// A server that checks the signature of every request by another program's code; ends when dropped.
struct Moto(Child);

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn moto() -> Option<(Moto, At)> {
    let python = std::env::var("KETASCREEN_MOTO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(python);
    command.arg(repository().join("tests/reference/s3/serve.py"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let moto = Moto(child);
    let told: serde_json::Value = serde_json::from_str(&line).ok()?;
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    Some((moto, At { endpoint: text("endpoint"), key: text("key"), secret: text("secret") }))
}

#[test]
fn requests_are_signed_as_the_servers_own_programs_sign_them_and_large_tables_go_in_pieces() {
    let Some((_moto, at)) = moto() else {
        return eprintln!("SKIPPED: there is no python3 with moto 5.2.5 or later to hold the bucket's requests to");
    };
    // Twenty million bytes from a stage of the study's own.
    let step = "  large: {command: [sh, -c, seq 2700000 > large.txt], outputs: {large: large.txt}}\n  report:";
    let study = |place: &str| {
        let study = with(place, true);
        study.edit(|text| text.replace("  report:", step));
        study
    };
    let (first, second) = (study("s3://lab/our study, 2"), study("s3://lab/our study, 2"));
    let said = at.run(&first, &["run", "--allow-outside", "--json"]).fine();
    assert_eq!(remarks(&said), [""; 0]);
    let size = std::fs::metadata(first.path("outputs/large/large.txt")).unwrap().len();
    assert!(size > 17 << 20, "{size}");
    let said = at.run(&second, &["run", "--allow-outside", "--json"]).fine();
    assert!(said.stages_with("running").is_empty() && remarks(&said).is_empty(), "{}", said.out);
    assert_same(&second.shown(), &first.shown());
    let table = |study: &Study| std::fs::read(study.path("outputs/large/large.txt")).unwrap();
    assert!(table(&second) == table(&first));
    let wrong = At { secret: "wrong".to_owned(), ..at };
    let said = wrong.run(&with("s3://lab/our study, 2", false), &["run", "--json"]).fine();
    assert!(remarks(&said)[0].contains("the server refuses; look at the variables AWS_"), "{:?}", remarks(&said));
    assert_eq!(said.stages_with("running"), STAGES);
}
