//! How the page looks and feels: accessibility by axe-core, the keyboard, frames per second, and that nothing jumps.
//! Knows the names that the page promises, and the script of axe-core in `editor/node_modules`.

use crate::page::{Page, Role, Theme, becomes, eventually, with_page};
use crate::{Outcome, pause_at};
use fantoccini::Locator;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Two thousand seats, all taken, for a while.
const TWO_THOUSAND: &str = "\
apiVersion: batch/v1
kind: Job
metadata:
  name: crowd
spec:
  parallelism: 2000
  completions: 20000
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
        command: [\"sh\", \"-c\", \"sleep 20\"]
";

/// How long frames are counted.
const FRAMES_MS: u64 = 5_000;
/// A frame takes this long at the most, on average. The bar is a tenth of it; machines that run tests are too different.
const MOST_FRAME_MS: f64 = 167.0;
/// What may jump while a run plays, as a sum of shifts; browsers call a page calm below 0.1.
const CALM: f64 = 0.05;
const CALM_ON_A_PHONE: f64 = 0.1;
/// How long shifts are summed up, in each scenario and at each size.
const SHIFTS_SECONDS: u64 = 8;
/// Scenarios and speeds at which much happens in that time: an end, bad indexes, a queue, starts of a CronJob.
const CALM_SCENARIOS: [(&str, &str); 4] = [
    ("Parallel with fixed completions", "10×"),
    ("One bad index", "5×"),
    ("Five workers drain a queue", "5×"),
    ("Hello, every minute", "50×"),
];
/// Sums up what browsers call layout shifts, of what is to stand still: how much of the page it takes, before and after,
/// times how far it went.
const WATCH_SHIFTS: &str = r#"window.shifts = [];
    // Bars, the playhead and pods are there to move, and lists grow at their start.
    const moves = ".timeline, .time-bar, .speeds, .tiles, .log, .events, .job-cards, .taken";
    const element = ({ node }) => node?.nodeType === 3 ? node.parentElement : node;
    const area = ({ width, height }) => width * height / (innerWidth * innerHeight);
    const way = ({ previousRect: from, currentRect: to }) =>
        from.width && to.width ? Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)) / Math.max(innerWidth, innerHeight) : 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        const still = entry.sources.filter((source) => element(source) && !element(source).closest(moves));
        if (!still.length) return;
        const share = still.reduce((sum, source) => sum + area(source.previousRect) + area(source.currentRect), 0);
        window.shifts.push([Math.min(share, 1) * Math.max(...still.map(way)),
            still.map((source) => element(source).className.baseVal ?? element(source).className).join(", ")]);
    })).observe({ type: "layout-shift" });
    window.spoken = 0;
    new MutationObserver(() => window.spoken++).observe(document.querySelector(".why [aria-live]"),
        { characterData: true, childList: true, subtree: true });"#;

/// The widths and heights that the page is made for.
const SIZES: [(u32, u32); 5] = [(390, 844), (768, 1024), (1440, 900), (1920, 1080), (2560, 1440)];

impl Page {
    /// What axe-core has against the page as it is now: rule, elements.
    async fn violations(&self) -> Outcome<Vec<String>> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("editor/node_modules/axe-core/axe.min.js");
        if self.script("return typeof axe", vec![]).await? == "undefined" {
            self.script(&std::fs::read_to_string(source)?, vec![]).await?;
        }
        let script = r#"const done = arguments[0];
            axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => done(violations.map((each) =>
                `${each.id}: ${each.nodes.slice(0, 4).map((node) => node.target + " " + (node.any[0]?.message ?? "")).join(" | ")}`)),
                (error) => done([String(error)]));"#;
        Ok(serde_json::from_value(self.client.execute_async(script, vec![]).await?)?)
    }

    pub async fn click(&self, selector: &str) -> Outcome {
        self.client.wait().for_element(Locator::Css(selector)).await?.click().await?;
        Ok(())
    }

    /// Presses a key where the focus is.
    async fn type_key(&self, key: &str) -> Outcome {
        let script = "(document.activeElement ?? document.body).dispatchEvent(
            new KeyboardEvent('keydown', { key: arguments[0], bubbles: true, cancelable: true }))";
        self.script(script, vec![json!(key)]).await?;
        Ok(())
    }

    async fn has(&self, script: &str) -> Outcome<bool> {
        Ok(self.script(script, vec![]).await? == json!(true))
    }
}

/// What axe-core finds in one view after the other, each under the name of its view.
struct Findings {
    page: Page,
    theme: Theme,
    found: Vec<String>,
}

