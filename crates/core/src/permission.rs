//! What a key may do.

use std::fmt;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// One right of an API key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Permission {
            $($(#[$doc])* $name,)*
        }

        impl Permission {
            /// All of them, in the order in which answers list them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

permissions! {
    /// Everything, and every wallet; never the other environment.
    Everything "*",
    /// See wallets, agents, holds and the network directory.
    WalletsRead "wallets:read",
    /// Create and change wallets and agents.
    WalletsWrite "wallets:write",
    /// See payments, transfers, bank accounts and cards.
    PaymentsRead "payments:read",
    /// Move money.
    PaymentsWrite "payments:write",
    /// See policies.
    PoliciesRead "policies:read",
    /// Create, change and delete policies.
    PoliciesWrite "policies:write",
    /// See approvals.
    ApprovalsRead "approvals:read",
    /// Decide approvals.
    ApprovalsWrite "approvals:write",
    /// See webhooks and events.
    WebhooksRead "webhooks:read",
    /// Create and change webhooks.
    WebhooksWrite "webhooks:write",
    /// See invoices, customers and payment links.
    InvoicesRead "invoices:read",
    /// Create and change invoices, customers and payment links.
    InvoicesWrite "invoices:write",
    /// Read card numbers.
    CardsSensitiveRead "cards:sensitive_read",
    /// See merchants.
    MerchantsRead "merchants:read",
    /// Create and change merchants.
    MerchantsWrite "merchants:write",
    /// See API keys.
    ApiKeysRead "api_keys:read",
    /// Create, change and revoke API keys.
    ApiKeysWrite "api_keys:write",
    /// See delegations.
    DelegationsRead "delegations:read",
    /// Grant and revoke delegations.
    DelegationsWrite "delegations:write",
    /// See the audit log.
    AuditRead "audit:read",
    /// See the organization.
    OrganizationsRead "organizations:read",
    /// Change the organization.
    OrganizationsWrite "organizations:write",
}

impl Permission {
    /// The permission with this name on the wire.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == name)
    }

    const fn bit(self) -> i64 {
        1 << (self as u8)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A set of permissions. The empty set allows nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(i64);

impl Permissions {
    /// The set as the store keeps it: one bit for each permission.
    #[must_use]
    pub const fn bits(self) -> i64 {
        self.0
    }

    /// The set with these bits.
    #[must_use]
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits)
    }

    /// Whether the set allows this, directly or through `*`.
    #[must_use]
    pub const fn allows(self, permission: Permission) -> bool {
        self.0 & (permission.bit() | Permission::Everything.bit()) != 0
    }

    /// Whether the set allows nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first permission of `wanted` that this set does not allow.
    #[must_use]
    pub fn first_missing(self, wanted: Self) -> Option<Permission> {
        wanted.iter().find(|permission| !self.allows(*permission))
    }

    /// Everything that either set holds.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The permissions of the set, in their standard order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        let listed = Permission::ALL.iter().copied();
        listed.filter(move |permission| self.0 & permission.bit() != 0)
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<T: IntoIterator<Item = Permission>>(permissions: T) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_allows_everything_but_is_not_made_of_everything() {
        let star: Permissions = [Permission::Everything].into_iter().collect();
        let rest: Permissions = Permission::ALL[1..].iter().copied().collect();
        assert_eq!(star.first_missing(rest), None);
        assert_eq!(rest.first_missing(star), Some(Permission::Everything));
        assert!(!Permissions::default().allows(Permission::WalletsRead));
    }

    #[test]
    fn names_read_back() {
        for permission in Permission::ALL {
            assert_eq!(Permission::from_name(permission.as_str()), Some(*permission));
        }
        assert_eq!(Permission::from_name("wallets:*"), None);
    }
}
