//! What a browser is told about pages, and what they may not do.

use std::time::Instant;

use super::{PAGE_BYTES_MAX, assert_html, page, send_from};
use crate::support::{Server, Store, stories};

stories!(
    pages_load_only_what_is_ours,
    pages_are_small_and_quick,
    forms_come_from_our_own_pages,
    visitors_of_pages_are_counted,
);

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The addresses in these attributes.
fn addresses(html: &str) -> Vec<String> {
    let parts = ["href=\"", "src=\"", "action=\"", "data-watch=\""];
    let found = parts.into_iter().flat_map(|part| html.split(part).skip(1));
    found.map(|rest| rest.split('"').next().expect("an end").to_owned()).collect()
}

fn pages_load_only_what_is_ours(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (_, slug) = owner.link(&owner.wallet("Sales"), "1.00");
    let shown = page(&nobody, &format!("/pay/{slug}")).expect(200);
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(shown.header(name), Some(value), "{name}");
    }
    assert_eq!(shown.header("set-cookie"), None);
    assert!(!shown.text.contains("style=\"") && !shown.text.contains("onclick"), "nothing inline");
    let addresses = addresses(&shown.text);
    assert!(addresses.len() >= 4, "{addresses:?}");
    for address in &addresses {
        assert!(address.starts_with('/') && !address.starts_with("//"), "{address}");
    }
    for address in addresses.iter().filter(|it| it.starts_with("/assets/")) {
        let asset = nobody.get(&format!("/{address}")).expect(200);
        let kept = "public, max-age=31536000, immutable";
        assert_eq!(asset.header("cache-control"), Some(kept), "{address}");
        assert_eq!(asset.header("x-content-type-options"), Some("nosniff"));
        assert!(!asset.text.contains("http://") && !asset.text.contains("https://"), "{address}");
    }
}

fn pages_are_small_and_quick(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (_, slug) = owner.link(&owner.wallet("Sales"), "1.00");
    let path = format!("/pay/{slug}");
    let shown = page(&nobody, &path).expect(200);
    let assets = addresses(&shown.text);
    let assets = assets.iter().filter(|it| it.starts_with("/assets/"));
    let loaded: usize = assets.map(|it| nobody.get(&format!("/{it}")).expect(200).text.len()).sum();
    let whole = shown.text.len() + loaded;
    assert!(whole <= PAGE_BYTES_MAX, "{whole} bytes");
    // The best of some: a machine that tests on all its cores is slow now and then.
    let quickest = (0..20).map(|_| {
        let begun = Instant::now();
        page(&nobody, &path).expect(200);
        begun.elapsed()
    });
    let quickest = quickest.min().expect("twenty");
    assert!(quickest.as_millis() <= 5, "{quickest:?} with a connection of its own");
}

fn forms_come_from_our_own_pages(store: Store) {
    let server = Server::start(store);
    let (owner, nobody) = (server.owner(), server.nobody());
    let (link, slug) = owner.link(&owner.wallet("Sales"), "1.00");
    let path = format!("/pay/{slug}");
    let evil = nobody.with_header("Origin", "https://evil.example");
    for caller in [
        nobody.clone(),
        evil.clone(),
        evil.with_header("Sec-Fetch-Site", "cross-site"),
        nobody.with_header("Sec-Fetch-Site", "same-site"),
        nobody.with_header("Origin", "null"),
    ] {
        let refused = send_from(&caller, &path, "method=4242").expect(403);
        assert_html(&refused);
        assert!(refused.text.contains("sent from elsewhere"), "{}", refused.story());
    }
    assert_eq!(owner.of_link(&link, "uses"), 0);
    let own = nobody.with_header("Origin", &format!("http://{}", nobody.place()));
    send_from(&own, &path, "method=4242").expect(303);
}

fn visitors_of_pages_are_counted(store: Store) {
    let server = Server::start_at(store, "2026-01-31T09:00:00Z");
    let nobody = server.nobody();
    for _ in 0..600 {
        page(&nobody, "/pay/nothing").expect(404);
    }
    let refused = page(&nobody, "/pay/nothing").expect(429);
    assert!(refused.text.contains("Too many calls"), "{}", refused.story());
    server.advance("PT1M");
    page(&nobody, "/pay/nothing").expect(404);
}
