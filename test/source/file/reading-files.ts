import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { fileKind } from "../../../src/source/file/kind.ts";
import type { Source, SourceContext } from "../../../src/source/source.ts";
import { seeded, type TestClock, testClock } from "../wandb-api/reading.ts";

/** A folder of log files, and sources that read it. */
export interface Folder {
  readonly path: string;
  readonly clock: TestClock;
  /** The whole path of a file in it. */
  file(name: string): string;
  write(name: string, ...lines: readonly (string | Buffer)[]): void;
  append(name: string, ...lines: readonly string[]): void;
  source(path: string, changes?: Record<string, unknown>, context?: Partial<SourceContext>): Source;
  remove(): void;
}

export function folder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "file-source-"));
  const clock = testClock();
  const file = (name: string) => join(path, name);
  const text = (lines: readonly (string | Buffer)[]) =>
    Buffer.concat(lines.map((line) => (typeof line === "string" ? Buffer.from(`${line}\n`) : line)));
  return {
    path,
    clock,
    file,
    write: (name, ...lines) => writeFileSync(file(name), text(lines)),
    append: (name, ...lines) => appendFileSync(file(name), text(lines)),
    source(pattern, changes = {}, context = {}) {
      const config = fileKind.schema.parse({
        ...{ name: "export", type: "file", path: join(path, pattern), instance: "test", ...changes },
      });
      const random = seeded(2);
      return fileKind.create(config, {
        ...{ clock, agent: { name: "test", version: "1" }, environment: {}, random, ...context },
      });
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The same, gone when the test ends. */
export function testFolder(): Folder {
  const made = folder();
  onTestFinished(() => made.remove());
  return made;
}
