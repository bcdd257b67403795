//! The form that says what the pods do: how its sliders and fields stand for settings. Plain data.

use crate::workload::{ExitCode, PodSettings};

/// Sliders of durations go from 0 to this.
pub const SLIDER_END: u32 = 1_000;
/// What their two ends stand for.
const SHORTEST_MS: f64 = 500.0;
const LONGEST_MS: f64 = 600_000.0;

/// The place on the slider of so many milliseconds. Each step is a ratio, so that seconds and minutes both fit.
pub fn slider_place(duration_ms: u64) -> u32 {
    let share = libm::log(duration_ms.max(1) as f64 / SHORTEST_MS) / libm::log(LONGEST_MS / SHORTEST_MS);
    (share.clamp(0.0, 1.0) * f64::from(SLIDER_END)).round() as u32
}

/// How many milliseconds a place on the slider stands for, in round numbers.
pub fn slider_duration_ms(place: u32) -> u64 {
    let share = f64::from(place.min(SLIDER_END)) / f64::from(SLIDER_END);
    let exact_ms = SHORTEST_MS * libm::pow(LONGEST_MS / SHORTEST_MS, share);
    let step_ms = match exact_ms {
        ..10_000.0 => 500.0,
        ..60_000.0 => 1_000.0,
        ..600_000.0 => 10_000.0,
        _ => 60_000.0,
    };
    ((exact_ms / step_ms).round() * step_ms) as u64
}

/// Seconds as a field shows them: `5`, `0.5`.
pub fn seconds_text(duration_ms: u64) -> String {
    let text = format!("{}.{:03}", duration_ms / 1_000, duration_ms % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The settings with a new shortest run; the longest gives way.
pub fn with_min_duration(mut settings: PodSettings, min_duration_ms: u64) -> PodSettings {
    settings.min_duration_ms = min_duration_ms;
    settings.max_duration_ms = settings.max_duration_ms.max(min_duration_ms);
    settings
}

/// The settings with a new longest run; the shortest gives way.
pub fn with_max_duration(mut settings: PodSettings, max_duration_ms: u64) -> PodSettings {
    settings.max_duration_ms = max_duration_ms;
    settings.min_duration_ms = settings.min_duration_ms.min(max_duration_ms);
    settings
}

/// How often an exit code comes up among failing runs, in percent.
pub fn share_percent(exit_codes: &[ExitCode], place: usize) -> u32 {
    let all: u64 = exit_codes.iter().map(|exit| u64::from(exit.weight)).sum();
    let own = exit_codes.get(place).map_or(0, |exit| u64::from(exit.weight));
    u32::try_from((own * 100 + all / 2).checked_div(all).unwrap_or(0)).unwrap_or(100)
}

/// A code to add: the first common one that is not in the list yet.
pub fn next_exit_code(exit_codes: &[ExitCode]) -> ExitCode {
    let common = [137, 1, 2, 42, 143, 127, 126];
    let code = common.into_iter().find(|code| exit_codes.iter().all(|exit| exit.code != *code)).unwrap_or(3);
    ExitCode { code, weight: 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sliders_go_there_and_back() {
        for duration_ms in [500, 5_000, 20_000, 90_000, 600_000] {
            assert_eq!(slider_duration_ms(slider_place(duration_ms)), duration_ms);
        }
        assert_eq!([slider_place(0), slider_place(u64::MAX)], [0, SLIDER_END]);
    }

    #[test]
    fn the_two_ends_of_a_range_give_way_to_each_other() {
        let settings = PodSettings::default();
        assert_eq!(with_min_duration(settings.clone(), 30_000).max_duration_ms, 30_000);
        assert_eq!(with_max_duration(settings, 1_000).min_duration_ms, 1_000);
    }

    #[test]
    fn shares_are_said_in_percent() {
        let codes = [ExitCode { code: 1, weight: 9 }, ExitCode { code: 137, weight: 1 }];
        assert_eq!([share_percent(&codes, 0), share_percent(&codes, 1), share_percent(&[], 0)], [90, 10, 0]);
        assert_eq!(next_exit_code(&codes).code, 2);
    }
}
