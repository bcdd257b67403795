//! Probes and lifecycle hooks of a container.

use crate::api::types::core::{ExecAction, HTTPGetAction, Lifecycle, LifecycleHandler, Probe};
use crate::api::types::meta::IntOrString;

use super::container::validate_port_number;
use super::field::{ErrorList, FieldError, FieldPath};
use super::labels::push_all;
use super::metadata::validate_nonnegative;
use super::names;
use super::pod_template::one_of;

/// What a probe decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeRole {
    Liveness,
    Readiness,
    Startup,
}

// Models pkg/apis/core/validation validateProbe
pub fn validate_probe(probe: &Probe, role: ProbeRole, path: &FieldPath, errors: &mut ErrorList) {
    validate_probe_handler(probe, path, errors);
    for (name, value) in [
        ("initialDelaySeconds", probe.initial_delay_seconds),
        ("timeoutSeconds", probe.timeout_seconds),
        ("periodSeconds", probe.period_seconds),
        ("successThreshold", probe.success_threshold),
        ("failureThreshold", probe.failure_threshold),
    ] {
        validate_nonnegative(value, &path.child(name), errors);
    }
    let grace_path = path.child("terminationGracePeriodSeconds");
    if let Some(grace) = probe.termination_grace_period_seconds.filter(|grace| *grace <= 0) {
        errors.push(FieldError::invalid(&grace_path, &grace, "must be greater than 0"));
    }
    match role {
        ProbeRole::Readiness => {
            if let Some(grace) = probe.termination_grace_period_seconds {
                let text = "must not be set for readinessProbes";
                errors.push(FieldError::invalid(&grace_path, &grace, text));
            }
        }
        ProbeRole::Liveness | ProbeRole::Startup => {
            if let Some(threshold) = probe.success_threshold.filter(|threshold| *threshold != 1) {
                let path = path.child("successThreshold");
                errors.push(FieldError::invalid(&path, &threshold, "must be 1"));
            }
        }
    }
}

// Models pkg/apis/core/validation validateLifecycle
pub fn validate_lifecycle(lifecycle: Option<&Lifecycle>, path: &FieldPath, errors: &mut ErrorList) {
    let Some(lifecycle) = lifecycle else { return };
    for (name, handler) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
        if let Some(handler) = handler {
            validate_lifecycle_handler(handler, &path.child(name), errors);
        }
    }
}

fn validate_probe_handler(probe: &Probe, path: &FieldPath, errors: &mut ErrorList) {
    validate_single_handler(
        &[
            ("exec", probe.exec.is_some()),
            ("httpGet", probe.http_get.is_some()),
            ("tcpSocket", probe.tcp_socket.is_some()),
            ("grpc", probe.grpc.is_some()),
        ],
        path,
        errors,
    );
    validate_exec(probe.exec.as_ref(), &path.child("exec"), errors);
    validate_http_get(probe.http_get.as_ref(), &path.child("httpGet"), errors);
    if let Some(action) = &probe.tcp_socket {
        validate_port(&action.port, &path.child("tcpSocket.port"), errors);
    }
    if let Some(action) = &probe.grpc {
        validate_port_number(action.port, &path.child("grpc.port"), errors);
    }
}

fn validate_lifecycle_handler(handler: &LifecycleHandler, path: &FieldPath, errors: &mut ErrorList) {
    validate_single_handler(
        &[
            ("exec", handler.exec.is_some()),
            ("httpGet", handler.http_get.is_some()),
            ("tcpSocket", handler.tcp_socket.is_some()),
            ("sleep", handler.sleep.is_some()),
        ],
        path,
        errors,
    );
    validate_exec(handler.exec.as_ref(), &path.child("exec"), errors);
    validate_http_get(handler.http_get.as_ref(), &path.child("httpGet"), errors);
    if let Some(action) = &handler.tcp_socket {
        validate_port(&action.port, &path.child("tcpSocket.port"), errors);
    }
    if let Some(action) = &handler.sleep {
        validate_nonnegative(Some(action.seconds), &path.child("sleep.seconds"), errors);
    }
}

fn validate_single_handler(handlers: &[(&str, bool)], path: &FieldPath, errors: &mut ErrorList) {
    let given: Vec<&str> = handlers.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    if given.is_empty() {
        errors.push(FieldError::required(path, "must specify a handler type"));
    }
    for name in given.iter().skip(1) {
        let text = "may not specify more than 1 handler type";
        errors.push(FieldError::forbidden(&path.child(name), text));
    }
}

fn validate_exec(action: Option<&ExecAction>, path: &FieldPath, errors: &mut ErrorList) {
    let is_empty = |action: &ExecAction| action.command.as_deref().unwrap_or_default().is_empty();
    if action.is_some_and(is_empty) {
        errors.push(FieldError::required(&path.child("command"), ""));
    }
}

// Models pkg/apis/core/validation validateHTTPGetAction
fn validate_http_get(action: Option<&HTTPGetAction>, path: &FieldPath, errors: &mut ErrorList) {
    let Some(action) = action else { return };
    if action.path.as_deref().unwrap_or_default().is_empty() {
        errors.push(FieldError::required(&path.child("path"), ""));
    }
    validate_port(&action.port, &path.child("port"), errors);
    one_of(action.scheme.as_deref(), &["HTTP", "HTTPS"], &path.child("scheme"), errors);
    for header in action.http_headers.iter().flatten() {
        let path = path.child("httpHeaders");
        push_all(names::is_http_header_name(&header.name), &header.name, &path, errors);
    }
}

// Models pkg/apis/core/validation ValidatePortNumOrName
fn validate_port(port: &IntOrString, path: &FieldPath, errors: &mut ErrorList) {
    match port {
        IntOrString::Int(number) => validate_port_number(*number, path, errors),
        IntOrString::String(name) => {
            push_all(names::is_valid_port_name(name), name, path, errors);
        }
    }
}
