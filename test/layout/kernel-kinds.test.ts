import { expect, it } from "vitest";
import { shapeOf } from "../../src/deliver/shape.ts";
import { knownKeys } from "../../src/record/known-keys.ts";
import { origin } from "../format/arbitrary-event.ts";
import { allEncoders } from "./encoders.ts";
import { chunkOf, delivered } from "./in-batches.ts";

const texts = knownKeys.filter((key) => key.endsWith("_name") || key.endsWith("_asset"));

/** Five events of each of so many kinds, which differ in the keys that they have. */
function ofKinds(count: number): Buffer[] {
  return Array.from({ length: count }, (_, kind) => {
    const chosen = texts.filter((_, at) => ((kind + 1) & (1 << at)) !== 0);
    const members = chosen.map((key) => `"${key}":"${key.length}"`).join(",");
    const line = `{"timestamp":"2026-08-01T13:12:14Z","action":"artifact:read",${members}}`;
    return Array.from({ length: 5 }, () => Buffer.from(line));
  }).flat();
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
  ["as many kinds as it has room for", 60],
  ["more than it has room for, and their programs", 900],
])("has %s", { timeout: 60_000 }, async (_, kinds) => {
  const lines = ofKinds(kinds);
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
