//! The page as a person has it: controls by role and name, states, pictures.
//! Knows the names and `data-` attributes that the page promises, and nothing of how it is made.

use crate::Outcome;
use crate::driver::{Driver, console_errors, devtools, role_and_name};
use crate::site::Site;
use fantoccini::Client;
use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::key::Key;
use serde_json::{Value, json};
use std::fmt::Debug;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up; far more than it should.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(25);
/// How long a script in the page looks out for a moment; a driver gives up on it after 30 s.
const LOOKS_FOR_MS: u64 = 5_000;

#[derive(Clone, Copy, Debug)]
pub enum Role {
    Button,
    Combobox,
    Textbox,
    Radio,
    Region,
    Slider,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Button => "button",
            Self::Combobox => "combobox",
            Self::Textbox => "textbox",
            Self::Radio => "radio",
            Self::Region => "region",
            Self::Slider => "slider",
        }
    }

    /// Selects every element that may have the role; the browser then says which have.
    fn selector(self) -> &'static str {
        match self {
            Self::Button => "button,[role=button]",
            Self::Combobox => "select,[role=combobox]",
            Self::Textbox => "textarea,input,[role=textbox]",
            Self::Radio => "input[type=radio],[role=radio]",
            Self::Region => "section,[role=region]",
            Self::Slider => "input[type=range],[role=slider]",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Theme {
    Light,
    Dark,
}

/// One tab. Clones are the same tab.
#[derive(Clone)]
pub struct Page {
    pub client: Client,
    pub site: Site,
}

/// Runs `test` in a fresh browser, and closes that whatever comes. What the console calls an error,
/// and what was asked for from elsewhere, fails the test too.
pub async fn with_page<Test, Run>(test: Test) -> Outcome
where
    Test: FnOnce(Page) -> Run,
    Run: Future<Output = Outcome> + Send + 'static,
{
    let site = Site::serve()?;
    let driver = Driver::start()?;
    let client = driver.session().await?;
    let page = Page { client, site };
    // A task of its own, so that a failed assertion does not skip the closing.
    let run = tokio::spawn(test(page.clone())).await;
    if !matches!(run, Ok(Ok(()))) {
        page.tell().await;
    }
    let errors = console_errors(&page.client).await;
    page.client.close().await?;
    match run {
        Ok(outcome) => outcome?,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
    match errors?.as_slice() {
        [] => Ok(()),
        errors => Err(format!("the console has errors:\n{}", errors.join("\n")).into()),
    }
}

/// Asks again and again until there is an answer.
pub async fn eventually<T, Ask, Run>(what: &str, mut ask: Ask) -> Outcome<T>
where
    Ask: FnMut() -> Run,
    Run: Future<Output = Outcome<Option<T>>>,
{
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Err(format!("waited {} s in vain for {what}", PATIENCE.as_secs()).into())
}

/// Asks again and again until the answer is this one: what follows an act is drawn with a later frame.
pub async fn becomes<T, Ask, Run>(what: &str, wanted: T, mut ask: Ask) -> Outcome
where
    T: PartialEq + Debug,
    Ask: FnMut() -> Run,
    Run: Future<Output = Outcome<T>>,
{
    let start = Instant::now();
    loop {
        let answer = ask().await?;
        if answer == wanted {
            return Ok(());
        }
        if start.elapsed() > PATIENCE {
            return Err(format!("{what} stayed {answer:?} instead of {wanted:?}").into());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

impl Page {
    /// Opens the site afresh; `fragment` is empty or starts with `#`.
    pub async fn open(&self, fragment: &str) -> Outcome {
        // From another page, as a change of the fragment alone loads nothing.
        self.client.goto("about:blank").await?;
        self.client.goto(&format!("{}{fragment}", self.site.address)).await?;
        Ok(())
    }

    pub async fn script(&self, script: &str, args: Vec<Value>) -> Outcome<Value> {
        Ok(self.client.execute(script, args).await?)
    }

    /// The control, if it is there and visible now.
    pub async fn look_for(&self, role: Role, name: &str) -> Outcome<Option<Element>> {
        // Likely ones first: pages with thousands of pods have thousands of buttons.
        let candidates = self
            .script(
                r#"const [selector, name] = arguments;
                const guess = (element) =>
                    (element.getAttribute("aria-label") || element.labels?.[0]?.textContent
                        || element.title || element.textContent).trim();
                const all = [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
                const likely = all.filter((each) => guess(each) === name);
                return (likely.length ? likely : all).slice(0, 50);"#,
                vec![json!(role.selector()), json!(name)],
            )
            .await?;
        for candidate in candidates.as_array().map(Vec::as_slice).unwrap_or_default() {
            let Some(element) = self.element(candidate) else {
                continue;
            };
            // It may have gone meanwhile; then it is not what we look for.
            let heard = role_and_name(&self.client, &element).await.ok();
            if heard.is_some_and(|(r, n)| r == role.name() && n == name) {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// The control, as soon as it is there.
    pub async fn find(&self, role: Role, name: &str) -> Outcome<Element> {
        eventually(&format!("the {} {name:?}", role.name()), || self.look_for(role, name)).await
    }

    pub async fn press(&self, name: &str) -> Outcome {
        self.find(Role::Button, name).await?.click().await?;
        Ok(())
    }

    /// Chooses a radio button; by script, as its own box may be drawn over.
    pub async fn choose(&self, name: &str) -> Outcome {
        let radio = self.find(Role::Radio, name).await?;
        self.script("arguments[0].click()", vec![serde_json::to_value(radio)?]).await?;
        Ok(())
    }

    /// Chooses a scenario from the gallery; by script, as the driver's own way tells the page nothing.
    pub async fn choose_scenario(&self, name: &str) -> Outcome {
        let gallery = self.find(Role::Combobox, "Scenario").await?;
        let chosen = self
            .script(
                r#"const [gallery, name] = arguments;
                const option = [...gallery.options].find((each) => each.label.trim() === name);
                if (!option) return false;
                gallery.value = option.value;
                gallery.dispatchEvent(new Event("input", { bubbles: true }));
                gallery.dispatchEvent(new Event("change", { bubbles: true }));
                return true;"#,
                vec![serde_json::to_value(gallery)?, json!(name)],
            )
            .await?;
        match chosen == json!(true) {
            true => Ok(()),
            false => Err(format!("the gallery has no {name:?}").into()),
        }
    }

    /// Replaces the manifest's text as a person does: select all, paste.
    pub async fn set_manifest(&self, text: &str) -> Outcome {
        self.client.wait().at_most(PATIENCE).for_element(Locator::Css(".cm-content")).await?;
        let editor = self.find(Role::Textbox, "Manifest").await?;
        editor.click().await?;
        editor.send_keys(&format!("{}a{}", Key::Control, Key::Null)).await?;
        self.script(
            r#"const data = new DataTransfer();
            data.setData("text/plain", arguments[1]);
            const paste = { clipboardData: data, bubbles: true, cancelable: true };
            arguments[0].dispatchEvent(new ClipboardEvent("paste", paste));"#,
            vec![serde_json::to_value(editor)?, json!(text)],
        )
        .await?;
        Ok(())
    }

    /// A manifest in, Apply, as fast as it goes.
    pub async fn apply_at_full_speed(&self, manifest: &str) -> Outcome {
        self.choose("Max").await?;
        self.set_manifest(manifest).await?;
        self.press("Apply").await?;
        self.play().await
    }

    /// Presses Play unless the run goes on already; by script, as it may end meanwhile.
    pub async fn play(&self) -> Outcome {
        self.script("document.querySelector('[aria-label=Play]')?.click()", vec![]).await?;
        Ok(())
    }

    /// Pauses the run in the frame in which `moment`, an expression in JavaScript, comes true, if it does before the end.
    /// The page itself looks: from outside, frames would be missed.
    pub async fn pause_when(&self, moment: &str) -> Outcome {
        let script = r#"const [forMs, done] = arguments;
            const { dataset } = document.documentElement, begun = performance.now();
            requestAnimationFrame(function frame(now) {
                const there = dataset.state === "done" || Boolean(MOMENT);
                if (there) document.querySelector("[aria-label=Pause]")?.click();
                if (there || now - begun > forMs) done(there);
                else requestAnimationFrame(frame);
            });"#
            .replace("MOMENT", moment);
        eventually(moment, async || {
            let there = self.client.execute_async(&script, vec![json!(LOOKS_FOR_MS)]).await?;
            Ok((there == true).then_some(()))
        })
        .await?;
        let still = "const moves = document.getAnimations().some((each) => each.playState === 'running');
            return !moves && document.documentElement.dataset.state !== 'playing'";
        becomes("standing still", json!(true), async || self.script(still, vec![]).await).await
    }

    /// An attribute of the root element; empty if it is not there.
    pub async fn root(&self, attribute: &str) -> Outcome<String> {
        let script = "return document.documentElement.getAttribute(arguments[0])";
        let value = self.script(script, vec![json!(attribute)]).await?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// An attribute of the region "Job"; empty if it is not there.
    pub async fn job(&self, attribute: &str) -> Outcome<String> {
        let region = self.find(Role::Region, "Job").await?;
        Ok(region.attr(attribute).await?.unwrap_or_default())
    }

    /// The simulated clock.
    pub async fn clock_ms(&self) -> Outcome<u64> {
        Ok(self.root("data-clock-ms").await?.parse().unwrap_or(0))
    }

    /// Waits for `playing`, `paused` or `done`.
    pub async fn wait_for_state(&self, state: &str) -> Outcome {
        becomes("data-state", state.to_owned(), async || self.root("data-state").await).await
    }

    /// Waits until an attribute of the region "Job" has this value.
    pub async fn wait_for_job(&self, attribute: &str, value: &str) -> Outcome {
        becomes(&format!("the Job's {attribute}"), value.to_owned(), async || self.job(attribute).await).await
    }

    /// Prints what is on the page, for whoever reads why a test failed.
    async fn tell(&self) {
        let script = "return JSON.stringify(document.documentElement.dataset) + '\\n' + document.body.innerText";
        match self.script(script, vec![]).await {
            Ok(told) => println!("the page then: {}", told.as_str().unwrap_or_default()),
            Err(error) => println!("the page does not answer: {error}"),
        }
    }

    /// All text to be seen.
    pub async fn text(&self) -> Outcome<String> {
        let text = self.script("return document.body.innerText", vec![]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Everything that was loaded from outside the site.
    pub async fn foreign_requests(&self) -> Outcome<Vec<String>> {
        let script = "return performance.getEntriesByType('resource').map((entry) => entry.name)";
        let all: Vec<String> = serde_json::from_value(self.script(script, vec![]).await?)?;
        Ok(all.into_iter().filter(|url| !url.starts_with(&self.site.address)).collect())
    }

    /// Sets the window's inner size in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) -> Outcome {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        devtools(&self.client, "Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Sets what the system prefers; the page reads it when it is opened.
    pub async fn prefer(&self, theme: Theme) -> Outcome {
        let value = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        devtools(&self.client, "Emulation.setEmulatedMedia", json!({ "features": features })).await?;
        Ok(())
    }

    /// Writes a PNG of what is in the window.
    pub async fn picture(&self, path: &Path) -> Outcome {
        std::fs::write(path, self.client.screenshot().await?)?;
        Ok(())
    }

    fn element(&self, reference: &Value) -> Option<Element> {
        let id = reference.as_object()?.values().next()?.as_str()?;
        Some(Element::from_element_id(self.client.clone(), id.to_owned().into()))
    }
}
