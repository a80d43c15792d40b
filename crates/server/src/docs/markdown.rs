//! From Markdown to HTML, with anchors and the links that hold here.

use std::collections::BTreeMap;

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::html::push_html;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::pages;

/// A page, rendered.
#[derive(Debug)]
pub(super) struct Text {
    /// Its HTML.
    pub(super) html: String,
    /// Its headings, in their order. The first one is the page's title.
    pub(super) headings: Vec<Heading>,
}

/// A heading and what stands under it.
#[derive(Debug, Default)]
pub(super) struct Heading {
    /// 1 to 6.
    pub(super) level: u8,
    /// Its anchor.
    pub(super) id: String,
    /// Its words.
    pub(super) text: String,
    /// The words under it, for the search.
    pub(super) body: String,
}

/// Renders a page.
pub(super) fn render(source: &str) -> Text {
    let events: Vec<Event<'_>> = Parser::new_ext(source, Options::ENABLE_TABLES).collect();
    let headings = headings(&events);
    let mut ids = headings.iter().map(|heading| heading.id.as_str());
    let (mut here, mut in_code) = ("", false);
    let adapted = events.into_iter().flat_map(|event| {
        match event {
            Event::Start(Tag::Heading { .. }) => here = ids.next().unwrap_or_default(),
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(code) if in_code => return vec![sample(&code)],
            _ => {}
        }
        adapt(event, here)
    });
    let mut text = String::with_capacity(source.len() * 2);
    push_html(&mut text, adapted);
    // A cell without words heads nothing, and screen readers would announce it.
    Text { html: text.replace("<th></th>", "<td></td>"), headings }
}

/// Renders a sentence, which becomes part of another text.
pub(super) fn inline(source: &str) -> Markup {
    let is_paragraph = |event: &Event<'_>| {
        matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph))
    };
    let events = Parser::new(source).filter(|event| !is_paragraph(event));
    let mut text = String::new();
    push_html(&mut text, events.flat_map(|event| adapt(event, "")));
    PreEscaped(text)
}

fn headings(events: &[Event<'_>]) -> Vec<Heading> {
    let mut headings: Vec<Heading> = Vec::new();
    let mut in_heading = false;
    for event in events {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                in_heading = true;
                headings.push(Heading { level: *level as u8, ..Heading::default() });
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            _ => {}
        }
        let Some(heading) = headings.last_mut() else { continue };
        let words = if in_heading { &mut heading.text } else { &mut heading.body };
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(text),
            Event::SoftBreak | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell) => {
                words.push(' ');
            }
            _ => {}
        }
    }
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    for heading in &mut headings {
        heading.id = anchor(&heading.text, &mut given);
    }
    headings
}

/// An anchor as GitHub makes it, so that links hold in both places.
fn anchor(text: &str, given: &mut BTreeMap<String, usize>) -> String {
    let kept = text.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
    let id: String = kept.flat_map(char::to_lowercase).collect::<String>().replace(' ', "-");
    let earlier = given.entry(id.clone()).or_default();
    *earlier += 1;
    if *earlier == 1 { id } else { format!("{id}-{}", *earlier - 1) }
}

/// What an event becomes under the heading `here`.
fn adapt<'a>(event: Event<'a>, here: &str) -> Vec<Event<'a>> {
    match event {
        Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
            let id = Some(here.to_owned().into());
            vec![Event::Start(Tag::Heading { level, id, classes, attrs })]
        }
        Event::End(TagEnd::Heading(level)) if level as u8 > 1 => {
            let mark = format!(" <a class=\"anchor\" href=\"#{here}\" aria-label=\"Link\">#</a>");
            vec![Event::InlineHtml(mark.into()), event]
        }
        // A table that is wider than a phone scrolls in its own frame.
        Event::Start(Tag::Table(_)) => {
            vec![Event::Html("<div class=\"wide\" tabindex=\"0\">\n".into()), event]
        }
        Event::End(TagEnd::Table) => vec![event, Event::Html("</div>\n".into())],
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = target(dest_url);
            vec![Event::Start(Tag::Link { link_type, dest_url, title, id })]
        }
        // Pages have no HTML of their own; whoever writes some sees it.
        Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
        _ => vec![event],
    }
}

/// A sample, whose comments stand back from its code.
fn sample<'a>(text: &str) -> Event<'a> {
    let lines = text.split_inclusive('\n').map(|line| {
        let slashes = line.find("// ").filter(|at| line[..*at].ends_with(' ') || *at == 0);
        let comment = if line.starts_with("# ") { Some(0) } else { slashes };
        line.split_at(comment.unwrap_or(line.len()))
    });
    let marked = html! {
        @for (code, comment) in lines {
            (code) @if !comment.is_empty() { span.comment { (comment) } }
        }
    };
    Event::Html(marked.into_string().into())
}

/// Where a link between files leads here: `cards.md#limits` to
/// `/docs/cards#limits`.
fn target(link: CowStr<'_>) -> CowStr<'_> {
    let (file, fragment) = match link.split_once('#') {
        Some((file, fragment)) => (file, format!("#{fragment}")),
        None => (&*link, String::new()),
    };
    match file.strip_suffix(".md") {
        Some(name) if !link.contains("://") => (pages::path(name) + &fragment).into(),
        _ => link,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_get_the_anchors_that_github_gives_them() {
        let text =
            render("# What's `sent` twice?\n\nWords.\n\n## POLICY_DENIED\n\n## POLICY_DENIED\n");
        let ids: Vec<&str> = text.headings.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids, ["whats-sent-twice", "policy_denied", "policy_denied-1"]);
        assert!(text.html.contains("<h2 id=\"policy_denied-1\">"), "{}", text.html);
        assert_eq!(text.headings[0].body.trim(), "Words.");
    }

    #[test]
    fn links_between_files_become_links_between_pages() {
        let html =
            render("[a](cards.md) [b](README.md#x) [c](#d) [e](https://f.example/g.md)").html;
        for link in ["/docs/cards", "/docs#x", "#d", "https://f.example/g.md"] {
            assert!(html.contains(&format!("href=\"{link}\"")), "{link} in {html}");
        }
    }

    #[test]
    fn comments_of_samples_stand_back() {
        let html =
            render("```sh\n# → \"a\"\ncurl http://x\n```\n\n```ts\nf('https://y'); // <1>\n```")
                .html;
        assert!(
            html.contains("<span class=\"comment\"># → &quot;a&quot;\n</span>curl http://x"),
            "{html}"
        );
        assert!(
            html.contains("f('https://y'); <span class=\"comment\">// &lt;1&gt;\n</span>"),
            "{html}"
        );
    }

    #[test]
    fn html_in_a_page_is_shown_and_not_obeyed() {
        let html = render("<script>alert(1)</script>\n\nand <b>inline</b>").html;
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
    }
}
