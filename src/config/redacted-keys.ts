import { isKnownKey } from "../schema/redact.ts";
import type { Parts } from "./parse-parts.ts";
import type { Path } from "./position.ts";
import type { Problem } from "./problem.ts";

type Warn = (path: Path, message: string, hint: string) => Problem;

/** Keys that name one person in one record, as in every sign-in. */
const sameInSome = [
  ["actor_email", "user_email"],
  ["actor_user_id", "user_asset"],
] as const;

/** Keys that stay as they are beside one that is hidden and may have the same value. */
export function halfRedactedWarnings({ outputs }: Pick<Parts, "outputs">, warn: Warn): Problem[] {
  return outputs.flatMap(({ config: { redact } }, output) => {
    const hidden = new Set([...(redact?.drop ?? []), ...(redact?.pseudonymize ?? [])]);
    return sameInSome.flatMap((pair) => {
      const shown = pair.find((key) => !hidden.has(key));
      const other = pair.find((key) => hidden.has(key));
      if (shown === undefined || other === undefined) return [];
      return [
        warn(
          ["outputs", output, "redact"],
          `hides ${other} and leaves ${shown}: in a sign-in both are the same person, who is so known everywhere`,
          `name ${shown} too, unless that is what you want`,
        ),
      ];
    });
  });
}

/** Names in `redact` that no record may have: what was to be removed goes out as it is. */
export function redactedKeyWarnings({ outputs }: Pick<Parts, "outputs">, warn: Warn): Problem[] {
  return outputs.flatMap(({ config: { redact } }, output) =>
    (["drop", "pseudonymize"] as const).flatMap((how) =>
      (redact?.[how] ?? []).flatMap((name, at) =>
        isKnownKey(name)
          ? []
          : [
              warn(
                ["outputs", output, "redact", how, at],
                "W&B documents no such key: where records have none, nothing is removed from them",
                "write the key as the record has it, such as actor_email, and look at an event with map --output",
              ),
            ],
      ),
    ),
  );
}
