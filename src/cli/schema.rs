//! `ketascreen schema`: the JSON schema of pipeline.yaml, for editors.

use super::{OK, out};
use crate::config::file::File;
use crate::failure::Failure;

pub fn exec() -> Result<i32, Failure> {
    let mut schema = schemars::schema_for!(File);
    schema.insert("title".to_owned(), "ketascreen pipeline.yaml".into());
    out(&serde_json::to_string_pretty(&schema).expect("a schema is JSON"));
    Ok(OK)
}
