//! Feature gates by upstream's names. Gates that upstream has since locked on can still be turned off here,
//! because the recorded cases do, and because it is instructive.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! gates {
    ($($name:ident $default:literal),* $(,)?) => {
        /// One feature gate.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Gate { $($name),* }

        impl Gate {
            pub const ALL: &'static [Gate] = &[$(Gate::$name),*];

            pub fn name(self) -> &'static str {
                match self { $(Gate::$name => stringify!($name)),* }
            }

            fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|gate| gate.name() == name)
            }

            fn default_state(self) -> GateState {
                match self { $(Gate::$name => if $default { GateState::On } else { GateState::Off }),* }
            }
        }
    };
}

gates! {
    ElasticIndexedJob true,
    IndexedJob true,
    JobBackoffLimitPerIndex true,
    JobManagedBy true,
    JobPodFailurePolicy true,
    JobPodReplacementPolicy true,
    JobReadyPods true,
    JobSuccessPolicy true,
    MutablePodResourcesForSuspendedJobs true,
    MutableSchedulingDirectivesForSuspendedJobs true,
    PodIndexLabel true,
    StaleControllerConsistencyJob true,
    SuspendJob true,
}

/// Whether a gate lets its feature through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum GateState {
    On,
    Off,
}

/// The gates of a cluster: upstream's defaults and what departs from them. As text they are written like the flag
/// `--feature-gates` of Kubernetes' programs: `JobSuccessPolicy=false,SuspendJob=false`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gates {
    /// In order.
    changed: Vec<Gate>,
}

impl Gates {
    pub fn enabled(&self, gate: Gate) -> bool {
        (gate.default_state() == GateState::On) != self.is_changed(gate)
    }

    pub fn set(&mut self, gate: Gate, state: GateState) {
        match self.changed.binary_search(&gate) {
            Ok(place) if state == gate.default_state() => drop(self.changed.remove(place)),
            Err(place) if state != gate.default_state() => self.changed.insert(place, gate),
            Ok(_) | Err(_) => {}
        }
    }

    /// Whether this gate departs from upstream's default.
    pub fn is_changed(&self, gate: Gate) -> bool {
        self.changed.binary_search(&gate).is_ok()
    }

    /// The gates that depart from upstream's defaults.
    pub fn changed(&self) -> impl Iterator<Item = (Gate, GateState)> + '_ {
        self.changed.iter().map(|gate| (*gate, if self.enabled(*gate) { GateState::On } else { GateState::Off }))
    }
}

impl TryFrom<String> for Gate {
    type Error = String;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::named(&name).ok_or_else(|| unknown(&name))
    }
}

impl From<Gate> for String {
    fn from(gate: Gate) -> Self {
        gate.name().to_owned()
    }
}

impl fmt::Display for Gates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (gate, state)) in self.changed().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{}={}", gate.name(), state == GateState::On)?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Gates {
    type Error = String;

    /// # Errors
    /// A gate of unknown name, or a setting that is neither `true` nor `false`.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut gates = Self::default();
        for setting in text.split(',').filter(|setting| !setting.is_empty()) {
            let (name, state) = match (setting.strip_suffix("=true"), setting.strip_suffix("=false")) {
                (Some(name), _) => (name, GateState::On),
                (None, Some(name)) => (name, GateState::Off),
                (None, None) => return Err(format!("{setting:?} sets a feature gate neither to true nor to false")),
            };
            gates.set(Gate::named(name).ok_or_else(|| unknown(name))?, state);
        }
        Ok(gates)
    }
}

impl From<Gates> for String {
    fn from(gates: Gates) -> Self {
        gates.to_string()
    }
}

fn unknown(name: &str) -> String {
    format!("there is no feature gate {name:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_departs_from_the_default_is_kept() {
        let mut gates = Gates::default();
        let gate = Gate::JobSuccessPolicy;
        assert!(gates.enabled(gate));
        gates.set(gate, GateState::Off);
        assert!(!gates.enabled(gate));
        assert_eq!(gates.changed().collect::<Vec<_>>(), [(gate, GateState::Off)]);
        gates.set(gate, GateState::On);
        assert_eq!(gates, Gates::default());
        let text = "ElasticIndexedJob=false,SuspendJob=false";
        assert_eq!(Gates::try_from(text.to_owned()).unwrap().to_string(), text);
        assert_eq!(Gates::try_from("SuspendJob=true".to_owned()).unwrap(), Gates::default());
        for wrong in ["SuspendJob", "SuspendJob=off", "Suspend=true"] {
            assert!(Gates::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
