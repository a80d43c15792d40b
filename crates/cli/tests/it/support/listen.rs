//! `wallgent listen`, running beside a server.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::admin::Said;
use super::server::Server;

/// How long a line may take to be printed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running `wallgent listen`, killed when dropped.
#[derive(Debug)]
pub(crate) struct Listen {
    process: Option<Child>,
    asked: Vec<String>,
    lines: Receiver<String>,
    printed: Vec<String>,
}

impl Listen {
    /// Starts it with the server's `dev.json`, and waits until it listens.
    #[track_caller]
    pub(crate) fn start(server: &Server, arguments: &[&str]) -> Self {
        let folder = server.folder().display().to_string();
        let asked = [&["listen", "--data", folder.as_str()], arguments].concat();
        let mut command = server.command(&asked);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the binary starts");
        let output = process.stdout.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            lines.map_while(|line| sender.send(line).ok()).for_each(drop);
        });
        let asked = asked.iter().map(|it| (*it).to_owned()).collect();
        let mut listen = Self { process: Some(process), asked, lines, printed: Vec::new() };
        listen.line_with("Listening");
        listen
    }

    /// The next line that holds a text; lines before it are passed over.
    #[track_caller]
    pub(crate) fn line_with(&mut self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no line has {text}: {:#?}", self.printed));
            self.printed.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Everything that was read so far.
    pub(crate) fn printed(&self) -> &[String] {
        &self.printed
    }

    /// Sends a signal, as `kill` names it, and waits for the end.
    pub(crate) fn signal(self, signal: &str) -> Said {
        let id = self.process.as_ref().expect("a running process").id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill runs").success());
        self.wait()
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(mut self) -> Said {
        let process = self.process.take().expect("a running process");
        let output = process.wait_with_output().expect("a child to wait for");
        let asked: Vec<&str> = self.asked.iter().map(String::as_str).collect();
        Said::of(&asked, output)
    }
}

impl Drop for Listen {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
