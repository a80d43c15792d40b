//! The frame of every page.

use maud::{DOCTYPE, Markup, html};
use wallgent_core::Environment;

use super::{SCRIPT, STYLE};

/// What a page is made of.
pub(super) struct View<'a> {
    /// What it is called.
    pub(super) title: &'a str,
    /// Where its money is, if there is some.
    pub(super) environment: Option<&'a str>,
    /// What is looked at for changes: a path, and the status that is shown.
    pub(super) watch: Option<(&'a str, &'a str)>,
    /// What it says.
    pub(super) body: Markup,
}

/// A whole page.
pub(super) fn page(view: &View<'_>) -> Markup {
    let (path, status) = view.watch.unzip();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (view.title) }
                link rel="stylesheet" href=(STYLE.path);
                script src=(SCRIPT.path) defer {}
            }
            body {
                @if view.environment == Some(Environment::Sandbox.as_str()) {
                    header.banner { "Sandbox: no real money moves here." }
                }
                main data-watch=[path] data-status=[status] { (view.body) }
                footer { "Powered by Wallgent" }
            }
        }
    }
}
