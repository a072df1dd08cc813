import { describe, expect, test } from "vitest";
import { filterRule } from "../../src/event/filter.ts";
import type { FilterConfig } from "../../src/schema/output-base.ts";
import { cpuMs } from "../fake/cpu-time.ts";
import { eventWith, faulty } from "../format/arbitrary-event.ts";

function passes(config: FilterConfig, action: string, code?: number): boolean {
  return filterRule(config)(eventWith({ action, ...(code === undefined ? {} : { code }) })) === undefined;
}

describe("filterRule", () => {
  test("lets everything through when nothing is asked", () => {
    expect(passes({}, "anything")).toBe(true);
  });

  test.each([
    ["user:*", "user:login", true],
    ["user:*", "USER:Login", true],
    ["user:*", "superuser:login", false],
    ["*:delete*", "run:delete_many", true],
    ["*delete*", "run:undelete_many", true],
    ["run:*_many", "run:delete_many", true],
    ["run:*_many", "run:many", false],
    ["run:delete", "run:delete_many", false],
    ["Run:Delete", "run:delete", true],
    ["*", "", true],
    ["a*a", "a", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["user.*", "user:login", false],
    ["**", "x", true],
  ])("%s against %s: %s", (pattern, action, expected) => {
    expect(passes({ actions: [pattern] }, action)).toBe(expected);
    expect(passes({ exclude_actions: [pattern] }, action)).toBe(!expected);
  });

  test("wants every condition, and one of several actions or outcomes", () => {
    const config: FilterConfig = {
      actions: ["user:*", "team:*"],
      exclude_actions: ["user:read"],
      outcome: ["failure", "unknown"],
      min_severity: 5,
    };
    expect(passes(config, "user:login", 401)).toBe(true);
    expect(passes(config, "team:delete")).toBe(true);
    expect(passes(config, "user:login", 200)).toBe(false);
    expect(passes(config, "user:read", 403)).toBe(false);
    expect(passes(config, "run:delete_many", 403)).toBe(false);
    expect(passes(config, "user:logout", 404)).toBe(false);
  });

  test("judges by the severity that the failure raised", () => {
    expect(passes({ min_severity: 5 }, "project:read", 200)).toBe(false);
    expect(passes({ min_severity: 5 }, "project:read", 403)).toBe(true);
  });

  test("always lets unparseable records through", () => {
    expect(filterRule({ actions: ["none"], outcome: ["success"], min_severity: 10 })(faulty)).toBeUndefined();
  });

  test("takes no longer for a pattern made to be slow", () => {
    const rule = filterRule({ actions: [`${"*a".repeat(200)}b`] });
    const event = eventWith({ action: "a".repeat(1_000_000) });
    expect(cpuMs(() => expect(rule(event)).toBeDefined())).toBeLessThan(5_000);
  });
});
