import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatNames } from "../../src/format/all.ts";
import type { OwnAction } from "../../src/own/own-fact.ts";
import { agent } from "../format/arbitrary-event.ts";
import { ecsProblems } from "../format/ecs-schema.ts";
import { prettyJson } from "../format/pretty-json.ts";
import { formats } from "../format/texts.ts";
import { facts } from "./facts.ts";
import { ownEvent } from "./own-event.ts";

// What each of our own events becomes in every format, to the byte, laid out for reading.
// `UPDATE_CASES=1 npx vitest run test/own/golden.test.ts` writes the files anew; look at the difference.
const root = join(import.meta.dirname, "golden");
const update = process.env.UPDATE_CASES === "1";
const actions = Object.keys(facts) as OwnAction[];

describe.each(actions)("our own event %s", (action) => {
  const event = ownEvent(facts[action]);

  it.each(formatNames)("is the expected %s", (format) => {
    const payload = formats[format](agent)(event);
    const text = `${format === "cef" ? payload : prettyJson(payload)}\n`;
    const folder = join(root, action);
    const path = join(folder, `${format}.${format === "cef" ? "txt" : "json"}`);
    if (update) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, text);
    }
    expect(text).toBe(existsSync(path) ? readFileSync(path, "utf8") : undefined);
  });

  it("is valid ECS", () => {
    expect(ecsProblems(JSON.parse(formats.ecs(agent)(event)))).toEqual([]);
  });

  it("has nothing odd about it", () => {
    expect(event.tags).toEqual([]);
    expect(event.fault).toBeUndefined();
  });
});

it("golden files of our own events are there for nothing else", () => {
  expect(readdirSync(root).sort()).toEqual([...actions].sort());
});
