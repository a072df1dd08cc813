import { expect, test } from "vitest";
import { actionTable } from "../../src/event/action-table.ts";
import { actionSpec } from "../../src/event/actions.ts";
import { ownActions, testAction } from "../../src/event/own-actions.ts";

test("a test event is no unknown action, says what it is, and sets off no rule", () => {
  expect(actionSpec(testAction)).toMatchObject({ known: true, severity: 0, type: ["info"], cim: undefined });
  expect(actionSpec(testAction).name).toMatch(/^Test event/);
});

test("no action of W&B is one of ours", () => {
  const nouns = new Set(actionTable.map(({ action }) => action.split(":")[0]));
  for (const { action } of ownActions) expect(nouns.has(action.split(":")[0])).toBe(false);
});
