//! The API reference, made from the OpenAPI document.
//!
//! The document is made from the routes that serve requests, so neither it nor
//! these pages can say anything else than what the server does.

mod operation;
mod schema;

use maud::{Markup, html};
use serde_json::Value;

use self::schema::Schemas;
use super::layout::View;
use super::pages;

pub(super) use self::operation::Operation;

/// Where the reference begins.
pub(super) const PATH: &str = "/docs/api";

/// What the document says, in the order in which it is shown.
#[derive(Debug)]
pub(super) struct Reference {
    tags: Vec<Tag>,
    schemas: Schemas,
}

/// Operations on one kind of thing.
#[derive(Debug)]
pub(super) struct Tag {
    /// As in the document: `bank-accounts`.
    pub(super) name: String,
    /// Its operations.
    pub(super) operations: Vec<Operation>,
}

impl Tag {
    /// Where its page is.
    pub(super) fn path(&self) -> String {
        format!("{PATH}/{}", self.name)
    }

    /// In words: `Bank accounts`.
    pub(super) fn title(&self) -> String {
        let words = self.name.replace('-', " ").replacen("api", "API", 1);
        let first = words.chars().next().map(|it| it.to_ascii_uppercase());
        first.into_iter().chain(words.chars().skip(1)).collect()
    }
}

impl Reference {
    /// Reads the document.
    pub(super) fn read(document: &str) -> Self {
        let mut document: Value = serde_json::from_str(document).expect("the document is JSON");
        let schemas = Schemas::new(document["components"]["schemas"].take());
        let mut operations = operation::all(document["paths"].take());
        operations.sort_by_key(Operation::order);
        let mut tags: Vec<Tag> = Vec::new();
        for operation in operations {
            match tags.last_mut().filter(|tag| tag.name == operation.tag) {
                Some(tag) => tag.operations.push(operation),
                None => {
                    tags.push(Tag { name: operation.tag.clone(), operations: vec![operation] });
                }
            }
        }
        Self { tags, schemas }
    }

    /// Its parts.
    pub(super) fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The list that ends a page about these tags.
    pub(super) fn endpoints(&self, names: &[&str]) -> Markup {
        let tags: Vec<&Tag> =
            self.tags.iter().filter(|tag| names.contains(&tag.name.as_str())).collect();
        html! {
            @if !tags.is_empty() {
                section.endpoints aria-label="Endpoints" {
                    @for tag in tags { h2 { (tag.title()) " in the reference" } (list(tag)) }
                }
            }
        }
    }

    /// Its pages.
    pub(super) fn views(&self) -> Vec<View> {
        let mut views = vec![self.overview()];
        views.extend(self.tags.iter().map(|tag| self.view_of(tag)));
        views
    }

    fn overview(&self) -> View {
        let body = html! {
            h1 { "API reference" }
            p {
                "Made from the OpenAPI document of this server, which is at "
                a href="/openapi.json" { "/openapi.json" }
                ". Requests and answers are JSON; every request carries a key as "
                code { "Authorization: Bearer …" } "."
            }
            @for tag in &self.tags {
                h2 id=(tag.name) { a href=(tag.path()) { (tag.title()) } }
                (list(tag))
            }
        };
        let parts = self.tags.iter().map(|tag| (tag.name.clone(), tag.title()));
        View {
            path: PATH.to_owned(),
            title: "API reference".to_owned(),
            body,
            parts: parts.collect(),
        }
    }

    fn view_of(&self, tag: &Tag) -> View {
        let guides: Vec<_> =
            pages::all().filter(|page| page.tags.contains(&tag.name.as_str())).collect();
        let body = html! {
            h1 { (tag.title()) }
            @for page in guides {
                p { "Explained in " a href=(page.path()) { (page.title()) } "." }
            }
            @for operation in &tag.operations { (operation.render(&self.schemas)) }
        };
        let part = |it: &Operation| (it.id.clone(), it.summary.clone());
        View {
            path: tag.path(),
            title: format!("API: {}", tag.title()),
            body,
            parts: tag.operations.iter().map(part).collect(),
        }
    }
}

fn list(tag: &Tag) -> Markup {
    html! {
        ul.operations {
            @for operation in &tag.operations {
                li { a href=(operation.url()) { (operation.name()) } " " span { (operation.summary) } }
            }
        }
    }
}
