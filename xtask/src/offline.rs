//! What makes the built site work without a network: the worker with the list of all files, and the script that asks for
//! it. Knows nothing of what the files are.

use crate::run::{Outcome, root};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;

const WORKER: &str = "service-worker.js";
const REGISTRATION: &str = "offline.js";

/// Puts the worker into the site. Call it last, as the worker's version is that of all files.
pub fn add_worker(dist: &Path) -> Outcome {
    let source = |name: &str| read(&root().join("static").join(name)).map(|bytes| text(&bytes));
    let page = text(&read(&dist.join("index.html"))?);
    let tag = format!("<script src=\"{REGISTRATION}\" defer></script>");
    if !page.contains(&tag) {
        write(&dist.join("index.html"), &page.replacen("</head>", &format!("{tag}</head>"), 1))?;
    }
    write(&dist.join(REGISTRATION), &source(REGISTRATION)?)?;
    let mut files = Vec::new();
    list(dist, "", &mut files)?;
    files.retain(|file| file != WORKER);
    files.sort();
    let mut all = Sha256::new();
    for file in &files {
        all.update(file);
        all.update(read(&dist.join(file))?);
    }
    write(&dist.join(WORKER), &filled(&source(WORKER)?, &version(&all.finalize()), &files)?)
}

/// The worker with its version and its files. The page itself is kept under the folder's address.
fn filled(worker: &str, version: &str, files: &[String]) -> Outcome<String> {
    let pages = |file: &String| if file == "index.html" { "./".to_owned() } else { file.clone() };
    let list = files.iter().map(pages).collect::<Vec<_>>().join("\", \"");
    match worker.contains("@VERSION@") && worker.contains("\"@FILES@\"") {
        true => Ok(worker.replace("@VERSION@", version).replace("@FILES@", &list)),
        false => Err(format!("static/{WORKER}: there is no place for the version or the files")),
    }
}

fn version(hash: &[u8]) -> String {
    hash.iter().take(8).fold(String::new(), |mut version, byte| {
        // Writing to a text cannot fail.
        let _ = write!(version, "{byte:02x}");
        version
    })
}

/// The files below a folder, as addresses relative to it.
fn list(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Outcome {
    let failure = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(failure)? {
        let entry = entry.map_err(failure)?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => list(&entry.path(), &format!("{name}/"), files)?,
            false => files.push(name),
        }
    }
    Ok(())
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Outcome {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_knows_its_version_and_all_files() {
        let worker = include_str!("../../static/service-worker.js");
        let files = ["index.html", "jobscope-0f_bg.wasm", "snippets/a/inline0.js"].map(str::to_owned);
        let filled = filled(worker, "0102", &files).expect("the worker has its places");
        assert!(filled.contains("const VERSION = \"0102\";"));
        assert!(filled.contains("const FILES = [\"./\", \"jobscope-0f_bg.wasm\", \"snippets/a/inline0.js\"];"));
        assert!(super::filled("nothing", "0", &files).is_err());
    }
}
