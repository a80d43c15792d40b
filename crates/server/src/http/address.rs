//! Where a request comes from.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The client's address. What `Forwarded` and `X-Forwarded-For` say is taken
/// only from a trusted proxy, from the right: the last hop that is no trusted
/// proxy is the client.
pub(super) fn of_client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut client = peer.to_canonical();
    if !is_trusted(&client) {
        return client;
    }
    let hops = forwarded(headers).or_else(|| x_forwarded_for(headers)).unwrap_or_default();
    for hop in hops.iter().rev() {
        let Some(address) = parse(hop) else {
            return client;
        };
        client = address;
        if !is_trusted(&client) {
            return client;
        }
    }
    client
}

fn forwarded(headers: &HeaderMap) -> Option<Vec<String>> {
    let mut hops = Vec::new();
    for value in headers.get_all("forwarded") {
        for element in value.to_str().ok()?.split(',') {
            let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
            let mut found = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
            hops.extend(found.next().map(|(_, node)| node.trim_matches('"').to_owned()));
        }
    }
    (!hops.is_empty()).then_some(hops)
}

fn x_forwarded_for(headers: &HeaderMap) -> Option<Vec<String>> {
    let mut hops = Vec::new();
    for value in headers.get_all("x-forwarded-for") {
        hops.extend(value.to_str().ok()?.split(',').map(|hop| hop.trim().to_owned()));
    }
    (!hops.is_empty()).then_some(hops)
}

fn parse(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[');
    let bare = bare.split_once(']').map_or(bare, |(address, _)| address);
    let address = bare.parse().ok().or_else(|| {
        let (address, _port) = hop.split_once(':')?;
        address.parse().ok()
    });
    address.map(|it: IpAddr| it.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, name: &'static str, value: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header"));
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        of_client(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("9.9.9.9", "x-forwarded-for", "1.2.3.4"), "9.9.9.9");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "6.6.6.6, 1.2.3.4"), "1.2.3.4");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "1.2.3.4, 10.0.0.2"), "1.2.3.4");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "nonsense"), "10.0.0.1");
        assert_eq!(
            client("10.0.0.1", "forwarded", "for=\"[2001:db8::7]:99\";proto=https"),
            "2001:db8::7"
        );
        assert_eq!(client("10.0.0.1", "forwarded", "for=1.2.3.4:80"), "1.2.3.4");
    }
}
