//! The content security policy of the built page. In `index.html` it lets the scripts that stand in the page run, as those
//! that trunk adds while it serves change from moment to moment; here they are named by what they are.

use crate::run::Outcome;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use std::path::Path;

/// What stands for "any script in the page" in the policy.
const ANY: &str = "'self' 'unsafe-inline' 'wasm-unsafe-eval'";

/// Puts the hashes of the page's own scripts in the place of the leave for any.
pub fn tighten(dist: &Path) -> Outcome {
    let path = dist.join("index.html");
    let failure = |error: std::io::Error| format!("{}: {error}", path.display());
    let page = std::fs::read_to_string(&path).map_err(failure)?;
    let tightened = tightened(&page).ok_or_else(|| format!("{}: its policy has no {ANY}", path.display()))?;
    std::fs::write(&path, tightened).map_err(failure)
}

fn tightened(page: &str) -> Option<String> {
    let (before, after) = page.split_once(ANY)?;
    let hashes: String = inline_scripts(page).map(|script| format!(" '{}'", hash(script))).collect();
    Some(format!("{before}'self'{hashes} 'wasm-unsafe-eval'{after}"))
}

/// The texts of the scripts that stand in the page.
fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once("</script>")?;
        (!attributes.contains(" src=")).then_some(text)
    })
}

fn hash(script: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(script)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_in_the_page_are_named_by_their_hashes() {
        let page = format!("<meta content=\"script-src {ANY}\"><script src=\"a.js\"></script><script>x</script>");
        let tightened = tightened(&page).unwrap_or_default();
        let wanted = "script-src 'self' 'sha256-LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=' 'wasm-unsafe-eval'\"";
        assert!(tightened.contains(wanted) && !tightened.contains("unsafe-inline"), "{tightened}");
        assert!(super::tightened("<meta content=\"script-src 'self'\">").is_none());
    }

    #[test]
    fn the_policy_of_the_source_can_be_tightened() {
        assert!(super::tightened(include_str!("../../index.html")).is_some());
    }
}
