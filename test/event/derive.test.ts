import { expect, test } from "vitest";
import { actionSpec } from "../../src/event/actions.ts";
import { ecsCategory, ecsType, outcomeOf, severityOf } from "../../src/event/derive.ts";
import { eventWith, faulty } from "../format/arbitrary-event.ts";

test.each([
  [undefined, "unknown"],
  [100, "unknown"],
  [199, "unknown"],
  [200, "success"],
  [302, "success"],
  [399, "success"],
  [400, "failure"],
  [599, "failure"],
])("code %s is a %s", (code, outcome) => {
  expect(outcomeOf(eventWith(code === undefined ? {} : { code }))).toBe(outcome);
});

test("only 401 and 403 are denials", () => {
  const denied = [200, 302, 400, 401, 402, 403, 404, 500].filter((code) =>
    ecsType(eventWith({ code }), actionSpec("project:read")).includes("denied"),
  );
  expect(denied).toEqual([401, 403]);
});

test("a denial is at least 5 and nothing is above 10", () => {
  const severity = (action: string, code: number) =>
    severityOf(eventWith({ action, code }), actionSpec(action));
  expect([severity("project:read", 403), severity("team:delete", 403), severity("team:delete", 500)]).toEqual(
    [5, 10, 9],
  );
});

test("nothing is claimed of an unparseable record", () => {
  expect(ecsCategory(faulty, actionSpec(faulty.action))).toEqual([]);
  expect(ecsType(faulty, actionSpec(faulty.action))).toEqual([]);
});
