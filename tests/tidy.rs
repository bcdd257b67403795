//! The house's rules, as far as a program can judge them: layers, sizes, names, openings.
//! Reads the sources as tokens and syntax; knows nothing of what they do.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::fmt;
use std::path::Path;
use syn::visit::{self, Visit};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;

/// Each layer may use those before it, never those after it.
const LAYERS: [&str; 10] =
    ["sim", "api", "workload", "apiserver", "client", "controllers", "nodes", "cluster", "kubectl", "ui"];

/// These two meet only through the API server.
const STRANGERS: [&str; 2] = ["controllers", "nodes"];

/// Folders and files that are made, not written.
const MADE: [&str; 5] = ["target", "dist", "node_modules", ".git", "editor.js"];

#[test]
fn the_repository_keeps_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    list(root, root, &mut files);
    assert!(files.iter().any(|path| path == "src/lib.rs"));
    let mut broken = Vec::new();
    for path in &files {
        // What is not text is not ours to read.
        let Ok(text) = std::fs::read_to_string(root.join(path)) else {
            continue;
        };
        broken.extend(judge(path, &text));
    }
    let list: Vec<String> = broken.iter().map(Broken::to_string).collect();
    assert!(list.is_empty(), "\n{}\n", list.join("\n"));
}

/// A rule that is not kept, where, and what would be right.
struct Broken {
    path: String,
    line: usize,
    right: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.right)
    }
}

fn list(root: &Path, folder: &Path, files: &mut Vec<String>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .expect("the repository can be read")
        .map(|entry| entry.expect("the repository can be read").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if MADE.contains(&name.as_ref()) {
            continue;
        }
        if path.is_dir() {
            list(root, &path, files);
        } else if let Ok(inside) = path.strip_prefix(root) {
            files.push(inside.to_string_lossy().replace('\\', "/"));
        }
    }
}

/// Everything wrong with one file; `path` is from the repository's root.
fn judge(path: &str, text: &str) -> Vec<Broken> {
    let mut found = Findings::new(path);
    places_of_this_machine(text, &mut found);
    if path.ends_with(".rs") {
        opening_and_length(text, &mut found);
        match text.parse::<TokenStream>() {
            Ok(tokens) => Tokens::new(path).walk(tokens, module_depth(path), &mut found),
            Err(error) => found.add(error.span().start().line, &error.to_string()),
        }
        match syn::parse_file(text) {
            Ok(file) => Functions(&mut found).visit_file(&file),
            Err(error) => found.add(error.span().start().line, &error.to_string()),
        }
    }
    found.broken
}

struct Findings<'a> {
    path: &'a str,
    broken: Vec<Broken>,
}

impl<'a> Findings<'a> {
    fn new(path: &'a str) -> Self {
        let broken = Vec::new();
        Self { path, broken }
    }

    fn add(&mut self, line: usize, right: &str) {
        self.broken.push(Broken { path: self.path.to_owned(), line, right: right.to_owned() });
    }
}

/// Absolute paths of a workplace, and addresses of package registries in the lock file.
fn places_of_this_machine(text: &str, found: &mut Findings) {
    let paths = [concat!("/wo", "rk/"), concat!("/tm", "p/wt"), concat!("/ro", "ot/")];
    for (line, number) in text.lines().zip(1..) {
        let begins = |start: usize| {
            let before = line[..start].chars().next_back();
            before.is_none_or(|c| !c.is_alphanumeric() && !"._-/}".contains(c))
        };
        for path in paths {
            if line.match_indices(path).any(|(start, _)| begins(start)) {
                let right = format!("{path} is a path of one machine; write one from the repository's root");
                found.add(number, &right);
            }
        }
        if found.path.ends_with("package-lock.json") && line.contains("\"resolved\"") {
            found.add(number, "lock npm packages without addresses (editor/.npmrc says how)");
        }
    }
}

fn opening_and_length(text: &str, found: &mut Findings) {
    if !text.starts_with("//!") {
        found.add(1, "open with `//!`: what the file owns and what it must not know");
    }
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
    if lines > FILE_LINES {
        let right = format!("{lines} lines before the tests; split it, at most {FILE_LINES}");
        found.add(FILE_LINES + 1, &right);
    }
}

/// How many modules a file is below the crate: 0 for `src/lib.rs`, 1 for `src/api/mod.rs`.
fn module_depth(path: &str) -> usize {
    let name = path.strip_prefix("src/").unwrap_or(path);
    let name = name.trim_end_matches(".rs").trim_end_matches("/mod");
    match name {
        "lib" | "main" => 0,
        inner => inner.split('/').count(),
    }
}

/// The rules about names: which layer, crate or function a file may mention.
struct Tokens {
    /// In `src/`; the other rules are for everybody.
    ours: bool,
    /// Where in `LAYERS` the file stands; `src/lib.rs` and `src/main.rs` stand nowhere.
    layer: Option<usize>,
    page: bool,
    browser: bool,
}

