//! The page's wasm in two parts: the first has what a visit needs that plays the first scenario to its end, the later
//! part comes when the page already runs. Which functions those are, a browser finds out by such a visit.
//! What is wanted of the later part before it is there is fetched at once (`later.js`), so it is never missing.

mod instrument;
mod module;
mod split;
mod visit;

use crate::run::{Outcome, program, root, run};
use crate::tools;
use split::Parts;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

/// Splits the wasm of the site in `dist`.
pub fn split_site(dist: &Path) -> Outcome {
    let site = Site::find(dist)?;
    let wasm = read(&site.wasm)?;
    let ran = visit::visit(&instrumented(&site, &wasm)?)?;
    let parts = split::split(&wasm, &ran)?;
    let name = stem(&parts, &read(&site.glue)?);
    let (later_wasm, later_js) = (format!("later-{name}.wasm"), format!("later-{name}.js"));
    write(&site.wasm, &parts.first)?;
    write(&dist.join(&later_wasm), &parts.later)?;
    tidy(&site.wasm)?;
    tidy(&dist.join(&later_wasm))?;
    write(&dist.join(&later_js), include_str!("later.js").replace("later.wasm", &later_wasm).as_bytes())?;
    let imports = format!("{GLUE_IMPORTS}\n        \"{}\": later,", split::LATER);
    let start = format!("{GLUE_START}\n    begin(wasm);");
    let glue = patched(&site.glue, &[(GLUE_IMPORTS, imports), (GLUE_START, start)])?;
    write(&site.glue, format!("import {{ begin, later }} from './{later_js}';\n{glue}").as_bytes())?;
    site.rename(&name)
}

/// A name for the parts that no other parts have: a browser must not put together what does not belong together.
fn stem(parts: &Parts, glue: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    for part in [&parts.first, &parts.later, glue] {
        hasher.write(part);
    }
    format!("{:016x}", hasher.finish())
}

/// What the compiler uses of wasm's features. All that wasm-opt knows would be more than browsers do.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Where in the glue of wasm-bindgen the imports are gathered.
const GLUE_IMPORTS: &str = "\"./jobscope_bg.js\": import0,";
/// Where in the glue of wasm-bindgen the module has been made and is about to start.
const GLUE_START: &str = "wasm = instance.exports;";

/// The files of the site that matter here.
struct Site {
    folder: PathBuf,
    wasm: PathBuf,
    glue: PathBuf,
}

impl Site {
    fn find(dist: &Path) -> Outcome<Self> {
        let entries = std::fs::read_dir(dist).map_err(|error| format!("{}: {error}", dist.display()))?;
        let files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        let named = |suffix: &str| {
            let fits = |path: &&PathBuf| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with("jobscope-") && name.ends_with(suffix)
            };
            files
                .iter()
                .find(fits)
                .cloned()
                .ok_or_else(|| format!("there is no jobscope-*{suffix} in {}", dist.display()))
        };
        Ok(Self { folder: dist.to_owned(), wasm: named("_bg.wasm")?, glue: named(".js")? })
    }

    /// Gives the files another name, here and in the page.
    fn rename(&self, name: &str) -> Outcome {
        let old = self.glue.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let new = format!("jobscope-{name}");
        let page = self.folder.join("index.html");
        let text = String::from_utf8(read(&page)?).map_err(|_| "index.html is no text".to_owned())?;
        write(&page, text.replace(&old, &new).as_bytes())?;
        for (path, suffix) in [(&self.wasm, "_bg.wasm"), (&self.glue, ".js")] {
            let to = self.folder.join(format!("{new}{suffix}"));
            std::fs::rename(path, &to).map_err(|error| format!("{}: {error}", to.display()))?;
        }
        Ok(())
    }
}

/// A copy of the site, below `target/`, that reports which functions run.
fn instrumented(site: &Site, wasm: &[u8]) -> Outcome<PathBuf> {
    let folder = root().join("target/visit");
    let _ = std::fs::remove_dir_all(&folder);
    copy(&site.folder, &folder)?;
    let twin = |path: &Path| folder.join(path.file_name().unwrap_or_default());
    write(&twin(&site.wasm), &instrument::instrument(wasm)?)?;
    let profile = "globalThis.profile";
    let glue = patched(&twin(&site.glue), &[(GLUE_IMPORTS, format!("{GLUE_IMPORTS}\n        profile: {profile},"))])?;
    let set_up = format!(
        "const ran = new Uint8Array(1 << 20);\n{profile} = {{ ran, hit: (index) => {{ ran[index] = 1; }} }};\n"
    );
    write(&twin(&site.glue), format!("{set_up}{glue}").as_bytes())?;
    write(&folder.join("visit.js"), include_bytes!("visit.js"))?;
    let page = folder.join("index.html");
    let head = patched(&page, &[("</head>", "<script type=\"module\" src=\"visit.js\"></script></head>".to_owned())])?;
    write(&page, head.as_bytes())?;
    Ok(folder)
}

/// The text of a file with replacements made, each of which must fit exactly once.
fn patched(file: &Path, replacements: &[(&str, String)]) -> Outcome<String> {
    let mut text = String::from_utf8(read(file)?).map_err(|_| format!("{} is no text", file.display()))?;
    for (old, new) in replacements {
        if text.matches(old).count() != 1 {
            return Err(format!(
                "{} does not have {old:?} once: another wasm-bindgen writes other glue",
                file.display()
            ));
        }
        text = text.replace(old, new);
    }
    Ok(text)
}

/// Takes out what nothing in the module uses any more.
fn tidy(wasm: &Path) -> Outcome {
    let mut optimizer = program("wasm-opt");
    optimizer.env("PATH", tools::for_the_page()?.path);
    optimizer.args(FEATURES).args(["--remove-unused-module-elements", "--reorder-functions"]);
    run("tidy a part of the page", optimizer.arg(wasm).arg("-o").arg(wasm))
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    std::fs::create_dir_all(to).map_err(failed)?;
    for entry in std::fs::read_dir(from).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target).map_err(failed)?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn write(file: &Path, bytes: &[u8]) -> Outcome {
    std::fs::write(file, bytes).map_err(|error| format!("{}: {error}", file.display()))
}
