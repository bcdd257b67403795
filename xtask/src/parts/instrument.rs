//! A module that tells which of its functions run: each calls `profile.hit` with its index first.

use super::module::Module;
use crate::run::Outcome;
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, EntityType, ImportSection, Instruction};
use wasmparser::{FunctionBody, ImportSectionReader, Parser, ValType};

/// The module, telling.
pub fn instrument(wasm: &[u8]) -> Outcome<Vec<u8>> {
    let module = Module::read(wasm)?;
    let hit_type = module.type_taking(&[ValType::I32])?;
    let mut telling = Telling { imported: module.imported, hit_type, next: module.imported };
    let mut out = wasm_encoder::Module::new();
    telling.parse_core_module(&mut out, Parser::new(0), wasm).map_err(|error| format!("instrument: {error}"))?;
    Ok(out.finish())
}

struct Telling {
    imported: u32,
    hit_type: u32,
    /// The function whose body comes next.
    next: u32,
}

impl Reencode for Telling {
    type Error = Infallible;

    /// One more function is imported, after all others.
    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(function + u32::from(function >= self.imported))
    }

    fn parse_import_section(&mut self, imports: &mut ImportSection, section: ImportSectionReader) -> Result<(), Error> {
        utils::parse_import_section(self, imports, section)?;
        imports.import("profile", "hit", EntityType::Function(self.hit_type));
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody) -> Result<(), Error> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        function.instruction(&Instruction::I32Const(self.next as i32));
        function.instruction(&Instruction::Call(self.imported));
        self.next += 1;
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            function.instruction(&self.parse_instruction(&mut reader)?);
        }
        code.function(&function);
        Ok(())
    }
}
