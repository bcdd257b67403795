//! How much a first visit loads: everything of the site that runs or lays it out, as brotli sends it.
//! The editor's chunk, the time zones, the wasm's later part and the worker do not count, as the page is there and moves
//! before they come.

use crate::run::{Outcome, root};
use std::path::{Path, PathBuf};

const LIMIT_BYTES: usize = 450 * 1024;
const LATER: [&str; 3] = ["editor.js", "service-worker.js", "zones.bin"];
const BROTLI_QUALITY: i32 = 11;

/// Prints the sizes in `dist/`; fails if they are together more than the bar.
pub fn check() -> Outcome {
    let dist = root().join("dist");
    let mut total_bytes = 0;
    for path in first_load(&dist)? {
        let bytes = compressed_bytes(&path)?;
        let name = path.strip_prefix(&dist).unwrap_or(&path).display();
        println!("{:8.1} KiB  {name}", kib(bytes));
        total_bytes += bytes;
    }
    let (total, limit) = (kib(total_bytes), kib(LIMIT_BYTES));
    println!("{total:8.1} KiB  first load, brotli {BROTLI_QUALITY} (at most {limit:.0} KiB)");
    match total_bytes <= LIMIT_BYTES {
        true => Ok(()),
        false => Err(format!("size: the first load is {total:.1} KiB, more than {limit:.0} KiB")),
    }
}

fn first_load(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| format!("size: {}: {error}; build the site first", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| format!("size: {error}"))?.path();
        if path.is_dir() {
            files.extend(first_load(&path)?);
        } else if counts(&path) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn counts(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_later = LATER.contains(&name.as_ref()) || (name.starts_with("later-") && name.ends_with(".wasm"));
    matches!(extension, Some("html" | "wasm" | "js" | "css" | "bin")) && !is_later
}

fn compressed_bytes(path: &Path) -> Outcome<usize> {
    let text = std::fs::read(path).map_err(|error| format!("size: {}: {error}", path.display()))?;
    let params = brotli::enc::BrotliEncoderParams { quality: BROTLI_QUALITY, lgwin: 24, ..Default::default() };
    brotli::BrotliCompress(&mut text.as_slice(), &mut std::io::sink(), &params)
        .map_err(|error| format!("size: {}: {error}", path.display()))
}

fn kib(bytes: usize) -> f64 {
    bytes as f64 / 1024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editor_and_pictures_come_later() {
        let counted = |name: &str| counts(Path::new(name));
        assert!(counted("dist/index.html") && counted("dist/jobscope-1f_bg.wasm"));
        assert!(
            !counted("dist/editor.js")
                && !counted("dist/zones.bin")
                && !counted("dist/later-1f.wasm")
                && !counted("dist/favicon-1f.svg")
        );
        assert!(counted("dist/other.bin"));
    }
}
