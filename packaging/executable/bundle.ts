import { isBuiltin } from "node:module";
import { rolldown } from "rolldown";

/** A file of the bundle. */
export interface BundledFile {
  readonly name: string;
  readonly text: string;
}

/** The whole program with every package it may ever load, and which packages these are. */
export interface Bundle {
  readonly files: readonly BundledFile[];
  /** Their folders, as `node_modules/yaml`; the files of no other package are in the bundle. */
  readonly packages: readonly string[];
}

/** A package that is built twice, with a file beside it and with that file inside: the second one. */
const inOneFile = { "@platformatic/wasm-utils": "@platformatic/wasm-utils/bundled" };

/**
 * Puts everything together as CommonJS, in one file for the start and one for each part that is loaded when it is used
 * (decision 44): that is how little of it a health check reads. Rejects where a file asks for something that is neither a
 * part of the bundle nor of Node.
 */
export async function bundleAll(root: string): Promise<Bundle> {
  const bundle = await rolldown({
    // Where it is built shows in nothing.
    cwd: root,
    input: "src/main.ts",
    platform: "node",
    resolve: { alias: inOneFile },
    // There is no file. The scheme is for a look at its end; nothing is opened by it.
    transform: { target: "es2024", define: { "import.meta.url": JSON.stringify("file:///dist/main.js") } },
    onLog(level, log) {
      if (level === "warn" && log.code !== "EVAL") throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({
    format: "cjs",
    minify: false,
    entryFileNames: "main.js",
    chunkFileNames: "[name].js",
    // What is left of `import()` asks for modules of Node.
    dynamicImportInCjs: false,
  });
  await bundle.close();
  const chunks = output.filter((file) => file.type === "chunk");
  if (chunks.length < output.length) throw new Error("a part of the bundle is no program");
  for (const { imports, dynamicImports } of chunks) {
    const outside = [...imports, ...dynamicImports].filter((name) => !isBuiltin(name) && !isPart(name));
    if (outside.length > 0) throw new Error(`not in the bundle: ${outside.join(", ")}`);
  }
  function isPart(name: string): boolean {
    return chunks.some(({ fileName }) => fileName === name);
  }
  const packages = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.flatMap(packageOf)));
  return {
    files: chunks.map(({ fileName, code }) => ({ name: fileName, text: code })),
    packages: [...packages].sort(),
  };
}

/** The folder of the package that a file is of. */
function packageOf(file: string): string[] {
  const [folder] = /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
  return folder === undefined ? [] : [folder];
}
