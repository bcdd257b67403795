// Bundles the editor into ../static/editor.js, an ES module that the page loads when it needs it, and packs the page's
// style into ../static/style.min.css. Files are written only when they change, so that a watcher has nothing to wake
// up for.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

async function pack(source, target, options) {
  const { outputFiles } = await build({
    entryPoints: [here(source)],
    bundle: true,
    minify: true,
    legalComments: "none",
    charset: "utf8",
    outfile: here(target),
    write: false,
    ...options,
  });
  const packed = Buffer.from(outputFiles[0].contents);
  if (!existsSync(here(target)) || !readFileSync(here(target)).equals(packed)) {
    writeFileSync(here(target), packed);
  }
}

await pack("src/index.js", "../static/editor.js", { format: "esm", target: "es2022" });
await pack("../static/style.css", "../static/style.min.css");
