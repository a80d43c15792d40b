//! Documents that speak of places speak of places that exist.

use crate::tree::{File, Tree};

/// The documents that a newcomer reads first. All of them must be there.
const DOCUMENTS: [&str; 3] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
/// What a path in a document may be relative to. Prose about the server says
/// `http/router.rs`, not the whole way.
const BASES: [&str; 2] = ["", "crates/server/src/"];
/// Endings of files that are in the tree, as opposed to those a server makes.
const ENDINGS: [&str; 6] = [".rs", ".md", ".sql", ".ts", ".toml", ".yml"];

/// Every path named in the documents exists.
pub(crate) fn paths(tree: &Tree, faults: &mut Vec<String>) {
    for name in DOCUMENTS {
        let Some(file) = tree.file(name) else {
            faults.push(format!("{name}: missing"));
            continue;
        };
        check(tree, file, faults);
    }
    for file in &tree.files {
        if file.path.starts_with("docs/") && file.path.ends_with(".md") {
            check(tree, file, faults);
        }
    }
}

fn check(tree: &Tree, file: &File, faults: &mut Vec<String>) {
    let folder = file.path.rfind('/').map_or("", |end| &file.path[..=end]);
    for (index, line) in file.text.lines().enumerate() {
        for path in named(tree, line) {
            let exists = BASES.iter().any(|base| tree.has(&format!("{base}{path}")));
            if !exists && !tree.has(&below(folder, path)) {
                faults.push(format!("{}:{}: {path} does not exist", file.path, index + 1));
            }
        }
    }
}

/// A link from a document in a folder, seen from the root.
fn below(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The paths in a line: in backquotes, as the target of a link, or at the start
/// of a line of a tree drawn in text.
fn named<'a>(tree: &Tree, line: &'a str) -> Vec<&'a str> {
    let spans = line.split('`').skip(1).step_by(2);
    let links = line.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    let first = line.split_whitespace().next();
    let candidates = spans.chain(first).filter(|text| is_path(tree, text));
    let links = links.filter(|link| !link.is_empty() && !link.contains("://"));
    candidates.chain(links).collect()
}

/// Whether a text means a place in the tree, not an endpoint, a media type or a
/// file that a server makes: it begins with a folder of the root, or ends like a
/// source file.
fn is_path(tree: &Tree, text: &str) -> bool {
    let plain = |it: char| it.is_ascii_alphanumeric() || "/._-".contains(it);
    let Some((first, _)) = text.split_once('/') else {
        return false;
    };
    let in_root = !first.is_empty() && tree.has(first) && tree.file(first).is_none();
    let is_source = ENDINGS.iter().any(|ending| text.ends_with(ending));
    text.chars().all(plain) && !text.starts_with(['/', '.']) && (in_root || is_source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::faults;

    fn found(readme: &str) -> Vec<String> {
        let files = [
            ("ARCHITECTURE.md", ""),
            ("CONTRIBUTING.md", ""),
            ("README.md", readme),
            ("crates/server/src/http/router.rs", ""),
            ("docs/decisions/one.md", "[up](../running.md) and [down](two.md)"),
            ("docs/running.md", ""),
        ];
        faults(paths, &files)
    }

    #[test]
    fn a_path_to_nowhere_is_named() {
        let dead_link = "docs/decisions/one.md:1: two.md does not exist";
        let texts = [
            ("see `crates/gone/src`", "crates/gone/src"),
            ("```text\ncrates/gone   what it was\n```", "crates/gone"),
            ("[page](docs/gone.md#part)", "docs/gone.md"),
            ("`http/gone.rs`", "http/gone.rs"),
        ];
        for (text, path) in texts {
            let line = 1 + usize::from(text.starts_with("```"));
            let expected = format!("README.md:{line}: {path} does not exist");
            assert_eq!(found(text), [expected.as_str(), dead_link], "{text}");
        }
    }

    #[test]
    fn what_is_no_path_is_left_alone() {
        let text = "`http/router.rs` `crates/server/` [x](docs/running.md) [y](https://a.b/c.md)\n\
            `/v1/wallets` `application/json` `./wallgent-data/dev.json` `and/or` `cargo x`";
        assert_eq!(found(text).len(), 1, "{:?}", found(text));
    }

    #[test]
    fn a_missing_document_is_named() {
        let lines = ["README.md: missing", "ARCHITECTURE.md: missing", "CONTRIBUTING.md: missing"];
        assert_eq!(faults(paths, &[]), lines);
    }
}
