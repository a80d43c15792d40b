//! Every module says what it is for.

use crate::tree::Tree;

/// A Rust file begins with a `//!` sentence: a first paragraph that ends like
/// one, and more than the name of the module.
pub(crate) fn sentence(tree: &Tree, faults: &mut Vec<String>) {
    for (file, _) in tree.rust() {
        let lines = file.text.lines().map_while(|line| line.strip_prefix("//!"));
        let lines: Vec<&str> = lines.map(str::trim).collect();
        let paragraph = lines.split(|line| line.is_empty()).next();
        let last = paragraph.and_then(<[&str]>::last);
        let ends = last.is_some_and(|line| line.ends_with(['.', ':', '?']));
        if !ends || lines.join(" ").split_whitespace().count() < 2 {
            faults.push(format!("{}:1: does not begin with a `//!` sentence", file.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::faults;

    #[test]
    fn a_silent_module_is_named() {
        let found = |text| faults(sentence, &[("a.rs", text)]);
        let line = "a.rs:1: does not begin with a `//!` sentence";
        for silent in ["", "use x;\n", "//! Wallets\n", "//! Wallets.\n", "// All about wallets.\n"]
        {
            assert_eq!(found(silent), [line], "{silent}");
        }
        assert!(found("//! Where the money\n//! is kept.\n//!\n//! More\n").is_empty());
    }
}
