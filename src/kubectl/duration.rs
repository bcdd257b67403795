//! Durations in kubectl's two short forms: `3m10s` and `3m`.

use crate::sim::SECOND_MS;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;
const YEAR_S: i64 = 365 * DAY_S;

/// What is printed for a duration that is clearly negative.
const INVALID: &str = "<invalid>";

/// About two digits of a duration in milliseconds, with up to two units, as `kubectl get` prints ages. A duration up
/// to two seconds below zero counts as none, for clocks differ.
// Models staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go HumanDuration
pub fn human_duration(elapsed_ms: i64) -> String {
    let seconds = elapsed_ms / SECOND_MS;
    let parts = |unit_s: i64, unit: &str, lesser_s: i64, lesser: &str| {
        let (count, rest) = (seconds / unit_s, seconds % unit_s / lesser_s);
        if rest == 0 { format!("{count}{unit}") } else { format!("{count}{unit}{rest}{lesser}") }
    };
    match seconds {
        ..-1 => INVALID.to_owned(),
        ..0 => "0s".to_owned(),
        _ if seconds < 2 * MINUTE_S => format!("{seconds}s"),
        _ if seconds < 10 * MINUTE_S => parts(MINUTE_S, "m", 1, "s"),
        _ if seconds < 3 * HOUR_S => format!("{}m", seconds / MINUTE_S),
        _ if seconds < 8 * HOUR_S => parts(HOUR_S, "h", MINUTE_S, "m"),
        _ if seconds < 2 * DAY_S => format!("{}h", seconds / HOUR_S),
        _ if seconds < 8 * DAY_S => parts(DAY_S, "d", HOUR_S, "h"),
        _ if seconds < 2 * YEAR_S => format!("{}d", seconds / DAY_S),
        _ if seconds < 8 * YEAR_S => parts(YEAR_S, "y", DAY_S, "d"),
        _ => format!("{}y", seconds / YEAR_S),
    }
}

/// A duration in milliseconds in its largest unit alone.
// Models staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go ShortHumanDuration
pub fn short_human_duration(elapsed_ms: i64) -> String {
    let seconds = elapsed_ms / SECOND_MS;
    match seconds {
        ..-1 => INVALID.to_owned(),
        ..0 => "0s".to_owned(),
        _ if seconds < MINUTE_S => format!("{seconds}s"),
        _ if seconds < HOUR_S => format!("{}m", seconds / MINUTE_S),
        _ if seconds < DAY_S => format!("{}h", seconds / HOUR_S),
        _ if seconds < YEAR_S => format!("{}d", seconds / DAY_S),
        _ => format!("{}y", seconds / YEAR_S),
    }
}
