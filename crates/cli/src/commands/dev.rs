//! `wallgent dev`: everything with no configuration.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wallgent_server::admin::Request;
use wallgent_server::{Clock, Server};

use super::serve::StopSignals;
use super::{Outcome, block_on, log};
use crate::exit::Failure;
use crate::settings::Sources;

/// The data folder when nobody names one.
pub(super) const FOLDER: &str = "./wallgent-data";
/// What tools read to find the server and its keys.
pub(super) const DEV_FILE: &str = "dev.json";

#[derive(Args)]
pub(crate) struct Dev {
    #[command(flatten)]
    sources: Sources,
    /// Let time stand still (from START, or from now) until POST
    /// /v1/sandbox/clock moves it
    #[arg(long, value_name = "START", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "absent, without a start, with one")]
    test_clock: Option<Option<String>>,
}

/// What `dev.json` says.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DevFile {
    organization_id: String,
    pub(super) sandbox_key: String,
    live_key: String,
    sandbox_wallet_id: String,
    live_wallet_id: String,
    #[serde(default)]
    pub(super) url: String,
}

impl Dev {
    pub(super) fn run(self) -> Outcome {
        log::for_people();
        let config = self.sources.merged()?.with_data_folder(FOLDER).into_config_for_dev()?;
        let clock = clock(self.test_clock.as_ref())?;
        let file = config.data.join(DEV_FILE);
        block_on(async move {
            let told = StopSignals::install()?;
            let server = Server::start(config, clock).await?;
            let mut known = known_organization(&server, &file).await?;
            known.url = format!("http://{}", server.address());
            let text =
                serde_json::to_string_pretty(&known).map_err(|it| Failure::new(it.to_string()))?;
            wallgent_server::write_private(&file, &text)?;
            greet(&known, &file);
            told.wait().await;
            server.stop().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

fn clock(asked: Option<&Option<String>>) -> Result<Clock, Failure> {
    match asked {
        None => Ok(Clock::wall()),
        Some(None) => Ok(Clock::standing_at(Clock::wall().now())),
        Some(Some(text)) => Clock::standing_at_text(text)
            .ok_or_else(|| Failure::new(format!("--test-clock: {text} is no ISO 8601 time"))),
    }
}

/// The organization of an earlier start, or a new one.
async fn known_organization(server: &Server, file: &Path) -> Result<DevFile, Failure> {
    let earlier = std::fs::read_to_string(file).ok();
    let earlier = earlier.and_then(|text| serde_json::from_str::<DevFile>(&text).ok());
    if let Some(known) = earlier {
        let request = Request::OrgKnown { organization_id: known.organization_id.clone() };
        let answer = server.execute(request).await.map_err(Failure::new)?;
        if answer["known"] == Value::Bool(true) {
            return Ok(known);
        }
    }
    let request = Request::OrgCreate {
        name: "Development".to_owned(),
        email: "dev@localhost".to_owned(),
        plan: None,
    };
    let founded = server.execute(request).await.map_err(Failure::new)?;
    serde_json::from_value(founded).map_err(|error| Failure::new(error.to_string()))
}

fn greet(known: &DevFile, file: &Path) {
    println!("Wallgent is listening on {}", known.url);
    println!();
    println!("  sandbox key   {}", known.sandbox_key);
    println!("  live key      {}", known.live_key);
    println!("  wallet        {}", known.sandbox_wallet_id);
    println!("  all of it in  {}", file.display());
    println!("  documentation {}/docs", known.url);
    println!();
    println!(
        "Try:  curl {}/v1/wallets -H 'Authorization: Bearer {}'",
        known.url, known.sandbox_key
    );
    println!("Stop with Ctrl-C; the same folder continues with the same keys.");
}
