//! The variables of a container: what its template writes out, and what it takes from the pod's own fields. References
//! such as `$(NAME)` are replaced as the kubelet does it. What comes from config maps and secrets is not known.

use crate::api::Pod;
use crate::api::types::core;
use std::rc::Rc;

/// Where the value of a variable comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Text(String),
    /// A field of the pod, as `metadata.name`.
    Field(String),
}

/// The variables of a container that can be known.
pub(super) fn sources(container: &core::Container) -> Vec<(String, Source)> {
    let source = |variable: &core::EnvVar| match &variable.value_from {
        None => Some(Source::Text(variable.value.clone().unwrap_or_default())),
        Some(from) => from.field_ref.as_ref().map(|field| Source::Field(field.field_path.clone())),
    };
    let variables = container.env.iter().flatten();
    variables.filter_map(|variable| Some((variable.name.clone(), source(variable)?))).collect()
}

/// The values for one pod, in order; each may refer to those before it.
pub(super) fn values(sources: &[(String, Source)], pod: &Pod) -> Vec<(String, String)> {
    let mut values: Vec<(String, String)> = Vec::with_capacity(sources.len());
    for (name, source) in sources {
        let value = match source {
            Source::Text(text) => Some(replace_references(text, &values)),
            Source::Field(path) => field(pod, path),
        };
        values.extend(value.map(|value| (name.clone(), value)));
    }
    values
}

/// The text with each `$(NAME)` replaced by the value of that variable; unknown names stay, and `$$` is a plain `$`.
// Models third_party/forked/golang/expansion/expand.go Expand
pub(super) fn replace_references(text: &str, values: &[(String, String)]) -> String {
    let (mut replaced, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('$') {
        replaced.push_str(before);
        let name = after.strip_prefix('(').and_then(|inside| inside.split_once(')'));
        if let Some(after) = after.strip_prefix('$') {
            replaced.push('$');
            rest = after;
        } else if let Some((name, after)) = name {
            match values.iter().rev().find(|(known, _)| known == name) {
                Some((_, value)) => replaced.push_str(value),
                None => replaced.extend(["$(", name, ")"]),
            }
            rest = after;
        } else {
            replaced.push('$');
            rest = after;
        }
    }
    replaced.push_str(rest);
    replaced
}

/// Whether `$` in these words may mean something to the kubelet.
pub(super) fn may_refer<'a>(words: impl IntoIterator<Item = &'a Rc<str>>) -> bool {
    words.into_iter().any(|word| word.contains("$(") || word.contains("$$"))
}

// Models pkg/fieldpath/fieldpath.go ExtractFieldPathAsString and pkg/kubelet/kubelet_pods.go podFieldSelectorRuntimeValue
fn field(pod: &Pod, path: &str) -> Option<String> {
    let key = |map: &str| path.strip_prefix(map)?.strip_prefix("['")?.strip_suffix("']");
    let of = |labels: &crate::api::Labels, key: &str| labels.get(key).map_or_else(String::new, ToString::to_string);
    if let Some(key) = key("metadata.labels") {
        return Some(of(&pod.meta.labels, key));
    }
    if let Some(key) = key("metadata.annotations") {
        return Some(of(&pod.meta.annotations, key));
    }
    match path {
        "metadata.name" => Some(pod.meta.name.to_string()),
        "metadata.namespace" => Some(pod.meta.namespace.to_string()),
        "metadata.uid" => Some(pod.meta.uid.to_string()),
        "spec.nodeName" => Some(pod.node.as_ref().map_or_else(String::new, ToString::to_string)),
        "spec.serviceAccountName" => Some("default".to_owned()),
        "status.podIP" | "status.podIPs" => pod.ip(),
        "status.hostIP" | "status.hostIPs" => pod.host_ip(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_replaced_as_the_kubelet_does() {
        let values = [("A".to_owned(), "1".to_owned()), ("B".to_owned(), "x y".to_owned())];
        for (text, wanted) in [
            ("$(A)-$(B)", "1-x y"),
            ("$(C) $(date)", "$(C) $(date)"),
            ("$$(A) $$", "$(A) $"),
            ("$A ${A} $(A", "$A ${A} $(A"),
            ("", ""),
        ] {
            assert_eq!(replace_references(text, &values), wanted, "{text}");
        }
    }
}
