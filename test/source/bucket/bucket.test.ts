import { gzipSync, zstdCompressSync } from "node:zlib";
import { WandbLog } from "../../../src/simulate/wandb-log.ts";
import { dayText } from "../../../src/time/clock.ts";
import { sourceContract } from "../../contract/source-contract.ts";
import { Keeper, seeded, today } from "../wandb-api/reading.ts";
import { bucket, type Scheme } from "./reading-buckets.ts";

const variants: readonly (readonly [scheme: Scheme, form: string, pack: (text: string) => Buffer])[] = [
  ["s3", "plain", Buffer.from],
  ["s3", "gzip", (text) => gzipSync(text)],
  ["gs", "plain", Buffer.from],
  ["gs", "zstd", (text) => zstdCompressSync(text)],
  ["az", "plain", Buffer.from],
];

for (const [scheme, form, pack] of variants)
  sourceContract(`bucket: ${scheme}, an object a day, ${form}`, async (lines) => {
    const { store, clock, source, close } = await bucket(scheme);
    const log = new WandbLog(seeded(1));
    const written = new Map<number, string>();
    const changed = (change: () => void) => {
      change();
      for (let day = today - 40; day < today + 10; day++) {
        const text = log
          .day(day)
          .map((line) => `${line}\n`)
          .join("");
        if (text === (written.get(day) ?? "")) continue;
        written.set(day, text);
        store.put(`wandb-audit-logs/${dayText(day)}.json`, pack(text), clock.at);
      }
    };
    changed(() => log.append(...lines));
    return {
      keeper: new Keeper(source()),
      append: (...more) => changed(() => log.append(...more)),
      late: (...more) => changed(() => log.late(...more)),
      shuffle: () => changed(() => log.shuffle()),
      rename: (from, to) => changed(() => log.rename(from, to)),
      truth: () => log.all().sort(),
      outOfReach: () => [source({ endpoint: "http://127.0.0.1:1" })],
      advance: (ms) => {
        clock.at += ms;
      },
      close,
    };
  });
