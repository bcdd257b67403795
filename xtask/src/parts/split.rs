//! One module becomes two that share memory and tables: the first has the functions that are wanted at once, the later
//! one the rest. In the first a stub stands for each function of the later one that something there can call; it has the
//! later part loaded, should that not be there yet, and goes on to the real function through the table.

use super::module::Module;
use crate::run::Outcome;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, ImportSection, Instruction, TableSection, TypeSection, ValType,
};
use wasmparser::{
    CodeSectionReader, ExportSectionReader, FunctionBody, FunctionSectionReader, GlobalSectionReader,
    ImportSectionReader, Parser, TableSectionReader,
};

/// What the later part calls the first in its imports.
pub const FIRST: &str = "first";
/// Where the first part imports the function from that loads the later one.
pub const LATER: &str = "later";
/// The global of the first part that is 1 once the later part is there.
pub const IS_THERE: &str = "$there";

/// The two modules.
pub struct Parts {
    pub first: Vec<u8>,
    pub later: Vec<u8>,
}

/// Splits a module; `ran` are the functions that the first part keeps.
pub fn split(wasm: &[u8], ran: &BTreeSet<u32>) -> Outcome<Parts> {
    let module = Module::read(wasm)?;
    let plan = Plan::new(&module, ran)?;
    let mut first = First { plan: &plan, module: &module, next: module.imported };
    let mut out = wasm_encoder::Module::new();
    first.parse_core_module(&mut out, Parser::new(0), wasm).map_err(|error| format!("the first part: {error}"))?;
    let later = later(&plan, &module).map_err(|error| format!("the later part: {error}"))?;
    Ok(Parts { first: out.finish(), later })
}

/// Which function goes where.
struct Plan {
    later: Vec<u32>,
    /// Functions of the later part that the first can call, each by its place in the table.
    stubs: BTreeMap<u32, u32>,
    /// Functions that the later part calls in the first.
    shared: Vec<u32>,
    load_type: u32,
}

impl Plan {
    fn new(module: &Module, ran: &BTreeSet<u32>) -> Outcome<Self> {
        let all = module.imported..module.function_types.len() as u32;
        let (first, later): (Vec<u32>, Vec<u32>) = all.partition(|function| ran.contains(function));
        let is_later: BTreeSet<u32> = later.iter().copied().collect();
        let callees = |functions: &[u32]| -> Outcome<BTreeSet<u32>> {
            let sets = functions.iter().map(|function| module.callees(*function));
            Ok(sets.collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect())
        };
        let called: BTreeSet<u32> = callees(&first)?.union(&module.reachable).copied().collect();
        let table = module.tables.first().ok_or("the page's wasm has no table")?;
        let stubs = called.intersection(&is_later).copied().zip(table.initial as u32..).collect();
        let shared = callees(&later)?.into_iter().filter(|function| !is_later.contains(function)).collect();
        Ok(Self { later, stubs, shared, load_type: module.type_taking(&[])? })
    }
}

/// Writes the first part.
struct First<'p, 'w> {
    plan: &'p Plan,
    module: &'p Module<'w>,
    /// The function whose body comes next.
    next: u32,
}

impl First<'_, '_> {
    /// The function after all others: it has the later part loaded unless it is there.
    fn ensure_index(&self) -> u32 {
        self.module.function_types.len() as u32 + 1
    }

    fn there_index(&self) -> u32 {
        self.module.globals.len() as u32
    }

    fn stub(&self, function: u32, place: u32) -> Function {
        let mut stub = Function::new([]);
        stub.instruction(&Instruction::Call(self.ensure_index()));
        for parameter in 0..self.module.function_type(function).params().len() {
            stub.instruction(&Instruction::LocalGet(parameter as u32));
        }
        stub.instruction(&Instruction::I32Const(place as i32));
        let type_index = self.module.function_types[function as usize];
        stub.instruction(&Instruction::CallIndirect { type_index, table_index: 0 });
        stub.instruction(&Instruction::End);
        stub
    }

    fn ensure(&self) -> Function {
        let mut ensure = Function::new([]);
        ensure.instruction(&Instruction::GlobalGet(self.there_index()));
        ensure.instruction(&Instruction::I32Eqz);
        ensure.instruction(&Instruction::If(wasm_encoder::BlockType::Empty));
        ensure.instruction(&Instruction::Call(self.module.imported));
        ensure.instruction(&Instruction::End);
        ensure.instruction(&Instruction::End);
        ensure
    }
}

