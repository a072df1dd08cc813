import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { detectionCards } from "../../bin/detection-card.ts";
import { forms } from "./documents.ts";
import { pipeline } from "./pipeline.ts";
import { eventOf, type Happening, scenarios } from "./scenarios.ts";
import { type Detection, matches } from "./sigma.ts";

// Whoever has an account chooses names and texts, and tries to be seen by no rule, or to be taken for something else.

const formNames = Object.keys(forms) as (keyof typeof forms)[];
const through = Object.fromEntries(formNames.map((form) => [form, pipeline(forms[form].pipeline)]));
const rules = detectionCards().filter(({ kind, sigma }) => kind === "rule" && sigma !== undefined);

function isSeen(name: string, form: keyof typeof forms, happening: Happening): boolean {
  const card = rules.find((each) => each.name === name);
  const text = readFileSync(new URL(`../../content/sigma/${name}.yml`, import.meta.url), "utf8");
  const { detection }: { detection: Detection } = parse(text);
  const event = forms[form].fields(eventOf(happening, "0".repeat(32), happening.at));
  const there = through[form];
  if (card === undefined || there === undefined) throw new Error(`no ${name} in ${form}`);
  return matches(detection, card.service, event, there);
}

const seenIn = (name: string, record: Happening["record"]) =>
  formNames.filter((form) => isSeen(name, form, { at: Date.parse(String(record.timestamp)), record }));

const texts = {
  "another outcome": 'x" outcome=failure act=user:read cn2=1 cn2Label=replayId',
  "pipes and backslashes": "x|y\\|z\\",
  "a line of its own": "x\nCEF:0|a|b|1|c|d|1|act=user:read\r\n{}",
  "a rehearsal": "wandb_rehearsal=team-deletion",
  JSON: '"},"replay_id":"1","labels":{"wandb_rehearsal":"x"},"a":{"b":"',
  "a huge one": "x".repeat(100_000),
  "half a character and none": "\ud83d \u0000\u2028 \u202e",
};
const chosen = ["entity_name", "project_name", "report_name", "artifact_qualified_name", "run_name"];

describe.each(Object.entries(texts))("a name that is %s", (_, text) => {
  it.each(rules.filter(({ service }) => service === "audit").map(({ name }) => name))(
    "neither hides from %s nor sets it off",
    (name) => {
      const named = Object.fromEntries(chosen.map((key) => [key, text]));
      for (const file of ["hits", "near-misses"] as const)
        for (const happenings of scenarios(name, file).values())
          for (const { record } of happenings)
            expect(seenIn(name, { ...record, ...named })).toEqual(seenIn(name, record));
    },
  );
});

describe("an invitation", () => {
  const invited = (user_email: string) =>
    seenIn("outside-user-invited", {
      ...{ timestamp: "2026-08-03T10:00:00Z", action: "team:invite_user", actor_user_id: 1042 },
      ...{ response_code: 200, actor_ip: "203.0.113.24", entity_asset: 77, user_email },
    });

  it.each([
    "eve@example.com.evil.example",
    "eve@example.com@evil.example",
    "eve@notexample.com",
    "eve@sub.example.com",
    "eve@ex\u0430mple.com",
    "eve@example.com.",
    "eve@example.com\u200b",
    "eve@example.com, x@evil.example",
    '"eve@example.com"@evil.example',
  ])("of %j is of somebody outside", (address) => {
    expect(invited(address)).toEqual(formNames);
  });

  it.each(["ann@example.com", "ann@EXAMPLE.com", "Ann=|@example.com"])("of %j is not", (address) => {
    expect(invited(address)).toEqual([]);
  });
});

describe("an action", () => {
  const team = {
    ...{ timestamp: "2026-08-03T10:00:00Z", actor_user_id: 1042, response_code: 200 },
    ...{ actor_ip: "203.0.113.24", entity_asset: 77, entity_name: "vision-team" },
  };

  it.each(["team:delete", "Team:Delete", "TEAM:DELETE", "team:delete ", " team:delete", "team:delete\n"])(
    "%j is a deletion in whatever letters, and with whatever around it",
    (action) => {
      expect(seenIn("team-deletion", { ...team, action })).toEqual(formNames);
    },
  );

  it.each(["team:deleted", "team:d\u0435lete", "team::delete", "team", "team:delete act=user:read"])(
    "%j that is nearly known is told as unknown",
    (action) => {
      expect(seenIn("unknown-action", { ...team, action })).toEqual(formNames);
    },
  );
});
