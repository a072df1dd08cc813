import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

/** In pages of 64 KiB; `places.ts` says what for. */
const memoryPages = "66";

/**
 * The kernel's machine code, as `src/kernel/code.ts` carries it. The same sources give the same code: a test
 * compiles them again.
 */
export async function kernelModule(): Promise<string> {
  const folder = dirname(fileURLToPath(import.meta.url));
  let code: Uint8Array = new Uint8Array();
  const { error, stderr } = await main(
    [
      join(folder, "index.ts"),
      ...["--baseDir", folder, "--outFile", "kernel.wasm", "--runtime", "stub", "-O3", "--noAssert"],
      ...["--enable", "simd", "--initialMemory", memoryPages, "--maximumMemory", memoryPages],
    ],
    {
      writeFile(name, contents) {
        if (name === "kernel.wasm" && typeof contents !== "string") code = contents;
      },
    },
  );
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  return `/**
 * WebAssembly, in Base64: what \`npm run kernel\` makes of the sources in \`kernel/\`. It is carried with the
 * program, so that nobody who installs that needs the compiler.
 */
export const kernelCode =
  "${Buffer.from(code).toString("base64")}";
`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, "../src/kernel/code.ts"), await kernelModule());
