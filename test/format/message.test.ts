import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { actionSpec } from "../../src/event/actions.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { type MessageStyle, writeMessage } from "../../src/format/message.ts";
import { Writer } from "../../src/text/writer.ts";
import { events, eventWith, faulty } from "./arbitrary-event.ts";

function messageOf(event: AuditEvent, style: MessageStyle = "text"): string {
  const into = new Writer();
  writeMessage(into, event, actionSpec(event.action), style);
  return into.toText();
}

function message(action: string, keys: AuditEvent["keys"], code?: number): string {
  return messageOf(eventWith({ action, keys, ...(code === undefined ? {} : { code }) }));
}

describe("the message", () => {
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
    expect(messageOf(faulty)).toContain("not_json");
  });
});

it("is the same inside of a JSON string", () => {
  fc.assert(
    fc.property(events, (event) => {
      expect(JSON.parse(`"${messageOf(event, "inside")}"`)).toBe(messageOf(event));
    }),
  );
});
