//! What there is to know of a wasm module before it is taken apart: its functions, what they call, and what others can
//! reach. It changes nothing.

use crate::run::Outcome;
use std::collections::BTreeSet;
use wasmparser::{
    CompositeInnerType, ElementItems, ExternalKind, FuncType, FunctionBody, GlobalType, MemoryType, Operator, Parser,
    Payload, TableType, TypeRef, TypeSectionReader,
};

/// The facts of a module. Functions go by their index, those that are imported first.
pub struct Module<'w> {
    /// How many functions are imported.
    pub imported: u32,
    /// The index of each function's type.
    pub function_types: Vec<u32>,
    pub types: Vec<FuncType>,
    pub type_section: TypeSectionReader<'w>,
    /// The bodies of the functions that are not imported.
    pub bodies: Vec<FunctionBody<'w>>,
    pub tables: Vec<TableType>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<GlobalType>,
    /// Functions that are called by more than their index: exports, and what tables hold.
    pub reachable: BTreeSet<u32>,
}

impl<'w> Module<'w> {
    pub fn read(wasm: &'w [u8]) -> Outcome<Self> {
        Self::parse(wasm).map_err(|error| format!("the page's wasm cannot be read: {error}"))?.ok_or_else(|| {
            "the page's wasm has no types, or imports what is none of functions, memories, tables and globals"
                .to_owned()
        })
    }

    /// The type of a function.
    pub fn function_type(&self, function: u32) -> &FuncType {
        &self.types[self.function_types[function as usize] as usize]
    }

    /// The index of the type of functions that take `params` and give nothing.
    pub fn type_taking(&self, params: &[wasmparser::ValType]) -> Outcome<u32> {
        let fits = |ty: &FuncType| ty.params() == params && ty.results().is_empty();
        let place = self.types.iter().position(fits);
        place.map(|place| place as u32).ok_or_else(|| format!("the page's wasm has no function type for {params:?}"))
    }

    /// The functions that a function calls or refers to.
    pub fn callees(&self, function: u32) -> Outcome<BTreeSet<u32>> {
        let Some(place) = function.checked_sub(self.imported) else { return Ok(BTreeSet::new()) };
        let operators = self.bodies[place as usize].get_operators_reader();
        let mut callees = BTreeSet::new();
        for operator in operators.map_err(|error| error.to_string())? {
            match operator.map_err(|error| error.to_string())? {
                Operator::Call { function_index }
                | Operator::ReturnCall { function_index }
                | Operator::RefFunc { function_index } => {
                    callees.insert(function_index);
                }
                _ => {}
            }
        }
        Ok(callees)
    }

    fn parse(wasm: &'w [u8]) -> wasmparser::Result<Option<Self>> {
        let mut facts = Facts::default();
        for payload in Parser::new(0).parse_all(wasm) {
            facts.add(payload?)?;
        }
        let Some(type_section) = facts.type_section else { return Ok(None) };
        let types = function_types(type_section.clone())?.filter(|_| !facts.has_unknown_imports);
        Ok(types.map(|types| Self {
            imported: facts.imported,
            function_types: facts.function_types,
            types,
            type_section,
            bodies: facts.bodies,
            tables: facts.tables,
            memories: facts.memories,
            globals: facts.globals,
            reachable: facts.reachable,
        }))
    }
}

/// What is gathered while a module is read.
#[derive(Default)]
struct Facts<'w> {
    type_section: Option<TypeSectionReader<'w>>,
    imported: u32,
    has_unknown_imports: bool,
    function_types: Vec<u32>,
    bodies: Vec<FunctionBody<'w>>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    globals: Vec<GlobalType>,
    reachable: BTreeSet<u32>,
}

impl<'w> Facts<'w> {
    fn add(&mut self, payload: Payload<'w>) -> wasmparser::Result<()> {
        match payload {
            Payload::TypeSection(section) => self.type_section = Some(section),
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    self.add_import(import?.ty);
                }
                self.imported = self.function_types.len() as u32;
            }
            Payload::FunctionSection(section) => {
                self.function_types.extend(section.into_iter().collect::<Result<Vec<_>, _>>()?);
            }
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(table?.ty);
                }
            }
            Payload::MemorySection(section) => {
                self.memories.extend(section.into_iter().collect::<Result<Vec<_>, _>>()?)
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    self.globals.push(global?.ty);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    self.reachable.extend((export.kind == ExternalKind::Func).then_some(export.index));
                }
            }
            Payload::ElementSection(section) => {
                for element in section {
                    if let ElementItems::Functions(functions) = element?.items {
                        self.reachable.extend(functions.into_iter().collect::<Result<Vec<_>, _>>()?);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            _ => {}
        }
        Ok(())
    }

    fn add_import(&mut self, ty: TypeRef) {
        match ty {
            TypeRef::Func(ty) => self.function_types.push(ty),
            TypeRef::Table(ty) => self.tables.push(ty),
            TypeRef::Memory(ty) => self.memories.push(ty),
            TypeRef::Global(ty) => self.globals.push(ty),
            TypeRef::FuncExact(_) | TypeRef::Tag(_) => self.has_unknown_imports = true,
        }
    }
}

/// `None` when there are types of other things than functions.
fn function_types(section: TypeSectionReader) -> wasmparser::Result<Option<Vec<FuncType>>> {
    let mut types = Vec::new();
    for group in section {
        for ty in group?.into_types() {
            let CompositeInnerType::Func(ty) = ty.composite_type.inner else { return Ok(None) };
            types.push(ty);
        }
    }
    Ok(Some(types))
}
