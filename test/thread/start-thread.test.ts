import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { threadsOf } from "../../src/thread/start-thread.ts";

it("runs the program's own file once more, with what it was given, and tells what it dies of", async () => {
  const folder = mkdtempSync(join(tmpdir(), "thread-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "program.mjs");
  writeFileSync(
    program,
    `import { parentPort, workerData } from "node:worker_threads";
parentPort.postMessage({ got: workerData, file: import.meta.filename });
parentPort.on("message", () => { throw new RangeError("enough"); });
`,
  );
  const thread = threadsOf({ program: pathToFileURL(program) })("delivery", { key: "value" });
  expect(await once(thread, "message")).toEqual([{ got: { key: "value" }, file: program }]);
  const error = once(thread, "error");
  thread.postMessage("go on");
  expect((await error)[0]).toMatchObject({ name: "RangeError", message: "enough" });
});
