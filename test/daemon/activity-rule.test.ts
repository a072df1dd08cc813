import { expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { activityRule } from "../../src/daemon/activity-rule.ts";

function scope(activity: Partial<Config["activity"]>, redact?: object) {
  const outputs = [{ config: { redact } }, { config: {} }] as unknown as Config["outputs"];
  const sources = [
    { config: { name: "a" }, origin: { anonymize: true } },
    { config: { name: "b" }, origin: { anonymize: false } },
  ] as unknown as Config["sources"];
  const rule = activityRule({
    activity: { count: true, names: undefined, keep: 7, ...activity },
    ...{ sources, outputs },
  });
  expect(rule).toMatchObject({ nameless: new Set(["a"]), keep: 7 });
  return rule.scope;
}

it("keeps names unless an output redacts them, or as it is said, and never those of an anonymised source", () => {
  expect(scope({})).toBe("names");
  expect(scope({}, { drop: ["user_email"], pseudonymize: [] })).toBe("names");
  expect(scope({}, { drop: ["actor_email"], pseudonymize: [] })).toBe("ids");
  expect(scope({}, { drop: [], pseudonymize: ["actor_email"] })).toBe("ids");
  expect(scope({ names: true }, { drop: ["actor_email"], pseudonymize: [] })).toBe("names");
  expect(scope({ names: false })).toBe("ids");
  expect(scope({ names: true, count: false })).toBe("off");
});
