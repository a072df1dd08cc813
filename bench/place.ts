import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { lend } from "./children.ts";
import { build } from "./daemon.ts";
import { writeLines } from "./lines.ts";
import { diskFolder } from "./machine.ts";
import type { Place } from "./measure.ts";
import { startRemote } from "./remote/remote.ts";

const day = 86_400_000;

/** Makes the place where everything is measured: the program built, the other side started. */
export async function preparePlace(given?: string): Promise<Place> {
  build();
  const parent = given ?? diskFolder();
  mkdirSync(parent, { recursive: true });
  const folder = lend(mkdtempSync(join(parent, "bench-")));
  const remote = await startRemote(folder);
  const yesterday = new Date(Date.now() - day).toISOString().slice(0, 10);
  return {
    folder,
    remote,
    day: yesterday,
    log(count) {
      const file = join(folder, `${count}.ndjson`);
      if (!existsSync(file)) writeLines(file, count, yesterday);
      return file;
    },
  };
}