impl Reencode for First<'_, '_> {
    type Error = Infallible;

    /// One more function is imported, after all others.
    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(function + u32::from(function >= self.module.imported))
    }

    fn parse_import_section(&mut self, imports: &mut ImportSection, section: ImportSectionReader) -> Result<(), Error> {
        utils::parse_import_section(self, imports, section)?;
        imports.import(LATER, "load", EntityType::Function(self.plan.load_type));
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader,
    ) -> Result<(), Error> {
        utils::parse_function_section(self, functions, section)?;
        functions.function(self.plan.load_type);
        Ok(())
    }

    /// The first table gets room for the later part's functions.
    fn parse_table_section(&mut self, tables: &mut TableSection, section: TableSectionReader) -> Result<(), Error> {
        for (place, table) in section.into_iter().enumerate() {
            let mut table = table?;
            if place == 0 {
                let more = self.plan.stubs.len() as u64;
                table.ty.initial += more;
                table.ty.maximum = table.ty.maximum.map(|maximum| maximum + more);
            }
            self.parse_table(tables, table)?;
        }
        Ok(())
    }

    fn parse_global_section(&mut self, globals: &mut GlobalSection, section: GlobalSectionReader) -> Result<(), Error> {
        utils::parse_global_section(self, globals, section)?;
        let there = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(there, &ConstExpr::i32_const(0));
        Ok(())
    }

    fn parse_export_section(&mut self, exports: &mut ExportSection, section: ExportSectionReader) -> Result<(), Error> {
        utils::parse_export_section(self, exports, section)?;
        exports.export(IS_THERE, ExportKind::Global, self.there_index());
        for place in 0..self.module.tables.len() {
            exports.export(&table_name(place), ExportKind::Table, place as u32);
        }
        for place in 0..self.module.memories.len() {
            exports.export(&memory_name(place), ExportKind::Memory, place as u32);
        }
        for place in 0..self.module.globals.len() {
            exports.export(&global_name(place), ExportKind::Global, place as u32);
        }
        for (place, function) in self.plan.shared.iter().enumerate() {
            let index = self.function_index(*function)?;
            exports.export(&function_name(place), ExportKind::Func, index);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader) -> Result<(), Error> {
        utils::parse_code_section(self, code, section)?;
        code.function(&self.ensure());
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody) -> Result<(), Error> {
        let function = self.next;
        self.next += 1;
        if self.plan.later.binary_search(&function).is_err() {
            return utils::parse_function_body(self, code, body);
        }
        match self.plan.stubs.get(&function) {
            Some(&place) => code.function(&self.stub(function, place)),
            None => {
                code.function(Function::new([]).instruction(&Instruction::Unreachable).instruction(&Instruction::End))
            }
        };
        Ok(())
    }
}

/// The later part: it imports all that it needs of the first, and puts its functions into the first one's table.
fn later(plan: &Plan, module: &Module) -> Result<Vec<u8>, Error> {
    let indices = plan.shared.iter().chain(&plan.later).copied().zip(0..).collect();
    let mut later = Later { indices };
    let mut types = TypeSection::new();
    later.parse_type_section(&mut types, module.type_section.clone())?;

    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for function in &plan.later {
        functions.function(module.function_types[*function as usize]);
        later.parse_function_body(&mut code, module.bodies[(function - module.imported) as usize].clone())?;
    }
    let mut elements = ElementSection::new();
    let in_table: Vec<u32> = plan.stubs.keys().map(|function| later.indices[function]).collect();
    let offset = ConstExpr::i32_const(module.tables[0].initial as i32);
    elements.active(None, &offset, Elements::Functions(in_table.into()));

    let mut out = wasm_encoder::Module::new();
    out.section(&types).section(&imports_of_first(plan, module)?).section(&functions).section(&elements).section(&code);
    Ok(out.finish())
}

fn imports_of_first(plan: &Plan, module: &Module) -> Result<ImportSection, Error> {
    let mut same = RoundtripReencoder;
    let mut imports = ImportSection::new();
    for (place, function) in plan.shared.iter().enumerate() {
        let ty = module.function_types[*function as usize];
        imports.import(FIRST, &function_name(place), EntityType::Function(ty));
    }
    for (place, table) in module.tables.iter().enumerate() {
        let ty = wasm_encoder::TableType { maximum: None, ..same.table_type(*table)? };
        imports.import(FIRST, &table_name(place), ty);
    }
    for (place, memory) in module.memories.iter().enumerate() {
        imports.import(FIRST, &memory_name(place), same.memory_type(*memory)?);
    }
    for (place, global) in module.globals.iter().enumerate() {
        imports.import(FIRST, &global_name(place), same.global_type(*global)?);
    }
    Ok(imports)
}

