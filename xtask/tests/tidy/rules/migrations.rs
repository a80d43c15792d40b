//! Column types that mean the same on both stores.

use crate::tree::Tree;

/// The words a column's type may be in a migration: BIGINT and TEXT as they are,
/// and the names that `db/` replaces for each store, an integer primary key and
/// a blob.
const TYPES: [&str; 4] = ["BIGINT", "TEXT", "KEY", "BYTES"];
/// What begins a line of a table that is not a column.
const CONSTRAINTS: [&str; 5] = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT"];

/// Every column of every migration has a portable type.
pub(crate) fn columns(tree: &Tree, faults: &mut Vec<String>) {
    let is_migration = |path: &str| path.contains("/migrations/") && path.ends_with(".sql");
    for file in tree.files.iter().filter(|file| is_migration(&file.path)) {
        let mut inside = false;
        for (index, line) in file.text.lines().enumerate() {
            let line = line.split("--").next().unwrap_or_default().trim();
            let upper = line.to_uppercase();
            let mut words = line.split([' ', ',', '(', ';']).filter(|word| !word.is_empty());
            let column = if upper.starts_with("CREATE TABLE") {
                // All columns stand on lines of their own, or this rule is blind.
                let opens = line.ends_with('(');
                inside = opens;
                if opens { None } else { Some(("CREATE TABLE", "not one column a line")) }
            } else if upper.starts_with("ALTER TABLE") && upper.contains("ADD COLUMN") {
                let mut words = words.skip_while(|word| !word.eq_ignore_ascii_case("COLUMN"));
                words.next();
                words.next().zip(words.next())
            } else if inside && !line.starts_with(')') {
                words.next().zip(words.next())
            } else {
                inside = false;
                None
            };
            let Some((name, kind)) = column else { continue };
            if !TYPES.contains(&kind) && !CONSTRAINTS.contains(&name) {
                let number = index + 1;
                faults.push(format!(
                    "{}:{number}: {name} is {kind}, not one of {}",
                    file.path,
                    TYPES.join(", ")
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::faults;

    const PATH: &str = "crates/server/src/db/migrations/1.sql";

    fn found(text: &str) -> Vec<String> {
        faults(columns, &[(PATH, text)])
    }

    fn found_in_table(column: &str) -> Vec<String> {
        found(&format!(
            "CREATE TABLE x (\n    id KEY, -- a row\n{column}\n    PRIMARY KEY (id)\n);\n"
        ))
    }

    #[test]
    fn a_type_of_one_store_is_named() {
        let bad = [
            ("at TIMESTAMPTZ NOT NULL,", "at is TIMESTAMPTZ"),
            ("done BOOLEAN,", "done is BOOLEAN"),
            ("rate NUMERIC(10,2),", "rate is NUMERIC"),
        ];
        for (column, fault) in bad {
            let line = format!("{PATH}:3: {fault}, not one of BIGINT, TEXT, KEY, BYTES");
            assert_eq!(found_in_table(column), [line]);
        }
        assert!(found_in_table("body BYTES NOT NULL,").is_empty());
    }

    #[test]
    fn a_column_cannot_slip_past() {
        let added = "ALTER TABLE x ADD COLUMN y REAL;\nINSERT INTO x (id, y) VALUES (1, 2);";
        assert_eq!(found(added).len(), 1);
        assert!(found("ALTER TABLE x ADD COLUMN y BIGINT;").is_empty());
        assert_eq!(found("CREATE TABLE x (y REAL);").len(), 1);
    }
}
