//! A folder is a noun of the product, and its tables are its own.

use crate::scan::{Scan, matching_brace};
use crate::tree::Tree;

const SERVER: &str = "crates/server/src/";

/// A noun's `store.rs` is used by its own folder only; everybody else calls its
/// `mod.rs`.
pub(crate) fn stores(tree: &Tree, faults: &mut Vec<String>) {
    let nouns = tree.rust().filter_map(|(file, _)| {
        let folder = file.path.strip_suffix("/store.rs")?;
        folder.starts_with(SERVER).then_some(folder)
    });
    for folder in nouns {
        let noun = folder.rsplit('/').next().unwrap_or(folder);
        let is_own = |path: &str| {
            let rest = path.strip_prefix(folder);
            rest.is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
        };
        for (file, scan) in tree.rust() {
            if !file.path.starts_with(SERVER) || is_own(&file.path) {
                continue;
            }
            for offset in store_uses(scan, noun) {
                let line = scan.line(offset);
                faults.push(format!(
                    "{}:{line}: uses the store of {noun}; call {noun} itself",
                    file.path
                ));
            }
        }
    }
}

/// Where the code says `noun::store` or `noun::{…, store, …}`.
fn store_uses(scan: &Scan, noun: &str) -> Vec<usize> {
    let code = &scan.code;
    let mut uses = Vec::new();
    for (offset, _) in scan.words().filter(|(_, word)| *word == noun) {
        let after = offset + noun.len();
        let Some(rest) = code[after..].strip_prefix("::") else {
            continue;
        };
        let named = match rest.strip_prefix('{') {
            None => begins_with_store(rest),
            Some(_) => {
                let open = after + "::".len();
                let inside = &code[open + 1..matching_brace(code, open) - 1];
                inside.split(',').any(|item| begins_with_store(item.trim_start()))
            }
        };
        if named {
            uses.push(offset);
        }
    }
    uses
}

fn begins_with_store(path: &str) -> bool {
    let rest = path.strip_prefix("store");
    rest.is_some_and(|rest| !rest.starts_with(|it: char| it.is_alphanumeric() || it == '_'))
}

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 8] =
    ["utils", "util", "helpers", "helper", "common", "manager", "misc", "shared"];

/// A file is a role or a verb, a folder a noun; there is no drawer for the rest.
pub(crate) fn names(tree: &Tree, faults: &mut Vec<String>) {
    for (file, _) in tree.rust() {
        let mut parts = file.path.split('/').map(|part| part.trim_end_matches(".rs"));
        if let Some(name) = parts.find(|part| EMPTY_NAMES.contains(part)) {
            faults.push(format!("{}: `{name}` does not say what is inside", file.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::faults;

    #[test]
    fn the_store_of_another_noun_is_out_of_bounds() {
        let found = |text| {
            let files = [
                ("crates/server/src/wallets/store.rs", ""),
                ("crates/server/src/wallets/mod.rs", "use super::wallets::store;"),
                ("crates/server/src/payments/store.rs", ""),
                ("crates/server/src/payments/mod.rs", text),
            ];
            faults(stores, &files)
        };
        let path = "crates/server/src/payments/mod.rs";
        let line = format!("{path}:1: uses the store of wallets; call wallets itself");
        let bad = [
            "use crate::wallets::store::find;",
            "use crate::{wallets::{Wallet, store}, http};",
            "fn f() { super::wallets::store::find() }",
        ];
        for text in bad {
            assert_eq!(found(text), [line.as_str()], "{text}");
        }
        assert!(
            found("use crate::wallets::{Wallet, stored}; use crate::payments::store;").is_empty()
        );
    }

    #[test]
    fn a_drawer_is_named() {
        let line = "crates/server/src/utils/mod.rs: `utils` does not say what is inside";
        assert_eq!(faults(names, &[("crates/server/src/utils/mod.rs", "")]), [line]);
        assert!(faults(names, &[("crates/server/src/wallets/mod.rs", "")]).is_empty());
    }
}
