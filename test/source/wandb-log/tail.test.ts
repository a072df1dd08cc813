import { describe, expect, it } from "vitest";
import { Tail } from "../../../src/source/wandb-log/tail.ts";

const same = (text: string) => text;
const object = (text: string) => ({ bytes: Buffer.from(text) });

describe("Tail", () => {
  it("is an error from the first doubtful piece on, with all of their text", () => {
    const tail = new Tail();
    expect(tail.error(same, false)).toBeUndefined();
    tail.wait(object('{"a":1}'), "doubtful");
    tail.stray(Buffer.from("null"));
    expect(tail.error(same, false)).toMatchObject({
      reason: "server_error",
      message: expect.stringContaining('{"a":1} null'),
    });
    expect(tail.error(() => "***", false)?.message).toContain("***");
  });

  it("gives back what waited when the answer goes on, and begins anew", () => {
    const tail = new Tail();
    const chunk = Buffer.from("{}");
    tail.wait({ bytes: chunk }, "error");
    chunk.fill(0);
    expect(tail.release().map(({ bytes }) => bytes.toString())).toEqual(["{}"]);
    expect([tail.empty, tail.size, tail.release(), tail.error(same, false)]).toEqual([
      true,
      0,
      [],
      undefined,
    ]);
  });

  it("does not take broken records and signs without a word for an error", () => {
    const tail = new Tail();
    for (const text of ['{"broken":"', " {", "}", "7", ""]) tail.stray(Buffer.from(text));
    expect(tail.empty).toBe(true);
  });

  it("is only an error where all is believed if it plainly is one", () => {
    const tail = new Tail();
    tail.wait(object("{}"), "doubtful");
    tail.stray(Buffer.from("words"));
    expect(tail.error(same, true)).toBeUndefined();
    tail.stray(Buffer.from("<html>"));
    expect(tail.error(same, true)).toMatchObject({ reason: "not_audit_logs" });
  });

  it("counts what it holds", () => {
    const tail = new Tail();
    for (let count = 0; count < 10; count++) tail.wait(object("{}"), "doubtful");
    expect(tail.size).toBeGreaterThan(5000);
  });
});
