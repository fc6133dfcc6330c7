//! The page as it is written: lines with their reasons beside them.

/// Lines of YAML; guesses and gaps are marked as such.
#[derive(Debug, Default)]
pub struct Page {
    lines: Vec<String>,
}

impl Page {
    pub fn line(&mut self, depth: usize, text: impl AsRef<str>) {
        self.lines.push(format!("{}{}", "  ".repeat(depth), text.as_ref()));
    }

    pub fn guess(&mut self, depth: usize, text: impl AsRef<str>, why: impl AsRef<str>) {
        self.line(depth, format!("{:<44} # guess: {}", text.as_ref(), one_line(why.as_ref())));
    }

    pub fn todo(&mut self, depth: usize, what: impl AsRef<str>) {
        self.line(depth, format!("# TODO: {}", one_line(what.as_ref())));
    }

    pub fn head(&mut self, data: &str, outputs: &str) {
        for text in [
            "# Written by `ketascreen init` from what the files look like. Every line marked `guess` says why; read them all.",
            "# `ketascreen check` finds what does not fit, `ketascreen run` does the analysis, `ketascreen schema` describes every key.",
            "",
            "study:",
        ] {
            self.line(0, text);
        }
        self.line(1, "title: A treatment study               # TODO: the report's title");
        self.line(1, "seed: 1                                # every random draw derives from it");
        self.line(1, format!("data: {:<32} # where the files below are; relative to this file", word(data)));
        self.line(1, format!("outputs: {:<29} # where tables and the report go", word(outputs)));
        self.line(0, "");
        self.line(0, "stages:");
    }

    /// Names the files that were not used.
    pub fn unused(&mut self, files: &[(String, String)]) {
        let unused: Vec<_> = files.iter().filter(|(_, role)| role.starts_with("not ")).collect();
        for (name, role) in unused {
            self.todo(0, format!("{name}: {role}"));
        }
    }

    pub fn text(self) -> String {
        let lines: Vec<String> = self.lines.iter().map(|line| line.trim_end().to_owned()).collect();
        format!("{}\n", lines.join("\n"))
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|sign| if is_unprintable(sign) { ' ' } else { sign }).collect()
}

/// What YAML takes for the end of a line, or does not allow to stand as it is.
fn is_unprintable(sign: char) -> bool {
    sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A text as a word of YAML: plain where nothing can be misread, else in quotation marks.
pub fn word(text: &str) -> String {
    let safe = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '.' | '/');
    let plain = text.chars().all(safe) && text.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_');
    let reserved =
        ["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&text.to_lowercase().as_str());
    if (plain && !reserved) || text == "." {
        return text.to_owned();
    }
    // A text of JSON is one of YAML but for signs that JSON lets stand; to text it cannot fail.
    let quoted = serde_json::to_string(text).unwrap_or_default();
    let escaped = |sign: char| match is_unprintable(sign) {
        true => format!("\\u{:04X}", u32::from(sign)),
        false => sign.to_string(),
    };
    quoted.chars().map(escaped).collect()
}

/// A list of words in brackets.
pub fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    format!("[{}]", words.into_iter().map(word).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_any_signs_reads_back_as_itself_and_a_reason_stays_on_its_line() {
        for sign in
            ['\u{86}', '\u{85}', '\u{7f}', '\u{1}', '\t', '\u{2028}', '\u{feff}', '\u{ffff}', 'β', '"', '\\', '𝛽']
        {
            let text = format!("a{sign}b");
            let mut page = Page::default();
            page.guess(0, format!("key: {}", word(&text)), format!("it is {text}"));
            let read: serde_yaml::Value = serde_yaml::from_str(&page.text()).unwrap();
            assert_eq!(read["key"].as_str(), Some(text.as_str()), "{sign:?}");
        }
    }
}
