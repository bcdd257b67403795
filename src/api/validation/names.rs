//! The syntax of names: what a text must look like, and the complaints when it does not.
//! Complaints are bare texts; the caller says which field they are about.

const DNS_LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const DNS_LABEL_WITH_LETTER: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const DNS_SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_KEY_NAME: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const CONFIG_MAP_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const ENV_VAR_NAME: &str =
    "a valid environment variable name must consist only of printable ASCII characters other than '='";
const HEADER_NAME: &str = "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";

const DNS_LABEL_MAX_BYTES: usize = 63;
const DNS_SUBDOMAIN_MAX_BYTES: usize = 253;

/// A DNS label: containers, volumes, namespaces, host names.
// Models k8s.io/apimachinery pkg/util/validation IsDNS1123Label
pub fn is_dns1123_label(value: &str) -> Vec<String> {
    let mut complaints = too_long(value, DNS_LABEL_MAX_BYTES);
    if !has_dns_label_syntax(value) {
        let complaint = if has_dns_subdomain_syntax(value) { "must not contain dots" } else { DNS_LABEL };
        complaints.push(complaint.to_string());
    }
    complaints
}

/// A DNS label that begins with a letter: Services.
// Models k8s.io/apimachinery pkg/util/validation IsDNS1035Label
pub fn is_dns1035_label(value: &str) -> Vec<String> {
    let mut complaints = too_long(value, DNS_LABEL_MAX_BYTES);
    if !has_dns_label_syntax(value) || !value.starts_with(|first: char| first.is_ascii_lowercase()) {
        complaints.push(DNS_LABEL_WITH_LETTER.to_string());
    }
    complaints
}

/// A DNS subdomain: most object names.
// Models k8s.io/apimachinery pkg/util/validation IsDNS1123Subdomain
pub fn is_dns1123_subdomain(value: &str) -> Vec<String> {
    let mut complaints = too_long(value, DNS_SUBDOMAIN_MAX_BYTES);
    if !has_dns_subdomain_syntax(value) {
        complaints.push(DNS_SUBDOMAIN.to_string());
    }
    complaints
}

/// The start of a generated name: a DNS subdomain that may end in a dash.
// Models k8s.io/apimachinery pkg/api/validation NameIsDNSSubdomain
pub fn is_dns1123_subdomain_prefix(value: &str) -> Vec<String> {
    match value.strip_suffix('-') {
        Some(start) if !start.is_empty() => is_dns1123_subdomain(&format!("{start}a")),
        _ => is_dns1123_subdomain(value),
    }
}

