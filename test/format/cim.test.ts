import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionTable } from "../../src/event/action-table.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { events, eventWith, faulty, origin } from "./arbitrary-event.ts";
import { cimEvent } from "./texts.ts";

const eventOf = (event: AuditEvent) => JSON.parse(cimEvent(event));
const people = { actor_user_id: "1", actor_email: "a@x", user_asset: "2", user_email: "b@x" };

/** CIM 8.5.0: the prescribed values that are used here. */
const prescribed: Readonly<Record<string, readonly string[]>> = {
  Authentication: ["success", "failure", "pending", "error"],
  Account_Management: ["created", "deleted", "modified"],
  All_Changes: ["created", "deleted", "modified", "stopped", "read", "logoff"],
  Data_Access: ["created", "deleted", "read"],
};

describe("cimEvent", () => {
  it("uses prescribed actions only, for every action and way it can end", () => {
    for (const { action } of actionTable)
      for (const code of [200, 302, 403, 404, 500]) {
        const event = eventOf(eventWith({ action, code, keys: people }));
        expect(prescribed[event.cim_dataset], `${action} ${code}`).toContain(event.action);
      }
  });

  it("has a dataset for every action, whether W&B documents it or not, but none of what cannot be read", () => {
    for (const action of [
      "registry:frobnicate",
      "user:frobnicate",
      "scim:frobnicate",
      "frobnicate",
      "unknown",
    ])
      expect(eventOf(eventWith({ action }))).toMatchObject({ cim_dataset: "All_Changes", action: "unknown" });
    for (const name of ["cim_dataset", "action", "change_type", "object_category"])
      expect(eventOf(faulty)).not.toHaveProperty(name);
  });

  it("says how grave it is, in the model's words and as a number", () => {
    const graveness = (action: string, code: number) => {
      const { severity, severity_id } = eventOf(eventWith({ action, code }));
      return [severity, severity_id];
    };
    expect(graveness("artifact:read", 200)).toEqual(["informational", "1"]);
    expect(graveness("artifact:read", 404)).toEqual(["low", "2"]);
    expect(graveness("artifact:read", 403)).toEqual(["medium", "5"]);
    expect(graveness("team:delete", 200)).toEqual(["high", "8"]);
    expect(graveness("team:delete", 403)).toEqual(["critical", "10"]);
    expect(eventOf(faulty)).toMatchObject({ severity: "low", severity_id: "3" });
  });

  it("keeps an address that is none as the text it is, and none but an address as one", () => {
    const source = (event: AuditEvent) => {
      const { src, src_ip } = eventOf(event);
      return [src, src_ip];
    };
    const keys = { actor_ip: "k1_3f9c" };
    expect(source(eventWith({ keys }))).toEqual(["k1_3f9c", undefined]);
    expect(source(eventWith({ keys: { actor_ip: "1.2.3.4:5" }, ip: "1.2.3.4", ips: ["1.2.3.4"] }))).toEqual([
      "1.2.3.4",
      "1.2.3.4",
    ]);
    expect(source(eventWith())).toEqual([undefined, undefined]);
  });

  it("flips user to the affected one where accounts are managed", () => {
    expect(eventOf(eventWith({ action: "user:create", keys: people }))).toMatchObject({
      user: "b@x",
      user_id: "2",
      user_name: "b@x",
      user_domain: "x",
      src_user: "a@x",
      src_user_domain: "x",
      src_user_id: "1",
      src_user_name: "a@x",
    });
    const read = eventOf(eventWith({ action: "user:read", keys: people }));
    expect(read).toMatchObject({
      user: "a@x",
      user_id: "1",
      user_name: "a@x",
      object: "b@x",
      object_id: "2",
    });
    expect(read).not.toHaveProperty("src_user");
  });

  it("falls back to ids where there are no names", () => {
    const event = eventOf(
      eventWith({ action: "user:create", keys: { actor_user_id: "1", user_asset: "2" } }),
    );
    expect(event).toMatchObject({ user: "2", src_user: "1" });
    expect(event).not.toHaveProperty("user_name");
    expect(event).not.toHaveProperty("src_user_name");
  });

  it("gives the outcome as the action of a sign-in, with the reason when it failed", () => {
    const signIn = (action: string, code: number) => {
      const event = eventOf(eventWith({ action, code }));
      return [event.action, event.status, event.reason];
    };
    expect(signIn("user:login", 200)).toEqual(["success", "success", undefined]);
    expect(signIn("user:login", 401)).toEqual(["failure", "failure", "HTTP 401"]);
    expect(signIn("user:login", 500)).toEqual(["error", "failure", "HTTP 500"]);
    expect(signIn("user:login", 100)).toEqual([undefined, undefined, undefined]);
    expect(signIn("user:initiate_login", 302)).toEqual(["pending", "success", undefined]);
    expect(signIn("user:initiate_login", 100)).toEqual(["pending", undefined, undefined]);
  });

  it("takes the affected user of a sign-in when there is no actor", () => {
    const keys = { user_asset: "2", user_email: "b@x" };
    expect(eventOf(eventWith({ action: "user:login", keys }))).toMatchObject({ user: "b@x", user_id: "2" });
    expect(eventOf(eventWith({ action: "project:read", keys }))).not.toHaveProperty("user");
  });

  it("names the object, its path and its parent", () => {
    const keys = {
      entity_name: "team",
      project_name: "p",
      project_asset: "5",
      report_name: "r",
      report_asset: "6",
    };
    expect(eventOf(eventWith({ action: "report:read", keys }))).toMatchObject({
      object: "r",
      object_id: "6",
      object_path: "team/p",
      parent_object: "p",
      parent_object_id: "5",
      parent_object_category: "project",
    });
    const run = eventOf(eventWith({ action: "run:delete", keys: { ...keys, run_asset: "9" } }));
    expect(run).toMatchObject({ object_id: "9", object_path: "team/p" });
    expect(run).not.toHaveProperty("object");
    expect(run).not.toHaveProperty("parent_object");
  });

  it("prefers the configured organization as the account", () => {
    const keys = { entity_name: "team" };
    const organization = { id: "o1", name: "Acme" };
    expect(eventOf(eventWith({ keys })).vendor_account).toBe("team");
    expect(eventOf(eventWith({ keys, origin: { ...origin, organization } })).vendor_account).toBe("Acme");
  });

  it("is not confused by an action that is called like a property of every object", () => {
    for (const action of ["constructor:create", "__proto__:read", "toString:delete", "constructor"])
      expect(eventOf(eventWith({ action })).signature_id).toBe(action);
  });

  it("sorts its members", () => {
    fc.assert(
      fc.property(events, (event) => {
        const names = Object.keys(eventOf(event));
        expect(names).toEqual([...names].sort());
      }),
      { numRuns: 200 },
    );
  });

  it("carries the record as it was written, or the text of one that cannot be read", () => {
    const raw = '{"b": 1.00, "a":9007199254740993, "a":2}';
    const wide = '"9007199254740993"';
    expect(cimEvent(eventWith({ raw }))).toContain(`"wandb":${raw.replace("9007199254740993", wide)}}`);
    const event = eventOf(faulty);
    expect(event).toMatchObject({ command: "unknown", wandb_fault: "not_json", wandb_raw: faulty.raw });
    expect(event).not.toHaveProperty("wandb");
    expect(event).not.toHaveProperty("cim_dataset");
  });
});
