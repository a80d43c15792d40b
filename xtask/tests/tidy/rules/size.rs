//! Nothing grows past what one reading holds.

use crate::tree::Tree;

/// The norm is 300; a file past this is a design question.
const FILE_LINES_MAX: usize = 600;
/// The norm is 70; a function past this does two things.
const FUNCTION_LINES_MAX: usize = 100;
/// Source files of all languages here.
const SOURCES: [&str; 6] = [".rs", ".ts", ".mjs", ".py", ".sql", ".sh"];

/// No source file is longer than the limit.
pub(crate) fn files(tree: &Tree, faults: &mut Vec<String>) {
    for file in &tree.files {
        let lines = file.text.lines().count();
        let is_source = SOURCES.iter().any(|ending| file.path.ends_with(ending));
        if is_source && lines > FILE_LINES_MAX {
            faults.push(format!("{}: {lines} lines, at most {FILE_LINES_MAX}", file.path));
        }
    }
}

/// No function is longer than the limit, tests included.
pub(crate) fn functions(tree: &Tree, faults: &mut Vec<String>) {
    for (file, scan) in tree.rust() {
        let functions = scan.functions();
        for function in functions.iter().filter(|it| it.lines > FUNCTION_LINES_MAX) {
            faults.push(format!(
                "{}:{}: {} has {} lines, at most {FUNCTION_LINES_MAX}",
                file.path, function.line, function.name, function.lines
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::faults;

    #[test]
    fn a_long_file_is_named() {
        let found = |path, lines| faults(files, &[(path, &"x\n".repeat(lines))]);
        assert_eq!(found("a.ts", 601), ["a.ts: 601 lines, at most 600"]);
        assert!(found("a.ts", 600).is_empty());
        assert!(found("package-lock.json", 601).is_empty());
    }

    #[test]
    fn a_long_function_is_named() {
        let found =
            |lines| faults(functions, &[("a.rs", &format!("\nfn f() {{{}}}", "\n".repeat(lines)))]);
        assert_eq!(found(100), ["a.rs:2: f has 101 lines, at most 100"]);
        assert!(found(99).is_empty());
    }
}
