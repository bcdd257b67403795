//! Services in the store. They are resolved when a name is asked for, so nobody watches them.

use super::{ApiError, ApiResult, ApiServer};
use crate::api::defaults::set_defaults_service;
use crate::api::manifest::Sent;
use crate::api::types::core::ServiceSpec;
use crate::api::validation::service::validate_service;
use crate::api::{ObjectKind, Service, wire};
use std::rc::Rc;

/// The first of the ports that are given to Services of type NodePort.
const FIRST_NODE_PORT: i32 = 30_000;
const NODE_PORTS: u32 = 2_768;

impl ApiServer {
    /// All Services in the order of their creation.
    pub fn services(&self) -> impl Iterator<Item = &Rc<Service>> {
        self.services.iter()
    }

    pub fn service_by_name(&self, namespace: &str, name: &str) -> Option<&Rc<Service>> {
        self.services.by_name(namespace, name)
    }

    /// Admits a Service as a person wrote it, validates and stores it.
    ///
    /// # Errors
    /// `Invalid` with every fault, or `AlreadyExists` when the name is taken.
    pub fn create_service(&mut self, mut manifest: Sent<ServiceSpec>) -> ApiResult<Rc<Service>> {
        self.name_finally(&mut manifest.metadata);
        let uid = self.next_uid();
        let mut meta = wire::meta(&manifest.metadata, &mut |_| uid);
        if self.service_by_name(&meta.namespace, &meta.name).is_some() {
            return Err(ApiError::AlreadyExists { kind: ObjectKind::Service, name: meta.name.to_string() });
        }
        set_defaults_service(&mut manifest.spec);
        let faults = validate_service(&manifest.metadata, &manifest.spec);
        ApiError::check(ObjectKind::Service, &meta.name, &faults)?;
        let mut ports = wire::service_ports(&manifest.spec);
        if matches!(manifest.spec.type_.as_deref(), Some("NodePort" | "LoadBalancer")) {
            for port in &mut ports {
                port.node_port.get_or_insert(FIRST_NODE_PORT + (uid.0 % NODE_PORTS) as i32);
            }
        }
        meta.resource_version = self.next_resource_version();
        meta.creation_time = Some(self.now.truncated_to_second());
        let service = Rc::new(Service { meta, selector: wire::labels(&manifest.spec.selector), ports });
        self.services.put(service.clone());
        Ok(service)
    }
}
