//! The operator at the command line, beside a running server or without one.

use std::process::{Command, Output};

use super::server::Server;
use super::store::Store;

/// How a command ended and what it said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) exit_code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
    asked: String,
}

impl Said {
    pub(super) fn of(asked: &[&str], output: Output) -> Self {
        Self {
            exit_code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            error: String::from_utf8_lossy(&output.stderr).into_owned(),
            asked: asked.join(" "),
        }
    }

    /// The command succeeded; gives what it printed.
    #[track_caller]
    pub(crate) fn expect_success(self) -> String {
        assert_eq!(self.exit_code, 0, "wallgent {}\n{}{}", self.asked, self.out, self.error);
        self.out
    }

    /// The command failed by its own decision and said why in one line; gives the line.
    #[track_caller]
    pub(crate) fn expect_failure(self) -> String {
        assert!(
            self.exit_code > 0,
            "wallgent {} should fail\n{}{}",
            self.asked,
            self.out,
            self.error
        );
        let reason = self.error.trim();
        assert!(!reason.is_empty(), "wallgent {} says why it failed", self.asked);
        assert_eq!(
            reason.lines().count(),
            1,
            "wallgent {} fails in one line:\n{reason}",
            self.asked
        );
        reason.to_owned()
    }
}

impl Server {
    /// A command on this server's store.
    pub(crate) fn admin(&self, arguments: &[&str]) -> Said {
        Said::of(arguments, self.admin_command(arguments).output().expect("the binary runs"))
    }

    /// The same, to be started by whoever wants to watch it.
    pub(crate) fn admin_command(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.args(["--database", &self.database().url]);
        if self.store() == Store::Postgres {
            command.env("WALLGENT_DATA", self.folder());
        }
        command
    }

    /// A command that names its store itself, or needs none.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        Said::of(arguments, self.command(arguments).output().expect("the binary runs"))
    }
}
