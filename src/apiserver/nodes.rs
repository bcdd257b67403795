//! Nodes in the store. They have names of their own choosing and go at once when they are deleted.

use super::{ApiError, ApiResult, ApiServer, Change, Notice};
use crate::api::{Node, ObjectKind, Pod};
use std::rc::Rc;

impl ApiServer {
    pub fn node(&self, name: &str) -> Option<&Rc<Node>> {
        self.nodes.get(self.node_place(name).ok()?)
    }

    /// All nodes in the order of their names.
    pub fn nodes(&self) -> impl Iterator<Item = &Rc<Node>> {
        self.nodes.iter()
    }

    /// The pods that are bound to a node, ended ones too, in the order of their creation.
    pub fn pods_on(&self, node: &str) -> Vec<Rc<Pod>> {
        self.pods().filter(|pod| pod.node.as_deref() == Some(node)).cloned().collect()
    }

    /// Registers a node.
    ///
    /// # Errors
    /// `AlreadyExists` when there is one of that name.
    pub fn add_node(&mut self, mut node: Node) -> ApiResult<()> {
        let Err(place) = self.node_place(&node.meta.name) else {
            return Err(ApiError::AlreadyExists { kind: ObjectKind::Node, name: node.meta.name.to_string() });
        };
        node.meta.uid = self.next_uid();
        node.meta.resource_version = self.next_resource_version();
        node.meta.creation_time = Some(self.now.truncated_to_second());
        let node = Rc::new(node);
        self.nodes.insert(place, node.clone());
        self.notices.push(Notice::Node(Change { old: None, new: Some(node) }));
        Ok(())
    }

    /// Changes a node.
    ///
    /// # Errors
    /// `NotFound` when there is no such node.
    pub fn update_node(&mut self, name: &str, change: impl FnOnce(&mut Node)) -> ApiResult<()> {
        let place = self.node_place(name).map_err(|_| no_node(name))?;
        let old = self.nodes[place].clone();
        let mut node = (*old).clone();
        change(&mut node);
        node.meta.resource_version = self.next_resource_version();
        let node = Rc::new(node);
        self.nodes[place] = node.clone();
        self.notices.push(Notice::Node(Change { old: Some(old), new: Some(node) }));
        Ok(())
    }

    /// Removes a node. The pods on it stay; others see to them.
    ///
    /// # Errors
    /// `NotFound` when there is no such node.
    pub fn delete_node(&mut self, name: &str) -> ApiResult<()> {
        let place = self.node_place(name).map_err(|_| no_node(name))?;
        let old = self.nodes.remove(place);
        self.notices.push(Notice::Node(Change { old: Some(old), new: None }));
        Ok(())
    }

    /// Where a node stands, or where it would.
    fn node_place(&self, name: &str) -> Result<usize, usize> {
        self.nodes.binary_search_by(|node| (*node.meta.name).cmp(name))
    }
}

fn no_node(name: &str) -> ApiError {
    ApiError::NotFound { kind: ObjectKind::Node, name: name.to_owned() }
}
