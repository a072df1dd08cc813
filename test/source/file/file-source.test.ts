import { gzipSync, zstdCompressSync } from "node:zlib";
import { WandbLog } from "../../../src/simulate/wandb-log.ts";
import { dayText } from "../../../src/time/clock.ts";
import { sourceContract } from "../../contract/source-contract.ts";
import { Keeper, seeded, today } from "../wandb-api/reading.ts";
import { folder } from "./reading-files.ts";

const same = (text: string): Buffer => Buffer.from(text);
const envelope = (text: string) =>
  Buffer.from(`{"audit_logs": [\n${text.trim().replaceAll("\n", ",\n")}],\n"next_cursor": null}\n`);

/** A file for each day, written anew whenever its day changes. */
const daily: readonly (readonly [name: string, pack: (text: string) => Buffer])[] = [
  ["a file a day", same],
  ["a file a day, gzip", (text) => gzipSync(text)],
  ["a file a day, zstd", (text) => zstdCompressSync(text)],
  ["a file a day, as the API answers", envelope],
];

for (const [name, pack] of daily)
  sourceContract(`file: ${name}`, async (lines) => {
    const place = folder();
    const log = new WandbLog(seeded(1));
    const written = new Map<number, string>();
    const write = () => {
      for (let day = today - 40; day < today + 10; day++) {
        const text = log
          .day(day)
          .map((line) => `${line}\n`)
          .join("");
        if (text === (written.get(day) ?? "")) continue;
        written.set(day, text);
        place.write(`${dayText(day)}.log`, pack(text));
      }
    };
    place.write("empty.log");
    const changed = (change: () => void) => {
      change();
      write();
    };
    changed(() => log.append(...lines));
    return {
      keeper: new Keeper(place.source("*.log", { start: "7d" })),
      append: (...more) => changed(() => log.append(...more)),
      late: (...more) => changed(() => log.late(...more)),
      shuffle: () => changed(() => log.shuffle()),
      rename: (from, to) => changed(() => log.rename(from, to)),
      truth: () => log.all().sort(),
      outOfReach: () => [place.source("nothing-there"), place.source("")],
      advance: (ms) => {
        place.clock.at += ms;
      },
      close: async () => place.remove(),
    };
  });

sourceContract("file: one file that grows", async (lines) => {
  const place = folder();
  let all = [...lines];
  place.write("audit.ndjson", ...all);
  const append = (...more: string[]) => {
    all.push(...more);
    place.append("audit.ndjson", ...more);
  };
  const rewrite = (next: string[]) => {
    all = next;
    place.write("audit.ndjson", ...all);
  };
  return {
    keeper: new Keeper(place.source("audit.ndjson", { start: "7d" })),
    append,
    late: append,
    shuffle: () => rewrite(all.toReversed()),
    rename: (from, to) => rewrite(all.map((line) => line.replaceAll(from, to))),
    truth: () => all.toSorted(),
    outOfReach: () => [place.source("nothing-there"), place.source("")],
    advance: (ms) => {
      place.clock.at += ms;
    },
    close: async () => place.remove(),
  };
});
