//! Time restrictions: office hours, nights, weekdays and daylight saving.

use serde_json::{Value, json};

use crate::support::{Api, Server, Store, stories};

stories!(
    the_start_is_inside_and_the_end_is_not,
    days_are_days_of_the_time_zone,
    a_night_belongs_to_the_day_it_begins,
    hours_follow_daylight_saving,
    the_hour_that_daylight_saving_repeats_counts_twice,
    every_night_without_days,
);

/// A payer under this schedule and nothing else.
fn payer(server: &Server, schedule: &Value) -> (Api, String, String) {
    let owner = server.owner();
    let (from, to) = (owner.funded(1_000), owner.wallet("To"));
    owner.policy(&from, &json!({ "timeRestrictions": schedule }));
    (owner, from, to)
}

/// At each moment, in order, a payment passes or is denied for its time.
#[track_caller]
fn assert_timeline(store: Store, schedule: &Value, timeline: &[(&str, bool)]) {
    let server = Server::start_at(store, "2026-01-01T00:00:00Z");
    let (owner, from, to) = payer(&server, schedule);
    for (moment, allowed) in timeline {
        server.advance_to(moment);
        let answer = owner.pay(&from, &to, "1.00");
        if *allowed {
            assert_eq!(answer.status, 200, "at {moment}\n{}", answer.story());
        } else {
            let details = answer.refused(403, "POLICY_DENIED");
            assert_eq!(details["violations"][0]["rule"], "timeRestrictions", "at {moment}");
        }
    }
}

fn the_start_is_inside_and_the_end_is_not(store: Store) {
    let office = json!({ "start": "09:00", "end": "17:00", "timezone": "UTC" });
    assert_timeline(
        store,
        &office,
        &[
            ("2026-03-04T08:59:59.999Z", false),
            ("2026-03-04T09:00:00Z", true),
            ("2026-03-04T16:59:59.999Z", true),
            ("2026-03-04T17:00:00Z", false),
            ("2026-03-07T12:00:00Z", true),
        ],
    );
}

fn days_are_days_of_the_time_zone(store: Store) {
    let tokyo =
        json!({ "start": "00:00", "end": "12:00", "timezone": "Asia/Tokyo", "days": ["MON"] });
    assert_timeline(
        store,
        &tokyo,
        &[
            ("2026-03-01T14:59:59Z", false),
            ("2026-03-01T15:00:00Z", true),
            ("2026-03-02T02:59:59Z", true),
            ("2026-03-02T03:00:00Z", false),
            ("2026-03-02T15:30:00Z", false),
            ("2026-03-08T15:30:00Z", true),
        ],
    );
}

fn a_night_belongs_to_the_day_it_begins(store: Store) {
    let night = json!({ "start": "22:00", "end": "06:00", "timezone": "UTC", "days": ["FRI"] });
    assert_timeline(
        store,
        &night,
        &[
            ("2026-03-06T05:59:00Z", false),
            ("2026-03-06T21:59:59Z", false),
            ("2026-03-06T22:00:00Z", true),
            ("2026-03-07T00:00:00Z", true),
            ("2026-03-07T05:59:59.999Z", true),
            ("2026-03-07T06:00:00Z", false),
            ("2026-03-07T22:30:00Z", false),
            ("2026-03-08T03:00:00Z", false),
            ("2026-03-13T23:00:00Z", true),
        ],
    );
}

fn hours_follow_daylight_saving(store: Store) {
    let new_york = json!({ "start": "09:00", "end": "17:00", "timezone": "America/New_York", "days": ["MON", "TUE", "WED", "THU", "FRI"] });
    assert_timeline(
        store,
        &new_york,
        &[
            ("2026-03-06T13:30:00Z", false),
            ("2026-03-06T14:00:00Z", true),
            ("2026-03-06T21:59:59Z", true),
            ("2026-03-06T22:00:00Z", false),
            ("2026-03-08T15:00:00Z", false),
            ("2026-03-09T12:59:59Z", false),
            ("2026-03-09T13:00:00Z", true),
            ("2026-03-09T20:59:59Z", true),
            ("2026-03-09T21:00:00Z", false),
            ("2026-11-02T13:30:00Z", false),
            ("2026-11-02T14:00:00Z", true),
        ],
    );
}

fn the_hour_that_daylight_saving_repeats_counts_twice(store: Store) {
    let berlin = json!({ "start": "02:00", "end": "03:00", "timezone": "Europe/Berlin" });
    assert_timeline(
        store,
        &berlin,
        &[
            ("2026-03-29T00:59:59Z", false),
            ("2026-03-29T01:00:00Z", false),
            ("2026-03-29T01:30:00Z", false),
            ("2026-03-30T00:00:00Z", true),
            ("2026-10-24T23:59:59Z", false),
            ("2026-10-25T00:00:00Z", true),
            ("2026-10-25T00:59:59Z", true),
            ("2026-10-25T01:00:00Z", true),
            ("2026-10-25T01:59:59Z", true),
            ("2026-10-25T02:00:00Z", false),
        ],
    );
}

fn every_night_without_days(store: Store) {
    let night = json!({ "start": "22:30", "end": "00:30", "timezone": "UTC" });
    assert_timeline(
        store,
        &night,
        &[
            ("2026-03-06T00:29:59Z", true),
            ("2026-03-06T00:30:00Z", false),
            ("2026-03-06T22:30:00Z", true),
            ("2026-03-07T00:00:00Z", true),
            ("2026-03-07T00:30:00Z", false),
        ],
    );
}
