import { decode } from "../src/event/decode.ts";
import { identityOf } from "../src/ingest/identity.ts";
import { entryTime } from "../src/record/entry.ts";
import { parseEntry } from "../src/record/parse-entry.ts";
import { cef } from "../test/format/texts.ts";

// Microseconds per record of the steps that every record goes through on one thread: `node bench/entry.ts`.

const count = 1_000;
/** Short rounds, of which the best counts: other programs on the machine do not get into all of them. */
const rounds = 300;
const origin = {
  source: "prod",
  instance: "mycompany.wandb.io",
  baseUrl: "https://mycompany.wandb.io",
  anonymize: false,
};
const uid = "d2921187b90413e95a2d1702e31e35e5";
const observed = { seconds: 1_785_592_800, nanos: 123_456_789 };
const records = Array.from({ length: count }, (_, at) => Buffer.from(line(at)));

function line(at: number): string {
  const second = String(at % 60).padStart(2, "0");
  return `{"timestamp":"2026-08-01T13:12:${second}Z","action":"artifact:read","actor_user_id":1042,"response_code":200,"actor_ip":"203.0.113.24","cli_version":"0.21.0","actor_email":"admin@example.com","artifact_asset":${10_000 + at},"artifact_sequence_asset":4410,"artifact_digest":"6f1ed002ab5595859014ebf0951522d9","artifact_qualified_name":"vision-team/defect-detector/train-set:v12","entity_asset":77,"entity_name":"vision-team","project_asset":5311,"project_name":"defect-detector"}`;
}

function identity(bytes: Buffer): string {
  const entry = parseEntry(Buffer.from(bytes.toString("utf8")));
  if (entry === undefined) throw new Error("not an entry");
  const time = entryTime(entry);
  return identityOf(entry, time, origin.instance, Math.floor((time?.seconds ?? 0) / 86_400));
}

function eventOf(bytes: Buffer) {
  return decode({ seq: 1, source: "prod", uid, day: 0, bytes, late: false, observed }, origin);
}

function measure(name: string, step: (bytes: Buffer) => unknown): void {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    for (const record of records) step(record);
    best = Math.min(best, ((performance.now() - started) * 1000) / count);
  }
  console.log(`${name.padEnd(32)} ${best.toFixed(2)} µs`);
}

measure("text", (bytes) => bytes.toString("utf8"));
measure("text, JSON.parse", (bytes) => JSON.parse(bytes.toString("utf8")));
measure("text, parseEntry", (bytes) => parseEntry(Buffer.from(bytes.toString("utf8"))));
measure("text, parseEntry, identity", identity);
measure("decode", eventOf);
measure("decode, cef", (bytes) => Buffer.from(cef(eventOf(bytes))));
