import { describe, expect, it } from "vitest";
import { detectionTable } from "../../bin/detection-fields.ts";
import { exampleEvent, examples } from "../../bin/example-events.ts";
import { examplePages } from "../../bin/example-pages.ts";
import { keyTable } from "../../bin/key-places.ts";
import { exampleFormats, fieldsOf } from "../../bin/payload-fields.ts";
import { actionTable } from "../../src/event/action-table.ts";
import { knownKeys } from "../../src/record/known-keys.ts";

const event = exampleEvent(
  '{"timestamp":"2026-08-01T13:12:14Z","action":"x:frobnicate","response_code":200,"actor_email":"a@x.example","n":[1,{"b":2}]}',
);

describe("the fields of a payload", () => {
  it("are those that people search for", () => {
    const { ecs, cim, cef, otlp } = {
      ecs: fieldsOf("ecs", event),
      cim: fieldsOf("cim", event),
      cef: fieldsOf("cef", event),
      otlp: fieldsOf("otlp", event),
    };
    expect(ecs.get("user.domain")).toEqual(["x.example"]);
    expect(ecs.get("wandb.audit.unmapped.n")).toEqual(["1"]);
    expect(ecs.get("wandb.audit.unmapped.n.b")).toEqual(["2"]);
    expect(cim.get("tags{}")).toEqual(["wandb_schema_extra", "wandb_unknown_action"]);
    expect([cim.get("wandb_severity"), cim.get("severity_id")]).toEqual([["3"], ["3"]]);
    expect(cim.get("_time")).toEqual(["1785589934"]);
    expect(cef.get("class id")).toEqual(["x:frobnicate"]);
    expect(cef.get("severity")).toEqual(["3"]);
    expect(otlp.get("user.email")).toEqual(["a@x.example"]);
    expect(otlp.get("wandb.tags")).toEqual(["wandb_schema_extra", "wandb_unknown_action"]);
  });
});

describe("the pages that are made of payloads", () => {
  it("show an event of every action in every format, and its record", () => {
    const pages = Object.entries(examplePages());
    expect(pages).toHaveLength(Object.keys(exampleFormats).length + 1);
    for (const [path, page] of pages)
      for (const { action } of actionTable) expect(page.split(`\n## \`${action}\`\n`), path).toHaveLength(2);
    for (const { event, record } of examples()) {
      expect(examplePages()["docs/examples/cef.md"]).toContain(`\n${exampleFormats.cef(event)}\n`);
      expect(examplePages()["docs/examples/records.md"]).toContain(`\n${record}\n`);
    }
  });

  it("lay JSON out without changing what it says", () => {
    const page = examplePages()["docs/examples/ocsf.md"] ?? "";
    const blocks = [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map(([, text = ""]) => JSON.parse(text));
    expect(blocks).toEqual(examples().map(({ event }) => JSON.parse(exampleFormats.ocsf(event))));
  });

  it("say of every key where it goes", () => {
    const table = keyTable();
    for (const key of knownKeys) {
      const row = table.split("\n").find((line) => line.startsWith(`| \`${key}\` |`)) ?? "";
      expect(
        row.split(" | ").filter((cell) => cell.trim() === ""),
        key,
      ).toEqual([]);
      expect(row.split(" | "), key).toHaveLength(6);
    }
    expect(table).toContain("| `run_asset` | `flexString1` |");
    expect(detectionTable().split("\n").length).toBeGreaterThan(25);
  });
});
