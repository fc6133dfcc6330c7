//! Events to lines and bars. Bars only where standard error is a terminal; plain lines everywhere.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::engine::event::{Event, Listener};
use crate::engine::reason::Reason;
use crate::words::counted;

/// Tells a person, on standard error.
pub struct Person {
    quiet: bool,
    bars: Option<MultiProgress>,
    open: Mutex<BTreeMap<&'static str, ProgressBar>>,
    /// Where lines go when there are no bars.
    lines: Mutex<Box<dyn Write + Send>>,
}

/// What `run`, `status` and `log` say of a result that is in the cache and was not shown before.
pub const NOT_SHOWN: &str = "made before, shown after a run";

impl Person {
    pub fn new(quiet: bool) -> Person {
        let bars = (!quiet && std::io::stderr().is_terminal()).then(MultiProgress::new);
        Person { bars, ..Person::writing_to(Box::new(std::io::stderr()), quiet) }
    }

    fn writing_to(lines: Box<dyn Write + Send>, quiet: bool) -> Person {
        Person { quiet, bars: None, open: Mutex::new(BTreeMap::new()), lines: Mutex::new(lines) }
    }

    /// Tells one event as one piece: stages run side by side, and no line of another comes between its lines.
    fn say(&self, told: &[String]) {
        if self.quiet || told.is_empty() {
            return;
        }
        let text = told.join("\n");
        // A closed standard error is no reason to stop an analysis.
        let _ = match &self.bars {
            Some(bars) => bars.println(text),
            None => self.lines.lock().unwrap_or_else(PoisonError::into_inner).write_all(format!("{text}\n").as_bytes()),
        };
    }

    fn start_bar(&self, stage: &'static str, label: &str, total: u64) {
        let (Some(bars), Ok(mut open)) = (&self.bars, self.open.lock()) else { return };
        let style = ProgressStyle::with_template("{prefix:<10} {msg} {wide_bar} {pos}/{len} {eta}");
        let bar = bars.add(ProgressBar::new(total));
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(stage);
        bar.set_message(label.to_owned());
        if let Some(old) = open.insert(stage, bar) {
            old.finish_and_clear();
        }
    }

    fn end_bar(&self, stage: &'static str) {
        if let Some(bar) = self.open.lock().ok().and_then(|mut open| open.remove(stage)) {
            bar.finish_and_clear();
        }
    }
}

impl Listener for Person {
    fn hear(&self, event: Event) {
        match &event {
            Event::Bar { stage, label, total } => return self.start_bar(stage, label, *total),
            Event::Advance { stage, parts } => {
                if let Some(bar) = self.open.lock().ok().as_ref().and_then(|open| open.get(stage)) {
                    bar.inc(*parts);
                }
                return;
            }
            Event::Done { stage, .. } | Event::Failed { stage } => self.end_bar(stage),
            _ => {}
        }
        self.say(&lines(&event));
    }
}

/// Tells a program: one JSON object per line on standard output.
pub struct Machine;

impl Listener for Machine {
    fn hear(&self, event: Event) {
        let text = serde_json::to_string(&event).expect("events are maps with text keys");
        crate::cli::out(&text);
    }
}

