//! How names are found in the agent directory.
//!
//! A wallet is found by the beginning of any word of its names, or of its
//! address. Words are folded here, so that every store finds the same.

/// Characters of a word that are kept; what is longer is found by these.
const WORD_CHARS_MAX: usize = 64;
/// Words of a name that are kept, and of a search that are looked for. A longer
/// name is found by its first ones.
const WORDS_MAX: usize = 12;
/// What every network address begins with.
const ADDRESS_PREFIX: &str = "wg_";

/// The folded words of a name or of a search, each once, the first few.
///
/// ```
/// use wallgent_core::directory::words;
/// assert_eq!(words("Data-Buyer 7"), ["data", "buyer", "7"]);
/// ```
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let folded = text.to_lowercase();
    let mut words: Vec<String> = Vec::new();
    for word in folded.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()) {
        let word = cut(word);
        if !words.contains(&word) {
            words.push(word);
        }
        if words.len() == WORDS_MAX {
            break;
        }
    }
    words
}

/// The words that a search asks for, each of which must begin a word of what is
/// found. An address is one word.
#[must_use]
pub fn searched(text: &str) -> Vec<String> {
    let trimmed = text.trim();
    let folded = trimmed.to_lowercase();
    if folded.starts_with(ADDRESS_PREFIX) && !folded.contains(char::is_whitespace) {
        return vec![cut(&folded)];
    }
    words(trimmed)
}

/// Everything a wallet is found by.
#[must_use]
pub fn indexed(name: &str, agent_name: Option<&str>, address: &str) -> Vec<String> {
    let mut all = words(name);
    for word in words(agent_name.unwrap_or_default()) {
        if !all.contains(&word) {
            all.push(word);
        }
    }
    all.push(cut(&address.to_lowercase()));
    all
}

fn cut(word: &str) -> String {
    word.chars().take(WORD_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_word() {
        assert_eq!(searched(" wg_01J "), ["wg_01j"]);
        assert_eq!(searched("wg 01J"), ["wg", "01j"]);
        assert_eq!(searched(" --- "), Vec::<String>::new());
    }

    #[test]
    fn folding_is_not_only_for_english() {
        assert_eq!(words("ÉTUDE étude ΣΊΣΥΦΟΣ"), ["étude", "σίσυφος"]);
    }

    #[test]
    fn a_long_word_is_found_by_its_beginning() {
        let long = "x".repeat(300);
        assert_eq!(words(&long), searched(&long));
        assert_eq!(indexed(&long, Some(&long), "wg_01J").len(), 2);
    }
}
