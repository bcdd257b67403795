//! What `ttlSecondsAfterFinished` does to a Job, in words: before its time is over, and after.

use super::{countdown, duration};

/// Added to why the Job has ended, while it is still there.
pub fn ttl_to_come(ttl_s: i32) -> String {
    let after = duration(i64::from(ttl_s) * 1_000);
    format!(" ttlSecondsAfterFinished {ttl_s} deletes it, and its pods, {after} after its end.")
}

/// What is left of the time.
pub fn ttl_left(left_ms: i64) -> String {
    format!("deleted in {}", countdown(left_ms))
}

/// Added to why the Job had ended, when it is gone.
pub fn ttl_over(ttl_s: i32) -> String {
    let after = duration(i64::from(ttl_s) * 1_000);
    format!(" It was deleted {after} after its end, as ttlSecondsAfterFinished {ttl_s} asks, and its pods with it.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ttl_reads_well_before_and_after() {
        assert_eq!(
            ttl_to_come(100),
            " ttlSecondsAfterFinished 100 deletes it, and its pods, 1 min 40 s after its end."
        );
        assert_eq!(ttl_left(29_001), "deleted in 30 s");
        assert!(ttl_over(0).contains("deleted 0 s after its end, as ttlSecondsAfterFinished 0 asks"));
    }
}
