import { knownActionNames } from "../event/actions.ts";
import { actionPattern } from "../event/filter.ts";
import { nearest } from "./nearest.ts";
import type { Parts } from "./parse-parts.ts";
import type { Path } from "./position.ts";
import type { Problem } from "./problem.ts";

type Warn = (path: Path, message: string, hint: string) => Problem;

const lookAt = "write it as W&B does, such as user:login, and look at an event with map --output";

/** Filters that are allowed and may keep everything from an output, or nothing: a slip of the pen, mostly. */
export function filterWarnings({ outputs }: Pick<Parts, "outputs">, warn: Warn): Problem[] {
  return outputs.flatMap(({ config: { filter } }, output) => [
    ...(["actions", "outcome"] as const)
      .filter((key) => filter?.[key]?.length === 0)
      .map((key) =>
        warn(
          ["outputs", output, "filter", key],
          "an empty list: every event is filtered",
          "name what is to be delivered, or leave the key out",
        ),
      ),
    ...(["actions", "exclude_actions"] as const).flatMap((key) =>
      (filter?.[key] ?? []).flatMap((pattern, at) => {
        if (knownActionNames.some(actionPattern(pattern))) return [];
        const meant = nearest(pattern, knownActionNames);
        return [
          warn(
            ["outputs", output, "filter", key, at],
            `no documented action is like this: it ${key === "actions" ? "delivers" : "keeps back"} nothing, unless W&B has a new one`,
            meant === undefined ? lookAt : `write ${meant}, if that is meant`,
          ),
        ];
      }),
    ),
  ]);
}
