//! What is written to standard error while the service runs.

use tracing_subscriber::EnvFilter;

fn filter(default: &str) -> EnvFilter {
    EnvFilter::try_from_env("WALLGENT_LOG").unwrap_or_else(|_| EnvFilter::new(default))
}

/// For people: only what is wrong.
pub(super) fn for_people() {
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter("warn"));
    subscriber.with_writer(std::io::stderr).with_target(false).init();
}

/// For machines: one JSON object a line.
pub(super) fn for_machines() {
    let subscriber = tracing_subscriber::fmt().json().with_env_filter(filter("info"));
    subscriber.with_writer(std::io::stderr).init();
}
