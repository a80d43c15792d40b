//! Which crate may depend on which, and what the rules of the product may not know.

use toml::{Table, Value};

use crate::tree::Tree;

/// Every crate under `crates/` with the crates of ours it may depend on.
const DIRECTION: [(&str, &[&str]); 5] = [
    ("core", &[]),
    ("api", &["wallgent-core"]),
    ("server", &["wallgent-api", "wallgent-core"]),
    ("sdk", &["wallgent-api", "wallgent-core"]),
    ("cli", &["wallgent-server", "wallgent", "wallgent-api", "wallgent-core"]),
];

/// What would let the outside into the rules.
const NOT_IN_CORE: [&str; 12] = [
    "axum",
    "getrandom",
    "hyper",
    "postgres",
    "rand",
    "reqwest",
    "rusqlite",
    "tokio",
    "tokio-postgres",
    "tracing",
    "uuid",
    "wallgent-server",
];

/// Code that reads a clock, chance or the system, with what to do instead.
const IMPURE: [(&str, &str); 7] = [
    ("SystemTime::now", "take the time as an argument"),
    ("Instant::now", "take the time as an argument"),
    ("Timestamp::now", "take the time as an argument"),
    ("Zoned::now", "take the time as an argument"),
    ("std::fs", "take the content as an argument"),
    ("std::env", "take the setting as an argument"),
    (".await", "decide, and let the caller wait"),
];

/// `cli → server → api → core`, `sdk → api → core`, and nothing from outside in
/// `core` that knows time, chance, stores or the network.
pub(crate) fn direction(tree: &Tree, faults: &mut Vec<String>) {
    for file in &tree.files {
        let name = file.path.strip_prefix("crates/");
        let Some(name) = name.and_then(|rest| rest.strip_suffix("/Cargo.toml")) else {
            continue;
        };
        let Some((_, allowed)) = DIRECTION.iter().find(|(known, _)| *known == name) else {
            faults.push(format!("{}: a crate that the rules do not know", file.path));
            continue;
        };
        for dependency in dependencies(&file.text) {
            let ours = dependency == "wallgent" || dependency.starts_with("wallgent-");
            if ours && !allowed.contains(&dependency.as_str()) {
                faults.push(format!("{}: {name} may not depend on {dependency}", file.path));
            }
            if name == "core" && NOT_IN_CORE.contains(&dependency.as_str()) {
                faults.push(format!("{}: the rules may not know {dependency}", file.path));
            }
        }
    }
}

/// Everything a crate is linked with, for every target.
fn dependencies(manifest: &str) -> Vec<String> {
    let manifest: Table = manifest.parse().expect("cargo reads this manifest too");
    let mut names = Vec::new();
    let targets = manifest.get("target").and_then(Value::as_table);
    let tables = targets.into_iter().flat_map(Table::values);
    let tables = tables.filter_map(Value::as_table).chain([&manifest]);
    for table in tables {
        for kind in ["dependencies", "build-dependencies"] {
            let dependencies = table.get(kind).and_then(Value::as_table);
            for (name, value) in dependencies.into_iter().flatten() {
                let package = value.get("package").and_then(Value::as_str);
                names.push(package.unwrap_or(name).to_owned());
            }
        }
    }
    names
}

/// `core` is a function of its arguments.
pub(crate) fn purity(tree: &Tree, faults: &mut Vec<String>) {
    for (file, scan) in tree.rust().filter(|(file, _)| file.path.starts_with("crates/core/src/")) {
        for (impure, instead) in IMPURE {
            for (offset, _) in scan.code.match_indices(impure) {
                let line = scan.line(offset);
                faults.push(format!("{}:{line}: {impure} in core; {instead}", file.path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::faults;

    #[test]
    fn a_dependency_against_the_direction_is_named() {
        let upwards = "[dependencies]\nwallgent-api = { workspace = true }\n";
        let hidden = "[target.'cfg(unix)'.dependencies]\nother = { package = 'tokio' }\n";
        let good = "[dependencies]\nserde = '1'\n[dev-dependencies]\ntokio = '1'\n";
        let found = |text| faults(direction, &[("crates/core/Cargo.toml", text)]);
        let line = "crates/core/Cargo.toml: core may not depend on wallgent-api";
        assert_eq!(found(upwards), [line]);
        assert_eq!(found(hidden), ["crates/core/Cargo.toml: the rules may not know tokio"]);
        assert!(found(good).is_empty());
    }

    #[test]
    fn a_new_crate_must_be_placed() {
        let line = "crates/utils/Cargo.toml: a crate that the rules do not know";
        assert_eq!(faults(direction, &[("crates/utils/Cargo.toml", "")]), [line]);
    }

    #[test]
    fn a_clock_in_core_is_named() {
        let text = "// SystemTime::now in a comment\nfn f() { SystemTime::now(); }";
        let line = "crates/core/src/a.rs:2: SystemTime::now in core; take the time as an argument";
        assert_eq!(faults(purity, &[("crates/core/src/a.rs", text)]), [line]);
        assert!(faults(purity, &[("crates/server/src/a.rs", text)]).is_empty());
    }
}
