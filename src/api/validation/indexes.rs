//! Lists of indexes as Jobs write them: `0,2-4,7`.
//! Only their syntax and whether two lists overlap; the controller keeps its own intervals.

use super::field::quote;

/// The number of indexes in a list, every one below `completions`.
/// Errors say what is wrong with the list, in upstream's words.
// Models pkg/apis/batch/validation validateIndexesFormat
pub fn validate_indexes_format(indexes: &str, completions: i32) -> Result<i32, String> {
    if indexes.is_empty() {
        return Ok(0);
    }
    let mut total = 0;
    let mut last: Option<i32> = None;
    for interval in indexes.split(',') {
        let (first, end) = parse_index_interval(interval, completions)?;
        if let Some(last) = last.filter(|last| *last >= first) {
            return Err(non_increasing(last, first));
        }
        total += end - first + 1;
        last = Some(end);
    }
    Ok(total)
}

/// Refuses lists that have an index in common; intervals that cannot be read are skipped.
// Models pkg/apis/batch/validation validateFailedIndexesNotOverlapCompleted
pub fn validate_failed_indexes_not_overlap_completed(
    completed: &str,
    failed: &str,
    completions: i32,
) -> Result<(), String> {
    let readable = |list: &str| -> Vec<(i32, i32)> {
        let intervals = list.split(',');
        intervals.flat_map(|interval| parse_index_interval(interval, completions)).collect()
    };
    let (completed, failed) = (readable(completed), readable(failed));
    let (mut c, mut f) = (0, 0);
    while let (Some(done), Some(bad)) = (completed.get(c), failed.get(f)) {
        let common = done.0.max(bad.0);
        if common <= done.1.min(bad.1) {
            return Err(format!("failedIndexes and completedIndexes overlap at index: {common}"));
        }
        if done.1 < bad.1 { c += 1 } else { f += 1 }
    }
    Ok(())
}

// Models pkg/apis/batch/validation parseIndexInterval
fn parse_index_interval(interval: &str, completions: i32) -> Result<(i32, i32), String> {
    let parts: Vec<&str> = interval.split('-').collect();
    let (first, end) = match parts[..] {
        [single] => (single, None),
        [first, end] => (first, Some(end)),
        _ => {
            return Err(format!(
                "the fragment {} violates the requirement that an index interval can have at most two parts separated by '-'",
                quote(interval)
            ));
        }
    };
    let first = parse_index(first, completions)?;
    let Some(end) = end else {
        return Ok((first, first));
    };
    let end = parse_index(end, completions)?;
    if first >= end {
        return Err(non_increasing(first, end));
    }
    Ok((first, end))
}

fn parse_index(text: &str, completions: i32) -> Result<i32, String> {
    let index: i64 =
        text.parse().map_err(|_| format!("cannot convert string to integer for index: {}", quote(text)))?;
    match i32::try_from(index) {
        Ok(index) if index < completions => Ok(index),
        _ => Err(format!("too large index: {}", quote(text))),
    }
}

fn non_increasing(previous: i32, current: i32) -> String {
    format!("non-increasing order, previous: {previous}, current: {current}")
}
