//! What all pictures have alike: the line above, which names the Job and the moment, and the measures of the page.

use super::svg::Drawing;
use crate::ui::state::State;
use crate::ui::view_model::job_panel::job_panel;
use crate::ui::words::clock;

/// Pictures are this wide, in pixels.
pub const WIDTH: f64 = 1_200.0;
/// The room left free at the edges.
pub const MARGIN: f64 = 20.0;
/// Where what is drawn below the title begins.
pub const TOP: f64 = 64.0;

/// Writes who and when above the picture, and returns both as one text.
pub fn heading(drawing: &mut Drawing, state: &State) -> String {
    let cluster = state.cluster();
    let panel = job_panel(cluster, state.noted(), state.job_name(), state.job_uid());
    let subject = match (panel, state.shown_cron_job()) {
        (Some(panel), _) => format!("job/{} · {} {}", panel.name, panel.state.label(), panel.done),
        (None, Some(notes)) => format!("cronjob/{}", notes.cron_job.meta.name),
        (None, None) => "No Job yet".to_owned(),
    };
    let moment = format!("{} after {}", clock(cluster.elapsed_ms()), cluster.start());
    drawing.text("title fill-ink", MARGIN, 34.0, &subject);
    drawing.text("fill-ink-2 end", WIDTH - MARGIN, 26.0, &moment);
    let seed = format!("Jobscope, seed {}", cluster.scenario().seed);
    drawing.text("fill-ink-2 end", WIDTH - MARGIN, 43.0, &seed);
    format!("{subject}, {moment}")
}
