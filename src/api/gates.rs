//! Feature gates by upstream's names. Gates that upstream has since locked on can still be turned off here,
//! because the recorded cases do, and because it is instructive.

use std::collections::BTreeMap;

macro_rules! gates {
    ($($name:ident $default:literal),* $(,)?) => {
        /// One feature gate.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Gate { $($name),* }

        impl Gate {
            pub const ALL: &'static [Gate] = &[$(Gate::$name),*];

            pub fn name(self) -> &'static str {
                match self { $(Gate::$name => stringify!($name)),* }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateState {
    On,
    Off,
}

/// The gates of a cluster: upstream's defaults and what departs from them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gates {
    changed: BTreeMap<Gate, GateState>,
}

impl Gates {
    pub fn enabled(&self, gate: Gate) -> bool {
        self.changed.get(&gate).copied().unwrap_or(gate.default_state()) == GateState::On
    }

    pub fn set(&mut self, gate: Gate, state: GateState) {
        if state == gate.default_state() {
            self.changed.remove(&gate);
        } else {
            self.changed.insert(gate, state);
        }
    }

    /// The gates that depart from upstream's defaults.
    pub fn changed(&self) -> impl Iterator<Item = (Gate, GateState)> + '_ {
        self.changed.iter().map(|(gate, state)| (*gate, *state))
    }
}

impl std::str::FromStr for Gate {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Gate::ALL.iter().copied().find(|gate| gate.name() == name).ok_or_else(|| {
            let known: Vec<_> = Gate::ALL.iter().map(|gate| gate.name()).collect();
            format!("unknown feature gate {name:?}: one of {}", known.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_departs_from_the_default_is_kept() {
        let mut gates = Gates::default();
        let gate: Gate = "JobSuccessPolicy".parse().unwrap();
        assert!(gates.enabled(gate));
        gates.set(gate, GateState::Off);
        assert!(!gates.enabled(gate));
        assert_eq!(gates.changed().collect::<Vec<_>>(), [(gate, GateState::Off)]);
        gates.set(gate, GateState::On);
        assert_eq!(gates, Gates::default());
        assert!("JobSuccesPolicy".parse::<Gate>().unwrap_err().contains("JobSuccessPolicy"));
    }
}
