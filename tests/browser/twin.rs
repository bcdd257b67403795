//! What if: a person asks what one change would have done, and finds both runs, their parting and the reasons.

use crate::Outcome;
use crate::page::{Page, Role, eventually, with_page};
use fantoccini::Locator;
use fantoccini::key::Key;

impl Page {
    /// Asks with the field that is offered first.
    async fn what_if(&self, value: &str) -> Outcome {
        if self.look_for(Role::Textbox, "New value").await?.is_none() {
            self.press("What if…?").await?;
        }
        let field = self.find(Role::Textbox, "New value").await?;
        field.clear().await?;
        field.send_keys(value).await?;
        field.send_keys(&Key::Enter).await?;
        Ok(())
    }

    /// What the part says, once it says that.
    async fn told(&self, wanted: &str) -> Outcome<String> {
        eventually(wanted, async || {
            let part = self.client.find(Locator::Css(".what-if")).await?.text().await?;
            Ok(part.contains(wanted).then_some(part))
        })
        .await
    }
}

#[tokio::test]
#[ignore = "needs the built site and Chromium: cargo xtask test"]
async fn what_would_backoff_limit_2_have_done() -> Outcome {
    with_page(|page| async move {
        page.open("").await?;
        page.choose_scenario("Runs into its limit").await?;
        page.find(Role::Button, "Pause").await?.click().await?;
        page.wait_for_state("paused").await?;
        let clock_ms = page.clock_ms().await?;
        page.what_if("2").await?;
        let told = page.told("They part at").await?;
        for words in ["3 failed ≤ backoffLimit 3", "3 failed > backoffLimit 2", "As it is: backoffLimit 3"] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert_eq!(page.clock_ms().await?, clock_ms, "the run stands where it stood");
        page.press("Go there").await?;
        eventually("the parting", async || Ok((page.clock_ms().await? > 40_000).then_some(()))).await?;
        page.wait_for_job("data-failed", "3").await?;
        page.what_if("-1").await?;
        page.told("must be greater than or equal to 0").await?;
        page.what_if("0").await?;
        page.told("They part at").await?;
        page.press("Run it this way").await?;
        eventually("the other run", async || Ok((page.clock_ms().await? < 40_000).then_some(()))).await?;
        eventually("the question to be gone", async || {
            Ok(page.look_for(Role::Textbox, "New value").await?.is_none().then_some(()))
        })
        .await?;
        page.play().await?;
        page.choose("Max").await?;
        page.wait_for_state("done").await?;
        page.wait_for_job("data-condition", "Failed").await?;
        page.wait_for_job("data-failed", "1").await
    })
    .await
}
