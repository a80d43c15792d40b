//! The one binary of Wallgent.

mod commands;
mod exit;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use commands::Command;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Financial infrastructure for AI agents: wallets, policies and payments on a
/// double-entry ledger.
#[derive(Parser)]
#[command(name = "wallgent", version, about, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command.run() {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("wallgent: {failure}");
            ExitCode::FAILURE
        }
    }
}
