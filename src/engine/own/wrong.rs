//! What went wrong with a command, in words.

use std::path::Path;

use stages::contract::{Place, Problem};

use super::node::Own;
use super::process::End;
use crate::failure::{Complaint, Failure};
use crate::log;

/// Lines of what a command said that a failure shows.
const LAST_LINES: usize = 20;

/// What there is, or what is wrong.
pub type Checked<T> = Result<T, Wrong>;

/// What went wrong with a command, in words; `setting` is the part of the stage's settings that it is about.
pub struct Wrong {
    code: &'static str,
    setting: &'static str,
    message: String,
    remedy: String,
}

impl Wrong {
    pub fn new(
        code: &'static str,
        setting: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Wrong {
        Wrong { code, setting, message: message.into(), remedy: remedy.into() }
    }

    /// The failure of the stage, with the command's last lines and where all of them are.
    pub fn failure(self, own: &Own, said: &str) -> Failure {
        let lines: Vec<&str> = said.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        let last = lines[lines.len().saturating_sub(LAST_LINES)..].iter().map(|line| printable(line)).collect();
        let place = Place::setting(format!("stages.{}.{}", own.name, self.setting));
        let problem = Problem::new(self.code, place, format!("{}: {}", own.name, self.message), self.remedy);
        let log = log::path().map(|path| path.strip_prefix(".").unwrap_or(&path).display().to_string());
        let log = log.filter(|log| !lines.is_empty() && Path::new(log).exists());
        Failure::Command(Box::new(Complaint { problem, said: last, log }))
    }
}

/// A line as a terminal may show it.
fn printable(line: &str) -> String {
    line.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).take(400).collect()
}

/// What is wrong with how a command ended.
pub fn ending(own: &Own, ended: &End) -> Checked<()> {
    let line = own.params.line();
    let program = own.params.command.first().map(String::as_str).unwrap_or_default();
    let (code, setting, message, remedy) = match ended {
        End::Fine => return Ok(()),
        End::Code(code) => {
            let message = format!("`{line}` left with exit code {code}");
            ("exit_code", "command", message, "correct the command or what it reads".to_owned())
        }
        End::Signal(signal) => {
            let perhaps = if *signal == 9 { " (killed, perhaps for want of memory)" } else { "" };
            let message = format!("`{line}` was ended by signal {signal}{perhaps}");
            ("signal", "command", message, "correct the command, or give it what it needs".to_owned())
        }
        End::Late => {
            let time = own.params.timeout.map(|timeout| timeout.to_string()).unwrap_or_default();
            let remedy = format!("make it faster, or set stages.{}.timeout higher", own.name);
            ("timeout", "timeout", format!("`{line}` took longer than {time} and was ended"), remedy)
        }
        End::NotStarted { found: false, .. } => {
            let remedy = "install it, or correct the command; programs are looked for in PATH".to_owned();
            ("no_program", "command.0", format!("there is no program `{program}`"), remedy)
        }
        End::NotStarted { why, .. } => {
            let remedy =
                "a script begins with a line such as #!/bin/sh that names a program, or stands after it: [sh, x.sh]";
            ("no_program", "command.0", format!("`{program}` cannot be started: {why}"), remedy.to_owned())
        }
    };
    Err(Wrong::new(code, setting, message, remedy))
}
