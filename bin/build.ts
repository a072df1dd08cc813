import { rmSync } from "node:fs";
import process from "node:process";
import { rolldown } from "rolldown";

/**
 * Builds the program into few files: each file costs the start about a millisecond, in every thread. What is only loaded when
 * it is used stays apart, and so do the packages: they are what the lock file names, byte for byte. Names and lines are as
 * in the sources, for whoever reads a stack trace. `node bin/build.ts [FOLDER]`, by default `dist`.
 */
const [dir = "dist"] = process.argv.slice(2);
rmSync(dir, { recursive: true, force: true });
const bundle = await rolldown({
  input: "src/main.ts",
  platform: "node",
  // Whatever is named otherwise than by its path is a package, or a module of Node.
  external: /^(?!\.|\/)/,
  transform: { target: "es2024" },
  onLog(level, log) {
    if (level !== "debug" && level !== "info") throw new Error(log.message);
  },
});
await bundle.write({
  dir,
  format: "esm",
  minify: false,
  entryFileNames: "main.js",
  chunkFileNames: "[name].js",
});
await bundle.close();
