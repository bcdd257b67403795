//! A tree into a value: scalars resolved, aliases and merge keys expanded within a budget,
//! duplicate keys found, places noted.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::scalar::{resolve_plain, resolve_tagged};
use super::tree::{Node, NodeKind};
use super::{Document, MAX_DEPTH, MAX_EXPANDED_BYTES, MAX_NODES, Place, Problem, Region, error};

/// The document of a tree; one beyond the budget of the whole text is refused.
pub fn document(tree: &Node, budget: &mut Budget) -> Result<Document, Problem> {
    let mut builder = Builder { places: BTreeMap::new(), budget, path: String::new(), problems: Vec::new() };
    let value = builder.value(tree, None, 0)?;
    Ok(Document { value, places: builder.places, problems: builder.problems })
}

/// What the documents of a text have used so far.
#[derive(Default)]
pub struct Budget {
    nodes: usize,
    bytes: usize,
}

struct Builder<'b> {
    places: BTreeMap<String, Place>,
    budget: &'b mut Budget,
    path: String,
    problems: Vec<Problem>,
}

impl Builder<'_> {
    fn value(&mut self, node: &Node, key: Option<Region>, depth: usize) -> Result<Value, Problem> {
        self.spend(node, depth)?;
        let place = Place { key, value: node.region };
        self.places.insert(self.path.clone(), place);
        match &node.kind {
            NodeKind::Scalar { .. } => Ok(self.scalar(node)),
            NodeKind::Sequence(entries) => {
                let mut values = Vec::new();
                for (index, entry) in entries.iter().enumerate() {
                    let value = self.below(&format!("[{index}]"), |builder| builder.value(entry, None, depth + 1))?;
                    values.push(value);
                }
                Ok(Value::Array(values))
            }
            NodeKind::Mapping(fields) => self.mapping(fields, depth),
        }
    }

    fn mapping(&mut self, fields: &[(Rc<Node>, Rc<Node>)], depth: usize) -> Result<Value, Problem> {
        let mut object = Map::new();
        let mut merged = Vec::new();
        for (key, value) in fields {
            if is_merge_key(key) {
                merged.push(value);
                continue;
            }
            let Some(name) = self.key_name(key) else { continue };
            if object.contains_key(&name) {
                let message = format!("key {name:?} already set in map");
                self.complain(key.region, message);
                continue;
            }
            let value = self.field(&name, key, value, depth)?;
            object.insert(name, value);
        }
        for value in merged {
            self.merge(value, &mut object, depth)?;
        }
        Ok(Value::Object(object))
    }

    /// Adds the fields of a mapping, or of a list of mappings, that are not there yet.
    fn merge(&mut self, node: &Node, object: &mut Map<String, Value>, depth: usize) -> Result<(), Problem> {
        self.spend(node, depth)?;
        match &node.kind {
            NodeKind::Mapping(fields) => {
                for (key, value) in fields {
                    if is_merge_key(key) {
                        self.merge(value, object, depth + 1)?;
                        continue;
                    }
                    self.spend(key, depth)?;
                    let Some(name) = self.key_name(key) else { continue };
                    if !object.contains_key(&name) {
                        let value = self.field(&name, key, value, depth)?;
                        object.insert(name, value);
                    }
                }
            }
            NodeKind::Sequence(entries) if entries.iter().all(|entry| is_mapping(entry)) => {
                for entry in entries {
                    self.merge(entry, object, depth + 1)?;
                }
            }
            NodeKind::Sequence(_) | NodeKind::Scalar { .. } => {
                let message = "map merge requires map or sequence of maps as the value";
                self.complain(node.region, message.to_string());
            }
        }
        Ok(())
    }

    fn field(&mut self, name: &str, key: &Node, value: &Node, depth: usize) -> Result<Value, Problem> {
        let dot = if self.path.is_empty() { "" } else { "." };
        let step = format!("{dot}{name}");
        self.below(&step, |builder| builder.value(value, Some(key.region), depth + 1))
    }

    fn below<T>(&mut self, step: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(step);
        let result = work(self);
        self.path.truncate(length);
        result
    }

    /// The name that a key has in JSON, where all keys are texts.
    fn key_name(&mut self, key: &Node) -> Option<String> {
        let value = match key.kind {
            NodeKind::Scalar { .. } => self.scalar(key),
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
                self.complain(key.region, "a key must be a single value".to_string());
                return None;
            }
        };
        match value {
            Value::String(text) => Some(text),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                self.complain(key.region, "a key is missing here".to_string());
                None
            }
        }
    }

    fn scalar(&mut self, node: &Node) -> Value {
        let NodeKind::Scalar { text, tag } = &node.kind else {
            return Value::Null;
        };
        let resolved = match tag {
            None => resolve_plain(text),
            Some(tag) => resolve_tagged(text, *tag),
        };
        resolved.unwrap_or_else(|message| {
            self.complain(node.region, message);
            Value::Null
        })
    }

    fn spend(&mut self, node: &Node, depth: usize) -> Result<(), Problem> {
        self.budget.nodes += 1;
        // Paths grow with depth and are kept for every value, so they count too.
        self.budget.bytes += self.path.len();
        if let NodeKind::Scalar { text, .. } = &node.kind {
            self.budget.bytes += text.len();
        }
        let message = if depth > MAX_DEPTH {
            format!("this nests more than {MAX_DEPTH} levels deep")
        } else if self.budget.nodes > MAX_NODES {
            format!("this text has more than {MAX_NODES} values, repeated ones counted")
        } else if self.budget.bytes > MAX_EXPANDED_BYTES {
            format!("this text has more than {MAX_EXPANDED_BYTES} bytes, repeated ones counted")
        } else {
            return Ok(());
        };
        Err(error(node.region.start, None, message))
    }

    fn complain(&mut self, region: Region, message: String) {
        self.problems.push(error(region.start, Some(region.end), message));
    }
}

fn is_merge_key(key: &Node) -> bool {
    matches!(&key.kind, NodeKind::Scalar { text, tag: None } if text == "<<")
}

fn is_mapping(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Mapping(_))
}