impl Findings {
    async fn look(&mut self, view: &str) -> Outcome {
        let theme = self.theme;
        self.found.extend(self.page.violations().await?.into_iter().map(|each| format!("{theme:?}, {view}: {each}")));
        Ok(())
    }
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn axe_finds_no_violation() -> Outcome {
    with_page(|page| async move {
        let mut found = Vec::new();
        for theme in [Theme::Light, Theme::Dark] {
            page.prefer(theme).await?;
            let mut findings = Findings { page: page.clone(), theme, found: Vec::new() };
            one_job(&page, &mut findings).await?;
            other_scenarios(&page, &mut findings).await?;
            found.append(&mut findings.found);
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
        Ok(())
    })
    .await
}

async fn one_job(page: &Page, findings: &mut Findings) -> Outcome {
    page.resize(1440, 900).await?;
    page.open("").await?;
    pause_at(page, None, 25_000).await?;
    findings.look("mid-run").await?;
    page.press("Why not Complete?").await?;
    findings.look("an answer").await?;
    page.click("[data-pod]").await?;
    findings.look("a pod").await?;
    page.press("Share").await?;
    findings.look("share").await?;
    page.click("dialog[open] [aria-label=Close]").await?;
    page.press("Keys").await?;
    findings.look("keys").await?;
    page.click("dialog[open] [aria-label=Close]").await?;
    page.click("[aria-controls=panel-cluster]").await?;
    page.script("document.querySelectorAll('details').forEach((each) => { each.open = true; })", vec![]).await?;
    findings.look("cluster").await?;
    for tab in ["yaml", "logs"] {
        page.click(&format!("[aria-controls=panel-{tab}]")).await?;
        findings.look(tab).await?;
    }
    page.press("Projector").await?;
    findings.look("projector").await?;
    page.press("Projector").await
}

async fn other_scenarios(page: &Page, findings: &mut Findings) -> Outcome {
    for (scenario, at_ms) in [
        ("Longer than its period: Forbid", 300_000),
        ("Five workers drain a queue", 5_000),
        ("One bad index, on its own", 30_000),
        ("A node dies", 60_000),
    ] {
        page.resize(1440, 900).await?;
        page.open("").await?;
        page.client.wait().for_element(Locator::Css(".cm-content")).await?;
        page.choose_scenario(scenario).await?;
        page.choose("100×").await?;
        page.play().await?;
        page.pause_when(&format!("dataset.clockMs >= {at_ms}")).await?;
        findings.look(scenario).await?;
        page.resize(390, 844).await?;
        findings.look(&format!("{scenario}, phone")).await?;
    }
    page.client.goto(&format!("{}?embed", page.site.address)).await?;
    page.find(Role::Button, "Play").await?;
    findings.look("embedded").await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn the_keyboard_reaches_pods_rows_and_the_sheet_of_keys() -> Outcome {
    with_page(|page| async move {
        page.resize(1440, 900).await?;
        page.open("").await?;
        pause_at(&page, None, 25_000).await?;
        let focused = "return document.activeElement.dataset.pod ?? ''";
        page.script("document.querySelector('.lane.succeeded [data-pod][tabindex=\"0\"]').focus()", vec![]).await?;
        let first = page.script(focused, vec![]).await?;
        page.type_key("ArrowRight").await?;
        eventually("the next pod to have the focus", async || {
            Ok((page.script(focused, vec![]).await? != first).then_some(()))
        })
        .await?;
        page.type_key("ArrowLeft").await?;
        becomes("the pod with the focus", first.clone(), async || page.script(focused, vec![]).await).await?;
        page.script("document.activeElement.click()", vec![]).await?;
        page.client.wait().for_element(Locator::Css(".pod-card")).await?;
        let close =
            "const close = document.querySelector('.pod-card [aria-label=Close]'); close.focus(); close.click()";
        page.script(close, vec![]).await?;
        becomes("the pod with the focus", first, async || page.script(focused, vec![]).await).await?;
        page.script("document.querySelector('.rows').focus()", vec![]).await?;
        let told = "return document.activeElement.getAttribute('aria-activedescendant')";
        let first = page.script(told, vec![]).await?;
        page.type_key("ArrowUp").await?;
        assert!(first.is_string(), "{first}");
        eventually("another row", async || Ok((page.script(told, vec![]).await? != first).then_some(()))).await?;
        page.type_key("?").await?;
        eventually("the sheet of keys", async || {
            Ok(page.has("return !!document.querySelector('dialog.keys[open]')").await?.then_some(()))
        })
        .await?;
        let text = page.text().await?;
        assert!(text.contains("Play or pause") && text.contains("Skip the wait"), "{text}");
        page.click("dialog[open] [aria-label=Close]").await?;
        let back = "return document.activeElement.matches('.rows')";
        becomes("the focus in the rows", true, async || page.has(back).await).await
    })
    .await
}

/// Reported; judged generously.
#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn frames_with_two_thousand_pods_are_measured() -> Outcome {
    with_page(|page| async move {
        page.resize(1440, 900).await?;
        page.open("").await?;
        page.choose("10×").await?;
        page.set_manifest(TWO_THOUSAND).await?;
        page.press("Apply").await?;
        page.wait_for_job("data-job", "crowd").await?;
        eventually("2,000 pods", async || Ok((page.job("data-active").await? == "2000").then_some(()))).await?;
        let script = r#"const [forMs, done] = arguments;
            const frames = [];
            let last = performance.now();
            const begun = last;
            const frame = (now) => {
                frames.push(now - last);
                last = now;
                if (now - begun < forMs) requestAnimationFrame(frame);
                else done({ elements: document.querySelectorAll("*").length, frames });
            };
            requestAnimationFrame(frame);"#;
        let told = page.client.execute_async(script, vec![json!(FRAMES_MS)]).await?;
        let mut frames: Vec<f64> = told["frames"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        frames.sort_by(f64::total_cmp);
        let mean_ms = frames.iter().sum::<f64>() / frames.len() as f64;
        let (worst_ms, most_ms) = (frames[frames.len() - 1], frames[frames.len() * 95 / 100]);
        println!(
            "2,000 pods at 10×: a frame every {mean_ms:.1} ms (bar 16.7), 95 of 100 within {most_ms:.1} ms, worst {worst_ms:.0} ms, {} elements",
            told["elements"]
        );
        assert!(mean_ms < MOST_FRAME_MS, "{mean_ms} ms");
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn nothing_jumps_while_a_run_plays() -> Outcome {
    with_page(|page| async move {
        for (width, height, calm) in [(1440, 900, CALM), (390, 844, CALM_ON_A_PHONE)] {
            for (scenario, speed) in CALM_SCENARIOS {
                page.resize(width, height).await?;
                page.open("").await?;
                page.client.wait().for_element(Locator::Css(".cm-content")).await?;
                page.choose_scenario(scenario).await?;
                page.choose(speed).await?;
                page.play().await?;
                page.script(WATCH_SHIFTS, vec![]).await?;
                tokio::time::sleep(Duration::from_secs(SHIFTS_SECONDS)).await;
                let told = page.script("return [window.shifts, window.spoken]", vec![]).await?;
                let mut shifts: Vec<(f64, String)> = serde_json::from_value(told[0].clone())?;
                let sum: f64 = shifts.iter().map(|(value, _)| value).sum();
                println!(
                    "{width} px, {scenario}: shifts of {sum:.4} in {SHIFTS_SECONDS} s at {speed}, {} announcements",
                    told[1]
                );
                shifts.sort_by(|a, b| b.0.total_cmp(&a.0));
                shifts.iter().take(4).for_each(|(value, what)| println!("  {value:.4} {what}"));
                assert!(sum < calm, "{width} px, {scenario}: {sum}");
                assert!(told[1].as_u64() <= Some(5), "{} announcements", told[1]);
            }
        }
        Ok(())
    })
    .await
}

/// Pictures of the page at every size, and a check that nothing makes it scroll sideways.
#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn every_size_has_its_layout() -> Outcome {
    let out = std::env::var("JOBSCOPE_SHOTS_OUT")
        .map_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/shots"), PathBuf::from);
    std::fs::create_dir_all(&out)?;
    with_page(move |page| async move {
        page.open("").await?;
        pause_at(&page, None, 25_000).await?;
        let dark = "document.documentElement.dataset.theme = arguments[0]";
        for projector in ["", "-projector"] {
            for (width, height) in SIZES.into_iter().skip(if projector.is_empty() { 0 } else { 2 }) {
                page.resize(width, height).await?;
                for theme in ["light", "dark"] {
                    page.script(dark, vec![json!(theme)]).await?;
                    page.picture(&out.join(format!("{width}{projector}-{theme}.png"))).await?;
                }
                let wide = page.script("return document.documentElement.scrollWidth", vec![]).await?;
                assert!(wide.as_u64() <= Some(width.into()), "{width}{projector} scrolls sideways: {wide} px");
            }
            if projector.is_empty() {
                page.press("Projector").await?;
            }
        }
        Ok(())
    })
    .await
}
