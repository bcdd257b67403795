//! The built site in a real browser: `cargo xtask test --only browser`, after `cargo xtask build`.
//! Holds what a person does and must then see; how that is found is in `page.rs`.
//! All are `ignored` in a plain `cargo test`, as they need `dist/`, Chromium and chromedriver.

mod driver;
mod look;
mod page;
mod rows;
mod sharing;
mod site;
mod time;
mod touch;
mod twin;

use fantoccini::Locator;
use fantoccini::key::Key;
use page::{Page, Role, Theme, becomes, eventually, with_page};
use serde_json::json;
use std::path::PathBuf;

pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const QUICK: &str = "\
apiVersion: batch/v1
kind: Job
metadata:
  name: quick
spec:
  parallelism: 2
  completions: 4
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
        command: [\"sh\", \"-c\", \"sleep 5; exit 0\"]
";

const TEN_THOUSAND: &str = "\
apiVersion: batch/v1
kind: Job
metadata:
  name: many
spec:
  parallelism: 500
  completions: 10000
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: busybox
        command: [\"sh\", \"-c\", \"sleep 5\"]
";

const IN_BERLIN: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: minutely
spec:
  schedule: '* * * * *'
  timeZone: Europe/Berlin
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: main
            image: busybox
            command: [sh, -c, sleep 5]
";

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_cron_job_in_a_time_zone_starts_jobs() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.choose("100×").await?;
        page.set_manifest(IN_BERLIN).await?;
        page.press("Apply").await?;
        page.find(Role::Region, "CronJob").await?;
        eventually("a Job's card", async || {
            let cards = page.script("return document.querySelectorAll('[data-job-card]').length", vec![]).await?;
            Ok((cards.as_u64() > Some(0)).then_some(()))
        })
        .await?;
        let text = page.text().await?;
        assert!(text.contains("every minute") && text.contains("Next, Europe/Berlin"), "{text}");
        page.press("Suspend CronJob").await?;
        page.find(Role::Button, "Resume CronJob").await?;
        page.press("Run now").await?;
        page.client.wait().for_element(Locator::Css("[data-job-card^='minutely-manual-']")).await?;
        assert_eq!(page.foreign_requests().await?, Vec::<String>::new());
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn it_opens_on_a_running_scenario() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.wait_for_state("playing").await?;
        eventually("a pod on stage", async || {
            let pods = page.script("return document.querySelectorAll('[data-pod]').length", vec![]).await?;
            Ok((pods.as_u64() > Some(0)).then_some(()))
        })
        .await?;
        let before_ms = page.clock_ms().await?;
        eventually("the clock to move", async || Ok((page.clock_ms().await? > before_ms).then_some(()))).await?;
        assert_eq!(page.foreign_requests().await?, Vec::<String>::new());
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn every_control_has_its_name() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.wait_for_state("playing").await?;
        page.press("Pause").await?;
        page.wait_for_state("paused").await?;
        let pod = page.client.wait().for_element(Locator::Css("[data-pod]")).await?;
        pod.click().await?;
        let controls = [
            (
                Role::Button,
                &[
                    "Play",
                    "Step",
                    "Restart",
                    "Apply",
                    "Share",
                    "Fail pod",
                    "Succeed pod",
                    "Delete pod",
                    "Suspend",
                    "Restart controller",
                    "Step back",
                    "Skip the wait",
                    "Previous mark",
                    "Next mark",
                ][..],
            ),
            (Role::Combobox, &["Scenario", "Jump to"]),
            (Role::Slider, &["Time"]),
            (Role::Textbox, &["Manifest"]),
            (Role::Radio, &["0.1×", "0.5×", "1×", "10×", "100×", "1000×", "Max"]),
            (Role::Region, &["Pods", "Timeline", "Job", "Decisions", "Events"]),
        ];
        for (role, names) in controls {
            for name in names {
                page.find(role, name).await?;
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_manifest_runs_to_complete() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.apply_at_full_speed(QUICK).await?;
        page.wait_for_job("data-job", "quick").await?;
        page.wait_for_job("data-condition", "Complete").await?;
        page.wait_for_state("done").await?;
        page.wait_for_job("data-succeeded", "4").await?;
        page.wait_for_job("data-active", "0").await
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_bad_manifest_is_shown_at_its_line_and_the_run_goes_on() -> Outcome {
    let wrong = [
        (
            QUICK.replace("Never", "Always"),
            r#"spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""#,
        ),
        (QUICK.replace("parallelism", "paralelism"), r#"unknown field "spec.paralelism""#),
    ];
    with_page(|page| async move {
        page.open("").await?;
        let before = page.job("data-job").await?;
        for (manifest, said) in wrong {
            page.set_manifest(&manifest).await?;
            page.press("Apply").await?;
            eventually(said, async || Ok(page.text().await?.contains(said).then_some(()))).await?;
            page.client.wait().for_element(Locator::Css(".cm-lintRange-error")).await?;
            assert_eq!(page.job("data-job").await?, before);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_shared_link_gives_the_same_run() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.apply_at_full_speed(QUICK).await?;
        page.wait_for_job("data-condition", "Complete").await?;
        page.wait_for_state("done").await?;
        let digest = page.root("data-trace-digest").await?;
        page.press("Share").await?;
        let link = eventually("the link in the address bar", async || {
            let script = "return location.hash";
            let fragment = page.script(script, vec![]).await?;
            let fragment = fragment.as_str().unwrap_or_default().to_owned();
            Ok(fragment.starts_with("#v1:").then_some(fragment))
        })
        .await?;
        assert_eq!(native_digest(&link), digest, "natively the run is another one");
        page.open(&link).await?;
        page.wait_for_job("data-job", "quick").await?;
        page.choose("Max").await?;
        page.play().await?;
        page.wait_for_state("done").await?;
        assert_ne!(digest, "");
        becomes("the digest", digest, async || page.root("data-trace-digest").await).await
    })
    .await
}

/// The digest of the link's run when it is run here.
fn native_digest(link: &str) -> String {
    let scenario = jobscope::cluster::link::decode(link).expect("the page's link is good").scenario;
    let mut cluster = jobscope::cluster::Cluster::new(scenario).expect("its manifest is good");
    while !cluster.is_done() {
        cluster.step();
    }
    cluster.digest()
}

async fn lit_line(page: &Page) -> Outcome<String> {
    let script = "return document.querySelector('.cm-lit-line')?.textContent.trim() ?? ''";
    Ok(page.script(script, vec![]).await?.as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn why_is_answered_with_the_line_that_decides() -> Outcome {
    with_page(|page| async move {
        page.resize(1440, 900).await?;
        page.open("").await?;
        pause_at(&page, None, 5_000).await?;
        page.press("Why not Complete?").await?;
        eventually("what the answer stands on", async || {
            let text = page.text().await?;
            Ok((text.contains("< completions 10") && text.contains("job_controller.go syncJob")).then_some(()))
        })
        .await?;
        becomes("the line that is lit", "completions: 10".to_owned(), async || lit_line(&page).await).await?;
        page.client.find(Locator::Css("[data-pod]")).await?.click().await?;
        page.press("Why created?").await?;
        becomes("the line that is lit", "parallelism: 5".to_owned(), async || lit_line(&page).await).await?;
        page.press("Close answer").await?;
        eventually("the answer to be gone", async || {
            Ok(page.look_for(Role::Button, "Close answer").await?.is_none().then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn a_damaged_link_opens_the_default_scenario() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.wait_for_state("playing").await?;
        let job = page.job("data-job").await?;
        for link in ["#v1:", "#v1:%%%", "#v1:AAAA", "#v9:AAAA", "#nonsense"] {
            page.open(link).await?;
            page.wait_for_state("playing").await?;
            becomes(link, job.clone(), async || page.job("data-job").await).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn the_editor_indents_by_keys_and_tab_leaves_it() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.set_manifest("kind: Job").await?;
        let editor = page.find(Role::Textbox, "Manifest").await?;
        let inside = "return document.activeElement.classList.contains('cm-content')";
        editor.send_keys(&format!("{}]{}", Key::Control, Key::Null)).await?;
        becomes("the line", "  kind: Job".to_owned(), async || Ok(editor.text().await?)).await?;
        assert_eq!(page.script(inside, vec![]).await?, true);
        editor.send_keys(&Key::Tab.to_string()).await?;
        becomes("the focus inside", json!(false), async || page.script(inside, vec![]).await).await
    })
    .await
}

/// Reported, not judged: the machines that run this are too different.
#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn ten_thousand_pods_are_measured() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.choose("Max").await?;
        page.set_manifest(TEN_THOUSAND).await?;
        // It plays already, and goes on with what is applied. The page itself takes the time: looking at it from outside
        // would slow it down.
        let apply = page.find(Role::Button, "Apply").await?;
        let script = r#"const [apply, done] = arguments;
            const begun = performance.now();
            let [last, longest] = [begun, 0];
            apply.click();
            requestAnimationFrame(function frame(now) {
                [last, longest] = [now, Math.max(longest, now - last)];
                const { job, condition, succeeded } = document.querySelector("[data-job]")?.dataset ?? {};
                if (job !== "many" || condition !== "Complete") requestAnimationFrame(frame);
                else done([(now - begun) / 1000, longest, succeeded]);
            });"#;
        let told = page.client.execute_async(script, vec![serde_json::to_value(apply)?]).await?;
        assert_eq!(told[2], "10000");
        let (seconds, frame_ms) = (told[0].as_f64().unwrap_or_default(), told[1].as_f64().unwrap_or_default());
        println!("10,000 completions in the browser: {seconds:.2} s (bar 1 s), longest frame {frame_ms:.0} ms");
        Ok(())
    })
    .await
}

/// Also what `cargo xtask shots` runs: its options come in the environment.
#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn pictures() -> Outcome {
    let wanted = |name: &str| std::env::var(format!("JOBSCOPE_SHOTS_{name}")).ok();
    let out =
        wanted("OUT").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/shots"), PathBuf::from);
    std::fs::create_dir_all(&out)?;
    let at_seconds: f64 = wanted("AT_SECONDS").as_deref().unwrap_or("5").parse()?;
    let at_ms = (at_seconds * 1000.0) as u64;
    let scenario = wanted("SCENARIO");
    // A selector of what to click before the picture is taken.
    let click = wanted("CLICK");
    with_page(move |page| async move {
        let views =
            [("light", Theme::Light, 1440, 900), ("dark", Theme::Dark, 1440, 900), ("phone", Theme::Light, 390, 844)];
        for (name, theme, width, height) in views {
            page.prefer(theme).await?;
            page.resize(width, height).await?;
            page.open("").await?;
            pause_at(&page, scenario.as_deref(), at_ms).await?;
            if let Some(selector) = &click {
                page.client.find(Locator::Css(selector)).await?.click().await?;
            }
            let path = out.join(format!("{name}.png"));
            page.picture(&path).await?;
            println!("{}", path.display());
            let wide = page.script("return document.documentElement.scrollWidth", vec![]).await?;
            assert!(wide.as_u64() <= Some(width.into()), "{name} scrolls sideways: {wide} px");
        }
        Ok(())
    })
    .await
}

/// Runs a scenario up to a moment on the simulated clock, or to its end if that comes first.
async fn pause_at(page: &Page, scenario: Option<&str>, at_ms: u64) -> Outcome {
    page.client.wait().for_element(Locator::Css(".cm-content")).await?;
    if let Some(name) = scenario {
        page.choose_scenario(name).await?;
    }
    page.choose("10×").await?;
    page.play().await?;
    page.pause_when(&format!("dataset.clockMs >= {at_ms}")).await
}
