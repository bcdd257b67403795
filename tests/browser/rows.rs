//! The rows of the timeline: pressed, gone through by keys, scrolled; and moments that are one press away.

use crate::page::{Page, Role, becomes, eventually, with_page};
use crate::{Outcome, QUICK, TEN_THOUSAND};
use fantoccini::Locator;
use serde_json::{Value, json};

/// Every index fails once in a while, and is tried again.
const INDEXED: &str = "\
apiVersion: batch/v1
kind: Job
metadata: {name: parts}
spec:
  completionMode: Indexed
  completions: 3
  parallelism: 3
  backoffLimit: 20
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: busybox, command: [sh, -c, 'sleep 2; exit $JOB_COMPLETION_INDEX']}
";

impl Page {
    /// The text of what is found there; empty if nothing is.
    async fn text_at(&self, selector: &str) -> Outcome<String> {
        let script = "return document.querySelector(arguments[0])?.textContent ?? ''";
        let text = self.script(script, vec![json!(selector)]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    async fn number(&self, script: &str) -> Outcome<f64> {
        Ok(self.script(script, vec![]).await?.as_f64().unwrap_or(f64::NAN))
    }

    /// Presses a key while the rows have the focus.
    async fn key_in_rows(&self, key: &str) -> Outcome {
        let script = "const rows = document.querySelector('.rows'); rows.focus();
            rows.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], bubbles: true, cancelable: true }))";
        self.script(script, vec![json!(key)]).await?;
        Ok(())
    }
}