/// An event as lines for a person.
pub fn lines(event: &Event) -> Vec<String> {
    match event {
        Event::Cached { stage, switched: false, .. } => vec![format!("{stage:<10} cached")],
        Event::Cached { stage, .. } => vec![format!("{stage:<10} cached   {NOT_SHOWN}")],
        Event::Fetched { stage, from, .. } => vec![format!("{stage:<10} fetched  from {from}")],
        Event::Running { stage, reasons } => with_reasons(stage, "running", reasons),
        Event::Done { stage, seconds, findings: 0, .. } => vec![format!("{stage:<10} done     {seconds:.2} s")],
        Event::Done { stage, seconds, findings, .. } => {
            vec![format!("{stage:<10} done     {seconds:.2} s, {}", counted(*findings, "finding"))]
        }
        Event::Failed { stage } => vec![format!("{stage:<10} failed")],
        Event::Skipped { stage, because } => vec![format!("{stage:<10} skipped  {because} failed")],
        Event::SetAside { stage, files, to } => {
            vec![format!("{stage:<10} damaged  {}; set aside to {to} and made again", files.join(", "))]
        }
        Event::Universe { status: "ok" | "same", .. } => Vec::new(),
        Event::Universe { universe, name, status, reason } => {
            vec![format!("universe   {status:<8} {universe} ({name}): {reason}")]
        }
        Event::Remark { text } => vec![text.clone()],
        Event::Watching { files } => vec![format!("watching {}; Ctrl-C ends", counted(*files, "file"))],
        Event::Changed { files } => vec![format!("changed    {}", files.join(", "))],
        Event::Finished { ran, fetched, cached, seconds, report } => {
            let report = report.as_ref().map(|path| format!("; the report is {path}")).unwrap_or_default();
            let fetched = if fetched.is_empty() { String::new() } else { format!("{} fetched, ", fetched.len()) };
            vec![format!("{} ran, {fetched}{} cached, {seconds:.2} s{report}", ran.len(), cached.len())]
        }
        Event::Bar { .. } | Event::Advance { .. } => Vec::new(),
    }
}

/// The stage with its first reasons, one a line; changed inputs of one stage share a line.
pub fn with_reasons(stage: &str, word: &str, reasons: &[Reason]) -> Vec<String> {
    const SHOWN: usize = 6;
    let (inputs, others): (Vec<&Reason>, Vec<&Reason>) =
        reasons.iter().partition(|reason| matches!(reason, Reason::InputChanged { from: Some(_), to: Some(_), .. }));
    let mut texts: Vec<String> = others.iter().map(|reason| reason.to_string()).collect();
    let slots: Vec<&str> = inputs.iter().filter_map(|reason| reason.slot()).collect();
    if !slots.is_empty() {
        texts.push(format!("{} changed", slots.join(", ")));
    }
    let more = texts.len().saturating_sub(SHOWN);
    texts.truncate(SHOWN);
    if more > 0 {
        texts.push(format!("and {}", counted(more, "more reason")));
    }
    let line = |(n, text): (usize, String)| match n {
        0 => format!("{stage:<10} {word:<8} {text}"),
        _ => format!("{:<10} {:<8} {text}", "", ""),
    };
    texts.into_iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Digest;

    /// What was written, one text for each write.
    #[derive(Clone, Default)]
    struct Writes(std::sync::Arc<Mutex<Vec<String>>>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().push(String::from_utf8(bytes.to_vec()).unwrap());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_event_of_several_lines_is_written_as_one_piece() {
        let writes = Writes::default();
        let person = Person::writing_to(Box::new(writes.clone()), false);
        let reasons = vec![Reason::Forced, Reason::NeverRun];
        person.hear(Event::Running { stage: "a", reasons });
        person.hear(Event::Advance { stage: "a", parts: 1 });
        person.hear(Event::Failed { stage: "a" });
        let told = writes.0.lock().unwrap();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].lines().count() == 2 && told[0].ends_with("inputs\n"), "{told:?}");
    }

    #[test]
    fn a_running_stage_says_why() {
        let input = |slot: &str| Reason::InputChanged {
            slot: slot.into(),
            from: Some(Digest::of(b"1")),
            to: Some(Digest::of(b"2")),
        };
        let setting = Reason::SettingChanged {
            key: "stages.qc.analytes.max_missing".into(),
            from: Some(0.2.into()),
            to: Some(0.3.into()),
            line: "pipeline.yaml:41".into(),
        };
        let running =
            Event::Running { stage: "qc", reasons: vec![input("ingest/panel"), setting, input("ingest/samples")] };
        insta::assert_snapshot!(lines(&running).join("\n"), @r"
        qc         running  stages.qc.analytes.max_missing 0.2 -> 0.3 (pipeline.yaml:41)
                            ingest/panel, ingest/samples changed
        ");
    }

    #[test]
    fn reasons_that_are_not_shown_are_counted() {
        let all = |n| vec![Reason::NeverRun; n];
        let last = |n| with_reasons("qc", "running", &all(n)).pop().unwrap();
        assert!(last(7).ends_with(" and 1 more reason") && last(8).ends_with(" and 2 more reasons"));
        assert!(!last(6).contains("more"));
    }
}
