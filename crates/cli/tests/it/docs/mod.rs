//! The documentation that the server serves: whole, without dead links, and with nothing from elsewhere.

mod page;

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Server, Store, stories};
use page::Page;

stories!(
    every_link_leads_somewhere,
    nothing_is_loaded_from_elsewhere,
    every_operation_is_in_the_reference,
    what_the_browser_has_is_not_sent_again,
    pages_travel_compressed,
    what_is_not_there_is_a_page_too,
    the_root_leads_to_the_documentation,
);

/// What a page may weigh on its way.
const COMPRESSED_BYTES_MAX: usize = 60 * 1024;

/// Every page that can be reached from the first one, by its path.
fn pages(server: &Server) -> BTreeMap<String, Page> {
    let nobody = server.nobody();
    let mut waiting = vec!["/docs".to_owned()];
    let mut pages = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        if pages.contains_key(&path) {
            continue;
        }
        let answer = nobody.get(&format!("/{path}"));
        assert_eq!(answer.status, 200, "{path}, which another page links to");
        let is_page = answer.header("content-type") == Some("text/html; charset=utf-8");
        let page = Page::read(if is_page { &answer.text } else { "" });
        waiting.extend(page.places().map(|(path, _)| path).filter(|path| !path.is_empty()));
        pages.insert(path, page);
    }
    pages
}

fn every_link_leads_somewhere(store: Store) {
    let server = Server::start(store);
    let pages = pages(&server);
    assert!(pages.len() > 20, "{:?}", pages.keys());
    for (path, page) in &pages {
        for (target, fragment) in page.places() {
            let target = if target.is_empty() { path } else { &target };
            let Some(fragment) = fragment else { continue };
            assert!(pages[target].ids.contains(&fragment), "{path} links to {target}#{fragment}");
        }
    }
}

fn nothing_is_loaded_from_elsewhere(store: Store) {
    let server = Server::start(store);
    for (path, page) in pages(&server) {
        for forbidden in ["style=", "<style", "<script>", "onclick=", "javascript:", "src=\"http"] {
            assert!(!page.html.contains(forbidden), "{path} has {forbidden}");
        }
    }
    let answer = server.nobody().get("//docs");
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
}

fn every_operation_is_in_the_reference(store: Store) {
    let server = Server::start(store);
    let document = server.nobody().get("//openapi.json").ok();
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.values().flat_map(|it| it.as_object().expect("methods").values());
    let pages = pages(&server);
    let overview = &pages["/docs/api"];
    let listed: BTreeSet<_> = overview.places().filter_map(|(_, fragment)| fragment).collect();
    for operation in operations {
        let id = operation["operationId"].as_str().expect("an operationId");
        let tag = operation["tags"][0].as_str().expect("a tag");
        assert!(listed.contains(id), "{id} in the overview");
        let page = &pages[&format!("/docs/api/{tag}")];
        assert!(page.ids.contains(id), "{id} on the page of {tag}");
        let permission = operation["x-permission"].as_str().expect("a permission");
        assert!(page.html.contains(permission), "{permission}, which {id} needs");
    }
}

fn what_the_browser_has_is_not_sent_again(store: Store) {
    let server = Server::start(store);
    let nobody = server.nobody();
    for path in ["//docs", "//docs/docs.css", "//docs/search.json"] {
        let answer = nobody.get(path).expect(200);
        let tag = answer.header("etag").expect("a tag");
        let again = nobody.with_header("If-None-Match", tag).get(path).expect(304);
        assert_eq!((again.text.as_str(), again.header("etag")), ("", Some(tag)));
        nobody.with_header("If-None-Match", "W/\"another\"").get(path).expect(200);
    }
}

fn pages_travel_compressed(store: Store) {
    let server = Server::start(store);
    let browser = server.nobody().with_header("Accept-Encoding", "br, gzip");
    for path in pages(&server).keys().filter(|path| path.starts_with("/docs")) {
        let answer = browser.get(&format!("/{path}")).expect(200);
        assert_eq!(answer.header("content-encoding"), Some("gzip"), "{path}");
        let bytes: usize = answer.header("content-length").expect("a length").parse().expect("it");
        assert!(bytes <= COMPRESSED_BYTES_MAX, "{path} has {bytes} bytes");
    }
}

fn what_is_not_there_is_a_page_too(store: Store) {
    let server = Server::start(store);
    let answer = server.nobody().get("//docs/nothing").expect(404);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(answer.text.contains("No such page"));
}

fn the_root_leads_to_the_documentation(store: Store) {
    let server = Server::start(store);
    let nobody = server.nobody();
    for (path, status) in [("//", 307), ("//docs/", 308)] {
        assert_eq!(nobody.get(path).expect(status).header("location"), Some("/docs"));
    }
}
