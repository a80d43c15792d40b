//! What stands around the text of every page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::markdown::{Heading, Text};
use super::pages::{GROUPS, Page};
use super::reference::{self, Tag};

/// What a page is made of.
#[derive(Debug)]
pub(super) struct View {
    /// Where it is served.
    pub(super) path: String,
    /// What it is called.
    pub(super) title: String,
    /// Its text.
    pub(super) body: Markup,
    /// Its parts: anchor and words.
    pub(super) parts: Vec<(String, String)>,
}

impl View {
    /// A page of the folder `docs`, with the endpoints that it is about.
    pub(super) fn of_page(page: &Page, text: &Text, endpoints: Markup) -> Self {
        let part = |heading: &Heading| (heading.id.clone(), heading.text.clone());
        let parts = text.headings.iter().filter(|heading| heading.level == 2).map(part);
        Self {
            path: page.path(),
            title: page.title().to_owned(),
            body: html! { (PreEscaped(&text.html)) (endpoints) },
            parts: parts.collect(),
        }
    }

    /// What is answered for a path that nothing is at.
    pub(super) fn missing() -> Self {
        Self {
            path: String::new(),
            title: "No such page".to_owned(),
            body: html! {
                h1 { "No such page" }
                p { "The documentation begins " a href="/docs" { "here" } "." }
            },
            parts: Vec::new(),
        }
    }
}

/// The frame of all pages.
pub(super) struct Layout<'a> {
    /// The parts of the reference.
    pub(super) tags: &'a [Tag],
}

impl Layout<'_> {
    /// A whole page.
    pub(super) fn render(&self, view: &View) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                (head(&view.title))
                body {
                    a.skip href="#content" { "Skip to the text" }
                    (header())
                    div.frame {
                        (self.navigation(&view.path))
                        main #content { article { (view.body) } (self.neighbours(&view.path)) }
                        (on_this_page(&view.parts))
                    }
                }
            }
        }
    }

    /// The table of contents. On a phone it is opened by the button above.
    fn navigation(&self, here: &str) -> Markup {
        html! {
            nav #contents popover aria-label="Contents" {
                @for group in GROUPS {
                    h2 { (group.title) }
                    ul { @for page in group.pages { li { (link(&page.path(), page.title(), here)) } } }
                }
                h2 { "API reference" }
                ul {
                    li { (link(reference::PATH, "All operations", here)) }
                    @for tag in self.tags { li { (link(&tag.path(), &tag.title(), here)) } }
                }
            }
        }
    }

    /// The page before and the page behind, in the order of the contents.
    fn neighbours(&self, here: &str) -> Markup {
        let pages = GROUPS.iter().flat_map(|group| group.pages);
        let mut all: Vec<(String, String)> =
            pages.map(|page| (page.path(), page.title().to_owned())).collect();
        all.push((reference::PATH.to_owned(), "API reference".to_owned()));
        all.extend(self.tags.iter().map(|tag| (tag.path(), tag.title())));
        let at = all.iter().position(|(path, _)| path == here);
        let before = at.and_then(|at| all.get(at.checked_sub(1)?));
        let behind = at.and_then(|at| all.get(at + 1));
        html! {
            nav.neighbours aria-label="Neighbouring pages" {
                @if let Some((path, title)) = before { a href=(path) rel="prev" { "← " (title) } }
                @if let Some((path, title)) = behind { a href=(path) rel="next" { (title) " →" } }
            }
        }
    }
}

fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " · Wallgent" }
            link rel="icon" href="/docs/icon.svg" type="image/svg+xml";
            link rel="stylesheet" href="/docs/theme.css";
            link rel="stylesheet" href="/docs/docs.css";
            script src="/docs/docs.js" defer {}
        }
    }
}

fn header() -> Markup {
    html! {
        header {
            button.menu popovertarget="contents" { "Menu" }
            a.brand href="/docs" { "Wallgent" }
            // Without the script nothing could be found, so the script shows it.
            search #search hidden {
                input #query type="search" placeholder="Search" aria-label="Search the documentation"
                    aria-controls="found" autocomplete="off" spellcheck="false";
                ul #found aria-live="polite" {}
            }
        }
    }
}

fn on_this_page(parts: &[(String, String)]) -> Markup {
    html! {
        @if parts.len() > 1 {
            nav.parts aria-label="On this page" {
                h2 { "On this page" }
                ul { @for (id, text) in parts { li { a href={ "#" (id) } { (text) } } } }
            }
        }
    }
}

fn link(path: &str, title: &str, here: &str) -> Markup {
    html! { a href=(path) aria-current=[(path == here).then_some("page")] { (title) } }
}
