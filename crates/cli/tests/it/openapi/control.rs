//! The rows of agents, approvals, the network, delegations and the audit log.

use serde_json::json;

use super::rows::{Row, Things, row};

pub(super) fn agents(things: &Things) -> Vec<Row> {
    let (read, write, unknown) = ("wallets:read", "wallets:write", "WALLET_NOT_FOUND");
    let agent: &[&str] = &[&things.agent];
    vec![
        row("POST", "/agents", &[], write, "").with(json!({ "name": "New" })),
        row("GET", "/agents", &[], read, "").reading(),
        row("GET", "/agents/templates", &[], read, "").reading(),
        row("POST", "/agents/from-template", &[], write, "")
            .with(json!({ "templateId": things.template, "name": "New" })),
        row("GET", "/agents/{}", agent, read, unknown).reading(),
        row("DELETE", "/agents/{}", agent, write, unknown).reading(),
        row("POST", "/agents/{}/adjust-budget", agent, write, unknown)
            .with(json!({ "amount": "-1.00" })),
        row("POST", "/agents/{}/pause", agent, write, unknown),
        row("POST", "/agents/{}/resume", &[&things.paused], write, unknown),
        row("POST", "/agents/{}/rotate-key", agent, write, unknown),
    ]
}

pub(super) fn approvals(things: &Things) -> Vec<Row> {
    let (read, write, unknown) = ("approvals:read", "approvals:write", "NOT_FOUND");
    let approval: &[&str] = &[&things.approval];
    vec![
        row("GET", "/approvals", &[], read, "").reading(),
        row("GET", "/approvals/{}", approval, read, unknown).reading(),
        row("POST", "/approvals/{}/approve", approval, write, unknown),
        row("POST", "/approvals/{}/reject", approval, write, unknown)
            .with(json!({ "reason": "Too much" })),
    ]
}

pub(super) fn network(things: &Things) -> Vec<Row> {
    let pay =
        json!({ "toAddress": things.address, "amount": "1.00", "fromWalletId": things.wallet });
    vec![
        row("POST", "/network/pay", &[], "payments:write", "WALLET_NOT_FOUND").with(pay),
        row("GET", "/network/directory", &[], "wallets:read", "").reading(),
    ]
}

pub(super) fn delegations(things: &Things) -> Vec<Row> {
    let (read, write) = ("delegations:read", "delegations:write");
    let grant = json!({ "walletId": things.wallet, "delegateApiKeyId": things.key, "permissions": ["read"] });
    vec![
        row("POST", "/delegations", &[], write, "WALLET_NOT_FOUND").with(grant),
        row("GET", "/delegations", &[], read, "").reading(),
        row("GET", "/delegations/{}", &[&things.delegation], read, "NOT_FOUND").reading(),
        row("DELETE", "/delegations/{}", &[&things.delegation], write, "NOT_FOUND").reading(),
    ]
}

pub(super) fn audit() -> Vec<Row> {
    vec![row("GET", "/audit-logs", &[], "audit:read", "").reading()]
}
