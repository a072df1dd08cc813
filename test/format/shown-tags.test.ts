import { describe, expect, it } from "vitest";
import { decode } from "../../src/event/decode.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { redactor } from "../../src/event/redact.ts";
import { RegularEvent } from "../../src/event/regular-event.ts";
import { shownTags } from "../../src/format/shown-tags.ts";
import { agent, origin } from "./arbitrary-event.ts";
import { readCef } from "./cef-reader.ts";
import { formats } from "./texts.ts";

const unknown = '{"timestamp":"2026-08-01T13:12:14Z","action":"registry:frobnicate","actor_email":"a@x"}';
const list = unknown.replace('"actor_email":"a@x"', '"actor_ip":"203.0.113.9, 10.0.0.3"');

function recordOf(text: string, late: boolean) {
  const at = { seq: 1, source: "prod", uid: "0".repeat(32), day: 0 };
  return { ...at, bytes: Buffer.from(text), late, observed: { seconds: 1_785_592_800, nanos: 0 } };
}

/** The tags as each format shows them. */
function tagsIn(event: AuditEvent): Readonly<Record<string, unknown>> {
  const text = (name: keyof typeof formats) => formats[name](agent)(event);
  const { attributes } = JSON.parse(text("otlp")) as {
    attributes: { key: string; value: { arrayValue: { values: { stringValue: string }[] } } }[];
  };
  return {
    ecs: JSON.parse(text("ecs")).tags.slice(3),
    cim: JSON.parse(text("cim")).tags ?? [],
    json: JSON.parse(text("json")).tags ?? [],
    ocsf: JSON.parse(text("ocsf")).metadata.labels ?? [],
    cef: readCef(text("cef")).extension.get("tags")?.split(",") ?? [],
    otlp:
      attributes
        .find(({ key }) => key === "wandb.tags")
        ?.value.arrayValue.values.map(({ stringValue }) => stringValue) ?? [],
  };
}

function everywhere(tags: readonly string[]) {
  return { ecs: tags, cim: tags, json: tags, ocsf: tags, cef: tags, otlp: tags };
}

describe("the tags of an event", () => {
  it("are the same in every format that has a place for them", () => {
    expect(tagsIn(decode(recordOf(unknown, false), origin))).toEqual(everywhere(["wandb_unknown_action"]));
    expect(tagsIn(decode(recordOf(list, false), origin))).toEqual(
      everywhere(["wandb_unknown_action", "wandb_ip_list"]),
    );
    const known = unknown.replace("registry:frobnicate", "user:login");
    expect(tagsIn(decode(recordOf(known, false), origin))).toEqual(everywhere([]));
  });

  it("say what was found late, however the event was read", () => {
    const wanted = everywhere(["wandb_unknown_action", "wandb_late"]);
    expect(tagsIn(decode(recordOf(unknown, true), origin))).toEqual(wanted);
    const regular = new RegularEvent();
    expect(regular.read(recordOf(unknown, true), origin)).toBe(true);
    expect(tagsIn(regular)).toEqual(wanted);
    expect(regular.read(recordOf(unknown, false), origin)).toBe(true);
    expect(tagsIn(regular)).toEqual(everywhere(["wandb_unknown_action"]));
    expect(tagsIn(decode(recordOf("no JSON", true), origin))).toEqual(everywhere(["wandb_late"]));
  });

  it("still say so once something was taken out of the event", () => {
    const clean = redactor({ drop: ["actor_email"], pseudonymize: [] });
    expect(clean(decode(recordOf(unknown, true), origin)).tags).toEqual([
      "wandb_unknown_action",
      "wandb_late",
    ]);
    const regular = new RegularEvent();
    regular.read(recordOf(unknown, true), origin);
    expect(clean(regular).tags).toEqual(["wandb_unknown_action", "wandb_late"]);
    const { tags } = clean(decode(recordOf("no JSON", true), origin));
    expect(tags).toEqual(["wandb_late"]);
  });

  it("say what a replay sends again, last", () => {
    const again = Object.assign(decode(recordOf(list, true), origin), { replayId: "20260801120000" });
    const tags = ["wandb_unknown_action", "wandb_ip_list", "wandb_late", "wandb_replay"];
    expect(shownTags(again)).toEqual(tags);
    expect(tagsIn(again)).toEqual(everywhere(tags));
  });
});
