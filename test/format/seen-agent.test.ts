import { describe, expect, it } from "vitest";
import { seenAgent } from "../../src/format/seen-agent.ts";
import { agent, eventWith } from "./arbitrary-event.ts";
import { readCef } from "./cef-reader.ts";
import { formats } from "./texts.ts";

const seen = 'W&B SDK 0.22 (x) = \\ "q"';
const told = eventWith({
  keys: { cli_version: "0.22.3" },
  unmapped: [["user_agent", JSON.stringify(seen)]],
  raw: JSON.stringify({ cli_version: "0.22.3", user_agent: seen }),
});
const versionAlone = eventWith({ keys: { cli_version: "0.22.3" } });
const json = (name: "ecs" | "cim" | "ocsf" | "otlp", event = told) => JSON.parse(formats[name](agent)(event));
const cef = (event = told) => readCef(formats.cef(agent)(event)).extension.get("requestClientApplication");
const attribute = (event = told) =>
  json("otlp", event).attributes.find(({ key }: { key: string }) => key === "user_agent.original");

describe("the client's own words", () => {
  it("are shown where the record has them", () => {
    expect(seenAgent(told)).toBe(seen);
    expect(json("ecs").user_agent).toEqual({ name: "wandb-python", version: "0.22.3", original: seen });
    expect(json("cim").user_agent).toBe(seen);
    expect(json("ocsf").http_request).toEqual({ user_agent: seen });
    expect(attribute().value).toEqual({ stringValue: seen });
    expect(cef()).toBe(seen);
  });

  it("are shown without a version, too", () => {
    const event = { ...told, keys: {} };
    expect(json("ecs", event).user_agent).toEqual({ original: seen });
    expect([json("cim", event).user_agent, cef(event)]).toEqual([seen, seen]);
  });

  it("are never made of the SDK's version", () => {
    expect(json("ecs", versionAlone).user_agent).toEqual({ name: "wandb-python", version: "0.22.3" });
    expect(attribute(versionAlone)).toBeUndefined();
    expect(json("cim", versionAlone).user_agent).toBe("wandb-python/0.22.3");
    expect(cef(versionAlone)).toBe("wandb-python/0.22.3");
  });

  it("are a text, and not an empty one", () => {
    for (const value of ['""', "7", "null", '{"a":"b"}', '["x"]'])
      expect(seenAgent({ ...told, unmapped: [["user_agent", value]] }), value).toBeUndefined();
    expect(seenAgent({ ...told, unmapped: [["agent", '"x"']] })).toBeUndefined();
  });
});
