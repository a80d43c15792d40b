//! What the binary can do, a file each.

mod backup;
mod client;
mod dev;
mod events;
mod keys;
mod listen;
mod log;
mod merchants;
mod operate;
mod rails;
mod serve;
mod verify;

use std::process::ExitCode;

use clap::Subcommand;

use crate::exit::Failure;

/// The result of a command.
type Outcome = Result<ExitCode, Failure>;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Everything with no configuration, for trying out and for tests
    Dev(dev::Dev),
    /// Run the service
    Serve(serve::Serve),
    /// Organizations
    #[command(subcommand)]
    Org(operate::Org),
    /// API keys
    #[command(subcommand)]
    Key(operate::Key),
    /// Encryption keys
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Fees that were earned
    #[command(subcommand)]
    Fees(operate::Fees),
    /// Follow live events, and forward them to a local server
    Listen(listen::Listen),
    /// Events that happened
    #[command(subcommand)]
    Events(events::Events),
    /// Merchants: whose domain it is, and whether they may be paid
    #[command(subcommand)]
    Merchant(merchants::Merchant),
    /// Transfers that are carried out by hand
    #[command(subcommand)]
    Transfer(rails::Transfer),
    /// Bank accounts that wait to be verified
    #[command(subcommand)]
    BankAccount(rails::BankAccount),
    /// Copy a store while it is in use
    Backup(backup::Backup),
    /// Prove the books from the store itself; exits 1 on any difference
    Verify(verify::Verify),
    /// Print the OpenAPI 3.1 document
    Openapi,
}

impl Command {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::Dev(command) => command.run(),
            Self::Serve(command) => command.run(),
            Self::Org(command) => command.run(),
            Self::Key(command) => command.run(),
            Self::Keys(command) => command.run(),
            Self::Fees(command) => command.run(),
            Self::Listen(command) => command.run(),
            Self::Events(command) => command.run(),
            Self::Merchant(command) => command.run(),
            Self::Transfer(command) => command.run(),
            Self::BankAccount(command) => command.run(),
            Self::Backup(command) => command.run(),
            Self::Verify(command) => command.run(),
            Self::Openapi => {
                println!("{}", wallgent_server::openapi_document());
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// Runs a command's asynchronous part.
fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(future)
}
