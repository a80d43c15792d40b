//! Which pages there are, in the order in which they are read.

/// A page of the folder `docs`.
#[derive(Debug)]
pub(super) struct Page {
    /// Its file, without the ending.
    pub(super) name: &'static str,
    /// The routes it is about, by their tag in the OpenAPI document.
    pub(super) tags: &'static [&'static str],
    /// Its Markdown.
    pub(super) source: &'static str,
}

/// Pages under one heading.
#[derive(Debug)]
pub(super) struct Group {
    /// The heading.
    pub(super) title: &'static str,
    /// The pages.
    pub(super) pages: &'static [Page],
}

macro_rules! groups {
    ($($title:literal { $($name:literal $([$($tag:literal)*])?)* })*) => {
        &[$(Group {
            title: $title,
            pages: &[$(Page {
                name: $name,
                tags: &[$($($tag),*)?],
                source: include_str!(concat!("../../../../docs/", $name, ".md")),
            }),*],
        }),*]
    };
}

/// The table of contents.
pub(super) const GROUPS: &[Group] = groups! {
    "Start" {
        "README"
        "getting-started"
        "sdks"
    }
    "Every call" {
        "authentication" ["api-keys" "organizations"]
        "errors"
        "idempotency"
        "pagination"
        "rate-limits"
    }
    "Agents" {
        "agents" ["agents"]
        "policies" ["policies"]
        "approvals" ["approvals"]
        "delegations" ["delegations"]
        "network" ["network"]
    }
    "Money" {
        "wallets" ["wallets" "sandbox"]
        "payments" ["payments"]
        "transfers" ["transfers" "bank-accounts"]
        "cards" ["cards"]
    }
    "Commerce" {
        "invoices" ["customers" "invoices"]
        "payment-links" ["payment-links"]
        "merchants" ["merchants" "merchant" "analytics"]
    }
    "Events" {
        "webhooks" ["webhooks" "events"]
        "realtime" ["realtime"]
        "audit-log" ["audit-logs"]
    }
    "Running it" {
        "operating"
        "benchmarks"
    }
};

/// All pages, in their order.
pub(super) fn all() -> impl Iterator<Item = &'static Page> {
    GROUPS.iter().flat_map(|group| group.pages)
}

impl Page {
    /// Where it is served.
    pub(super) fn path(&self) -> String {
        path(self.name)
    }

    /// What it is called: its first line.
    pub(super) fn title(&self) -> &'static str {
        let line = self.source.lines().next().unwrap_or(self.name);
        line.trim_start_matches(['#', ' '])
    }
}

/// Where the page of a file is served.
pub(super) fn path(name: &str) -> String {
    match name {
        "README" => "/docs".to_owned(),
        name => format!("/docs/{name}"),
    }
}
