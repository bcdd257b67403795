//! Time zones: the name of the one in which the person lives, and the file that holds the rules of all.

use crate::sim::zone_data;
use wasm_bindgen::prelude::*;

/// The name of the person's time zone, such as `Europe/Berlin`.
pub fn zone_name() -> String {
    name()
}

/// Fetches the time zones, and tells whether they are there now.
pub async fn load_zones() -> bool {
    let bytes = match load().await {
        Ok(bytes) => js_sys::Uint8Array::new(&bytes).to_vec(),
        // The console has the browser's own word on it.
        Err(_) => return false,
    };
    zone_data::load(bytes).is_ok()
}

// The file is fetched when the page already runs, from beside the page, wherever that is.
#[wasm_bindgen(inline_js = r#"
export const name = () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
export const load = async () => {
    const answer = await fetch(new URL("zones.bin", document.baseURI));
    if (!answer.ok) throw new Error(`zones.bin: ${answer.status}`);
    return answer.arrayBuffer();
};
"#)]
extern "C" {
    fn name() -> String;

    #[wasm_bindgen(catch)]
    async fn load() -> Result<JsValue, JsValue>;
}
