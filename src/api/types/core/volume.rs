//! The wire types of volumes, of every source that there is.
//! They know no rules.

use super::{LocalObjectReference, ObjectFieldSelector, ResourceFieldSelector};
use crate::api::types::meta::{LabelSelector, ObjectMeta, Quantity};
use crate::api::types::types;
use std::collections::BTreeMap;

types! {
    AWSElasticBlockStoreVolumeSource {
        "fsType" fs_type: Option<String>,
        partition: Option<i32>,
        "readOnly" read_only: Option<bool>,
        "volumeID" volume_id: String,
    }

    AzureDiskVolumeSource {
        "cachingMode" caching_mode: Option<String>,
        "diskName" disk_name: String,
        "diskURI" disk_uri: String,
        "fsType" fs_type: Option<String>,
        kind: Option<String>,
        "readOnly" read_only: Option<bool>,
    }

    AzureFileVolumeSource {
        "readOnly" read_only: Option<bool>,
        "secretName" secret_name: String,
        "shareName" share_name: String,
    }

    CSIVolumeSource {
        driver: String,
        "fsType" fs_type: Option<String>,
        "nodePublishSecretRef" node_publish_secret_ref: Option<LocalObjectReference>,
        "readOnly" read_only: Option<bool>,
        "volumeAttributes" volume_attributes: Option<BTreeMap<String, String>>,
    }

    CephFSVolumeSource {
        monitors: Vec<String>,
        path: Option<String>,
        "readOnly" read_only: Option<bool>,
        "secretFile" secret_file: Option<String>,
        "secretRef" secret_ref: Option<LocalObjectReference>,
        user: Option<String>,
    }

    CinderVolumeSource {
        "fsType" fs_type: Option<String>,
        "readOnly" read_only: Option<bool>,
        "secretRef" secret_ref: Option<LocalObjectReference>,
        "volumeID" volume_id: String,
    }

    ClusterTrustBundleProjection {
        "labelSelector" label_selector: Option<LabelSelector>,
        name: Option<String>,
        optional: Option<bool>,
        path: String,
        "signerName" signer_name: Option<String>,
    }

    ConfigMapProjection {
        items: Option<Vec<KeyToPath>>,
        name: String,
        optional: Option<bool>,
    }

    ConfigMapVolumeSource {
        "defaultMode" default_mode: Option<i32>,
        items: Option<Vec<KeyToPath>>,
        name: String,
        optional: Option<bool>,
    }

    DownwardAPIProjection {
        items: Option<Vec<DownwardAPIVolumeFile>>,
    }

    DownwardAPIVolumeFile {
        "fieldRef" field_ref: Option<ObjectFieldSelector>,
        mode: Option<i32>,
        path: String,
        "resourceFieldRef" resource_field_ref: Option<ResourceFieldSelector>,
    }

    DownwardAPIVolumeSource {
        "defaultMode" default_mode: Option<i32>,
        items: Option<Vec<DownwardAPIVolumeFile>>,
    }

    EmptyDirVolumeSource {
        medium: Option<String>,
        "sizeLimit" size_limit: Option<Quantity>,
    }

    EphemeralVolumeSource {
        "volumeClaimTemplate" volume_claim_template: Option<PersistentVolumeClaimTemplate>,
    }

    FCVolumeSource {
        "fsType" fs_type: Option<String>,
        lun: Option<i32>,
        "readOnly" read_only: Option<bool>,
        "targetWWNs" target_wwns: Option<Vec<String>>,
        wwids: Option<Vec<String>>,
    }

    FlexVolumeSource {
        driver: String,
        "fsType" fs_type: Option<String>,
        options: Option<BTreeMap<String, String>>,
        "readOnly" read_only: Option<bool>,
        "secretRef" secret_ref: Option<LocalObjectReference>,
    }

    FlockerVolumeSource {
        "datasetName" dataset_name: Option<String>,
        "datasetUUID" dataset_uuid: Option<String>,
    }

    GCEPersistentDiskVolumeSource {
        "fsType" fs_type: Option<String>,
        partition: Option<i32>,
        "pdName" pd_name: String,
        "readOnly" read_only: Option<bool>,
    }

    GitRepoVolumeSource {
        directory: Option<String>,
        repository: String,
        revision: Option<String>,
    }

    GlusterfsVolumeSource {
        endpoints: String,
        path: String,
        "readOnly" read_only: Option<bool>,
    }

    HostPathVolumeSource {
        path: String,
        "type" type_: Option<String>,
    }

    ISCSIVolumeSource {
        "chapAuthDiscovery" chap_auth_discovery: Option<bool>,
        "chapAuthSession" chap_auth_session: Option<bool>,
        "fsType" fs_type: Option<String>,
        "initiatorName" initiator_name: Option<String>,
        iqn: String,
        "iscsiInterface" iscsi_interface: Option<String>,
        lun: i32,
        portals: Option<Vec<String>>,
        "readOnly" read_only: Option<bool>,
        "secretRef" secret_ref: Option<LocalObjectReference>,
        "targetPortal" target_portal: String,
    }

    ImageVolumeSource {
        "pullPolicy" pull_policy: Option<String>,
        reference: Option<String>,
    }

    ImageVolumeStatus {
        "imageRef" image_ref: String,
    }

    KeyToPath {
        key: String,
        mode: Option<i32>,
        path: String,
    }

    NFSVolumeSource {
        path: String,
        "readOnly" read_only: Option<bool>,
        server: String,
    }

    PersistentVolumeClaimSpec {
        "accessModes" access_modes: Option<Vec<String>>,
        "dataSource" data_source: Option<TypedLocalObjectReference>,
        "dataSourceRef" data_source_ref: Option<TypedObjectReference>,
        resources: Option<VolumeResourceRequirements>,
        selector: Option<LabelSelector>,
        "storageClassName" storage_class_name: Option<String>,
        "volumeAttributesClassName" volume_attributes_class_name: Option<String>,
        "volumeMode" volume_mode: Option<String>,
        "volumeName" volume_name: Option<String>,
    }

    PersistentVolumeClaimTemplate {
        metadata: Option<ObjectMeta>,
        spec: PersistentVolumeClaimSpec,
    }

    PersistentVolumeClaimVolumeSource {
        "claimName" claim_name: String,
        "readOnly" read_only: Option<bool>,
    }

    PhotonPersistentDiskVolumeSource {
        "fsType" fs_type: Option<String>,
        "pdID" pd_id: String,
    }

    PodCertificateProjection {
        "certificateChainPath" certificate_chain_path: Option<String>,
        "credentialBundlePath" credential_bundle_path: Option<String>,
        "keyPath" key_path: Option<String>,
        "keyType" key_type: String,
        "maxExpirationSeconds" max_expiration_seconds: Option<i32>,
        "signerName" signer_name: String,
        "userAnnotations" user_annotations: Option<BTreeMap<String, String>>,
    }

    PortworxVolumeSource {
        "fsType" fs_type: Option<String>,
        "readOnly" read_only: Option<bool>,
        "volumeID" volume_id: String,
    }

    ProjectedVolumeSource {
        "defaultMode" default_mode: Option<i32>,
        sources: Option<Vec<VolumeProjection>>,
    }

    QuobyteVolumeSource {
        group: Option<String>,
        "readOnly" read_only: Option<bool>,
        registry: String,
        tenant: Option<String>,
        user: Option<String>,
        volume: String,
    }

    RBDVolumeSource {
        "fsType" fs_type: Option<String>,
        image: String,
        keyring: Option<String>,
        monitors: Vec<String>,
        pool: Option<String>,
        "readOnly" read_only: Option<bool>,
        "secretRef" secret_ref: Option<LocalObjectReference>,
        user: Option<String>,
    }

    ScaleIOVolumeSource {
        "fsType" fs_type: Option<String>,
        gateway: String,
        "protectionDomain" protection_domain: Option<String>,
        "readOnly" read_only: Option<bool>,
        "secretRef" secret_ref: LocalObjectReference,
        "sslEnabled" ssl_enabled: Option<bool>,
        "storageMode" storage_mode: Option<String>,
        "storagePool" storage_pool: Option<String>,
        system: String,
        "volumeName" volume_name: Option<String>,
    }

    SecretProjection {
        items: Option<Vec<KeyToPath>>,
        name: String,
        optional: Option<bool>,
    }

    SecretVolumeSource {
        "defaultMode" default_mode: Option<i32>,
        items: Option<Vec<KeyToPath>>,
        optional: Option<bool>,
        "secretName" secret_name: Option<String>,
    }

    ServiceAccountTokenProjection {
        audience: Option<String>,
        "expirationSeconds" expiration_seconds: Option<i64>,
        path: String,
    }

    StorageOSVolumeSource {
        "fsType" fs_type: Option<String>,
        "readOnly" read_only: Option<bool>,
        "secretRef" secret_ref: Option<LocalObjectReference>,
        "volumeName" volume_name: Option<String>,
        "volumeNamespace" volume_namespace: Option<String>,
    }

    TypedLocalObjectReference {
        "apiGroup" api_group: Option<String>,
        kind: String,
        name: String,
    }

    TypedObjectReference {
        "apiGroup" api_group: Option<String>,
        kind: String,
        name: String,
        namespace: Option<String>,
    }

    Volume {
        "awsElasticBlockStore" aws_elastic_block_store: Option<AWSElasticBlockStoreVolumeSource>,
        "azureDisk" azure_disk: Option<AzureDiskVolumeSource>,
        "azureFile" azure_file: Option<AzureFileVolumeSource>,
        cephfs: Option<CephFSVolumeSource>,
        cinder: Option<CinderVolumeSource>,
        "configMap" config_map: Option<ConfigMapVolumeSource>,
        csi: Option<CSIVolumeSource>,
        "downwardAPI" downward_api: Option<DownwardAPIVolumeSource>,
        "emptyDir" empty_dir: Option<EmptyDirVolumeSource>,
        ephemeral: Option<EphemeralVolumeSource>,
        fc: Option<FCVolumeSource>,
        "flexVolume" flex_volume: Option<FlexVolumeSource>,
        flocker: Option<FlockerVolumeSource>,
        "gcePersistentDisk" gce_persistent_disk: Option<GCEPersistentDiskVolumeSource>,
        "gitRepo" git_repo: Option<GitRepoVolumeSource>,
        glusterfs: Option<GlusterfsVolumeSource>,
        "hostPath" host_path: Option<HostPathVolumeSource>,
        image: Option<ImageVolumeSource>,
        iscsi: Option<ISCSIVolumeSource>,
        name: String,
        nfs: Option<NFSVolumeSource>,
        "persistentVolumeClaim" persistent_volume_claim: Option<PersistentVolumeClaimVolumeSource>,
        "photonPersistentDisk" photon_persistent_disk: Option<PhotonPersistentDiskVolumeSource>,
        "portworxVolume" portworx_volume: Option<PortworxVolumeSource>,
        projected: Option<ProjectedVolumeSource>,
        quobyte: Option<QuobyteVolumeSource>,
        rbd: Option<RBDVolumeSource>,
        "scaleIO" scale_io: Option<ScaleIOVolumeSource>,
        secret: Option<SecretVolumeSource>,
        storageos: Option<StorageOSVolumeSource>,
        "vsphereVolume" vsphere_volume: Option<VsphereVirtualDiskVolumeSource>,
    }

    VolumeMountStatus {
        "mountPath" mount_path: String,
        name: String,
        "readOnly" read_only: Option<bool>,
        "recursiveReadOnly" recursive_read_only: Option<String>,
        "volumeStatus" volume_status: Option<VolumeStatus>,
    }

    VolumeProjection {
        "clusterTrustBundle" cluster_trust_bundle: Option<ClusterTrustBundleProjection>,
        "configMap" config_map: Option<ConfigMapProjection>,
        "downwardAPI" downward_api: Option<DownwardAPIProjection>,
        "podCertificate" pod_certificate: Option<PodCertificateProjection>,
        secret: Option<SecretProjection>,
        "serviceAccountToken" service_account_token: Option<ServiceAccountTokenProjection>,
    }

    VolumeResourceRequirements {
        limits: Option<BTreeMap<String, Quantity>>,
        requests: Option<BTreeMap<String, Quantity>>,
    }

    VolumeStatus {
        image: Option<ImageVolumeStatus>,
    }

    VsphereVirtualDiskVolumeSource {
        "fsType" fs_type: Option<String>,
        "storagePolicyID" storage_policy_id: Option<String>,
        "storagePolicyName" storage_policy_name: Option<String>,
        "volumePath" volume_path: String,
    }
}
