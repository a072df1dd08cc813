import { readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anyOutputKind } from "../../../src/output/configured.ts";
import { fileOutputKind } from "../../../src/output/file/kind.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";

/** Writes to the small file system in argv until it is full, then makes room: says what became of the lines. A process of its own. */
const directory = process.argv[2] as string;
const ballast = join(directory, "ballast");
const path = join(directory, "audit.ndjson");
writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024));
const never = new AbortController().signal;
const output = anyOutputKind(fileOutputKind)
  .schema.parse({ name: "lines", type: "file", path, format: "json" })
  .create(outputContext);
const send = (count: number, from: number) =>
  output.send(payloadsOf(output, sampleEvents(count, from)), never);
let next = 1;
let result = await send(97, next);
for (; result.status === "delivered"; result = await send(97, next)) next += 97;
const reason = result.status === "retry" ? [result.reason, result.hold] : [result.status];
const torn = !readFileSync(path).subarray(-1).equals(Buffer.from("\n"));
// On hold, one event at a time is tried: with what is there of the batch it is delivered or is not.
let single = await send(1, next);
for (; single.status === "delivered" && next < 1_000_000; single = await send(1, next)) next++;
const still = single.status === "retry" && single.reason;
const [warning] = (await output.probe(never)).filter(({ level }) => level === "warning");
rmSync(ballast);
const after = (await send(97, next)).status;
next += 97;
const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
const uids = lines.map((line) => JSON.parse(line).uid as string);
const { bavail, bsize } = statfsSync(directory);
process.stdout.write(
  JSON.stringify({
    reason,
    torn,
    still,
    warned: warning?.fix?.includes("make room") ?? false,
    after,
    once: new Set(uids).size === uids.length,
    all: JSON.stringify(uids) === JSON.stringify(sampleEvents(next - 1).map(({ uid }) => uid)),
    many: next > 1000,
    room: bavail * bsize > 0,
  }),
);
await output.close();