/// Writes function bodies with the later part's indices.
struct Later {
    indices: BTreeMap<u32, u32>,
}

impl Reencode for Later {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(self.indices[&function])
    }
}

fn function_name(place: usize) -> String {
    format!("${place}")
}

fn table_name(place: usize) -> String {
    format!("$t{place}")
}

fn memory_name(place: usize) -> String {
    format!("$m{place}")
}

fn global_name(place: usize) -> String {
    format!("$g{place}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{MemorySection, MemoryType, RefType, TableType};
    use wasmparser::{Payload, Validator};

    /// Functions 0 (imported), 1 (exported, calls 2), 2 (calls 0 and 3), 3 and 4 (in the table).
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([ValType::I32], [ValType::I32]);
        let mut imports = ImportSection::new();
        imports.import("page", "call", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        let bodies: [(u32, &[Instruction]); 4] = [
            (0, &[Instruction::I32Const(1), Instruction::Call(2), Instruction::Drop]),
            (1, &[Instruction::Call(0), Instruction::LocalGet(0), Instruction::Call(3)]),
            (1, &[Instruction::LocalGet(0), Instruction::GlobalGet(0), Instruction::I32Add]),
            (1, &[Instruction::LocalGet(0)]),
        ];
        for (ty, instructions) in bodies {
            functions.function(ty);
            let mut body = Function::new([]);
            for instruction in instructions {
                body.instruction(instruction);
            }
            code.function(body.instruction(&Instruction::End));
        }
        let mut tables = TableSection::new();
        let minimum = 2;
        let funcs = RefType::FUNCREF;
        tables.table(TableType { element_type: funcs, table64: false, minimum, maximum: Some(2), shared: false });
        let mut memories = MemorySection::new();
        memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
        let mut globals = GlobalSection::new();
        let stack = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(stack, &ConstExpr::i32_const(1024));
        let mut exports = ExportSection::new();
        exports.export("run", ExportKind::Func, 1);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions([3, 4][..].into()));
        let mut module = wasm_encoder::Module::new();
        module.section(&types).section(&imports).section(&functions).section(&tables).section(&memories);
        module.section(&globals).section(&exports).section(&elements).section(&code);
        module.finish()
    }

    fn names(wasm: &[u8]) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut imports, mut exports) = (BTreeSet::new(), BTreeSet::new());
        for payload in Parser::new(0).parse_all(wasm) {
            match payload.unwrap() {
                Payload::ImportSection(section) => {
                    imports.extend(section.into_imports().map(|import| import.unwrap().name.to_owned()));
                }
                Payload::ExportSection(section) => {
                    exports.extend(section.into_iter().map(|export| export.unwrap().name.to_owned()));
                }
                _ => {}
            }
        }
        (imports, exports)
    }

    #[test]
    fn both_parts_are_valid_and_fit_together_wherever_the_cut_is() {
        let wasm = module();
        for kept in 0..1_u32 << 4 {
            let ran = (1..5).filter(|function| kept & (1 << (function - 1)) != 0).collect();
            let parts = split(&wasm, &ran).unwrap();
            Validator::new()
                .validate_all(&parts.first)
                .unwrap_or_else(|error| panic!("first part of {ran:?}: {error}"));
            Validator::new()
                .validate_all(&parts.later)
                .unwrap_or_else(|error| panic!("later part of {ran:?}: {error}"));
            let (wanted, _) = names(&parts.later);
            let (_, given) = names(&parts.first);
            assert!(wanted.is_subset(&given), "{wanted:?} is not in {given:?}");
            assert!(given.contains("run") && given.contains(IS_THERE));
        }
    }

    #[test]
    fn what_runs_at_once_is_in_the_first_part_alone() {
        let parts = split(&module(), &BTreeSet::from([1, 2])).unwrap();
        let plan = |wasm: &[u8]| Module::read(wasm).map(|module| module.bodies.len());
        // Functions 3 and 4; and beside the stubs for them, 1, 2 and the one that has the later part loaded.
        assert_eq!((plan(&parts.later), plan(&parts.first)), (Ok(2), Ok(5)));
    }
}