impl Tokens {
    fn new(path: &str) -> Self {
        let inside = path.strip_prefix("src/");
        let first = inside.and_then(|inside| inside.split(['/', '.']).next());
        Self {
            ours: inside.is_some(),
            layer: LAYERS.iter().position(|layer| Some(*layer) == first),
            page: first == Some("ui") || first == Some("main"),
            browser: path.starts_with("src/ui/browser"),
        }
    }

    /// `depth` is how many modules we are below the crate, to know where `super` leads.
    fn walk(&self, tokens: TokenStream, depth: usize, found: &mut Findings) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(ident) => {
                    let (name, line) = (ident.to_string(), ident.span().start().line);
                    self.name(&name, &tokens[at + 1..], line, found);
                    if self.ours && !follows_path(&tokens[..at]) {
                        for layer in named_from_the_crate(&name, &tokens[at + 1..], depth) {
                            self.layer(&layer, line, found);
                        }
                    }
                }
                TokenTree::Group(group) => {
                    let module = at >= 2 && is_ident(&tokens[at - 2], "mod");
                    self.walk(group.stream(), depth + usize::from(module), found);
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    fn layer(&self, named: &str, line: usize, found: &mut Findings) {
        let (Some(own), Some(other)) = (self.layer, LAYERS.iter().position(|layer| *layer == named)) else {
            return;
        };
        let own_name = LAYERS[own];
        if other > own {
            let right = format!("`{own_name}` stands before `{named}` and must not use it");
            found.add(line, &right);
        } else if other != own && STRANGERS.contains(&own_name) && STRANGERS.contains(&named) {
            let right = format!("`{own_name}` and `{named}` meet only through `apiserver`");
            found.add(line, &right);
        }
    }

    fn name(&self, name: &str, next: &[TokenTree], line: usize, found: &mut Findings) {
        if matches!(name, "todo" | "unimplemented" | "dbg") && is_punct(next.first(), '!') {
            found.add(line, &format!("finish it: no `{name}!`"));
        }
        if !self.ours {
            return;
        }
        let browser = matches!(name, "web_sys" | "js_sys") || name.starts_with("wasm_bindgen");
        if (browser || name.starts_with("gloo")) && !self.browser {
            found.add(line, &format!("only `src/ui/browser` names `{name}`"));
        }
        if self.page {
            return;
        }
        let now = path_goes_on(next).is_some_and(|next| is_ident(next, "now"));
        match name {
            "yew" => found.add(line, "only `src/ui` names `yew`"),
            "HashMap" => found.add(line, "use BTreeMap: its order is the same everywhere"),
            "HashSet" => found.add(line, "use BTreeSet: its order is the same everywhere"),
            "thread_rng" => found.add(line, "draw from the seeded numbers of `sim`"),
            "RefCell" => found.add(line, "let one owner change it: no RefCell in the core"),
            "Instant" | "SystemTime" if now => found.add(line, "ask the clock of `sim`"),
            _ => {}
        }
    }
}

/// The top-level modules that a path starting at `name` leads to.
fn named_from_the_crate(name: &str, next: &[TokenTree], depth: usize) -> Vec<String> {
    let mut rest = next;
    match name {
        "crate" | "jobscope" => {}
        "super" => {
            let mut up = 1;
            while let Some(TokenTree::Ident(ident)) = path_goes_on(rest)
                && ident == "super"
            {
                up += 1;
                rest = &rest[3..];
            }
            if up != depth {
                return Vec::new();
            }
        }
        _ => return Vec::new(),
    }
    match path_goes_on(rest) {
        Some(TokenTree::Ident(ident)) => vec![ident.to_string()],
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => firsts(group.stream()),
        _ => Vec::new(),
    }
}

/// What follows `::`.
fn path_goes_on(tokens: &[TokenTree]) -> Option<&TokenTree> {
    let colons = is_punct(tokens.first(), ':') && is_punct(tokens.get(1), ':');
    colons.then(|| tokens.get(2)).flatten()
}

fn follows_path(before: &[TokenTree]) -> bool {
    is_punct(before.last(), ':') && is_punct(before.len().checked_sub(2).map(|at| &before[at]), ':')
}

/// The first name of each part of `{a::b, c::{d, e}}`.
fn firsts(list: TokenStream) -> Vec<String> {
    let mut first = true;
    let mut names = Vec::new();
    for token in list {
        match &token {
            TokenTree::Ident(ident) if first => names.push(ident.to_string()),
            _ => {}
        }
        first = is_punct(Some(&token), ',');
    }
    names
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// The rules about functions: their length and their parameters.
struct Functions<'a, 'b>(&'a mut Findings<'b>);

impl Functions<'_, '_> {
    fn length(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let start = signature.fn_token.span.start().line;
        let lines = body.brace_token.span.close().end().line + 1 - start;
        if lines > FUNCTION_LINES {
            let name = &signature.ident;
            let right = format!("`{name}` has {lines} lines; split it, at most {FUNCTION_LINES}");
            self.0.add(start, &right);
        }
    }

    fn parameters(&mut self, signature: &syn::Signature) {
        if !self.0.path.starts_with("src/") {
            return;
        }
        for input in &signature.inputs {
            if let syn::FnArg::Typed(typed) = input
                && let syn::Type::Path(path) = typed.ty.as_ref()
                && path.path.is_ident("bool")
            {
                let right = format!("`{}`: say it with a small enum, not a bool", signature.ident);
                self.0.add(typed.colon_token.spans[0].start().line, &right);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_, '_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        // Tables of cases may be as long as they need to be.
        if !module.attrs.iter().any(is_for_tests) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.length(&function.sig, &function.block);
        self.parameters(&function.sig);
        visit::visit_item_fn(self, function);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        // The signatures of a trait's functions are the trait's to choose.
        if item.trait_.is_none() {
            for inner in &item.items {
                if let syn::ImplItem::Fn(function) = inner {
                    self.parameters(&function.sig);
                }
            }
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.length(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.length(&function.sig, body);
        }
        self.parameters(&function.sig);
        visit::visit_trait_item_fn(self, function);
    }
}

fn is_for_tests(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
}

#[test]
fn each_rule_notices() {
    let machine = concat!("let path = \"/wo", "rk/main\";");
    let long_body = "//!\nfn long() {\n".to_owned() + &"    go();\n".repeat(69) + "}\n";
    let long_file = "//!\n".to_owned() + &"const A: u8 = 1;\n".repeat(FILE_LINES);
    let cases = [
        ("src/sim/a.rs", "fn a() {}", 1),
        ("src/sim/a.rs", &long_body, 2),
        ("src/sim/a.rs", &long_file, 501),
        ("README.md", machine, 1),
        ("editor/package-lock.json", "{\n\"resolved\": \"\"", 2),
        ("src/sim/a.rs", "//!\nuse crate::api::Job;", 2),
        ("src/api/a.rs", "//!\nuse crate::{sim::Clock, cluster::World};", 2),
        ("src/api/mod.rs", "//!\nuse super::cluster::World;", 2),
        ("src/api/a/b.rs", "//!\nfn f() { super::super::super::cluster::go() }", 2),
        ("src/nodes/a.rs", "//!\nuse crate::controllers::job;", 2),
        ("src/controllers/a.rs", "//!\nuse crate::nodes::Kubelet;", 2),
        ("src/cluster/a.rs", "//!\nuse yew::prelude::*;", 2),
        ("src/ui/a.rs", "//!\nuse web_sys::Window;", 2),
        ("src/main.rs", "//!\nuse gloo_timers::callback;", 2),
        ("src/client/a.rs", "//!\nuse std::collections::HashMap;", 2),
        ("src/client/a.rs", "//!\nfn f() { let t = std::time::Instant::now(); }", 2),
        ("src/client/a.rs", "//!\nuse std::cell::RefCell;", 2),
        ("src/client/a.rs", "//!\nfn f(\n  a: u8,\n  deep: bool) {}", 4),
        ("src/client/a.rs", "//!\nimpl A { fn f(&self, deep: bool) {} }", 2),
        ("tests/a.rs", "//!\nfn f() { todo!() }", 2),
    ];
    for (path, text, line) in cases {
        let lines: Vec<usize> = judge(path, text).iter().map(|broken| broken.line).collect();
        assert_eq!(lines, [line], "{path}: {text}");
    }
}

#[test]
fn what_is_right_passes() {
    let cases = [
        ("src/api/mod.rs", "//!\nuse super::sim::Clock;\nmod tests { use super::*; }"),
        ("src/api/a.rs", "//!\nuse super::cluster_of;\nuse crate::{api::Job, sim};"),
        ("src/main.rs", "//!\nfn main() { yew::Renderer::<jobscope::ui::App>::new(); }"),
        ("src/ui/a.rs", "//!\nuse yew::prelude::*;\nuse std::collections::HashMap;"),
        ("src/ui/browser/a.rs", "//!\nuse web_sys::Window;"),
        ("src/sim/a.rs", "//!\nimpl Set for A { fn set(&self, on: bool) {} }"),
        ("src/sim/a.rs", "//!\nfn f(time: Instant) -> Vec<bool> { vec![] }"),
        ("README.md", "See kubernetes.io/work/ and src/root/."),
    ];
    for (path, text) in cases {
        let broken: Vec<String> = judge(path, text).iter().map(Broken::to_string).collect();
        assert_eq!(broken, Vec::<String>::new(), "{text}");
    }
}
