import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { expect, it } from "vitest";
import { boundedLog } from "../../src/command/bounded-log.ts";
import { ManualClock } from "../fake/manual-clock.ts";

it("keeps no more lines than fit for who does not read them, and says how many are missing", async () => {
  const stream = new PassThrough();
  const write = boundedLog(stream, { level: "info", format: "json", colors: false }, new ManualClock(0));
  const line = `${"x".repeat(1024 * 1024 - 1)}\n`;
  for (let written = 0; written < 30; written++) write(line);
  expect(stream.writableLength).toBeLessThan(10 * line.length);

  let read = "";
  stream.on("data", (piece: Buffer) => {
    read += piece.toString();
  });
  await new Promise((resolve) => setImmediate(resolve));
  write("after\n");
  await finished(stream.end(), { readable: true });
  const lines = read.split("\n");
  const whole = lines.filter((each) => each.startsWith("x")).length;
  expect(whole).toBeGreaterThanOrEqual(8);
  expect(lines.slice(-3)).toEqual([
    expect.stringContaining(`"msg":"${30 - whole} lines of the log left out: nobody read it"`),
    "after",
    "",
  ]);
});
