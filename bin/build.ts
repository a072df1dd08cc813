import { rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import process from "node:process";
import { rolldown } from "rolldown";
import { deliveryChunk } from "./delivery-chunk.ts";

/**
 * Builds the program into few files: each file costs the start about a millisecond, in every thread. What is only loaded when
 * it is used stays apart. Packages that every start loads are put in, so far as they are used: whole they are two hundred
 * files. The others are what the lock file names, byte for byte. Names are as in the sources, for whoever reads a stack
 * trace, with what tells versions apart behind the names of files, and the same sources give the same files. They are written
 * in ASCII: one sign beyond it, and V8 keeps the whole text of the file in twice the memory, in every thread.
 * `node bin/build.ts [FOLDER]`, by default `dist`.
 */
const putIn = ["pino", "prom-client", "yaml", "zod"];

const [dir = "dist"] = process.argv.slice(2);
rmSync(dir, { recursive: true, force: true });
const bundle = await rolldown({
  input: "src/main.ts",
  platform: "node",
  external: (name, importer = "") => !isPutIn(name, importer),
  transform: { target: "es2024" },
  preserveEntrySignatures: "allow-extension",
  onLog(level, log) {
    if (level !== "debug" && level !== "info") throw new Error(log.message);
  },
});
await bundle.write({
  dir,
  format: "esm",
  minify: false,
  comments: { legal: true, annotation: false, jsdoc: false },
  entryFileNames: "main.js",
  // Another version's part is another file: whoever asks for one after an upgrade finds its own, or none.
  chunkFileNames: "[name]-[hash].js",
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ name: deliveryChunk(), debugName: "delivery" }],
  },
  plugins: [{ name: "ascii", renderChunk: (code) => code.replace(/[^\0-\x7f]/g, escaped) }],
});
await bundle.close();

/** Our own files, and those packages with what they need themselves. */
function isPutIn(name: string, importer: string): boolean {
  if (isBuiltin(name) || name.startsWith("@opentelemetry/")) return false;
  const isPath = name.startsWith(".") || name.startsWith("/");
  return (
    isPath || importer.includes("/node_modules/") || putIn.some((one) => `${name}/`.startsWith(`${one}/`))
  );
}

/** As strings, templates and regular expressions may have it, and nothing else has such signs. */
function escaped(unit: string, at: number, code: string): string {
  if (code[at - 1] === "\\") throw new Error(`a backslash before ${unit} cannot be kept: leave it out`);
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