/// The key of a label: a name with an optional DNS prefix before a slash.
// Models k8s.io/apimachinery pkg/util/validation IsQualifiedName
pub fn is_label_key(value: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let name = match value.split('/').collect::<Vec<_>>()[..] {
        [name] => name,
        [prefix, name] => {
            if prefix.is_empty() {
                complaints.push("prefix part must be non-empty".to_string());
            } else {
                let of_prefix = is_dns1123_subdomain(prefix);
                complaints.extend(of_prefix.iter().map(|text| format!("prefix part {text}")));
            }
            name
        }
        _ => {
            return vec![format!(
                "a valid label key {LABEL_KEY_NAME} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        complaints.push("name part must be non-empty".to_string());
    }
    let long = too_long(name, DNS_LABEL_MAX_BYTES);
    complaints.extend(long.iter().map(|text| format!("name part {text}")));
    if !has_label_syntax(name) {
        complaints.push(format!("name part {LABEL_KEY_NAME}"));
    }
    complaints
}

/// The value of a label; empty is fine.
// Models k8s.io/apimachinery pkg/util/validation IsValidLabelValue
pub fn is_label_value(value: &str) -> Vec<String> {
    let mut complaints = too_long(value, DNS_LABEL_MAX_BYTES);
    if !value.is_empty() && !has_label_syntax(value) {
        complaints.push(LABEL_VALUE.to_string());
    }
    complaints
}

/// The name of an environment variable.
// Models k8s.io/apimachinery pkg/util/validation IsRelaxedEnvVarName
pub fn is_env_var_name(value: &str) -> Vec<String> {
    let fits = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'=';
    if !value.is_empty() && value.bytes().all(fits) {
        return Vec::new();
    }
    vec![ENV_VAR_NAME.to_string()]
}

/// A key of a ConfigMap or Secret.
// Models k8s.io/apimachinery pkg/util/validation IsConfigMapKey
pub fn is_config_map_key(value: &str) -> Vec<String> {
    let mut complaints = too_long(value, DNS_SUBDOMAIN_MAX_BYTES);
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if value.is_empty() || !value.bytes().all(fits) {
        complaints.push(CONFIG_MAP_KEY.to_string());
    }
    if value == "." {
        complaints.push("must not be '.'".to_string());
    } else if value == ".." {
        complaints.push("must not be '..'".to_string());
    } else if value.starts_with("..") {
        complaints.push("must not start with '..'".to_string());
    }
    complaints
}

/// The name of an HTTP header.
// Models k8s.io/apimachinery pkg/util/validation IsHTTPHeaderName
pub fn is_http_header_name(value: &str) -> Vec<String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !value.is_empty() && value.bytes().all(fits) {
        return Vec::new();
    }
    vec![HEADER_NAME.to_string()]
}

/// A port number, 1 to 65535.
// Models k8s.io/apimachinery pkg/util/validation IsValidPortNum
pub fn is_valid_port_num(port: i64) -> Vec<String> {
    if (1..=65535).contains(&port) {
        return Vec::new();
    }
    vec![inclusive_range(1, 65535)]
}

/// The name of a port.
// Models k8s.io/apimachinery pkg/util/validation IsValidPortName
pub fn is_valid_port_name(name: &str) -> Vec<String> {
    let mut complaints = too_long(name, 15);
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || !name.bytes().all(fits) {
        let text = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
        complaints.push(text.to_string());
    }
    if !name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        complaints.push("must contain at least one letter (a-z)".to_string());
    }
    if name.contains("--") {
        complaints.push("must not contain consecutive hyphens".to_string());
    }
    if name.starts_with('-') || name.ends_with('-') {
        complaints.push("must not begin or end with a hyphen".to_string());
    }
    complaints
}

/// `must be between low and high, inclusive`.
pub fn inclusive_range(low: i64, high: i64) -> String {
    format!("must be between {low} and {high}, inclusive")
}

/// Whether `path` is made of the characters that an HTTP path may have.
pub fn has_http_path_syntax(path: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
    !path.is_empty() && path.bytes().all(fits)
}

fn too_long(value: &str, max_bytes: usize) -> Vec<String> {
    if value.len() <= max_bytes {
        return Vec::new();
    }
    vec![format!("must be no more than {max_bytes} bytes")]
}

fn has_dns_label_syntax(value: &str) -> bool {
    let letter = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    starts_and_ends_with(value, letter) && value.bytes().all(|byte| letter(&byte) || byte == b'-')
}

fn has_dns_subdomain_syntax(value: &str) -> bool {
    value.split('.').all(has_dns_label_syntax)
}

fn has_label_syntax(value: &str) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphanumeric();
    let fits = |byte: u8| letter(&byte) || b"-_.".contains(&byte);
    starts_and_ends_with(value, letter) && value.bytes().all(fits)
}

fn starts_and_ends_with(value: &str, fits: impl Fn(&u8) -> bool) -> bool {
    let bytes = value.as_bytes();
    bytes.first().is_some_and(&fits) && bytes.last().is_some_and(&fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_names_are_letters_with_single_hyphens() {
        assert!(is_valid_port_name("http-8080").is_empty());
        for bad in ["", "8080", "-a", "a--b", "Http", "abcdefghijklmnop"] {
            assert!(!is_valid_port_name(bad).is_empty(), "{bad}");
        }
    }

    #[test]
    fn generated_name_prefixes_may_end_in_a_dash() {
        assert!(is_dns1123_subdomain_prefix("pi-").is_empty());
        assert!(!is_dns1123_subdomain_prefix("-").is_empty());
        assert!(!is_dns1123_subdomain_prefix("Pi-").is_empty());
    }
}
