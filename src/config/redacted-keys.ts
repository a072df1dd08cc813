import { isKnownKey } from "../schema/redact.ts";
import type { Parts } from "./parse-parts.ts";
import type { Path } from "./position.ts";
import type { Problem } from "./problem.ts";

/** Names in `redact` that no record may have: what was to be removed goes out as it is. */
export function redactedKeyWarnings(
  { outputs }: Pick<Parts, "outputs">,
  warn: (path: Path, message: string, hint: string) => Problem,
): Problem[] {
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
