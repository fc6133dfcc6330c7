//! The metadata of an mzTab-M file: numbered elements (`assay[1]`, `sample[2]`, …) with their properties.

use std::collections::BTreeMap;

use crate::ingest::decode::Fault;

/// The numbered elements that are kept.
const ELEMENTS: [&str; 4] = ["assay", "sample", "study_variable", "ms_run"];

/// One property: its name (empty for the element's own name), its value and its line.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    pub name: String,
    pub value: String,
    pub line: u64,
}

/// The metadata, as far as the analysis needs them.
#[derive(Debug, Default)]
pub struct Metadata {
    version: Option<(u64, String)>,
    pub unit: Option<String>,
    elements: BTreeMap<(&'static str, usize), Vec<Property>>,
}

/// A parameter of a controlled vocabulary, `[label, accession, name, value]`; of a plain text, its name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Param {
    pub name: String,
    pub value: String,
}

impl Metadata {
    /// Takes a line MTD.
    ///
    /// # Errors
    /// A line without a key and a value.
    pub fn take(&mut self, line: u64, cells: &[String]) -> Result<(), Fault> {
        let [_, key, value, ..] = cells else {
            let message = "a line MTD needs a key and a value, with tabs between";
            return Err(Fault::new("missing_tabs", Some(line), message, "put the tabs back, or fetch the file again"));
        };
        match key.as_str() {
            "mzTab-version" => self.version = Some((line, value.clone())),
            "small_molecule-quantification_unit" => self.unit = Param::of(value).filled(),
            _ => {}
        }
        if let Some((element, number, name)) = numbered(key) {
            let property = Property { name: name.to_owned(), value: value.clone(), line };
            self.elements.entry((element, number)).or_default().push(property);
        }
        Ok(())
    }

    /// Whether this is a file of mzTab-M 2.
    ///
    /// # Errors
    /// No version, or another one.
    pub fn check_version(&self) -> Result<(), Fault> {
        let Some((line, version)) = &self.version else {
            let message = "the file has no line `MTD`, `mzTab-version`: it is no mzTab file";
            return Err(Fault::new("not_mztab", Some(1), message, "check the file, or its `format`"));
        };
        if version.starts_with("2.") {
            return Ok(());
        }
        let message = format!("the file is of version `{version}`, and only mzTab-M 2 is read");
        let remedy =
            "versions 1 are for proteins and know no assays of small molecules: write it as 2.0.0-M, or as a table";
        Err(Fault::new("unknown_version", Some(*line), message, remedy))
    }

    /// The properties of one element.
    pub fn element(&self, element: &'static str, number: usize) -> &[Property] {
        self.elements.get(&(element, number)).map_or(&[], Vec::as_slice)
    }

    /// The numbers of the elements of one kind, in their order.
    pub fn numbers(&self, element: &'static str) -> impl Iterator<Item = usize> {
        self.elements.keys().filter(move |(known, _)| *known == element).map(|(_, number)| *number)
    }

    /// The value of a property, unless it is null.
    pub fn property(&self, element: &'static str, number: usize, name: &str) -> Option<&str> {
        let found = self.element(element, number).iter().find(|property| property.name == name)?;
        (!found.value.is_empty() && !found.value.eq_ignore_ascii_case("null")).then_some(found.value.as_str())
    }

    /// The elements that a property refers to (`assay[1]|assay[2]`).
    pub fn references(&self, of: (&'static str, usize), name: &str, to: &'static str) -> Vec<usize> {
        let value = self.property(of.0, of.1, name).unwrap_or_default();
        let number =
            |word: &str| numbered(word.trim()).filter(|(element, _, _)| *element == to).map(|(_, number, _)| number);
        value.split('|').filter_map(number).collect()
    }
}

/// Splits `assay[2]-custom[1]` into the element, its number and the property.
fn numbered(key: &str) -> Option<(&'static str, usize, &str)> {
    let (element, rest) = key.split_once('[')?;
    let element = ELEMENTS.into_iter().find(|known| *known == element)?;
    let (number, rest) = rest.split_once(']')?;
    let property = if rest.is_empty() { rest } else { rest.strip_prefix('-')? };
    Some((element, number.parse().ok()?, property))
}

impl Param {
    /// Reads `[label, accession, name, value]`, where a part with commas stands in quotation marks; or a plain text.
    pub fn of(text: &str) -> Param {
        let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let Some(inner) = inner else {
            return Param { name: text.to_owned(), value: String::new() };
        };
        let mut parts = vec![String::new()];
        let mut quoted = false;
        for sign in inner.chars() {
            match sign {
                '"' => quoted = !quoted,
                ',' if !quoted && parts.len() < 4 => parts.push(String::new()),
                _ => parts.iter_mut().next_back().into_iter().for_each(|part| part.push(sign)),
            }
        }
        let part = |at: usize| parts.get(at).map(|part| part.trim().to_owned()).unwrap_or_default();
        Param { name: part(2), value: part(3) }
    }

    /// The name, unless it says that there is none.
    fn filled(self) -> Option<String> {
        (!self.name.is_empty() && !self.name.eq_ignore_ascii_case("null")).then_some(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_keys_are_taken_apart() {
        let param = Param::of("[UO, UO:0000064, \"micro, molar\", a, b]");
        assert_eq!((param.name.as_str(), param.value.as_str()), ("micro, molar", "a, b"));
        assert_eq!(Param::of("plain, text").name, "plain, text");
        assert_eq!(numbered("assay[12]-custom[1]"), Some(("assay", 12, "custom[1]")));
        assert_eq!(numbered("assay[1]"), Some(("assay", 1, "")));
        assert_eq!([numbered("assay[x]"), numbered("assays[1]"), numbered("assay[1]x")], [None, None, None]);
    }
}
