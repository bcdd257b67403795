//! The events of a run as CSV and as JSON, oldest first: all that the cluster remembers, which is an hour of them.

use crate::api::Event;
use crate::cluster::Cluster;
use serde_json::{Map, Value};

const COLUMNS: &str = "lastTimestamp,firstTimestamp,count,type,reason,kind,namespace,name,component,message";

/// One line for each event, as RFC 4180 has it.
pub fn csv(cluster: &Cluster) -> String {
    let mut text = format!("{COLUMNS}\r\n");
    for event in cluster.api().events() {
        let cells = [
            &event.last_time.to_string(),
            &event.first_time.to_string(),
            &event.count.to_string(),
            event.event_type.as_str(),
            event.reason.as_str(),
            event.kind.as_str(),
            &event.namespace,
            &event.name,
            event.source.as_str(),
            &event.message(),
        ];
        for (place, cell) in cells.into_iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            push_cell(cell, &mut text);
        }
        text.push_str("\r\n");
    }
    text
}

/// The events as `kubectl get events -o json` lists them.
pub fn json(cluster: &Cluster) -> String {
    let items = cluster.api().events().map(|event| item(event)).collect();
    let list = object([("apiVersion", "v1".into()), ("kind", "EventList".into()), ("items", Value::Array(items))]);
    format!("{list:#}\n")
}

fn item(event: &Event) -> Value {
    let text = |text: &str| Value::String(text.to_owned());
    let involved = object([
        ("kind", text(event.kind.as_str())),
        ("namespace", text(&event.namespace)),
        ("name", text(&event.name)),
    ]);
    object([
        ("involvedObject", involved),
        ("type", text(event.event_type.as_str())),
        ("reason", text(event.reason.as_str())),
        ("message", text(&event.message())),
        ("count", event.count.into()),
        ("firstTimestamp", Value::String(event.first_time.to_string())),
        ("lastTimestamp", Value::String(event.last_time.to_string())),
        ("source", object([("component", text(event.source.as_str()))])),
    ])
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let mut map = Map::new();
    for (key, value) in fields {
        map.insert(key.to_owned(), value);
    }
    Value::Object(map)
}

/// A cell, in quotes when it holds what separates cells. One that a spreadsheet would take for a formula is quoted too,
/// with an apostrophe before it.
fn push_cell(cell: &str, text: &mut String) {
    let formula = cell.starts_with(['=', '+', '-', '@']);
    if !formula && !cell.contains([',', '"', '\n', '\r']) {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::export::tests::at;

    /// The cells of a table, read as RFC 4180 says.
    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(std::mem::take(&mut cell)),
                '\r' if !quoted => {}
                '\n' if !quoted => {
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                char => cell.push(char),
            }
        }
        rows
    }

    #[test]
    fn every_event_is_a_line_of_the_table_and_an_item_of_the_list() {
        let state = at("parallel", 30);
        let events: Vec<_> = state.cluster().api().events().collect();
        let rows = read(&csv(state.cluster()));
        let list: Value = serde_json::from_str(&json(state.cluster())).expect("JSON");
        assert_eq!((rows.len(), list["items"].as_array().map(Vec::len)), (events.len() + 1, Some(events.len())));
        assert!(events.len() > 20 && rows.iter().all(|row| row.len() == 10));
        for (place, event) in events.iter().enumerate() {
            assert_eq!(rows[place + 1][9], event.message());
            assert_eq!(list["items"][place]["message"].as_str(), Some(&*event.message()));
        }
        assert_eq!(rows[1][4], "SuccessfulCreate");
    }

    #[test]
    fn cells_are_quoted_as_they_must_be() {
        for (cell, written) in [
            ("plain text", "plain text"),
            ("a,b", "\"a,b\""),
            ("say \"a\"", "\"say \"\"a\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
        ] {
            let mut text = String::new();
            push_cell(cell, &mut text);
            assert_eq!(text, written);
        }
    }
}
