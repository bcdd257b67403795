// Bundles the editor into ../static/editor.js, an ES module that the page loads when it needs it.
// The file is written only when it changes, so that a watcher has nothing to wake up for.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here("../static/editor.js");

const { outputFiles } = await build({
  entryPoints: [here("src/index.js")],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  charset: "utf8",
  outfile: target,
  write: false,
});

const bundle = Buffer.from(outputFiles[0].contents);
if (!existsSync(target) || !readFileSync(target).equals(bundle)) {
  writeFileSync(target, bundle);
}
