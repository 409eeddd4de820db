//! Days and months as they begin where the account is.

use cadencia_domain::time::UtcMillis;
use chrono::{Datelike as _, NaiveDate, TimeZone as _};

/// Midnight of the first of the month that `now` is in, in the account's zone.
pub(crate) fn month_start(now: UtcMillis, zone: &str) -> UtcMillis {
    start(now, zone, |day| day.with_day(1).unwrap_or(day))
}

/// Midnight of the day that `now` is in, in the account's zone.
pub(crate) fn day_start(now: UtcMillis, zone: &str) -> UtcMillis {
    start(now, zone, |day| day)
}

/// An unknown zone counts as São Paulo.
fn start(now: UtcMillis, zone: &str, pick: impl Fn(NaiveDate) -> NaiveDate) -> UtcMillis {
    let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::America::Sao_Paulo);
    let Some(local) = chrono::DateTime::from_timestamp_millis(now.0).map(|at| at.with_timezone(&zone)) else {
        return now;
    };
    let day = pick(local.date_naive());
    // Where clocks jump over midnight, the first instant after it.
    let first = (0..3)
        .find_map(|hour| zone.with_ymd_and_hms(day.year(), day.month(), day.day(), hour, 0, 0).earliest());
    first.map_or(now, |at| UtcMillis(at.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_begins_at_midnight_of_the_accounts_zone() {
        // 2026-12-01T01:00:00Z is still November in São Paulo.
        let now = UtcMillis(1_796_086_800_000);
        assert_eq!(month_start(now, "America/Sao_Paulo"), UtcMillis(1_793_502_000_000));
        assert_eq!(month_start(now, "UTC"), UtcMillis(1_796_083_200_000));
        assert_eq!(month_start(now, "Nowhere/Else"), month_start(now, "America/Sao_Paulo"));
    }

    #[test]
    fn the_day_begins_at_midnight_of_the_accounts_zone() {
        let now = UtcMillis(1_796_086_800_000);
        // 30 November, 00:00 in São Paulo.
        assert_eq!(day_start(now, "America/Sao_Paulo"), UtcMillis(1_796_007_600_000));
        assert_eq!(day_start(now, "UTC"), UtcMillis(1_796_083_200_000));
    }
}
