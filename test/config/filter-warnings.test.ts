import { expect, it } from "vitest";
import { filterWarnings } from "../../src/config/filter-warnings.ts";
import type { Parts } from "../../src/config/parse-parts.ts";

const warned = (...filters: readonly unknown[]) => {
  const outputs = filters.map((filter) => ({ config: { name: "o", filter } }));
  return filterWarnings({ outputs } as unknown as Parts, (path, message, hint) => ({
    path: path.join("."),
    message,
    hint,
    line: 1,
    column: 1,
  })).map(({ path, message, hint }) => `${path}: ${message} (${hint})`);
};

it("say nothing of actions that there are, in whatever case, of patterns for some, and where there is no filter", () => {
  const actions = ["user:login", "User:*", "*", "*:delete", "wandb-audit-forwarder:heartbeat"];
  expect(warned(undefined, {}, { actions }, { exclude_actions: actions, outcome: ["failure"] })).toEqual([]);
});

it("name an action that nobody documents, and the one that was meant", () => {
  expect(
    warned(undefined, { actions: ["user:logn", "registry:*"], exclude_actions: ["artefact:read"] }),
  ).toEqual([
    "outputs.1.filter.actions.0: no documented action is like this: it delivers nothing, unless W&B has a new one (write user:login, if that is meant)",
    "outputs.1.filter.actions.1: no documented action is like this: it delivers nothing, unless W&B has a new one (write it as W&B does, such as user:login, and look at an event with map --output)",
    "outputs.1.filter.exclude_actions.0: no documented action is like this: it keeps back nothing, unless W&B has a new one (write artifact:read, if that is meant)",
  ]);
});

it("name a list without an entry, by which every event is filtered", () => {
  const empty = "an empty list: every event is filtered (name what is to be delivered, or leave the key out)";
  expect(warned({ actions: [], outcome: [], exclude_actions: [] })).toEqual([
    `outputs.0.filter.actions: ${empty}`,
    `outputs.0.filter.outcome: ${empty}`,
  ]);
});
