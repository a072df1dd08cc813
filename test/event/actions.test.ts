import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { actionTable } from "../../src/event/action-table.ts";
import { actionSpec } from "../../src/event/actions.ts";
import {
  deniedOf,
  ecsCategory,
  ecsType,
  otlpSeverity,
  severityOf,
  syslogSeverity,
} from "../../src/event/derive.ts";
import { eventWith, texts } from "../format/arbitrary-event.ts";

interface Documented {
  action: string;
  object_type: string;
  name: string;
  ecs: { "event.category": string[]; "event.type": string[] };
  severity: Record<string, number>;
  otlp: {
    event_name: string;
    severity_number: Record<string, number>;
    severity_text: Record<string, string>;
  };
  syslog: { severity: Record<string, number> };
  cim: Record<string, unknown>;
  ocsf: { class_uid: number; activity_id: number };
}

const documented = (
  parse(readFileSync(new URL("../data/actions.yaml", import.meta.url), "utf8")) as { actions: Documented[] }
).actions;
const codes = { success: 200, unknown: undefined, denied_401_403: 403, other_4xx: 404, "5xx": 500 } as const;

function withCode(action: string, code: number | undefined) {
  return eventWith({ action, ...(code === undefined ? {} : { code }) });
}

describe("actionSpec", () => {
  test("knows all 30 documented actions", () => {
    expect(actionTable.map((row) => row.action)).toEqual(documented.map(({ action }) => action));
    expect(documented).toHaveLength(30);
  });

  test.each(documented)("has $action as documented", (row) => {
    const spec = actionSpec(row.action);
    expect(spec).toMatchObject({
      known: true,
      name: row.name,
      objectType: row.object_type,
      category: row.ecs["event.category"],
      type: row.ecs["event.type"],
      severity: row.severity.success,
      eventName: row.otlp.event_name,
      ocsf: { classUid: row.ocsf.class_uid, activityId: row.ocsf.activity_id },
    });
    const { dataset, action, change_type, object_category, object_attrs, user_is_target } = row.cim;
    expect(spec.cim).toEqual({
      dataset,
      ...(typeof action === "string"
        ? { action }
        : { authentication: row.action === "user:login" ? "login" : "preauth" }),
      ...(change_type === undefined ? {} : { changeType: change_type }),
      ...(object_category === undefined ? {} : { objectCategory: object_category }),
      ...(object_attrs === undefined ? {} : { objectAttrs: object_attrs }),
      userIsTarget: user_is_target,
    });
  });

  test.each(documented)("raises the severities of $action as documented", (row) => {
    const spec = actionSpec(row.action);
    for (const [outcome, code] of Object.entries(codes)) {
      const event = withCode(row.action, code);
      const severity = severityOf(event, spec);
      expect(severity, outcome).toBe(row.severity[outcome]);
      expect(otlpSeverity(event, spec)).toEqual({
        number: row.otlp.severity_number[outcome],
        text: row.otlp.severity_text[outcome],
      });
      if (outcome !== "unknown") expect(syslogSeverity(severity)).toBe(row.syslog.severity[outcome]);
    }
  });

  test("knows an action in any case", () => {
    expect(actionSpec("User:LOGIN")).toEqual(actionSpec("user:login"));
  });
});

