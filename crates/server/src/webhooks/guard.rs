//! Where deliveries may go.
//!
//! Whoever sets up a webhook chooses where this server connects to. So a host is
//! resolved by us, inside addresses are refused, and the connection goes to the
//! address that was checked. This machine itself is open under `wallgent dev`
//! only.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use wallgent_api::ApiError;

/// Which inside addresses are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// None.
    Outside,
    /// This machine.
    OutsideAndHere,
}

/// Checks a URL before it is kept: its form, and an address in it. Names are
/// resolved before each connection.
pub fn check_url(text: &str, reach: Reach) -> Result<(), ApiError> {
    let refuse = |message: &str| Err(ApiError::invalid_field("url", message));
    let Ok(url) = Url::parse(text) else {
        return refuse("must be a URL");
    };
    match url.scheme() {
        "https" => {}
        "http" if reach == Reach::OutsideAndHere => {}
        _ => return refuse("must begin with https://"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("must not contain a user name or a password");
    }
    if !is_open(&url, reach) {
        return refuse("must not lead to an address inside a network");
    }
    Ok(())
}

/// Whether the host of a URL, if it is an address, may be connected to.
#[must_use]
pub fn is_open(url: &Url, reach: Reach) -> bool {
    let Some(host) = url.host_str() else { return false };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().map_or(true, |address| may_connect(address, reach))
}

/// Whether an address may be connected to.
#[must_use]
pub fn may_connect(address: IpAddr, reach: Reach) -> bool {
    let address = address.to_canonical();
    if address.is_loopback() {
        return reach == Reach::OutsideAndHere;
    }
    match address {
        IpAddr::V4(address) => is_outside_v4(address),
        IpAddr::V6(address) => is_outside_v6(address),
    }
}

/// The special blocks of the IANA registry for IPv4.
fn is_outside_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    let special = a == 0
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        // Where Azure tells machines about themselves.
        || [a, b, c, d] == [168, 63, 129, 16]
        || (a == 198 && (18..20).contains(&b))
        || a >= 240;
    !special
}

/// Global unicast, without what leads back to IPv4 or into documentation.
fn is_outside_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let global = a & 0xe000 == 0x2000;
    let translated = a == 0x2002 || (a == 0x2001 && b == 0) || (a == 0x64 && b == 0xff9b);
    let documentation = (a == 0x2001 && b == 0x0db8) || a & 0xfff0 == 0x3ff0;
    global && !translated && !documentation
}

/// Resolves names to addresses that may be connected to.
#[derive(Clone, Copy, Debug)]
pub struct CheckedResolver(pub Reach);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let open: Vec<SocketAddr> =
                found.filter(|address| may_connect(address.ip(), reach)).collect();
            if open.is_empty() {
                let error = io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    "the host leads to no address outside",
                );
                return Err(error.into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_addresses_are_refused() {
        let inside = [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.1",
            "198.18.0.1",
            "::1",
            "::",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fd00::1",
            "fd00:ec2::254",
            "ff02::1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
        ];
        for text in inside {
            let address: IpAddr = text.parse().expect(text);
            assert!(!may_connect(address, Reach::Outside), "{text}");
        }
        for text in ["1.1.1.1", "93.184.216.34", "2606:4700::1111"] {
            assert!(may_connect(text.parse().expect(text), Reach::Outside), "{text}");
        }
        for text in ["127.0.0.1", "::1"] {
            assert!(may_connect(text.parse().expect(text), Reach::OutsideAndHere), "{text}");
        }
    }

    #[test]
    fn urls_are_checked_before_they_are_kept() {
        let good = ["https://example.com/hook", "https://1.1.1.1:8443/x"];
        let bad = [
            "",
            "example.com",
            "http://example.com",
            "ftp://example.com",
            "https://10.0.0.1/",
            "https://127.0.0.1",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://user:word@example.com/",
            "file:///etc/passwd",
        ];
        for url in good {
            assert!(check_url(url, Reach::Outside).is_ok(), "{url}");
        }
        for url in bad {
            assert!(check_url(url, Reach::Outside).is_err(), "{url}");
        }
        for url in ["http://127.0.0.1:4000/hooks", "http://localhost:4000", "http://[::1]:4000/"] {
            assert!(check_url(url, Reach::OutsideAndHere).is_ok(), "{url}");
        }
        assert!(check_url("http://192.168.0.1/", Reach::OutsideAndHere).is_err());
    }
}
