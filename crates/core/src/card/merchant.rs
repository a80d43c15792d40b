//! Who is paid by card, and which names of policies' lists mean them.

use crate::policy::RecipientNames;

/// Whoever asks for an authorization, as the card network tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merchant {
    /// As it stands on the statement.
    pub name: String,
    /// Its host name.
    pub domain: Option<String>,
    /// What the network or this server calls it.
    pub id: Option<String>,
}

/// Every spelling under which policies may list the merchant: its own names, and
/// those of `listed` that differ from them in capitals only. A block must not be
/// passed by writing a domain otherwise. Its domain and its identifier are vouched
/// for by the network; what stands on the statement is free text of its own.
#[must_use]
pub fn listed_names<'a>(
    merchant: &Merchant,
    listed: impl Iterator<Item = &'a String>,
) -> RecipientNames {
    let vouched = [&merchant.domain, &merchant.id];
    let mut names = RecipientNames {
        proven: vouched.into_iter().flatten().cloned().collect(),
        claimed: vec![merchant.name.clone()],
    };
    // Lists are long, and everybody waits for this: own names are folded once.
    let folded: Vec<String> = vouched.into_iter().flatten().map(|name| fold(name)).collect();
    let claimed = fold(&merchant.name);
    for it in listed {
        if folded.iter().any(|name| is_spelling_of(name, it)) {
            names.proven.push(it.clone());
        } else if is_spelling_of(&claimed, it) {
            names.claimed.push(it.clone());
        }
    }
    names
}

/// Whether `it` is the folded name but for its capitals. No name of plain letters
/// is copied for that.
fn is_spelling_of(folded: &str, it: &str) -> bool {
    if it.is_ascii() { it.trim().eq_ignore_ascii_case(folded) } else { fold(it) == folded }
}

fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merchant_is_meant_by_its_name_domain_or_identifier_in_any_capitals() {
        let merchant = Merchant {
            name: "ACME Cloud".to_owned(),
            domain: Some("acme.example".to_owned()),
            id: Some("mer_1".to_owned()),
        };
        let listed = ["acme cloud", " ACME.example ", "other.example", "acme"].map(str::to_owned);
        let names = listed_names(&merchant, listed.iter());
        assert_eq!(names.proven, ["acme.example", "mer_1", " ACME.example "]);
        assert_eq!(names.claimed, ["ACME Cloud", "acme cloud"]);
    }

    #[test]
    fn capitals_of_every_alphabet_are_folded() {
        for (name, listed, same) in [
            ("Bücher", "BÜCHER", true),
            ("BÜCHER", "bücher", true),
            ("K", "\u{212a}", true),
            ("\u{212a}", "K", true),
            ("Bücher", "Bucher", false),
        ] {
            let merchant = Merchant { name: name.to_owned(), ..Merchant::default() };
            let names = listed_names(&merchant, [listed.to_owned()].iter());
            assert_eq!(names.claimed.len() == 2, same, "{name} {listed}");
        }
    }

    #[test]
    fn who_is_named_like_a_domain_has_not_proven_it() {
        let named = |name: &str, domain: Option<&str>| Merchant {
            name: name.to_owned(),
            domain: domain.map(str::to_owned),
            ..Merchant::default()
        };
        let listed = ["acme.example".to_owned()];
        let claims = listed_names(&named("ACME.example", Some("evil.example")), listed.iter());
        assert_eq!(claims.proven, ["evil.example"]);
        assert_eq!(claims.claimed, ["ACME.example", "acme.example"]);
        let proves = listed_names(&named("acme.example", Some("ACME.example")), listed.iter());
        assert_eq!(proves.proven, ["ACME.example", "acme.example"]);
    }
}
