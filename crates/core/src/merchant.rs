//! Merchants: where they stand, and the domains they are known by.

use crate::Timestamp;

/// Whether a merchant may be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MerchantStatus {
    /// It may.
    Active,
    /// The operator said no.
    Suspended,
}

impl MerchantStatus {
    /// All states.
    pub const ALL: [Self; 2] = [Self::Active, Self::Suspended];

    /// The state of a merchant that was suspended then, if ever.
    #[must_use]
    pub const fn of(suspended_at: Option<Timestamp>) -> Self {
        match suspended_at {
            None => Self::Active,
            Some(_) => Self::Suspended,
        }
    }

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

/// Labels of a domain. Each may cost a look-up; names that people use have two to
/// five.
const LABELS_MAX: usize = 16;

/// A host name that somebody can own: below a public suffix such as `com` or
/// `co.uk`. Lower case, international names in their ASCII form.
///
/// ```
/// use wallgent_core::merchant::Domain;
/// let domain = Domain::parse("Shop.Example.co.uk").unwrap();
/// assert_eq!(domain.as_str(), "shop.example.co.uk");
/// assert!(Domain::parse("co.uk").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    name: String,
    /// Where its registrable part begins: one label below the public suffix.
    registrable_at: usize,
}

impl Domain {
    /// Reads a host name. `None` for an address, a single label, a public suffix,
    /// and whatever is no host name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = idna::domain_to_ascii_strict(text).ok()?;
        let top = name.rsplit('.').next().unwrap_or_default();
        let is_address = top.bytes().all(|byte| byte.is_ascii_digit());
        if is_address || name.split('.').count() > LABELS_MAX {
            return None;
        }
        let registrable = psl::domain_str(&name)?;
        let registrable_at = name.len().checked_sub(registrable.len())?;
        Some(Self { name, registrable_at })
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The name and those above it that one owner can have: down to one label
    /// below the public suffix. The nearest comes first.
    pub fn lineage(&self) -> impl Iterator<Item = &str> {
        let shortest = self.name.len() - self.registrable_at;
        std::iter::successors(Some(self.name.as_str()), parent_of)
            .take_while(move |name| name.len() >= shortest)
    }
}

fn parent_of<'a>(name: &&'a str) -> Option<&'a str> {
    name.split_once('.').map(|(_, parent)| parent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lineage(text: &str) -> Vec<String> {
        let domain = Domain::parse(text).expect(text);
        domain.lineage().map(str::to_owned).collect()
    }

    #[test]
    fn names_are_folded() {
        let parsed = |text| Domain::parse(text).map(|it| it.as_str().to_owned());
        assert_eq!(parsed("SHOP.Example.COM").as_deref(), Some("shop.example.com"));
        assert_eq!(parsed("Bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        assert_eq!(parsed("xn--bcher-kva.example").as_deref(), Some("xn--bcher-kva.example"));
    }

    #[test]
    fn what_nobody_owns_is_refused() {
        let long = format!("{}.example.com", "a.".repeat(16).trim_end_matches('.'));
        let label = format!("{}.example.com", "a".repeat(64));
        for text in [
            "",
            ".",
            "com",
            "co.uk",
            "github.io",
            "localhost",
            "127.0.0.1",
            "1.2",
            "[::1]",
            "example.com.",
            ".example.com",
            "a..b.com",
            "-a.example.com",
            "a_b.example.com",
            "https://example.com",
            "example.com/x",
            "example.com:443",
            "user@example.com",
            "exa mple.com",
            "*.example.com",
            "公司.cn",
            &long,
            &label,
        ] {
            assert_eq!(Domain::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_lineage_ends_above_the_public_suffix() {
        assert_eq!(
            lineage("api.shop.example.co.uk"),
            ["api.shop.example.co.uk", "shop.example.co.uk", "example.co.uk"]
        );
        assert_eq!(lineage("example.com"), ["example.com"]);
        assert_eq!(lineage("a.somebody.github.io"), ["a.somebody.github.io", "somebody.github.io"]);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,300}") {
            if let Some(domain) = Domain::parse(&text) {
                prop_assert!(domain.lineage().count() <= LABELS_MAX);
                prop_assert_eq!(Domain::parse(domain.as_str()), Some(domain));
            }
        }

        #[test]
        fn names_read_back(text in "([a-z0-9]{1,4}\\.){1,6}(com|example|co\\.uk)") {
            if let Some(domain) = Domain::parse(&text) {
                let names: Vec<&str> = domain.lineage().collect();
                prop_assert_eq!(names[0], domain.as_str());
                prop_assert!(names.iter().all(|name| Domain::parse(name).is_some()));
            }
        }
    }
}
