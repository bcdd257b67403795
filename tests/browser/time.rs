//! Moving in time on the page: by the slider, by keys, and into other futures.

use crate::page::{Page, Role, becomes, eventually, with_page};
use crate::{Outcome, QUICK, TEN_THOUSAND};
use fantoccini::Locator;
use jobscope::cluster::{Cluster, link};
use serde_json::json;

/// Seeks take this long at the most. The bar of the design is a tenth of it; machines that run tests are too different.
const MOST_MS: f64 = 1_000.0;

impl Page {
    /// Drags the playhead to that moment, and waits until the page shows it; returns the milliseconds it took.
    async fn seek(&self, at_ms: u64) -> Outcome<f64> {
        let script = r#"const [at, done] = arguments;
            const slider = document.querySelector(".time-bar input");
            const begun = performance.now();
            slider.value = at;
            slider.dispatchEvent(new InputEvent("input", { bubbles: true }));
            const look = () => document.documentElement.getAttribute("data-clock-ms") === String(at)
                ? done(performance.now() - begun) : requestAnimationFrame(look);
            look();"#;
        let took = self.client.execute_async(script, vec![json!(at_ms)]).await?;
        Ok(took.as_f64().unwrap_or(f64::NAN))
    }

    /// Presses a key as if nothing had the focus.
    async fn key(&self, key: &str) -> Outcome {
        let script = "document.activeElement.blur();
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], bubbles: true, cancelable: true }))";
        self.script(script, vec![json!(key)]).await?;
        Ok(())
    }

    /// What the Job's region tells: active, succeeded and failed.
    async fn counters(&self) -> Outcome<[String; 3]> {
        Ok([self.job("data-active").await?, self.job("data-succeeded").await?, self.job("data-failed").await?])
    }

    /// The scenario as the page shares it.
    async fn shared(&self) -> Outcome<String> {
        self.press("Share").await?;
        let link = eventually("the link in the address bar", async || {
            let fragment = self.script("return location.hash", vec![]).await?;
            Ok(fragment.as_str().filter(|fragment| fragment.starts_with("#v")).map(str::to_owned))
        })
        .await?;
        // What lies behind the dialog is out of reach until it is closed.
        self.script("document.querySelector('dialog[open]').close()", vec![]).await?;
        Ok(link)
    }
}

/// What the Job of that run counts at each of those moments, in order, when it is run here.
fn native_counters(link: &str, moments_ms: &[u64]) -> Vec<[String; 3]> {
    let mut cluster =
        Cluster::new(link::decode(link).expect("the page's link is good").scenario).expect("a good manifest");
    let counters = |at_ms: &u64| {
        cluster.run_until(cluster.start().plus_ms(*at_ms as i64), usize::MAX);
        let status = &cluster.api().jobs().next().expect("the Job is there").status;
        [status.active, status.succeeded, status.failed].map(|count| count.to_string())
    };
    moments_ms.iter().map(counters).collect()
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn every_moment_of_ten_thousand_pods_is_near() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.apply_at_full_speed(TEN_THOUSAND).await?;
        page.wait_for_job("data-job", "many").await?;
        page.wait_for_state("done").await?;
        let (end_ms, digest) = (page.clock_ms().await?, page.root("data-trace-digest").await?);
        let link = page.shared().await?;
        let moments: Vec<u64> = (0..12).map(|place| end_ms * (2 * place + 1) / 24).collect();
        let expected = native_counters(&link, &moments);
        let (mut worst_ms, mut sum_ms) = (0.0_f64, 0.0);
        for step in 0..moments.len() {
            let place = step * 7 % moments.len();
            let took_ms = page.seek(moments[place]).await?;
            let at = format!("at {} ms the Job", moments[place]);
            becomes(&at, expected[place].clone(), async || page.counters().await).await?;
            page.wait_for_state("paused").await?;
            (worst_ms, sum_ms) = (worst_ms.max(took_ms), sum_ms + took_ms);
        }
        page.key("End").await?;
        page.wait_for_state("done").await?;
        assert_eq!((page.clock_ms().await?, page.root("data-trace-digest").await?), (end_ms, digest));
        let mean_ms = sum_ms / moments.len() as f64;
        println!("seeks in 10,000 pods, drawing included: worst {worst_ms:.0} ms, mean {mean_ms:.0} ms (bar 100 ms)");
        assert!(worst_ms < MOST_MS, "{worst_ms} ms");
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn an_act_in_the_past_keeps_the_old_future() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.apply_at_full_speed(QUICK).await?;
        page.wait_for_job("data-job", "quick").await?;
        page.wait_for_state("done").await?;
        let (end_ms, digest) = (page.clock_ms().await?, page.root("data-trace-digest").await?);
        let slider = page.find(Role::Slider, "Time").await?;
        page.key("ArrowLeft").await?;
        eventually("a word about the past", async || {
            let told = slider.attr("aria-valuetext").await?.unwrap_or_default();
            Ok(told.contains("in the past").then_some(()))
        })
        .await?;
        page.seek(3_000).await?;
        page.press("Suspend").await?;
        let futures = page.find(Role::Combobox, "Other runs").await?;
        page.key("End").await?;
        assert_eq!(page.clock_ms().await?, 3_000, "there is no known future now");
        page.script(
            r#"arguments[0].value = "0"; arguments[0].dispatchEvent(new Event("change", { bubbles: true }));"#,
            vec![serde_json::to_value(futures)?],
        )
        .await?;
        eventually("the old future", async || {
            page.key("End").await?;
            Ok((page.root("data-state").await? == "done").then_some(()))
        })
        .await?;
        assert_eq!((page.clock_ms().await?, page.root("data-trace-digest").await?), (end_ms, digest));
        page.client.wait().for_element(Locator::Css(".futures")).await?;
        Ok(())
    })
    .await
}
