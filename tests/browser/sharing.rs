//! What is handed on and what stays: links to a moment, frames for other pages, files, and the page without a network.

use crate::Outcome;
use crate::driver::devtools;
use crate::page::{Page, Role, becomes, eventually, with_page};
use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::json;
use std::path::Path;

/// Plays until something has ended, pauses, and selects the first pod; the clock then.
async fn paused_with_a_pod(page: &Page) -> Outcome<u64> {
    page.choose("10×").await?;
    page.pause_when("document.querySelector('[data-phase=Succeeded]')").await?;
    page.client.find(Locator::Css("[data-phase=Succeeded]")).await?.click().await?;
    page.client.wait().for_element(Locator::Css("[data-pod][aria-pressed=true]")).await?;
    page.clock_ms().await
}

/// The fragment in the address bar, once there is one.
async fn fragment(page: &Page) -> Outcome<String> {
    eventually("the link in the address bar", async || {
        let fragment = page.script("return location.hash", vec![]).await?;
        let fragment = fragment.as_str().unwrap_or_default().to_owned();
        Ok((!fragment.is_empty()).then_some(fragment))
    })
    .await
}

async fn text_of(page: &Page, script: &str) -> Outcome<String> {
    Ok(page.script(script, vec![]).await?.as_str().unwrap_or_default().to_owned())
}

const SELECTED: &str = "return document.querySelector('[data-pod][aria-pressed=true]')?.dataset.pod";

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_link_leads_to_the_moment_and_the_pod() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        let clock_ms = paused_with_a_pod(&page).await?;
        let pod = text_of(&page, SELECTED).await?;
        page.press("Share").await?;
        let link = fragment(&page).await?;
        page.open(&link).await?;
        page.wait_for_state("paused").await?;
        becomes("moment and pod", (clock_ms, pod), async || {
            Ok((page.clock_ms().await?, text_of(&page, SELECTED).await?))
        })
        .await
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn the_share_dialog_has_the_keyboard_and_gives_it_back() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        paused_with_a_pod(&page).await?;
        page.press("Share").await?;
        page.client.wait().for_element(Locator::Css("dialog[open]")).await?;
        let inside = "return document.querySelector('dialog').contains(document.activeElement)";
        becomes("the focus inside", json!(true), async || page.script(inside, vec![]).await).await?;
        for (role, name) in [
            (Role::Button, "Copy link"),
            (Role::Textbox, "Link"),
            (Role::Button, "Copy HTML"),
            (Role::Textbox, "HTML of the frame"),
            (Role::Combobox, "Speed of the frame"),
            (Role::Button, "Files for kwok"),
            (Role::Button, "Close"),
        ] {
            page.find(role, name).await?;
        }
        page.client.active_element().await?.send_keys(&Key::Escape.to_string()).await?;
        eventually("the dialog to be gone", async || {
            Ok((page.script("return !document.querySelector('dialog')", vec![]).await? == true).then_some(()))
        })
        .await?;
        let focused = "return document.activeElement.id";
        becomes("the focus", "share".to_owned(), async || text_of(&page, focused).await).await?;
        assert_ne!(text_of(&page, SELECTED).await?, "", "Escape was for the dialog alone");
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn every_file_is_saved() -> Outcome {
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/saved");
    let _ = std::fs::remove_dir_all(&out); // It may not be there.
    std::fs::create_dir_all(&out)?;
    with_page(move |page| async move {
        let allow = json!({ "behavior": "allow", "downloadPath": out });
        devtools(&page.client, "Browser.setDownloadBehavior", allow).await?;
        page.open("").await?;
        paused_with_a_pod(&page).await?;
        page.press("Share").await?;
        for (button, file, begins) in [
            ("Stage as SVG", "parallel-stage.svg", &b"<svg "[..]),
            ("Stage as PNG", "parallel-stage.png", b"\x89PNG"),
            ("Timeline as SVG", "parallel-timeline.svg", b"<svg "),
            ("Timeline as PNG", "parallel-timeline.png", b"\x89PNG"),
            ("Events as CSV", "parallel-events.csv", b"lastTimestamp,"),
            ("Events as JSON", "parallel-events.json", b"{"),
            ("Manifest as YAML", "parallel-manifest.yaml", b""),
            ("Files for kwok", "parallel-kwok.yaml", b"# A Jobscope scenario"),
        ] {
            page.press(button).await?;
            eventually(file, async || {
                let saved = std::fs::read(out.join(file)).unwrap_or_default();
                Ok((saved.len() > 100 && saved.starts_with(begins)).then_some(()))
            })
            .await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn an_embedded_page_shows_the_stage_and_leads_to_the_whole() -> Outcome {
    let shots = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/shots");
    std::fs::create_dir_all(&shots)?;
    with_page(move |page| async move {
        page.open("").await?;
        let clock_ms = paused_with_a_pod(&page).await?;
        page.press("Share").await?;
        let link = fragment(&page).await?;
        page.picture(&shots.join("share.png")).await?;
        for (name, width, height) in [("embed", 720, 420), ("embed-narrow", 390, 420)] {
            page.resize(width, height).await?;
            page.open(&format!("?embed&theme=dark{link}")).await?;
            page.wait_for_state("paused").await?;
            becomes("the moment", clock_ms, async || page.clock_ms().await).await?;
            page.picture(&shots.join(format!("{name}.png"))).await?;
            let wide = page.script("return document.documentElement.scrollWidth", vec![]).await?;
            assert!(wide.as_u64() <= Some(width.into()), "{name} scrolls sideways: {wide} px");
        }
        assert_eq!(page.root("data-theme").await?, "dark");
        assert!(page.look_for(Role::Textbox, "Manifest").await?.is_none());
        let whole = text_of(&page, "return document.querySelector('.embed-head a').href").await?;
        assert_eq!(whole, format!("{}{link}", page.site.address));
        page.open("?embed&play&speed=max").await?;
        page.wait_for_state("done").await?;
        page.open("?embed&speed=soon").await?;
        eventually("a word about the speed", async || {
            Ok(page.text().await?.contains("speed=soon, which means nothing here").then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_text_that_is_not_applied_outlives_the_page() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.choose_scenario("Indexed").await?;
        page.set_manifest("kind: Unfinished\n").await?;
        eventually("the page to have it", async || {
            Ok(page.text().await?.contains("Edited, not applied").then_some(()))
        })
        .await?;
        page.open("").await?;
        page.wait_for_job("data-job", "indexed").await?;
        eventually("the text", async || {
            let text = page.text().await?;
            Ok((text.contains("Unfinished") && text.contains("Edited, not applied")).then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn the_page_remembers_the_scenario_and_works_without_a_server() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.choose_scenario("Indexed").await?;
        page.wait_for_job("data-job", "indexed").await?;
        eventually("the worker to be in charge", async || {
            let script = "return Boolean(navigator.serviceWorker.controller)";
            Ok((page.script(script, vec![]).await? == true).then_some(()))
        })
        .await?;
        page.site.stop();
        page.open("").await?;
        page.wait_for_job("data-job", "indexed").await?;
        page.client.wait().for_element(Locator::Css(".cm-content")).await?;
        page.choose("Max").await?;
        page.wait_for_state("done").await?;
        page.press("Share").await?;
        page.press("Start fresh").await?;
        page.open("").await?;
        page.wait_for_job("data-job", "parallel").await
    })
    .await
}
