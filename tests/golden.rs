//! The bytes of today against those that pipeline.lock remembers.

use serde_json::Value;

use crate::common::{Study, repository};

/// A stage with the same key made other bytes: its numbers changed and its method version did not.
#[test]
fn a_stage_with_the_same_key_makes_the_same_bytes_or_raises_its_version() {
    let read = |path: &std::path::Path| -> Value { serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap() };
    let before = read(&repository().join("pipeline.lock"));
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let now = read(&study.path("pipeline.lock"));
    if before["target"] != now["target"] {
        eprintln!("SKIPPED: pipeline.lock was made on {}, and this is {}", before["target"], now["target"]);
        return;
    }
    for (stage, now) in now["stages"].as_object().unwrap() {
        let before = &before["stages"][stage];
        assert_eq!(now["key"], before["key"], "{stage}: pipeline.lock is not that of pipeline.yaml; run `ketascreen`");
        assert_eq!(now["outputs"], before["outputs"], "{stage} makes other bytes than before: raise its VERSION");
    }
}