describe("the guess at an unknown action", () => {
  test.each([
    ["organization:delete_member", "iam", ["user", "group", "change"], 7, 3006, 4, "modified"],
    ["user:create_service_token", "iam", ["user", "change"], 5, 3004, 3, "modified"],
    ["organization:create_service_account", "iam", ["user", "creation"], 5, 3001, 1, "created"],
    ["registry:promote_model", "api", ["change"], 4, 6003, 3, "modified"],
    ["user:start_sso_login", "authentication", ["info"], 1, 3002, 6, undefined],
    ["user:signout", "authentication", ["end"], 1, 3002, 2, "logoff"],
    ["user:permanently_delete_self", "iam", ["user", "deletion"], 7, 3001, 6, "deleted"],
    ["user:undelete", "iam", ["user", "change"], 5, 3001, 2, "modified"],
    ["user:suspend", "iam", ["user", "change"], 6, 3001, 5, "modified"],
    ["user:revoke_token", "iam", ["user", "change"], 7, 3004, 3, "modified"],
    ["user:list", "iam", ["user", "info"], 2, 3004, 2, "read"],
    ["team:add_user", "iam", ["user", "group", "change"], 5, 3006, 3, "modified"],
    ["team:archive", "iam", ["group", "change"], 5, 3004, 3, "modified"],
    ["team:purge", "iam", ["group", "deletion"], 7, 3006, 5, "deleted"],
    ["team:update_member", "iam", ["group", "change"], 5, 3004, 3, "modified"],
    ["artifact:undelete", "api", ["change"], 4, 6003, 3, "modified"],
    ["report:export", "api", ["access"], 2, 6003, 2, "read"],
    ["launch:kill", "api", ["end"], 4, 6003, 3, "stopped"],
    ["scim:frobnicate", "iam", ["group", "info"], 3, 3004, 99, "unknown"],
    ["member:frobnicate", "iam", ["user", "info"], 3, 3004, 99, "unknown"],
    ["unknown", "api", ["info"], 3, 6003, 99, "unknown"],
  ])("takes %s for %s %j", (action, category, type, severity, classUid, activityId, verb) => {
    const spec = actionSpec(action);
    expect(spec).toMatchObject({
      known: false,
      name: "Unrecognized W&B action",
      type,
      severity,
      ocsf: { classUid, activityId },
    });
    expect(spec.category[0]).toBe(category);
    expect(spec.cim?.action).toBe(verb);
  });

  test("has a data model whatever the verb is, and never that of accounts for one it does not know", () => {
    for (const noun of ["user", "team", "registry", "unknown"])
      expect(actionSpec(`${noun}:frobnicate`).cim).toMatchObject({
        dataset: "All_Changes",
        action: "unknown",
        userIsTarget: false,
      });
  });

  test("makes event names of lower-case letters, digits and underscores, at most 256 long", () => {
    expect(actionSpec("Model-Registry:Promote now!").eventName).toBe(
      "wandb.audit.model_registry.promote_now_",
    );
    expect(actionSpec(`a:${"😀".repeat(400)}`).eventName).toBe(`wandb.audit.a.${"_".repeat(242)}`);
    expect(actionSpec("loner").eventName).toBe("wandb.audit.unknown.loner");
    fc.assert(
      fc.property(texts, (action) => {
        expect(actionSpec(action).eventName).toMatch(/^wandb\.audit\.[a-z0-9_]*\.?[a-z0-9_]*$/);
        expect(actionSpec("x".repeat(300) + action).eventName).toHaveLength(256);
      }),
    );
  });
});

/** ECS 9.4.0: the types that each category expects. */
const expectedTypes: Readonly<Record<string, readonly string[]>> = {
  api: [
    "access",
    "admin",
    "allowed",
    "change",
    "creation",
    "deletion",
    "denied",
    "end",
    "info",
    "start",
    "user",
  ],
  authentication: ["start", "end", "info"],
  file: ["access", "change", "creation", "deletion", "info"],
  iam: ["admin", "change", "creation", "deletion", "group", "info", "user"],
  session: ["start", "end", "info"],
};

test("every action and outcome has categories and types that ECS allows together", () => {
  const nouns = ["user", "team", "artifact", "registry"];
  const verbs = [
    "create",
    "delete",
    "read",
    "update",
    "stop",
    "disable",
    "restore",
    "login",
    "start_login",
    "logout",
    "add_user",
    "remove_user",
    "create_token",
    "frob",
  ];
  const guesses = nouns.flatMap((noun) => verbs.map((verb) => `${noun}:${verb}`));
  for (const action of [...documented.map((row) => row.action), ...guesses]) {
    for (const code of Object.values(codes)) {
      const event = withCode(action, code);
      const categories = ecsCategory(event, actionSpec(action));
      const types = ecsType(event, actionSpec(action));
      expect(
        types.every((type) => categories.some((category) => expectedTypes[category]?.includes(type))),
      ).toBe(true);
      expect(
        categories.every((category) => types.some((type) => expectedTypes[category]?.includes(type))),
      ).toBe(true);
      expect(types.includes("denied")).toBe(deniedOf(event) && categories.includes("api"));
      expect(categories.includes("session") && code !== undefined && code >= 400).toBe(false);
    }
  }
});

test("a guess at a long action is made once, however often one event asks, of its first class of words", () => {
  const long = "a:".repeat(1000);
  expect(actionSpec(long)).toBe(actionSpec(`${long}`));
  expect(actionSpec(`thing:${"x ".repeat(1000)}update create delete`).type).toEqual(["deletion"]);
});
