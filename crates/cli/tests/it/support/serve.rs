//! `wallgent serve`: the production way, beside the harness's `dev`.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::api::Api;
use super::server::Server;

/// A running `wallgent serve`, killed when dropped.
#[derive(Debug)]
pub(crate) struct Serve {
    process: Child,
    address: String,
}

impl Serve {
    /// Serves on a free port, with a data folder of its own beside the harness's server; `None` when the process ended
    /// instead of serving.
    pub(crate) fn start(server: &Server, flags: &[&str]) -> Option<Self> {
        let address = free_address();
        let data = server.folder().join("serve");
        std::fs::create_dir_all(&data).expect("a folder");
        let mut command = server.command(&["serve", "--listen", &address]);
        command.arg("--data").arg(data).args(flags);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self::watch(&mut command, address)
    }

    fn watch(command: &mut Command, address: String) -> Option<Self> {
        let mut serve = Self { process: command.spawn().expect("the binary starts"), address };
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if serve.process.try_wait().expect("a child to wait for").is_some() {
                return None;
            }
            let ready = serve
                .nobody()
                .try_send("GET", "//healthz", None)
                .is_some_and(|answer| answer.status == 200);
            if ready {
                return Some(serve);
            }
            assert!(Instant::now() < deadline, "serve did not start in time");
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn nobody(&self) -> Api {
        Api::anonymous(&self.address)
    }

    /// SIGTERM, and the exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        self.process.wait().expect("a child to wait for").code()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An address that nobody listens on at this moment.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound port").to_string()
}
