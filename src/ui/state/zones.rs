//! What waits for the time zones, which a browser fetches after the page has been drawn. It knows nothing of fetching.

use super::{Action, State, Zones, split_kept};
use crate::cluster::{Command, Scenario, TimedCommand, gallery, link};

impl State {
    /// Keeps back what would start a manifest that names a time zone, until the zones are there.
    pub(super) fn hold_back(&mut self, action: Action) -> Option<Action> {
        let names_zone = match &action {
            Action::ChooseScenario(id) => {
                let entry = gallery::entries().iter().find(|entry| entry.id == *id);
                entry.is_some_and(|entry| scenario_names_zone(&entry.scenario()))
            }
            Action::OpenLink(fragment) => {
                link::decode(split_kept(fragment).0).is_ok_and(|link| scenario_names_zone(&link.scenario))
            }
            Action::Apply => names_zone(&self.manifest),
            _ => return Some(action),
        };
        self.waiting = None;
        if self.zones == Zones::There || !names_zone {
            return Some(action);
        }
        self.zones = Zones::Coming;
        self.waiting = Some(action);
        self.tell_good("Loading time zones…".to_owned());
        None
    }

    /// What has waited for the zones goes on.
    pub(super) fn take_zones(&mut self, zones: Zones) {
        self.zones = zones;
        match (zones, self.waiting.take()) {
            (Zones::There, Some(action)) => {
                let speed = self.speed; // It may have been chosen since.
                self.notice = None;
                self.update(action);
                self.speed = speed;
            }
            (Zones::Failed, Some(_)) => {
                let text = "The time zones could not be loaded, and the manifest names one. Apply it to try again.";
                self.tell_bad(text.to_owned());
            }
            (Zones::Coming, waiting) => self.waiting = waiting,
            (Zones::There | Zones::Failed, None) => {}
        }
    }
}

fn names_zone(text: &str) -> bool {
    text.contains("timeZone") || text.contains("TZ=")
}

fn scenario_names_zone(scenario: &Scenario) -> bool {
    let named_later = |timed: &TimedCommand| match &timed.command {
        Command::SetSchedule { schedule, .. } => names_zone(schedule),
        _ => false,
    };
    names_zone(&scenario.manifest) || scenario.commands.iter().any(named_later)
}
