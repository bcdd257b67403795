// Loads the later part of the page's wasm: once the page has been drawn, or at once when it is called for before.
const address = new URL("later.wasm", import.meta.url);
const RETRY_MS = 5_000;
let first;

/** The page is about to start, as the module with these exports. */
export function begin(exports) {
  first = exports;
  requestAnimationFrame(() => setTimeout(fetch_part));
}

/** What the first part imports: it calls `load` when it needs a function of the later part that is not there yet. */
export const later = { load };

async function fetch_part() {
  try {
    const module = await WebAssembly.compileStreaming(fetch(address));
    if (!is_there()) {
      await WebAssembly.instantiate(module, { first });
      first.$there.value = 1;
    }
  } catch {
    setTimeout(fetch_part, RETRY_MS);
  }
}

/** The caller is in the middle of something and cannot wait for a promise. */
function load() {
  try {
    const request = new XMLHttpRequest();
    request.open("GET", address, false);
    request.overrideMimeType("text/plain; charset=x-user-defined");
    request.send();
    const bytes = Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
    new WebAssembly.Instance(new WebAssembly.Module(bytes), { first });
    first.$there.value = 1;
  } catch (error) {
    tell("A part of the page could not be loaded. Reload the page when there is a connection.");
    throw error;
  }
}

function is_there() {
  return first.$there.value === 1;
}

function tell(sentence) {
  const notice = document.createElement("p");
  notice.className = "notice bad";
  notice.setAttribute("role", "alert");
  notice.textContent = sentence;
  document.body.append(notice);
}
