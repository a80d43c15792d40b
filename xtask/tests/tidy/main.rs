//! The house rules, as an ordinary test.
//!
//! A rule looks at the whole tree and names each place that breaks it. Beside
//! every rule stands a test with a tree that breaks it, so that no rule can pass
//! because it sees nothing.

mod rules;
mod scan;
mod tree;

use tree::Tree;

/// A rule adds one line for each place that breaks it: `path:line: what is wrong`.
type Rule = fn(&Tree, &mut Vec<String>);

const RULES: &[Rule] = &[
    rules::crates::direction,
    rules::crates::purity,
    rules::edges::axum,
    rules::edges::sql,
    rules::nouns::stores,
    rules::nouns::names,
    rules::size::files,
    rules::size::functions,
    rules::modules::sentence,
    rules::migrations::columns,
    rules::money::unwrap,
    rules::money::floats,
    rules::documents::paths,
    rules::words::workplace,
    rules::words::unfinished,
];

#[test]
fn the_tree_is_tidy() {
    let tree = Tree::read();
    let mut faults = Vec::new();
    for rule in RULES {
        rule(&tree, &mut faults);
    }
    assert!(faults.is_empty(), "\n\n{}\n", faults.join("\n"));
}

/// A rule about files that have moved away would pass for ever.
#[test]
fn the_rules_have_something_to_look_at() {
    let tree = Tree::read();
    let looked_at = [
        ("crates/core/Cargo.toml", ""),
        ("crates/core/src/", ".rs"),
        ("crates/server/src/http/", ".rs"),
        ("crates/server/src/db/migrations/", ".sql"),
        ("crates/server/src/", "/routes.rs"),
        ("crates/server/src/", "/store.rs"),
    ];
    for (start, end) in looked_at {
        let mut paths = tree.files.iter().map(|file| &file.path);
        assert!(paths.any(|it| it.starts_with(start) && it.ends_with(end)), "{start}…{end}");
    }
}
