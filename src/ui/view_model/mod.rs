//! What the page shows, as plain data: pure functions of the cluster (and of what is selected). Nothing here knows how
//! it is drawn, nor that there is a browser; all of it is built and tested natively.

pub mod answers;
pub mod by_hand;
pub mod clock_change;
pub mod control_loop;
pub mod cron_notes;
pub mod cron_panel;
pub mod cron_timeline;
pub mod cron_why;
pub mod decisions;
pub mod job_panel;
pub mod logs;
pub mod noted;
pub mod pod_form;
pub mod pods;
pub mod queue_panel;
pub mod retries;
pub mod stage;
pub mod time_bar;
pub mod timeline;
pub mod twin;
pub mod why;
pub mod yaml_panel;

mod wanted;
