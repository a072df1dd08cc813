import { expect, it } from "vitest";
import { shapeOf } from "../../src/deliver/shape.ts";
import { knownActionNames } from "../../src/event/actions.ts";
import { knownKeys } from "../../src/record/known-keys.ts";
import { origin } from "../format/arbitrary-event.ts";
import { allEncoders } from "./encoders.ts";
import { chunkOf, delivered } from "./in-batches.ts";

const texts = knownKeys.filter((key) => key.endsWith("_name") || key.endsWith("_asset"));

const start = '{"timestamp":"2026-08-01T13:12:14Z","action":';
/** Kinds by their numbers, which differ in one thing alone. */
const ways: Readonly<Record<string, (kind: number) => string>> = {
  "the keys that they have": (kind) =>
    `${start}"artifact:read",${texts
      .filter((_, at) => ((kind + 1) & (1 << at)) !== 0)
      .map((key) => `"${key}":"${key.length}"`)
      .join(",")}}`,
  "the names that are escaped": (kind) =>
    `${start}"artifact:read",${texts
      .filter((key) => key.endsWith("_name"))
      .map((key, at) => `"${key}":"${(kind & (1 << at)) === 0 ? "plain" : 'a \\"b\\"'}"`)
      .join(",")}}`,
  "the response code": (kind) => `${start}"artifact:read","response_code":${100 + (kind % 500)}}`,
  "the action": (kind) => `${start}"${knownActionNames[kind % knownActionNames.length]}"}`,
};

/** Five events of each of so many kinds. */
function ofKinds(way: string, count: number): Buffer[] {
  return Array.from({ length: count }, (_, kind) =>
    Array.from({ length: 5 }, () => Buffer.from((ways[way] as (kind: number) => string)(kind))),
  ).flat();
}

/** Outputs in one thread, each of which has a table of its own. */
const outputs = ["hec cim", "ecs", "otlp protobuf, original true"].map((name) => {
  const encode = allEncoders.get(name) as NonNullable<ReturnType<typeof allEncoders.get>>;
  const { follow, ...each } = shapeOf({ name }, [origin], encode);
  let followed = 0;
  const counting: typeof follow = (...run) => {
    const count = follow?.(...run) ?? 0;
    followed += count;
    return count;
  };
  return { name, each, inRuns: { ...each, follow: counting }, followed: () => followed };
});

it.each([
  ["as it has room for", "the keys that they have", 60],
  ["as have no room, nor have their programs", "the keys that they have", 900],
  ["as differ in the response code", "the response code", 450],
  ["as differ in the names that are escaped", "the names that are escaped", 60],
  ["as there are actions", "the action", knownActionNames.length],
])("knows as many kinds %s", { timeout: 60_000 }, async (_, way, kinds) => {
  const lines = ofKinds(way, kinds);
  // Each kind is learnt, and then comes again, in the order in which it is forgotten and in the other one.
  const all = [lines, lines, lines.toReversed()].map((each, at) =>
    chunkOf(each, [""], 1 + at * lines.length),
  );
  for (const { name, each, inRuns, followed } of outputs) {
    const before = followed();
    expect(await delivered(all, inRuns, 1e6), name).toEqual(await delivered(all, each, 1e6));
    expect(followed() - before, name).toBeGreaterThan(kinds);
  }
});
