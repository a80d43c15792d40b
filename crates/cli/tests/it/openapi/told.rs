//! The rows of events and webhooks.

use serde_json::json;

use super::rows::{Row, Things, row};

pub(super) fn events(things: &Things) -> Vec<Row> {
    let read = "webhooks:read";
    vec![
        row("GET", "/events", &[], read, "").reading(),
        row("GET", "/events/{}", &[&things.event], read, "NOT_FOUND").reading(),
        row("POST", "/events/{}/resend", &[&things.event], "webhooks:write", "NOT_FOUND"),
        row("GET", "/webhooks/event-types", &[], read, "").reading(),
        row("GET", "/realtime", &[], read, "").reading(),
    ]
}

pub(super) fn webhooks(things: &Things) -> Vec<Row> {
    let (read, write, unknown) = ("webhooks:read", "webhooks:write", "WEBHOOK_NOT_FOUND");
    let webhook: &[&str] = &[&things.webhook];
    let (delivery, letter): (&[&str], &[&str]) = (&[&things.delivery], &[&things.dead_letter]);
    let set_up = json!({ "url": "http://127.0.0.1:9/", "events": ["policy.denied"] });
    vec![
        row("POST", "/webhooks", &[], write, "").with(set_up),
        row("GET", "/webhooks", &[], read, "").reading(),
        row("GET", "/webhooks/{}", webhook, read, unknown).reading(),
        row("PATCH", "/webhooks/{}", webhook, write, unknown).with(json!({ "description": "x" })),
        row("DELETE", "/webhooks/{}", webhook, write, unknown).reading(),
        row("POST", "/webhooks/{}/rotate-secret", webhook, write, unknown),
        row("POST", "/webhooks/{}/test", webhook, write, unknown),
        row("GET", "/webhooks/{}/deliveries", webhook, read, unknown).reading(),
        row("POST", "/webhooks/deliveries/{}/resend", delivery, write, "NOT_FOUND"),
        row("GET", "/webhooks/dlq", &[], read, "").reading(),
        row("POST", "/webhooks/dlq/{}/retry", letter, write, "NOT_FOUND"),
        row("POST", "/webhooks/dlq/{}/discard", letter, write, "NOT_FOUND"),
    ]
}
