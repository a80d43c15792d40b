//! What the search in the browser looks through: one entry a section.

use serde::Serialize;

use super::markdown::Text;
use super::pages::Page;
use super::reference::Tag;

/// A place that can be found. One letter a field, because there are hundreds.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    /// Where it is.
    #[serde(rename = "u")]
    url: String,
    /// The page.
    #[serde(rename = "p")]
    page: String,
    /// The section; the page's title for its beginning.
    #[serde(rename = "s")]
    section: String,
    /// Its words.
    #[serde(rename = "w")]
    words: String,
}

/// The sections of a page.
pub(super) fn entries_of_page(page: &Page, text: &Text) -> Vec<Entry> {
    let entry = |heading: &super::markdown::Heading| Entry {
        url: format!("{}#{}", page.path(), heading.id),
        page: page.title().to_owned(),
        section: heading.text.clone(),
        words: heading.body.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    text.headings.iter().map(entry).collect()
}

/// The operations of the API.
pub(super) fn entries_of_reference(tags: &[Tag]) -> Vec<Entry> {
    let operations = tags.iter().flat_map(|tag| tag.operations.iter().map(move |it| (tag, it)));
    let entry = |(tag, operation): (&Tag, &super::reference::Operation)| Entry {
        url: operation.url(),
        page: format!("API: {}", tag.title()),
        section: operation.summary.clone(),
        words: format!("{} {}", operation.method, operation.path),
    };
    operations.map(entry).collect()
}

/// All entries as the browser reads them.
pub(super) fn json(entries: &[Entry]) -> String {
    serde_json::to_string(entries).expect("entries are text")
}
