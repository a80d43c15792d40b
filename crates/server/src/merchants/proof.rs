//! Asking the domain name system whose a domain is.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;

/// How long a name server may take, and how often it is asked: whoever verifies a
/// domain waits for it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
const ATTEMPTS: usize = 2;

/// The texts that are published at a name, asked of this name server or, when none
/// is named, of those that the system asks. Nothing is remembered: a record that was
/// not there may be there now.
pub(super) async fn texts_at(
    server: Option<SocketAddr>,
    name: &str,
) -> Result<Vec<String>, NetError> {
    let resolver = resolver(server)?;
    match resolver.txt_lookup(format!("{name}.")).await {
        Ok(found) => {
            let records = found.answers().iter();
            Ok(records.filter_map(|record| text_of(&record.data)).collect())
        }
        Err(error) if error.is_no_records_found() || error.is_nx_domain() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The text of a record, whose parts belong together.
fn text_of(data: &RData) -> Option<String> {
    let RData::TXT(text) = data else { return None };
    String::from_utf8(text.txt_data.concat()).ok()
}

fn resolver(server: Option<SocketAddr>) -> Result<TokioResolver, NetError> {
    let mut builder = match server {
        None => TokioResolver::builder_tokio()?,
        Some(address) => {
            let at_port = |mut connection: ConnectionConfig| {
                connection.port = address.port();
                connection
            };
            let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(at_port);
            let server = NameServerConfig::new(address.ip(), true, connections.to_vec());
            let config = ResolverConfig::from_name_servers(vec![server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
    };
    let options = builder.options_mut();
    (options.timeout, options.attempts, options.cache_size) = (ANSWER_TIMEOUT, ATTEMPTS, 0);
    builder.build()
}
