import { builtin } from "../builtin.ts";

/** By then a start has loaded what it needs of Node. */
const loadedMs = 1_000;

/**
 * From a second after the start on, old objects may grow to one and a half times what is needed, in every
 * thread, and not to four times. Not before: what Node brings compiled is taken as it is only where V8 still
 * has the settings that it was compiled with, and a start loads most of it.
 */
export async function growLittleSoon(sleep: (ms: number) => Promise<void>): Promise<void> {
  await sleep(loadedMs);
  builtin("node:v8").setFlagsFromString("--heap-growing-percent=50");
}
