//! A page as a test reads it.

use std::collections::BTreeSet;

/// What a page links to, and what can be linked to in it.
pub(super) struct Page {
    pub(super) html: String,
    pub(super) ids: BTreeSet<String>,
    links: Vec<String>,
}

impl Page {
    pub(super) fn read(html: &str) -> Self {
        Self {
            html: html.to_owned(),
            ids: attributes(html, "id").collect(),
            links: attributes(html, "href").chain(attributes(html, "src")).collect(),
        }
    }

    /// The places on this server that it links to: path, and fragment. The path is empty for the page itself.
    pub(super) fn places(&self) -> impl Iterator<Item = (String, Option<String>)> {
        self.links.iter().filter(|link| !link.contains("://")).map(|link| {
            let (path, fragment) = match link.split_once('#') {
                Some((path, fragment)) => (path, Some(fragment.to_owned())),
                None => (link.as_str(), None),
            };
            (path.to_owned(), fragment)
        })
    }
}

fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = String> + 'a {
    let begin = format!(" {name}=\"");
    let values: Vec<&str> = html.split(begin.as_str()).skip(1).collect();
    values.into_iter().filter_map(|rest| rest.split('"').next().map(str::to_owned))
}
