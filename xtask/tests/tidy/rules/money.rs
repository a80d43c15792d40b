//! Where money is: no panic by accident, no rounding by accident.

use crate::scan::Scan;
use crate::tree::{File, Tree};

/// `expect` says which invariant holds; `unwrap` says nothing. Tests may.
pub(crate) fn unwrap(tree: &Tree, faults: &mut Vec<String>) {
    for (file, scan) in tree.rust().filter(|(file, _)| !file.is_test()) {
        for (offset, _) in scan.code.match_indices(".unwrap()") {
            if !scan.is_test(offset) {
                let line = scan.line(offset);
                faults.push(format!("{}:{line}: unwrap outside a test", file.path));
            }
        }
    }
}

/// Floats do not occur where money is counted. Metrics are measurements.
pub(crate) fn floats(tree: &Tree, faults: &mut Vec<String>) {
    for (file, scan) in tree.rust().filter(|(file, _)| counts_money(file)) {
        let types = scan.words().filter(|(_, word)| word.ends_with("f32") || word.ends_with("f64"));
        for offset in types.map(|(offset, _)| offset).chain(float_literals(scan)) {
            let line = scan.line(offset);
            faults.push(format!("{}:{line}: a float where money is counted", file.path));
        }
    }
}

fn counts_money(file: &File) -> bool {
    let crates = ["crates/core/src/", "crates/api/src/", "crates/server/src/"];
    let is_metrics = file.path.split('/').any(|part| part.starts_with("metrics"));
    crates.iter().any(|prefix| file.path.starts_with(prefix)) && !is_metrics
}

/// `1.5` is a float; `pair.0.1` and `0..1` are not.
fn float_literals(scan: &Scan) -> impl Iterator<Item = usize> {
    let code = scan.code.as_bytes();
    scan.words().filter_map(move |(offset, word)| {
        let is_number = word.starts_with(|it: char| it.is_ascii_digit());
        let after = code.get(offset + word.len()..).unwrap_or_default();
        let is_field = offset > 0 && code[offset - 1] == b'.';
        let has_fraction = matches!(after, [b'.', digit, ..] if digit.is_ascii_digit());
        (is_number && has_fraction && !is_field).then_some(offset)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::faults;

    #[test]
    fn an_unwrap_in_the_product_is_named() {
        let text = "//! f().unwrap()\nfn f() { g().unwrap() }\n#[test]\nfn t() { g().unwrap() }\n";
        let found = |path| faults(unwrap, &[(path, text)]);
        assert_eq!(
            found("crates/core/src/a.rs"),
            ["crates/core/src/a.rs:2: unwrap outside a test"]
        );
        assert!(found("crates/cli/tests/a.rs").is_empty());
    }

    #[test]
    fn a_float_near_money_is_named() {
        let found = |text| faults(floats, &[("crates/core/src/a.rs", text)]);
        let line = "crates/core/src/a.rs:1: a float where money is counted";
        for float in ["fn f(x: f64) {}", "let x = 0.005;", "let x = 1f32;", "let x = 2.0 * y;"] {
            assert_eq!(found(float), [line], "{float}");
        }
        assert!(found("let x = pair.0.1; for i in 0..1 {} // 0.5\nlet y = \"0.5\";").is_empty());
        assert!(
            faults(floats, &[("crates/server/src/http/metrics.rs", "type X = f64;")]).is_empty()
        );
    }
}
