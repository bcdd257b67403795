// Loads the later part of the page's wasm: once the page has been drawn, or at once when it is called for before.
const address = new URL("later.wasm", import.meta.url);
let first;

const is_there = () => first.$there.value === 1;
const imports = () => ({ first });

/** Called by the first part when it needs a function of the later one that is not there yet: it cannot wait. */
function load() {
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
  new WebAssembly.Instance(new WebAssembly.Module(bytes), imports());
  first.$there.value = 1;
}

/** The page is about to start, as the module with these exports. */
export function begin(exports) {
  first = exports;
  requestAnimationFrame(() => setTimeout(fetch_it));
}

async function fetch_it() {
  try {
    const module = await WebAssembly.compileStreaming(fetch(address));
    if (!is_there()) {
      await WebAssembly.instantiate(module, imports());
      first.$there.value = 1;
    }
  } catch {
    // Whoever needs it tries again, and says so if that fails.
  }
}

export const later = { load };
