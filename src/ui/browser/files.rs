//! Saving a text as a file, or the picture that it describes; and the one text that is kept on this device.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// Where the scenario is kept that was last open: the fragment of a link to it.
const LAST_KEY: &str = "jobscope-last";

/// Hands a text to the browser's downloads.
pub fn save_text(name: &str, media_type: &str, text: &str) {
    save(name, media_type, text);
}

/// Draws an SVG, and hands it to the browser's downloads as PNG; says whether that went well.
pub fn save_png(name: String, svg: String, done: impl FnOnce(bool) + 'static) {
    spawn_local(async move { done(save_picture(&name, &svg).await.is_ok()) });
}

/// What was kept last, if anything.
pub fn recalled() -> Option<String> {
    storage()?.get_item(LAST_KEY).ok().flatten()
}

/// Keeps a text, in place of the one before; an empty one leaves none. Storage may be forbidden or full; then nothing is
/// kept.
pub fn keep(text: &str) {
    if let Some(storage) = storage() {
        let _ = if text.is_empty() { storage.remove_item(LAST_KEY) } else { storage.set_item(LAST_KEY, text) };
    }
}

pub(super) fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

// Pictures are drawn twice as large, so that they stay sharp where they are shown.
#[wasm_bindgen(inline_js = r#"
const download = (name, blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};
export const save = (name, type, text) => download(name, new Blob([text], { type }));
export const save_picture = async (name, svg) => {
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    try {
        await image.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [2 * image.naturalWidth, 2 * image.naturalHeight];
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
        if (!blob) throw new Error("The picture is too large.");
        download(name, blob);
    } finally {
        URL.revokeObjectURL(image.src);
    }
};
"#)]
extern "C" {
    fn save(name: &str, media_type: &str, text: &str);

    #[wasm_bindgen(catch)]
    async fn save_picture(name: &str, svg: &str) -> Result<JsValue, JsValue>;
}
