//! Where a request comes from.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The client's address. What `Forwarded` and `X-Forwarded-For` say is taken
/// only from a trusted proxy, from the right: the last hop that is no trusted
/// proxy is the client. A proxy writes one of the two headers and may pass the
/// other on as its client sent it, so when they disagree, or the last hop cannot
/// be read, the client is unknown: `None`, which no list of addresses allows.
pub(super) fn of_client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = peer.to_canonical();
    if !trusted.iter().any(|net| net.contains(&peer)) {
        return Some(peer);
    }
    let standard = forwarded(headers).map(|hops| last_untrusted(peer, &hops, trusted));
    let usual = x_forwarded_for(headers).map(|hops| last_untrusted(peer, &hops, trusted));
    match (standard, usual) {
        (None, None) => Some(peer),
        (Some(client), None) | (None, Some(client)) => client,
        (Some(client), Some(other)) if client == other => client,
        (Some(_), Some(_)) => None,
    }
}

fn last_untrusted(peer: IpAddr, hops: &[String], trusted: &[IpNet]) -> Option<IpAddr> {
    let mut client = peer;
    for hop in hops.iter().rev() {
        client = parse(hop)?;
        if !trusted.iter().any(|net| net.contains(&client)) {
            return Some(client);
        }
    }
    Some(client)
}

fn forwarded(headers: &HeaderMap) -> Option<Vec<String>> {
    let mut hops = Vec::new();
    for value in headers.get_all("forwarded") {
        for element in String::from_utf8_lossy(value.as_bytes()).split(',') {
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
        let text = String::from_utf8_lossy(value.as_bytes());
        hops.extend(text.split(',').map(|hop| hop.trim().to_owned()));
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
        of_client(peer.parse().expect("an address"), &headers, &trusted)
            .map_or("unknown".to_owned(), |client| client.to_string())
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("9.9.9.9", "x-forwarded-for", "1.2.3.4"), "9.9.9.9");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "6.6.6.6, 1.2.3.4"), "1.2.3.4");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "1.2.3.4, 10.0.0.2"), "1.2.3.4");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "nonsense"), "unknown");
        assert_eq!(
            client("10.0.0.1", "forwarded", "for=\"[2001:db8::7]:99\";proto=https"),
            "2001:db8::7"
        );
        assert_eq!(client("10.0.0.1", "forwarded", "for=1.2.3.4:80"), "1.2.3.4");
    }

    #[test]
    fn what_a_client_slips_past_its_proxy_is_not_believed() {
        let mut headers = HeaderMap::new();
        headers.insert("forwarded", "for=5.5.5.5".parse().expect("a header"));
        headers.insert("x-forwarded-for", "1.2.3.4".parse().expect("a header"));
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        let proxy = IpAddr::from([10, 0, 0, 1]);
        assert_eq!(of_client(proxy, &headers, &trusted), None);
        let mut headers = HeaderMap::new();
        let broken = axum::http::HeaderValue::from_bytes(b"\xff, 1.2.3.4").expect("a header");
        headers.insert("x-forwarded-for", broken);
        assert_eq!(of_client(proxy, &headers, &trusted), Some(IpAddr::from([1, 2, 3, 4])));
    }
}
