import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { InitError } from "../../src/init/interview.ts";
import { terminalInterviewer } from "../../src/init/terminal-interviewer.ts";

function seat() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = "";
  output.on("data", (piece: Buffer) => {
    shown += piece.toString();
  });
  return { input, interviewer: terminalInterviewer({ input, output }), shown: () => shown };
}

it("asks, edits a line, and does not show a secret", async () => {
  const { input, interviewer, shown } = seat();
  const first = interviewer.ask("Name: ");
  input.write("  acmf\u007fe \r");
  expect(await first).toBe("acme");
  const secret = interviewer.askSecret("Key: ");
  input.write("hunter2\r");
  expect(await secret).toBe("hunter2");
  interviewer.say("done");
  const last = interviewer.ask("More: ");
  input.write("shown\r");
  expect(await last).toBe("shown");
  interviewer.close();
  expect(shown()).toContain("Name: ");
  expect(shown()).toContain("Key: \ndone\n");
  expect(shown()).toContain("shown");
  expect(shown()).not.toContain("hunter");
});

it("takes what was typed ahead for the next questions", async () => {
  const { input, interviewer } = seat();
  const first = interviewer.ask("1: ");
  input.write("one\rtwo\rthree\r");
  expect([await first, await interviewer.ask("2: "), await interviewer.askSecret("3: ")]).toEqual([
    "one",
    "two",
    "three",
  ]);
  interviewer.close();
});

it("shows nothing of a secret that is pasted together with other answers, whole or in part", async () => {
  const { input, interviewer, shown } = seat();
  const first = interviewer.ask("1: ");
  input.write("one\rhunter2\rthree\rhunt");
  expect(await first).toBe("one");
  expect(await interviewer.askSecret("2: ")).toBe("hunter2");
  expect(await interviewer.ask("3: ")).toBe("three");
  const last = interviewer.askSecret("4: ");
  input.write("er2\r");
  expect(await last).toBe("hunter2");
  interviewer.close();
  expect(shown()).toContain("one");
  expect(shown()).not.toMatch(/hunt|er2/);
});

it("forgets what was typed ahead when an answer is wrong, so that a secret answers no other question", async () => {
  const { input, interviewer, shown } = seat();
  const first = interviewer.ask("1: ");
  input.write("wrong\rhunter2\rhunt");
  expect(await first).toBe("wrong");
  interviewer.wrong("not that");
  const again = interviewer.ask("1: ");
  input.write("right\r");
  expect(await again).toBe("right");
  interviewer.close();
  expect(shown()).toContain("not that\n");
  expect(shown()).not.toContain("hunt");
});

it.each([
  ["Ctrl-C", "\u0003"],
  ["Ctrl-D", "\u0004"],
])("ends with %s, and says that nothing was written", async (_, key) => {
  const { input, interviewer } = seat();
  const asked = interviewer.askSecret("Key: ");
  input.write(key);
  await expect(asked).rejects.toThrow(InitError);
  await expect(interviewer.ask("Name: ")).rejects.toThrow("nothing was written");
});

it("ends where the input does", async () => {
  const { input, interviewer } = seat();
  const asked = interviewer.ask("Name: ");
  input.end();
  await expect(asked).rejects.toThrow(InitError);
});
