//! HTTP and SQL stay at the edges.

use crate::tree::Tree;

/// Only `routes.rs` and `http/` of the server name axum.
pub(crate) fn axum(tree: &Tree, faults: &mut Vec<String>) {
    for (file, scan) in tree.rust().filter(|(file, _)| file.path.starts_with("crates/")) {
        if file.is_test() || is_http(&file.path) {
            continue;
        }
        let is_axum = |word: &str| word.split('_').any(|part| part == "axum");
        for (offset, _) in scan.words().filter(|(_, word)| is_axum(word)) {
            let line = scan.line(offset);
            faults.push(format!("{}:{line}: axum outside routes.rs and http/", file.path));
        }
    }
}

fn is_http(path: &str) -> bool {
    let inside = path.strip_prefix("crates/server/src/");
    inside.is_some_and(|path| path.starts_with("http/") || path.ends_with("/routes.rs"))
}

/// Only `store.rs` and `db/` of the server contain SQL. Tests may, to break a
/// store on purpose.
pub(crate) fn sql(tree: &Tree, faults: &mut Vec<String>) {
    for (file, scan) in tree.rust().filter(|(file, _)| file.path.starts_with("crates/")) {
        if file.is_test() || is_store(&file.path) {
            continue;
        }
        let literals = scan.literals.iter().filter(|literal| !scan.is_test(literal.offset));
        for literal in literals.filter(|literal| is_sql(&literal.text)) {
            let line = scan.line(literal.offset);
            faults.push(format!("{}:{line}: SQL outside store.rs and db/", file.path));
        }
    }
}

fn is_store(path: &str) -> bool {
    let inside = path.strip_prefix("crates/server/src/");
    inside.is_some_and(|path| path.starts_with("db/") || path.ends_with("/store.rs"))
}

/// Words that make a statement, in their order. A sentence such as "Update the
/// policy and set its limit" has not all of them.
const QUERIES: [&[&str]; 5] = [
    &["SELECT", "FROM"],
    &["INSERT", "INTO", "("],
    &["INSERT", "INTO", "SELECT"],
    &["UPDATE", "SET", "="],
    &["DELETE", "FROM", "WHERE"],
];
/// The same for statements that are told from sentences by their capitals only.
const DEFINITIONS: [&[&str]; 6] = [
    &["CREATE", "TABLE"],
    &["CREATE", "INDEX"],
    &["CREATE", "TRIGGER"],
    &["ALTER", "TABLE"],
    &["DROP", "TABLE"],
    &["WITH", "AS", "SELECT"],
];
/// What a statement that stands alone, or a part of one, begins with.
const BEGINNINGS: [&str; 7] =
    ["PRAGMA ", "BEGIN ", "SAVEPOINT ", "ROLLBACK TO ", "RELEASE ", "ORDER BY ", "WHERE "];

/// Whether a text is a statement or a part of one. Small letters do not hide a
/// query, unless a comma makes it look like a sentence.
fn is_sql(text: &str) -> bool {
    let text = text.trim_start();
    let could_be_a_sentence = text.contains(", ") || !text.starts_with(char::is_lowercase);
    let query = if could_be_a_sentence { text.to_owned() } else { text.to_uppercase() };
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
        || DEFINITIONS.iter().any(|words| stand_in_order(text, words))
        || QUERIES.iter().any(|words| stand_in_order(&query, words))
}

/// Whether the text begins with the first of the words, and the others follow.
fn stand_in_order(text: &str, words: &[&str]) -> bool {
    let mut tokens = text.split_inclusive(['(', '=']).flat_map(|part| {
        let cut = part.len() - usize::from(part.ends_with(['(', '=']));
        part[..cut].split_whitespace().chain((cut < part.len()).then(|| &part[cut..]))
    });
    let mut words = words.iter();
    tokens.next() == words.next().copied() && words.all(|word| tokens.any(|token| token == *word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::faults;

    #[test]
    fn axum_belongs_to_the_edge() {
        let text = "//! Routes for axum.\nuse axum::Router;\n";
        let found = |path| faults(axum, &[(path, text)]);
        let line = "crates/server/src/wallets/mod.rs:2: axum outside routes.rs and http/";
        assert_eq!(found("crates/server/src/wallets/mod.rs"), [line]);
        assert_eq!(found("crates/cli/src/main.rs").len(), 1);
        assert!(found("crates/server/src/wallets/routes.rs").is_empty());
        assert!(found("crates/server/src/http/router.rs").is_empty());
    }

    #[test]
    fn sql_belongs_to_the_store() {
        let text = "fn f() {\n  g(\"SELECT id FROM wallets\");\n}";
        let found = |path| faults(sql, &[(path, text)]);
        let line = "crates/server/src/wallets/mod.rs:2: SQL outside store.rs and db/";
        assert_eq!(found("crates/server/src/wallets/mod.rs"), [line]);
        assert_eq!(found("crates/cli/src/verify.rs").len(), 1);
        assert!(found("crates/server/src/wallets/store.rs").is_empty());
        assert!(found("crates/server/src/db/pool.rs").is_empty());
        assert!(found("crates/cli/tests/verify.rs").is_empty());
    }

    #[test]
    fn statements_are_told_from_sentences() {
        let statements = [
            "SELECT 1\n  FROM x",
            "select id from wallets",
            "INSERT INTO x(a) VALUES ($1)",
            "INSERT INTO {table} SELECT 1",
            "UPDATE accounts SET posted=$1",
            "DELETE FROM x WHERE id = $1",
            "CREATE TABLE IF NOT EXISTS x (y BIGINT)",
            "CREATE UNIQUE INDEX x ON y (z)",
            "WITH x AS (SELECT 1)",
            "PRAGMA journal_mode = WAL",
            "RELEASE SAVEPOINT x",
            " WHERE id = $1",
            "ORDER BY id",
        ];
        let sentences = [
            "select a wallet, then take the money from it",
            "Update the policy and set its limit",
            "Delete the wallet from the list",
            "delete",
            "Insert into",
            "create a table",
            "WITH",
            "BEGIN",
            "where",
        ];
        for statement in statements {
            assert!(is_sql(statement), "{statement}");
        }
        for sentence in sentences {
            assert!(!is_sql(sentence), "{sentence}");
        }
    }
}
