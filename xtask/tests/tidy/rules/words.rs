//! Words that do not belong into a published tree.

use crate::tree::Tree;

/// Folders of the machine this was written on, in two parts so that this file
/// does not name them itself.
const WORKPLACE: [&str; 2] = [concat!("/wo", "rk"), concat!("/fa", "rm")];
/// What marks something as not done.
const UNFINISHED: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// No file names a path of the machine it was written on.
pub(crate) fn workplace(tree: &Tree, faults: &mut Vec<String>) {
    find(tree, &WORKPLACE, |it| !it.is_ascii_alphanumeric() && !"._-)".contains(it), faults);
}

/// No source file has a mark of something unfinished.
pub(crate) fn unfinished(tree: &Tree, faults: &mut Vec<String>) {
    find(tree, &UNFINISHED, |it| !it.is_ascii_alphanumeric() && it != '_', faults);
}

/// Names the places where a word stands with `is_edge` on both sides.
fn find(tree: &Tree, words: &[&str], is_edge: fn(char) -> bool, faults: &mut Vec<String>) {
    for file in tree.files.iter().filter(|file| !is_generated(&file.path)) {
        for (index, line) in file.text.lines().enumerate() {
            for word in words {
                let mut places = line.match_indices(word).map(|(start, _)| {
                    (line[..start].chars().next_back(), line[start + word.len()..].chars().next())
                });
                if places
                    .any(|(before, after)| before.is_none_or(is_edge) && after.is_none_or(is_edge))
                {
                    faults.push(format!(
                        "{}:{}: {word} does not belong here",
                        file.path,
                        index + 1
                    ));
                }
            }
        }
    }
}

/// Lock files hold checksums, in which any letters can follow each other.
fn is_generated(path: &str) -> bool {
    path.ends_with("Cargo.lock") || path.ends_with("package-lock.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::faults;

    #[test]
    fn a_path_of_the_workplace_is_named() {
        let found = |text: String| faults(workplace, &[("a.md", &text)]).len();
        for folder in WORKPLACE {
            assert_eq!(found(format!("see {folder}/main")), 1);
            assert_eq!(found(format!("in `{folder}`")), 1);
            assert_eq!(found(format!("path={folder}/x")), 1);
            assert_eq!(found(format!("{folder}flow and a{folder}/b")), 0);
        }
    }

    #[test]
    fn unfinished_work_is_named() {
        for mark in UNFINISHED {
            let line = format!("a.rs:2: {mark} does not belong here");
            assert_eq!(faults(unfinished, &[("a.rs", &format!("\n// {mark}: later"))]), [line]);
            assert!(faults(unfinished, &[("a.rs", &format!("A{mark}B"))]).is_empty());
        }
    }
}
