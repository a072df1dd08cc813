import type { Path } from "./position.ts";

/**
 * What the design has and this version does not: its own
 * message, so that nobody looks for a typing mistake.
 */
const keys = new Map(
  Object.entries({
    outputs: ["concurrency", "labels"],
  }),
);
const values = new Map(
  Object.entries({
    "sources.type": ["bucket"],
    "sources.url": ["s3:", "gs:", "az:"],
    "outputs.type": ["elasticsearch", "kafka"],
    "outputs.format": ["ocsf", "leef"],
    "outputs.protocol": ["grpc"],
    "outputs.address": ["relp:", "relp+tls:"],
    "outputs.compression": ["zstd"],
  }),
);

/** Whether a later version will know the key at this path. */
export function isPlannedKey(path: Path): boolean {
  const [list, , key, ...deeper] = path;
  return deeper.length === 0 && (keys.get(String(list))?.includes(String(key)) ?? false);
}

/** Whether a later version will know this value at this path. */
export function isPlannedValue(path: Path, value: unknown): boolean {
  const [list, , key, ...deeper] = path;
  if (deeper.length > 0 || typeof value !== "string") return false;
  const planned = values.get(`${list}.${key}`) ?? [];
  return planned.some((one) => (one.endsWith(":") ? value.startsWith(one) : value === one));
}
