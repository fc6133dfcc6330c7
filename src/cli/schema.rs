//! `ketascreen schema`: the JSON schema of pipeline.yaml, for editors.

use super::{OK, out};
use crate::config::file::File;
use crate::failure::Failure;

mod complete;

pub fn exec() -> Result<i32, Failure> {
    out(&text());
    Ok(OK)
}

fn text() -> String {
    let mut schema = schemars::schema_for!(File);
    schema.insert("title".to_owned(), "ketascreen pipeline.yaml".into());
    // As a schema again, which has its keywords in a reader's order.
    let complete = schemars::Schema::try_from(complete::complete(schema.clone().to_value()));
    let text = serde_json::to_string_pretty(&complete.expect("a schema is a map")).expect("a schema is JSON");
    sections(&schema).into_iter().fold(text, |text, (name, section)| {
        let text = text.replace(&format!("\"#/$defs/{name}\""), &format!("\"#/$defs/{section}\""));
        text.replacen(&format!("\n    \"{name}\": {{"), &format!("\n    \"{section}\": {{"), 1)
    })
}

/// Every stage calls its settings `Params`, which schemars tells apart by numbers; a reader knows them by their stage.
fn sections(schema: &schemars::Schema) -> Vec<(String, String)> {
    let stages = schema.pointer("/$defs/Stages/properties").and_then(serde_json::Value::as_object);
    let section = |(stage, property): (&String, &serde_json::Value)| {
        let name = property["$ref"].as_str()?.strip_prefix("#/$defs/")?;
        name.starts_with("Params").then(|| (name.to_owned(), format!("stages.{stage}")))
    };
    let sweep = schema.pointer("/properties/sweep/anyOf/0/$ref").and_then(serde_json::Value::as_str);
    let sweep = sweep.and_then(|name| Some((name.strip_prefix("#/$defs/")?.to_owned(), "sweep".to_owned())));
    stages.into_iter().flatten().filter_map(section).chain(sweep).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_reference_of_the_schema_leads_somewhere() {
        let schema: serde_json::Value = serde_json::from_str(&super::text()).unwrap();
        let text = schema.to_string();
        let names = text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next());
        for name in names {
            assert!(schema["$defs"].get(name).is_some(), "{name}");
        }
        assert!(schema["$defs"].get("stages.ingest").is_some());
    }
}
