import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { knownKeys } from "../../../src/record/known-keys.ts";
import { below, pick, type Random, someJson } from "./mutate.ts";

const root = join(import.meta.dirname, "../..");

/** Every record of the test data: samples, vectors and cases. */
export function recordSeeds(): Buffer[] {
  const samples = readFileSync(join(root, "data/samples.ndjson"), "utf8").trim().split("\n");
  const vectors = readFileSync(join(root, "data/vectors.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => String(JSON.parse(line).input));
  const cases = readdirSync(join(root, "cases")).map((name) =>
    readFileSync(join(root, "cases", name, "input.json")),
  );
  return [...[...samples, ...vectors].map((text) => Buffer.from(text)), ...cases];
}

const keys = [
  ...knownKeys,
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "length",
  "0",
  "",
  "error",
  "extra",
];
const actions = [
  "user:create",
  "project:read",
  "USER:LOGIN",
  "x",
  ":",
  "a:b:c",
  "constructor:create",
  "team:invite_user",
];
const times = [
  "2026-08-01T13:12:14Z",
  "2026-08-01T13:12:60.123456789+05:30",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  "yesterday",
];
const addresses = [
  "203.0.113.24",
  "[2001:db8::1]:443, 10.0.0.1",
  "::ffff:1.2.3.4",
  "1.2.3.4:99999",
  "fe80::1%eth0",
  ",",
];

/** An entry with hostile values, odd types and now and then a key twice. */
export function inventEntry(random: Random): Buffer {
  const members: string[] = [];
  const member = (key: string, json: string) => members.push(`${JSON.stringify(key)}:${json}`);
  if (random() < 0.9) member("timestamp", JSON.stringify(pick(random, times)));
  if (random() < 0.9) member("action", JSON.stringify(pick(random, actions)));
  if (random() < 0.5) member("actor_ip", JSON.stringify(pick(random, addresses)));
  if (random() < 0.5) member("response_code", String(pick(random, [200, 403, 500, 99, 600, 1e21])));
  for (let more = below(random, 8); more > 0; more--) member(pick(random, keys), someJson(random));
  if (random() < 0.001) for (let wide = below(random, 6_000); wide > 0; wide--) member(`k${wide}`, "1");
  return Buffer.from(`{${members.join(pick(random, [",", ", ", ",\n"]))}}`);
}
