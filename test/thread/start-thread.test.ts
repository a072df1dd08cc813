import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { isPartGone } from "../../src/other-version.ts";
import { type Thread, threadsOf } from "../../src/thread/start-thread.ts";

/** A thread that runs this program, with `data`. */
function started(text: string, data: unknown) {
  const folder = mkdtempSync(join(tmpdir(), "thread-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "program.mjs");
  writeFileSync(file, `import { workerData } from "node:worker_threads";\n${text}`);
  const thread = threadsOf({ program: pathToFileURL(file) })("delivery", data);
  onTestFinished(() => void thread.terminate());
  return { thread, file };
}

it("runs the program's own file once more, with what it was given, and tells what it dies of", async () => {
  const { thread, file } = started(
    `const { data, port } = workerData;
port.postMessage({ got: data, file: import.meta.filename });
port.on("message", () => { throw new RangeError("enough"); });
`,
    { key: "value" },
  );
  expect(await next(thread, "message")).toEqual({ got: { key: "value" }, file });
  const error = next(thread, "error");
  thread.postMessage("go on");
  expect(await error).toMatchObject({ name: "RangeError", message: "enough" });
});

it("tells when it has loaded, or what it died of before", async () => {
  const { thread } = started(`workerData.port.on("message", () => process.exit(0));`, "");
  const early = await Promise.race([
    thread.loaded,
    new Promise((resolve) => setTimeout(resolve, 200, "not yet")),
  ]);
  expect(early).toBe("not yet");
  thread.postMessage("end");
  await expect(thread.loaded).rejects.toThrow("it ended with exit code 0");
  const { thread: other, file } = started(
    `import { parentPort } from "node:worker_threads"; parentPort.postMessage("loaded"); workerData.port.on("message", () => {});`,
    "",
  );
  await other.loaded;
  await other.terminate();
  await other.loaded;
  const gone = threadsOf({ program: pathToFileURL(`${file}.gone`) })("delivery", "");
  await expect(gone.loaded).rejects.toSatisfy(isPartGone);
});

it("is asked what it has sent without a turn of the event loop, each message taken once and in order", async () => {
  const { thread } = started("for (const text of workerData.data) workerData.port.postMessage(text);", "abc");
  const taken: unknown[] = [];
  thread.on("message", (text) => taken.push(text));
  for (const until = performance.now() + 10_000; taken.length < 3 && performance.now() < until; )
    thread.takeArrived();
  expect(taken).toEqual(["a", "b", "c"]);
  await next(thread, "exit");
  expect(taken).toHaveLength(3);
});

it("is heard to its end before it is told that it died, also by who was busy meanwhile", async () => {
  const { thread } = started(
    "for (const text of workerData.data) workerData.port.postMessage(text); throw new Error('enough');",
    "abc",
  );
  const heard: unknown[] = [];
  thread.on("message", (text) => heard.push(text));
  thread.on("error", () => heard.push("died"));
  const exit = next(thread, "exit");
  for (const until = performance.now() + 500; performance.now() < until; );
  await exit;
  expect(heard).toEqual(["a", "b", "c", "died"]);
});

function next(thread: Thread, event: string): Promise<unknown> {
  return new Promise((resolve) => thread.on(event, resolve));
}
