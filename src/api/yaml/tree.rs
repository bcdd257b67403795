//! Parser events into one tree a document, aliases shared and not yet expanded.

use std::collections::BTreeMap;
use std::rc::Rc;

use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, ScanError, Span, StrInput};

use super::scalar::Tag;
use super::{MAX_DEPTH, MAX_DOCUMENTS, Position, Problem, Region, error};

/// A value as written.
pub struct Node {
    pub region: Region,
    pub kind: NodeKind,
}

pub enum NodeKind {
    /// A scalar; `tag` is `None` for plain ones whose look decides.
    Scalar {
        text: String,
        tag: Option<Tag>,
    },
    Sequence(Vec<Rc<Node>>),
    Mapping(Vec<(Rc<Node>, Rc<Node>)>),
}

/// The documents of a text, one tree after the other.
pub struct Trees<'t> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: BTreeMap<usize, Rc<Node>>,
    documents: usize,
}

impl<'t> Trees<'t> {
    pub fn new(text: &'t str) -> Self {
        let mut options = Options::default();
        options.set_emit_comments(false);
        options.flow_nesting_limit = MAX_DEPTH;
        options.block_nesting_limit = MAX_DEPTH;
        Trees { parser: Parser::new_from_str_with_options(text, options), anchors: BTreeMap::new(), documents: 0 }
    }

    /// The next document, or what is wrong with it; `None` at the end of the text.
    pub fn next_document(&mut self) -> Option<Result<Node, Problem>> {
        self.anchors.clear();
        loop {
            match self.parser.next_event()? {
                Ok((Event::DocumentStart(..), span)) => {
                    self.documents += 1;
                    if self.documents > MAX_DOCUMENTS {
                        self.documents = 0;
                        return Some(Err(self.give_up(span.start)));
                    }
                }
                Ok((Event::StreamEnd, _)) => return None,
                Ok((Event::StreamStart | Event::DocumentEnd, _)) => {}
                Ok((event, span)) => {
                    let node = self.node(event, span);
                    return Some(node.map_err(|failure| self.recover(failure)));
                }
                Err(failure) => return Some(Err(self.recover(failure.into()))),
            }
        }
    }

    /// Says what is wrong and moves on to the next document.
    fn recover(&mut self, failure: TreeError) -> Problem {
        // An error here means that nothing more can be read; the next event says so.
        let more = self.parser.proceed_next_document();
        if !matches!(more, Ok(true)) {
            self.finish();
        }
        match failure {
            TreeError::Syntax(failure) => error(position(failure.marker()), None, syntax_message(&failure)),
            TreeError::Other(problem) => problem,
        }
    }

    fn give_up(&mut self, at: Marker) -> Problem {
        self.finish();
        let message = format!("there are more than {MAX_DOCUMENTS} documents in this text");
        error(position(&at), None, message)
    }

    fn finish(&mut self) {
        self.parser = Parser::new_from_str("");
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Node, TreeError> {
        match event {
            Event::Scalar(text, style, _, tag) => {
                let tag = match tag {
                    Some(tag) => Some(tag_kind(tag.suffix_in_namespace("tag:yaml.org,2002:").as_deref())),
                    None if style == ScalarStyle::Plain => None,
                    None => Some(Tag::Str),
                };
                let kind = NodeKind::Scalar { text: text.into_owned(), tag };
                Ok(Node { region: region(&span), kind })
            }
            Event::SequenceStart(..) => self.sequence(span),
            Event::MappingStart(..) => self.mapping(span),
            _ => {
                let message = "a value is missing here".to_string();
                Err(TreeError::Other(error(position(&span.start), None, message)))
            }
        }
    }

    fn sequence(&mut self, span: Span) -> Result<Node, TreeError> {
        let mut entries = Vec::new();
        loop {
            match self.event()? {
                (Event::SequenceEnd, _) => break,
                (event, span) => entries.push(self.shared(event, span)?),
            }
        }
        Ok(Node { region: region(&span), kind: NodeKind::Sequence(entries) })
    }

    fn mapping(&mut self, span: Span) -> Result<Node, TreeError> {
        let mut fields = Vec::new();
        loop {
            match self.event()? {
                (Event::MappingEnd, _) => break,
                (event, span) => {
                    let key = self.shared(event, span)?;
                    let (event, span) = self.event()?;
                    fields.push((key, self.shared(event, span)?));
                }
            }
        }
        Ok(Node { region: region(&span), kind: NodeKind::Mapping(fields) })
    }

    fn shared(&mut self, event: Event<'t>, span: Span) -> Result<Rc<Node>, TreeError> {
        if let Event::Alias(id) = event {
            return self.anchors.get(&id).cloned().ok_or_else(|| {
                let message = "anchor value contains itself".to_string();
                TreeError::Other(error(position(&span.start), None, message))
            });
        }
        let anchor = event.anchor_id();
        let node = Rc::new(self.node(event, span)?);
        if let Some(id) = anchor {
            self.anchors.insert(id, Rc::clone(&node));
        }
        Ok(node)
    }

    fn event(&mut self) -> Result<(Event<'t>, Span), TreeError> {
        match self.parser.next_event() {
            Some(event) => Ok(event?),
            None => {
                let message = "the text ends too early".to_string();
                Err(TreeError::Other(error(super::START, None, message)))
            }
        }
    }
}

enum TreeError {
    Syntax(ScanError),
    Other(Problem),
}

impl From<ScanError> for TreeError {
    fn from(failure: ScanError) -> Self {
        TreeError::Syntax(failure)
    }
}

fn syntax_message(failure: &ScanError) -> String {
    let info = failure.info();
    let info = info.lines().next().unwrap_or_default();
    if info.contains("tab") {
        return "found a tab where YAML wants spaces: indent with spaces only".to_string();
    }
    format!("this is not YAML: {info}")
}

fn tag_kind(suffix: Option<&str>) -> Tag {
    match suffix {
        Some("null") => Tag::Null,
        Some("bool") => Tag::Bool,
        Some("int") => Tag::Int,
        Some("float") => Tag::Float,
        Some("str" | "timestamp") => Tag::Str,
        Some("binary") => Tag::Binary,
        Some(_) | None => Tag::Other,
    }
}

fn region(span: &Span) -> Region {
    let (start, end) = (position(&span.start), position(&span.end));
    Region { start, end: end.max(start) }
}

fn position(marker: &Marker) -> Position {
    Position { line: marker.line().max(1), column: marker.col() + 1 }
}
