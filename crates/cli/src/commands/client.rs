//! The server and the key that client commands work with.

use std::path::PathBuf;

use clap::Args;
use wallgent::{Client, Options};

use super::dev::{DEV_FILE, DevFile, FOLDER};
use crate::exit::Failure;

/// Which server, and with which key.
#[derive(Args)]
pub(crate) struct Access {
    /// Where the server is [default: of `dev.json`, and with a key of your own
    /// http://localhost:3000]
    #[arg(long, env = "WALLGENT_BASE_URL")]
    url: Option<String>,
    /// The API key [default: the sandbox key of `dev.json`]
    #[arg(long, env = "WALLGENT_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
    /// The folder with `dev.json`, which `wallgent dev` writes
    #[arg(long, env = "WALLGENT_DATA", default_value = FOLDER)]
    data: PathBuf,
}

impl Access {
    /// The key.
    pub(crate) fn key(&self) -> Result<String, Failure> {
        match &self.api_key {
            Some(key) => Ok(key.clone()),
            None => Ok(self.dev_file()?.sandbox_key),
        }
    }

    /// A client with that key.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        let base_url = match (&self.url, &self.api_key) {
            (Some(url), _) => url.clone(),
            (None, Some(_)) => Options::default().base_url,
            (None, None) => self.dev_file()?.url,
        };
        let options = Options { base_url, ..Options::default() };
        Ok(Client::with_options(&self.key()?, options)?)
    }

    fn dev_file(&self) -> Result<DevFile, Failure> {
        let path = self.data.join(DEV_FILE);
        let missing = |error: &dyn std::fmt::Display| {
            let path = path.display();
            Failure::new(format!(
                "no API key: set WALLGENT_API_KEY, or start `wallgent dev` ({path}: {error})"
            ))
        };
        let text = std::fs::read_to_string(&path).map_err(|error| missing(&error))?;
        serde_json::from_str(&text).map_err(|error| missing(&error))
    }
}
