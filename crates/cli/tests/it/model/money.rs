//! Money and days, by arithmetic of the model's own.

/// 10⁻⁸ dollars.
pub(super) type Units = i128;

pub(super) const CENT: Units = 1_000_000;
const DOLLAR: Units = 100 * CENT;
const LOWEST_FEE: Units = 25 * CENT;
pub(super) const FUNDING_MAXIMUM: Units = 10_000 * DOLLAR;

/// The amount that a text means, `None` when it means none that may be moved.
pub(super) fn parse(text: &str) -> Option<Units> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let no_leading_zero = whole == "0" || !whole.starts_with('0');
    if !digits(whole) || !digits(fraction) || !no_leading_zero || fraction.len() > 8 {
        return None;
    }
    let units: Units = format!("{whole}{fraction:0<8}").parse().ok()?;
    (units > 0 && units <= Units::from(i64::MAX)).then_some(units)
}

/// The amount that a text with an optional sign means.
pub(super) fn parse_signed(text: &str) -> Option<Units> {
    match text.strip_prefix('-') {
        Some(rest) => parse(rest).map(|units| -units),
        None => parse(text),
    }
}

/// At least two decimals, more only where needed.
pub(super) fn show(units: Units) -> String {
    let (whole, fraction) = (units / DOLLAR, format!("{:08}", units % DOLLAR));
    let needed = fraction.trim_end_matches('0').len().max(2);
    format!("{whole}.{}", &fraction[..needed])
}

/// Half a percent, half-even, at least a quarter.
pub(super) fn fee(amount: Units) -> Units {
    let (quotient, rest) = (amount * 5 / 1_000, amount * 5 % 1_000);
    let up = rest > 500 || (rest == 500 && quotient % 2 == 1);
    (quotient + Units::from(up)).max(LOWEST_FEE)
}

pub(super) const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Days since 1 January 1970.
pub(super) fn day(time_ms: i64) -> i64 {
    time_ms.div_euclid(DAY_MS)
}

/// Weeks that begin on Monday; 1 January 1970 was a Thursday.
pub(super) fn week(time_ms: i64) -> i64 {
    (day(time_ms) + 3).div_euclid(7)
}

/// 0 is Monday.
pub(super) fn weekday(time_ms: i64) -> i64 {
    (day(time_ms) + 3).rem_euclid(7)
}

/// Minutes since midnight.
pub(super) fn minute(time_ms: i64) -> i64 {
    time_ms.rem_euclid(DAY_MS) / MINUTE_MS
}

/// Months since January 1970.
pub(super) fn month(time_ms: i64) -> i64 {
    month_and_day(time_ms).0
}

/// A moment as it is written in requests.
pub(super) fn iso(time_ms: i64) -> String {
    let (month, day) = month_and_day(time_ms);
    let in_day = time_ms.rem_euclid(DAY_MS);
    let (minutes, ms) = (in_day / MINUTE_MS, in_day % MINUTE_MS);
    format!(
        "{}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        1970 + month / 12,
        month % 12 + 1,
        day + 1,
        minutes / 60,
        minutes % 60,
        ms / 1_000,
        ms % 1_000
    )
}

/// Months since January 1970 and days since the month's first, found by counting.
fn month_and_day(time_ms: i64) -> (i64, i64) {
    let mut left = day(time_ms);
    let mut month = 0;
    loop {
        let (year, in_year) = (1970 + month / 12, month % 12);
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let february = if leap { 29 } else { 28 };
        let length = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            [usize::try_from(in_year).expect("a month")];
        if left < length {
            return (month, left);
        }
        left -= length;
        month += 1;
    }
}