async fn done(page: &Page, manifest: &str, job: &str) -> Outcome {
    page.resize(1440, 900).await?;
    page.open("").await?;
    page.apply_at_full_speed(manifest).await?;
    page.wait_for_job("data-job", job).await?;
    page.wait_for_state("done").await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_pressed_bar_is_selected_everywhere() -> Outcome {
    with_page(|page| async move {
        done(&page, QUICK, "quick").await?;
        page.client.find(Locator::Css(".rows .row:nth-child(2) .bar.succeeded")).await?.click().await?;
        let name = eventually("the pod's card", async || {
            let name = page.text_at(".pod-card h2 span").await?;
            Ok((!name.is_empty()).then_some(name))
        })
        .await?;
        eventually("the selected row", async || {
            let row = page.text_at(".row.selected .name").await?;
            Ok((row.len() > 2 && name.ends_with(&row)).then_some(()))
        })
        .await?;
        let on_stage = "return document.querySelector('[data-pod][aria-pressed=true]')?.getAttribute('data-pod') ?? ''";
        becomes("the pod selected on stage", json!(name), async || page.script(on_stage, vec![]).await).await?;
        eventually("a word about the pod", async || {
            Ok(page.text_at(".why").await?.contains(name.trim_start_matches("quick-")).then_some(()))
        })
        .await?;
        for (tab, said) in [("YAML", format!("name: {name}")), ("Logs", String::new())] {
            let script = "[...document.querySelectorAll('.details [role=tab]')].find((tab) => tab.textContent === arguments[0]).click()";
            page.script(script, vec![json!(tab)]).await?;
            eventually(tab, async || {
                let text = page.text_at(".details pre").await?;
                Ok((text.contains(&said) && !text.contains("Select a pod")).then_some(()))
            })
            .await?;
        }
        eventually("what the bar says", async || {
            let told = page.text_at(".tip").await?;
            Ok((told.contains("succeeded 00:0") && told.contains("exit code 0")).then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn whole_rows_are_in_view_and_that_of_the_selected_pod() -> Outcome {
    with_page(|page| async move {
        done(&page, &QUICK.replace("parallelism: 2\n  completions: 4", "parallelism: 40\n  completions: 40"), "quick")
            .await?;
        let past_the_first = "const { scrollTop } = document.querySelector('.rows');
            return scrollTop > 0 && scrollTop % 20 === 0";
        becomes("the last rows", json!(true), async || page.script(past_the_first, vec![]).await).await?;
        page.script("document.querySelector('.succeeded .pod:first-child').click()", vec![]).await?;
        let is_shown = "const row = document.querySelector('.row.selected')?.getBoundingClientRect();
            const rows = document.querySelector('.rows');
            const { top, bottom } = rows.getBoundingClientRect();
            return Boolean(row) && row.top >= top && row.bottom <= bottom + 1 && rows.scrollTop % 20 === 0";
        becomes("its row", json!(true), async || page.script(is_shown, vec![]).await).await
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn keys_go_from_row_to_row_and_from_bar_to_bar() -> Outcome {
    with_page(|page| async move {
        done(&page, INDEXED, "parts").await?;
        let second = ".rows .row:nth-child(2) .name";
        becomes("the second row", "index 1".to_owned(), async || page.text_at(second).await).await?;
        page.key_in_rows("ArrowUp").await?;
        page.script("document.querySelector('.rows').blur()", vec![]).await?;
        for key in ["Home", "ArrowDown", "ArrowRight", "ArrowRight"] {
            page.key_in_rows(key).await?;
        }
        let told = eventually("what the bar says", async || {
            let told = page.text_at(".tip").await?;
            Ok(told.contains("failed 00:0").then_some(told))
        })
        .await?;
        assert!(told.contains("exit code 1"), "{told}");
        let current = "const id = document.querySelector('.rows').getAttribute('aria-activedescendant');
            return document.getElementById(id)?.getAttribute('aria-label') ?? ''";
        assert_eq!(page.script(current, vec![]).await?, json!(told));
        page.key_in_rows("Enter").await?;
        page.client.wait().for_element(Locator::Css(".bar.selected")).await?;
        eventually("the pod's card", async || {
            Ok(page.text_at(".pod-card h2 span").await?.starts_with("parts-1-").then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn moments_are_one_press_away() -> Outcome {
    with_page(|page| async move {
        done(&page, QUICK, "quick").await?;
        let all = page.number("return document.querySelectorAll('.log .go').length").await?;
        for from in [".log > li:nth-last-child(2) .go", ".conditions .go", ".events .go", ".time-bar .mark.decision"] {
            let title = eventually(from, async || {
                let script = "return document.querySelector(arguments[0])?.title ?? ''";
                let title = page.script(script, vec![json!(from)]).await?.as_str().unwrap_or_default().to_owned();
                Ok(title.starts_with("Go to 00:").then_some(title))
            })
            .await?;
            page.script("document.querySelector(arguments[0]).click()", vec![json!(from)]).await?;
            eventually(&format!("the moment of {from}"), async || {
                let clock = page.text_at(".transport .clock").await?;
                Ok(title.ends_with(&clock).then_some(()))
            })
            .await?;
            if from.starts_with(".log") {
                eventually("decisions after the playhead to be hidden", async || {
                    let then = page.number("return document.querySelectorAll('.log .go').length").await?;
                    Ok((then < all).then_some(()))
                })
                .await?;
                page.client.wait().for_element(Locator::Css(".lines .future")).await?;
            }
            page.click(".transport .known").await?;
            page.wait_for_state("done").await?;
        }
        page.press("Why? Complete").await?;
        let title = "return document.querySelector('.sources .go')?.title";
        eventually("where the answer is from", async || {
            let title = page.script(title, vec![]).await?;
            Ok(title.as_str().is_some_and(|title| title.starts_with("Go to 00:")).then_some(()))
        })
        .await?;
        page.find(Role::Region, "Timeline").await?;
        Ok(())
    })
    .await
}

/// Frame times are reported; only what is in the page is judged.
#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn ten_thousand_rows_scroll() -> Outcome {
    with_page(|page| async move {
        done(&page, TEN_THOUSAND, "many").await?;
        let script = r#"const done = arguments[0];
            const rows = document.querySelector(".rows");
            const frames = [], empty = [];
            let last = performance.now(), top = rows.scrollTop;
            requestAnimationFrame(function frame(now) {
                frames.push(now - last);
                last = now;
                const box = rows.getBoundingClientRect();
                const at = document.elementFromPoint(box.left + 20, box.top + box.height / 2);
                if (!at?.closest(".row")) empty.push(top);
                top -= frames.length % 40 === 0 ? 20000 : 60;
                rows.scrollTop = top;
                if (frames.length < 240) requestAnimationFrame(frame);
                else done({ frames: frames.slice(2).sort((a, b) => a - b), empty: empty.length, rows: document.querySelectorAll(".row").length });
            });"#;
        let measured = page.client.execute_async(script, vec![]).await?;
        let frames = measured["frames"].as_array().map(Vec::as_slice).unwrap_or_default();
        let at = |share: f64| frames.get((frames.len() as f64 * share) as usize).and_then(Value::as_f64);
        let [median, worst_of_20, worst] = [at(0.5), at(0.95), at(0.999)].map(Option::unwrap_or_default);
        println!(
            "scrolling 10,000 rows: frames of {median:.1} ms (median), {worst_of_20:.1} ms (95 of 100), {worst:.1} ms (longest); \
             {} of 240 frames showed no row",
            measured["empty"]
        );
        assert!(measured["rows"].as_f64() < Some(60.0), "{measured}");
        let at_the_top = "document.querySelector('.rows').scrollTop = 0";
        page.script(at_the_top, vec![]).await?;
        let first = "return Number(document.querySelector('.row').getAttribute('aria-rowindex'))";
        becomes("the first row", 1.0, async || page.number(first).await).await
    })
    .await
}
