//! The documentation, served by the binary that it describes.
//!
//! `/docs` has the pages of the folder `docs` and a reference made from the
//! OpenAPI document. All of it is rendered once, when somebody first asks, and
//! kept, plain and compressed. Nothing is loaded from elsewhere.

mod layout;
mod markdown;
mod pages;
mod reference;
pub mod routes;
mod search;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::LazyLock;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use maud::Markup;
use sha2::{Digest, Sha256};

use self::layout::{Layout, View};
use self::reference::Reference;

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const ICON: &str = "image/svg+xml";

/// Colours, type and focus, for whatever else the binary shows in a browser.
const THEME: &str = include_str!("assets/theme.css");
/// What stands beside the pages: name, content type, text.
const ASSETS: &[(&str, &str, &str)] = &[
    ("theme.css", STYLE, THEME),
    ("docs.css", STYLE, include_str!("assets/docs.css")),
    ("docs.js", SCRIPT, include_str!("assets/docs.js")),
    ("icon.svg", ICON, include_str!("assets/icon.svg")),
];

/// Something that a browser is sent.
#[derive(Clone, Debug)]
struct File {
    kind: &'static str,
    plain: Bytes,
    gzip: Bytes,
    /// Changes when the content does.
    tag: String,
}

impl File {
    fn new(kind: &'static str, text: String) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let gzip = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
        let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self {
            kind,
            gzip: gzip.expect("memory takes what is written to it").into(),
            // Weak, because it stands for the compressed form as well.
            tag: format!("W/\"{digits}\""),
            plain: text.into(),
        }
    }

    fn page(page: Markup) -> Self {
        Self::new(HTML, page.into_string())
    }
}

/// All files, by their path.
struct Site {
    files: BTreeMap<String, File>,
    missing: File,
}

/// What is served, rendered when it is first asked for.
static SITE: LazyLock<Site> = LazyLock::new(Site::render);

impl Site {
    fn render() -> Self {
        let reference = Reference::read(&crate::http::document());
        let tags = reference.tags();
        let layout = Layout { tags };
        let mut files = BTreeMap::new();
        let mut index = Vec::new();
        for page in pages::all() {
            let text = markdown::render(page.source);
            index.extend(search::entries_of_page(page, &text));
            let endpoints = reference.endpoints(page.tags);
            let view = View::of_page(page, &text, endpoints);
            files.insert(page.path(), File::page(layout.render(&view)));
        }
        for view in reference.views() {
            files.insert(view.path.clone(), File::page(layout.render(&view)));
        }
        index.extend(search::entries_of_reference(tags));
        files.insert("/docs/search.json".to_owned(), File::new(JSON, search::json(&index)));
        for (name, kind, text) in ASSETS {
            files.insert(format!("/docs/{name}"), File::new(kind, (*text).to_owned()));
        }
        Self { files, missing: File::page(layout.render(&View::missing())) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use wallgent_api::ErrorCode;

    use super::*;

    /// A page about the code, for those who have it before them.
    const FOR_CONTRIBUTORS: &str = "adding-an-endpoint";

    #[test]
    fn every_document_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        let written: BTreeSet<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .filter_map(|entry| entry.expect("a readable entry").file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
            .filter(|name| name != FOR_CONTRIBUTORS)
            .collect();
        let served: BTreeSet<String> = pages::all().map(|page| page.name.to_owned()).collect();
        assert_eq!(served, written);
    }

    #[test]
    fn every_error_code_is_explained_once() {
        let page = pages::all().find(|page| page.name == "errors").expect("a page of errors");
        let headings = markdown::render(page.source).headings;
        let explained = headings.iter().filter(|heading| heading.level == 3);
        let mut explained: Vec<&str> = explained.map(|heading| heading.text.as_str()).collect();
        let mut codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        explained.sort_unstable();
        codes.sort_unstable();
        assert_eq!(explained, codes);
    }

    #[test]
    fn every_group_of_routes_has_a_page_that_leads_to_it() {
        let reference = Reference::read(&crate::http::document());
        for tag in reference.tags() {
            let named = pages::all().any(|page| page.tags.contains(&tag.name.as_str()));
            assert!(named, "no page in pages.rs names the routes of {}", tag.name);
        }
    }
}
