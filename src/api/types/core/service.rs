//! The wire types of Services, their specs alone: nobody reads or is shown more.
//! They know no rules.

use crate::api::types::meta::IntOrString;
use crate::api::types::types;
use std::collections::BTreeMap;

types! {
    ClientIPConfig {
        "timeoutSeconds" timeout_seconds: Option<i32>,
    }

    ServicePort {
        "appProtocol" app_protocol: Option<String>,
        name: Option<String>,
        "nodePort" node_port: Option<i32>,
        port: i32,
        protocol: Option<String>,
        "targetPort" target_port: Option<IntOrString>,
    }

    ServiceSpec {
        "allocateLoadBalancerNodePorts" allocate_load_balancer_node_ports: Option<bool>,
        "clusterIP" cluster_ip: Option<String>,
        "clusterIPs" cluster_ips: Option<Vec<String>>,
        "externalIPs" external_ips: Option<Vec<String>>,
        "externalName" external_name: Option<String>,
        "externalTrafficPolicy" external_traffic_policy: Option<String>,
        "healthCheckNodePort" health_check_node_port: Option<i32>,
        "internalTrafficPolicy" internal_traffic_policy: Option<String>,
        "ipFamilies" ip_families: Option<Vec<String>>,
        "ipFamilyPolicy" ip_family_policy: Option<String>,
        "loadBalancerClass" load_balancer_class: Option<String>,
        "loadBalancerIP" load_balancer_ip: Option<String>,
        "loadBalancerSourceRanges" load_balancer_source_ranges: Option<Vec<String>>,
        ports: Option<Vec<ServicePort>>,
        "publishNotReadyAddresses" publish_not_ready_addresses: Option<bool>,
        selector: Option<BTreeMap<String, String>>,
        "sessionAffinity" session_affinity: Option<String>,
        "sessionAffinityConfig" session_affinity_config: Option<SessionAffinityConfig>,
        "trafficDistribution" traffic_distribution: Option<String>,
        "type" type_: Option<String>,
    }

    SessionAffinityConfig {
        "clientIP" client_ip: Option<ClientIPConfig>,
    }
}
