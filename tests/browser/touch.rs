//! The page under a finger, on a phone: what is dragged, what scrolls, and that every control is large enough to be hit.
//! Knows the names that the page promises.

use crate::Outcome;
use crate::driver::devtools;
use crate::page::{Page, eventually, with_page};
use fantoccini::actions::{InputSource, PointerAction, TouchActions};
use serde_json::json;

/// A moment well within what is known then, in simulated milliseconds.
const SOME_WAY_MS: u64 = 12_000;
const SWIPE_STEPS: i32 = 8;

/// Two places of which the first is where a finger comes down.
type Swipe = [(f64, f64); 2];

impl Page {
    /// Opens the page as on a phone, and plays for a while.
    async fn open_on_a_phone(&self) -> Outcome {
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true });
        devtools(&self.client, "Emulation.setDeviceMetricsOverride", screen).await?;
        let fingers = json!({ "enabled": true, "maxTouchPoints": 1 });
        devtools(&self.client, "Emulation.setTouchEmulationEnabled", fingers).await?;
        self.open("").await?;
        self.wait_for_state("playing").await?;
        self.choose("5×").await?;
        self.pause_when(&format!("dataset.clockMs >= {SOME_WAY_MS}")).await
    }

    async fn touch(&self, kind: &str, at: Option<(f64, f64)>) -> Outcome {
        let points: Vec<_> = at.into_iter().map(|(x, y)| json!({ "x": x, "y": y })).collect();
        devtools(&self.client, "Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await?;
        Ok(())
    }

    async fn swipe(&self, [from, to]: Swipe) -> Outcome {
        self.touch("touchStart", Some(from)).await?;
        for step in 1..=SWIPE_STEPS {
            let share = f64::from(step) / f64::from(SWIPE_STEPS);
            let between = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            self.touch("touchMove", Some(between)).await?;
        }
        self.touch("touchEnd", None).await
    }

    /// Left, top, width and height on the screen, once the element has been scrolled to.
    async fn box_of(&self, selector: &str) -> Outcome<[f64; 4]> {
        let script = r#"const element = document.querySelector(arguments[0]);
            element.scrollIntoView({ block: "center" });
            const { left, top, width, height } = element.getBoundingClientRect();
            return [left, top, width, height];"#;
        Ok(serde_json::from_value(self.script(script, vec![json!(selector)]).await?)?)
    }

    async fn scrolled(&self) -> Outcome<f64> {
        let script = "return document.querySelector('.scroller').scrollTop";
        Ok(self.script(script, vec![]).await?.as_f64().unwrap_or_default())
    }
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_finger_drags_the_playhead_and_scrolls_the_page() -> Outcome {
    with_page(|page| async move {
        page.open_on_a_phone().await?;
        for slider in [".time-bar .scrub", ".axis .scrub"] {
            let [left, top, width, height] = page.box_of(slider).await?;
            let (y, before) = (top + height / 2.0, page.scrolled().await?);
            page.swipe([(left + width * 0.05, y), (left + width * 0.4, y)]).await?;
            let span = page.script("return +document.querySelector('.time-bar .scrub').max", vec![]).await?;
            let wanted = span.as_f64().unwrap_or_default() * 0.4;
            eventually(&format!("{slider} to be at about {wanted} ms"), async || {
                Ok(((page.clock_ms().await? as f64 - wanted).abs() < wanted * 0.03).then_some(()))
            })
            .await?;
            assert_eq!(page.scrolled().await?, before, "{slider}");
        }
        for ground in [".lane.running .box", ".timeline .rows"] {
            let [left, top, width, height] = page.box_of(ground).await?;
            let (x, y, before) = (left + width * 0.9, top + height / 2.0, page.scrolled().await?);
            page.swipe([(x, y), (x, y - 120.0)]).await?;
            eventually("the page to scroll", async || Ok((page.scrolled().await? > before).then_some(()))).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_tap_selects_a_pod_and_tells_its_numbers() -> Outcome {
    with_page(|page| async move {
        page.open_on_a_phone().await?;
        for target in ["[data-pod]", ".timeline .bar"] {
            let [left, top, width, height] = page.box_of(target).await?;
            let (x, y) = (left + width / 2.0, top + height / 2.0);
            let tap = TouchActions::new("finger".to_owned())
                .then(PointerAction::MoveTo { duration: None, x, y })
                .then(PointerAction::Down { button: 0 })
                .then(PointerAction::Up { button: 0 });
            page.client.perform_actions(tap).await?;
            eventually(target, async || {
                let card = "return document.querySelector('.pod-card')?.textContent.includes('Created')";
                Ok((page.script(card, vec![]).await? == true).then_some(()))
            })
            .await?;
            page.script("document.querySelector('.pod-card .square').click()", vec![]).await?;
        }
        Ok(())
    })
    .await
}

/// WCAG 2.5.8: a control has 24 px, or no other within as much around its middle. The timeline's cells are left out, as the
/// stage's pods do the same.
const CROWDED: &str = r#"
    const kinds = "button, a[href], input, select, textarea, summary, [role=tab]";
    const owner = (element) => element?.closest("label")?.control ?? element?.closest(kinds);
    const crowded = [];
    for (const each of document.querySelectorAll(kinds)) {
        if (!each.checkVisibility({ visibilityProperty: true }) || each.closest("[aria-hidden=true]")) continue;
        each.scrollIntoView({ block: "center" });
        const { left, top, width, height } = (each.closest("label") ?? each).getBoundingClientRect();
        if (width >= 24 && height >= 24) continue;
        for (let turn = 0; turn < 8; turn++) {
            const [x, y] = [Math.cos(turn * Math.PI / 4), Math.sin(turn * Math.PI / 4)];
            const other = owner(document.elementFromPoint(left + width / 2 + 11.5 * x, top + height / 2 + 11.5 * y));
            if (other && other !== each && !other.closest("[aria-hidden=true]")) {
                crowded.push(`${each.ariaLabel ?? each.textContent} beside ${other.ariaLabel ?? other.textContent}`);
                break;
            }
        }
    }
    return crowded;"#;

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_finger_hits_what_it_is_meant_for() -> Outcome {
    with_page(|page| async move {
        page.open_on_a_phone().await?;
        let crowded: Vec<String> = serde_json::from_value(page.script(CROWDED, vec![]).await?)?;
        assert!(crowded.is_empty(), "{crowded:#?}");
        Ok(())
    })
    .await
}
