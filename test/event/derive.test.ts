import { describe, expect, test } from "vitest";
import { actionSpec } from "../../src/event/actions.ts";
import { deniedOf, ecsCategory, ecsType, messageOf, outcomeOf, severityOf } from "../../src/event/derive.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { eventWith, faulty } from "../format/arbitrary-event.ts";

function message(action: string, keys: AuditEvent["keys"], code?: number): string {
  return messageOf(eventWith({ action, keys, ...(code === undefined ? {} : { code }) }), actionSpec(action));
}

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
  const denied = [200, 302, 400, 401, 402, 403, 404, 500].filter((code) => deniedOf(eventWith({ code })));
  expect(denied).toEqual([401, 403]);
});

test("a denial is at least 5 and nothing is above 10", () => {
  const severity = (action: string, code: number) =>
    severityOf(eventWith({ action, code }), actionSpec(action));
  expect([severity("project:read", 403), severity("team:delete", 403), severity("team:delete", 500)]).toEqual(
    [5, 10, 9],
  );
});

describe("messageOf", () => {
  test("says what, how it ended, who and on what", () => {
    expect(
      message(
        "project:read",
        { actor_email: "a@x", actor_user_id: "1", project_name: "p", project_asset: "2" },
        200,
      ),
    ).toBe("Project read succeeded (HTTP 200) by a@x on p");
    expect(message("user:create", { actor_user_id: "1", user_asset: "2" }, 403)).toBe(
      "User creation failed (HTTP 403) by user 1 on user 2",
    );
    expect(message("team:create", { entity_asset: "7" })).toBe("Team creation: outcome unknown on team 7");
    expect(message("artifact:read", { artifact_asset: "7" }, 100)).toBe(
      "Artifact read: outcome unknown (HTTP 100) on artifact 7",
    );
    expect(message("report:read", { report_asset: "7" }, 200)).toBe(
      "Report read succeeded (HTTP 200) on report 7",
    );
    expect(message("run:stop", { project_asset: "7" }, 200)).toBe(
      "Run stop succeeded (HTTP 200) on project 7",
    );
    expect(message("registry:link", {}, 200)).toBe("Unrecognized W&B action succeeded (HTTP 200)");
  });

  test("names the fault of an unparseable record, of which nothing else is claimed", () => {
    expect(messageOf(faulty, actionSpec(faulty.action))).toContain("not_json");
    expect(ecsCategory(faulty, actionSpec(faulty.action))).toEqual([]);
    expect(ecsType(faulty, actionSpec(faulty.action))).toEqual([]);
  });
});
