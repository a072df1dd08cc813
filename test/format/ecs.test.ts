import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionTable } from "../../src/event/action-table.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { agent, events, eventWith, faulty, origin, undated } from "./arbitrary-event.ts";
import { ecsProblems } from "./ecs-schema.ts";
import { ecs } from "./texts.ts";

const format = ecs(agent);
const documentOf = (event: AuditEvent) => JSON.parse(format(event));

const person = { actor_user_id: "1", actor_email: "a@x", user_asset: "2", user_email: "b@x" };

describe("ecs", () => {
  it("is valid ECS for every documented action and every way it can end", () => {
    for (const { action } of actionTable)
      for (const code of [undefined, 100, 200, 302, 401, 403, 404, 500]) {
        const keys = {
          ...person,
          action,
          actor_ip: "192.0.2.1",
          entity_asset: "7",
          entity_name: "t",
          cli_version: "1",
        };
        const event = eventWith({ action, keys, ip: "192.0.2.1", ips: ["192.0.2.1"], port: 443 });
        expect(
          ecsProblems(documentOf(code === undefined ? event : { ...event, code })),
          `${action} ${code}`,
        ).toEqual([]);
      }
  });

  it("is valid ECS for actions that nobody documented", () => {
    const nouns = ["user", "team", "organization", "registry", "api_key", "unknown"];
    const verbs =
      "create delete read update add_member remove_user login logout start_sso_login stop disable undelete frobnicate";
    for (const noun of nouns)
      for (const verb of verbs.split(" "))
        for (const code of [200, 403, 500])
          expect(
            ecsProblems(documentOf(eventWith({ action: `${noun}:${verb}`, code }))),
            `${noun}:${verb}`,
          ).toEqual([]);
  });

  it("is valid ECS whatever an event holds", () => {
    fc.assert(
      fc.property(events, (event) => {
        expect(ecsProblems(documentOf(event))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the record's text whole, with its hash", () => {
    fc.assert(
      fc.property(events, (event) => {
        const { original, hash } = documentOf(event).event;
        expect(original.toWellFormed()).toBe(event.raw.toWellFormed());
        expect(hash).toBe(createHash("sha256").update(event.raw).digest("hex"));
      }),
      { numRuns: 200 },
    );
  });

  it("puts the actor at the root and the affected user under target", () => {
    const { user, related } = documentOf(eventWith({ action: "user:update", keys: person }));
    expect(user).toEqual({
      id: "1",
      name: "a@x",
      email: "a@x",
      domain: "x",
      target: { id: "2", name: "b@x", email: "b@x", domain: "x" },
    });
    expect(related.user).toEqual(["1", "a@x", "2", "b@x"]);
  });

  it("names a user once among the related ones", () => {
    const keys = { actor_user_id: "1", actor_email: "a@x", user_asset: "1", user_email: "a@x" };
    expect(documentOf(eventWith({ keys })).related.user).toEqual(["1", "a@x"]);
  });

  it("takes the affected user for the actor only where someone signs in", () => {
    const target = { user_asset: "2", user_email: "b@x" };
    const copy = { id: "2", name: "b@x", email: "b@x", domain: "x" };
    expect(documentOf(eventWith({ action: "user:login", keys: target })).user).toEqual({
      ...copy,
      target: copy,
    });
    expect(documentOf(eventWith({ action: "user:create", keys: target })).user).toEqual({ target: copy });
    expect(documentOf(eventWith({ action: "project:read", keys: target })).user).toEqual({ target: copy });
    expect(
      documentOf(eventWith({ action: "user:login", keys: { ...target, actor_user_id: "1" } })).user.id,
    ).toBe("1");
  });

  it("gives the team as the group, and as the affected user's group when members come or go", () => {
    const keys = { entity_asset: "77", entity_name: "vision", user_asset: "2" };
    const group = { id: "77", name: "vision" };
    const invited = documentOf(eventWith({ action: "team:invite_user", keys }));
    expect([invited.group, invited.user.target]).toEqual([group, { id: "2", group }]);
    const deleted = documentOf(eventWith({ action: "team:delete", keys }));
    expect([deleted.group, deleted.user.target]).toEqual([group, { id: "2" }]);
    expect(documentOf(eventWith({ action: "project:read", keys })).group).toBeUndefined();
  });

  it("says denied, and no session, when an attempt was refused", () => {
    const classified = (action: string, code: number) => {
      const { category, type, outcome, reason } = documentOf(eventWith({ action, code })).event;
      return { category, type, outcome, reason };
    };
    const failed = { outcome: "failure", reason: "HTTP 403" };
    expect(classified("project:read", 403)).toEqual({
      category: ["api"],
      type: ["access", "denied"],
      ...failed,
    });
    expect(classified("user:login", 403)).toEqual({
      category: ["authentication"],
      type: ["start"],
      ...failed,
    });
    expect(classified("user:login", 200)).toEqual({
      category: ["authentication", "session"],
      type: ["start"],
      outcome: "success",
      reason: undefined,
    });
  });

  it("keeps an address that is none, but not as an address", () => {
    const document = documentOf(eventWith({ keys: { actor_ip: "not-an-ip" }, tags: ["wandb_ip_invalid"] }));
    expect(document.source).toEqual({ address: "not-an-ip" });
    expect(document.related).toBeUndefined();
    expect(document.tags).toEqual([
      "wandb-audit",
      "forwarded",
      "preserve_original_event",
      "wandb_ip_invalid",
    ]);
  });

  it("cuts times to milliseconds and takes the observed time for an undated record", () => {
    const dated = documentOf(eventWith({ time: { seconds: 1_483_228_799, nanos: 999_999_999 } }));
    expect(dated["@timestamp"]).toBe("2016-12-31T23:59:59.999Z");
    expect(dated.event.created).toBe("2026-08-01T14:00:00.123Z");
    expect(documentOf(undated(eventWith()))["@timestamp"]).toBe("2026-08-01T14:00:00.123Z");
  });

  it("tells a record that cannot be read without claiming what happened", () => {
    const document = documentOf(faulty);
    expect(ecsProblems(document)).toEqual([]);
    expect(document.event).toMatchObject({ kind: "pipeline_error", id: faulty.uid, original: faulty.raw });
    expect(document.error).toMatchObject({ type: "not_json" });
    for (const claim of ["category", "type", "outcome", "action"])
      expect(document.event).not.toHaveProperty(claim);
    expect(document).not.toHaveProperty("wandb");
  });

  it("keeps unknown keys as they were written, numbers that no double holds as text", () => {
    const unmapped = [
      ["__proto__", '{"a": 1}'],
      ["big", "9007199254740993"],
    ] as const;
    expect(format(eventWith({ unmapped }))).toContain(
      '"unmapped":{"__proto__":{"a":1},"big":"9007199254740993"}',
    );
  });

  it("names the organization only when it is configured", () => {
    expect(documentOf(eventWith()).organization).toBeUndefined();
    const named = { ...origin, organization: { id: "o1", name: "Acme" } };
    expect(documentOf(eventWith({ origin: named })).organization).toEqual({ id: "o1", name: "Acme" });
  });
});
