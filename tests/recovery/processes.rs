//! Several processes, stopped ones, random kills, and signals, on a tiny study.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use super::tiny::{changed, copy, differing, leftovers, new_stages, participants, tiny};
use crate::common::{Study, assert_same};

fn signal(child: &Child, name: &str) -> bool {
    Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success()
}

#[test]
fn after_each_of_two_hundred_kills_at_random_the_results_are_whole() {
    let (study, before, after) = changed();
    let start = Instant::now();
    copy(&study).run(&["run"]).fine();
    let full = start.elapsed().as_secs_f64() * 1.2;
    let mut state: u64 = 20_250_715;
    let mut at_work = copy(&study);
    for n in 0..200 {
        // A linear congruential generator (Knuth's MMIX constants): moments differ, and are the same in every run.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = (state >> 11) as f64 / (1u64 << 53) as f64;
        let mut child = at_work.start(if n % 2 == 0 { &["run"] } else { &["run", "--force"] });
        std::thread::sleep(Duration::from_secs_f64(full * share));
        let _ = child.kill();
        child.wait().unwrap();
        let new = new_stages(&at_work.shown(), &before, &after);
        assert!(new == 0 || new == differing(&before, &after), "outputs of two runs");
        if n % 5 == 4 {
            at_work.run(&["run"]).fine();
            assert_same(&at_work.shown(), &after);
            assert_eq!(leftovers(&at_work), 0);
            at_work = copy(&study);
        }
    }
}

/// A run that holds the lock and was stopped in the middle; none where it was over before.
fn stopped(study: &Study) -> Option<Child> {
    for wait in [30, 20, 10, 5, 40, 60] {
        let mut child = study.start(&["run", "--force"]);
        std::thread::sleep(Duration::from_millis(wait));
        let sent = signal(&child, "-STOP");
        let held = study.run(&["run", "-q"]).code == Some(75);
        if sent && held && child.try_wait().unwrap().is_none() {
            return Some(child);
        }
        signal(&child, "-CONT");
        child.wait().unwrap();
    }
    None
}

#[test]
fn a_stopped_run_keeps_others_out_and_finishes_when_it_goes_on() {
    let (study, _, after) = changed();
    let Some(mut first) = stopped(&study) else {
        println!("SKIPPED: none of six runs could be stopped while it held the lock");
        return;
    };
    let said = study.run(&["run"]);
    let holder = format!("process {}", first.id());
    assert!(said.code == Some(75) && said.err.contains(&holder), "{}", said.err);
    study.run(&["status"]).fine();
    let mut second = study.start(&["run", "--wait-lock"]);
    std::thread::sleep(Duration::from_millis(200));
    assert!(second.try_wait().unwrap().is_none());
    signal(&first, "-CONT");
    assert!(first.wait().unwrap().success() && second.wait().unwrap().success());
    assert_same(&study.shown(), &after);
    // One that is killed while it is stopped lets the next one in at once.
    let Some(mut third) = stopped(&study) else {
        println!("SKIPPED: none of six runs could be stopped while it held the lock");
        return;
    };
    third.kill().unwrap();
    third.wait().unwrap();
    study.run(&["run"]).fine();
    assert_same(&study.shown(), &after);
    assert_eq!(leftovers(&study), 0);
}

#[test]
fn of_four_runs_at_once_one_works_and_the_others_find_its_results() {
    let (study, _, after) = changed();
    let runs = || std::fs::read_dir(study.path("outputs/.cache/runs")).unwrap().count();
    let told = runs();
    let mut children: Vec<Child> = (0..4).map(|_| study.start(&["run", "--wait-lock"])).collect();
    assert!(children.iter_mut().all(|child| child.wait().unwrap().success()));
    assert_same(&study.shown(), &after);
    assert_eq!(runs(), told + 1);
}

#[test]
fn signals_at_any_moment_leave_nothing_half_written() {
    let (template, before, after) = changed();
    let mut ended = Vec::new();
    for (n, wait) in (0..40).map(|n| (n, 2 + 3 * (n % 20))) {
        let study = copy(&template);
        let mut child = study.start(&["run"]);
        std::thread::sleep(Duration::from_millis(wait));
        let (name, code) = if n < 20 { ("-INT", 130) } else { ("-TERM", 143) };
        signal(&child, name);
        let status = child.wait().unwrap();
        // Before the handler is there a signal ends the program at once; after the run there is nobody to receive it.
        let known = status.code().is_none_or(|ended| ended == 0 || ended == code);
        assert!(known, "{status:?}");
        ended.push(status.code());
        assert!(status.code().is_none() || leftovers(&study) == 0, "{name} after {wait} ms");
        let new = new_stages(&study.shown(), &before, &after);
        assert!(new == 0 || new == differing(&before, &after), "outputs of two runs");
        study.run(&["run"]).fine();
        assert_same(&study.shown(), &after);
        assert_eq!(leftovers(&study), 0, "{name} after {wait} ms, and a run");
    }
    if !(ended.contains(&Some(130)) && ended.contains(&Some(143))) {
        println!("SKIPPED in part: on this machine no signal came in the middle of a run");
    }
}

#[test]
fn a_table_that_changes_while_runs_go_on_is_read_as_one_of_its_versions() {
    let study = tiny();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for age in (20..80).cycle().take_while(|_| !done.load(std::sync::atomic::Ordering::SeqCst)) {
                study.write("data/new.csv", &participants(age));
                std::fs::rename(study.path("data/new.csv"), study.path("data/participants.csv")).unwrap();
            }
        });
        for _ in 0..10 {
            study.run(&["run"]).fine();
            study.run(&["verify"]).fine();
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
    });
    study.write("data/participants.csv", &participants(77));
    study.run(&["run"]).fine();
    assert_same(&study.shown(), &changed().2);
}
