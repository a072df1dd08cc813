import { PassThrough } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Piece } from "../../../src/record/passage.ts";
import { recordsOf } from "../../fake/records-of.ts";
import { failure, Keeper, line, testClock, today } from "../wandb-api/reading.ts";
import { folder } from "./reading-files.ts";

function piped(changes: Record<string, unknown> = {}) {
  const pipe = new PassThrough();
  const place = folder();
  const clock = testClock();
  clock.faster = 100;
  const source = place.source("", { path: "-", ...changes }, { stdin: () => pipe, clock });
  place.remove();
  return { pipe, source, keeper: new Keeper(source) };
}

describe("standard input", () => {
  it("is read to its end, once, and twins count over all of it", async () => {
    const { pipe, keeper } = piped();
    const twin = line(today, 1);
    pipe.write(`${twin}\n`);
    const polled = keeper.poll();
    await setTimeout(30);
    pipe.end(`${twin}\n${line(today, 2)}`);
    expect(await polled).toHaveLength(3);
    expect(keeper.dones).toMatchObject([{ caughtUp: true }]);
    expect(await keeper.poll()).toEqual([]);
  });

  it("keeps what came when nothing more comes for a while", async () => {
    const { pipe, source } = piped();
    const reading = source.read(undefined, new AbortController().signal);
    pipe.write(`${line(today, 1)}\n`);
    const pieces: Piece[] = [];
    for (let at = 0; at < 2; at++) pieces.push((await reading.next()).value as Piece);
    expect(pieces.map((piece) => recordsOf(piece).length)).toEqual([1, 0]);
    await reading.return(undefined as never);
    pipe.end();
  });

  it("shows again what was not kept when a read is given up, and goes on", async () => {
    const { pipe, source, keeper } = piped();
    pipe.write(`${line(today, 1)}\n`);
    const stop = new AbortController();
    const reading = source.read(undefined, stop.signal);
    await reading.next();
    await reading.return(undefined as never);
    const again = source.read(undefined, stop.signal);
    for (let at = 0; at < 2; at++) await again.next();
    const waiting = failure(again.next());
    stop.abort(new Error("stopping"));
    expect(await waiting).toMatchObject({ message: "stopping" });
    pipe.end(`${line(today, 2)}\n`);
    await keeper.poll();
    expect(keeper.lines).toEqual([line(today, 2)]);
  });

  it("may be packed, and take any line", async () => {
    const { pipe, keeper } = piped();
    pipe.end(gzipSync(`${line(today, 1)}\nno record\n`));
    expect((await keeper.poll()).map(({ fault }) => fault)).toEqual([undefined, "not_json"]);
  });

  it("tells what is no log, or ends too early, and keeps what came before", async () => {
    const page = piped();
    page.pipe.end("<html>sign in</html>");
    expect(await failure(page.keeper.poll())).toMatchObject({ reason: "not_audit_logs" });
    const cut = piped();
    cut.pipe.end(gzipSync(`${line(today, 1)}\n`).subarray(0, -4));
    expect(await failure(cut.keeper.poll())).toMatchObject({ reason: "cut_body" });
    expect(await cut.keeper.poll()).toEqual([]);
  });

  it("cannot bring back a day, and leaves out what is before the start", async () => {
    const { pipe, keeper } = piped({ start: "2d" });
    keeper.owed = [today];
    pipe.end(`${line(today - 30, 1)}\n`);
    expect(await keeper.poll()).toEqual([]);
    expect(keeper.gaps).toEqual([today]);
  });
});
