//! The parts of the page. Each draws plain data and calls back with what the person did; none keeps anything but
//! what a person is just typing or dragging.

pub mod cluster_panel;
pub mod control_loop;
pub mod decisions;
pub mod details;
pub mod header;
pub mod icons;
pub mod job_panel;
pub mod lane;
pub mod manifest_panel;
pub mod notice;
pub mod number_field;
pub mod pod_card;
pub mod pod_settings;
pub mod select;
pub mod stage;
pub mod tabs;
pub mod timeline;
pub mod transport;
pub mod why;
