import type { Secret } from "../secret/secret.ts";
import type { Parts } from "./parse-parts.ts";
import type { Path } from "./position.ts";
import type { Problem } from "./problem.ts";

/** Fewer characters can be tried out by whoever has a pseudonym and knows whose it may be. */
const fewest = 16;

type Warn = (path: Path, message: string, hint: string) => Problem;

/** What makes pseudonyms weak, or different where they should be the same. */
export function pseudonymWarnings({ outputs }: Pick<Parts, "outputs">, warn: Warn): Problem[] {
  const making = outputs.flatMap(({ config: { name, redact } }, index) => {
    const key = redact?.key ?? redact?.keys?.[0]?.key;
    if (redact === undefined || redact.pseudonymize.length === 0 || key === undefined) return [];
    const id = redact.key === undefined ? redact.keys?.[0]?.id : undefined;
    return [{ name, redact, key, id, at: ["outputs", index, "redact"] as Path }];
  });
  const [first] = making;
  return making.flatMap(({ redact, key, id, at }) => {
    const all: readonly (readonly [Path, Secret])[] = [
      ...(redact.key === undefined ? [] : [[[...at, "key"], redact.key] as const]),
      ...(redact.keys ?? []).map((each, index) => [[...at, "keys", index, "key"], each.key] as const),
    ];
    const weak = all
      .filter(([, each]) => each.reveal().length < fewest)
      .map(([path]) =>
        warn(
          path,
          `has less than ${fewest} characters: whoever has a pseudonym can try out such keys`,
          "use 32 random bytes, such as openssl rand -hex 32 makes; a changed key changes every pseudonym",
        ),
      );
    if (first === undefined || (first.key.reveal() === key.reveal() && first.id === id)) return weak;
    return [
      ...weak,
      warn(
        at,
        `makes other pseudonyms than output ${first.name}: the same person cannot be followed from one to the other`,
        "give both the same key and id, unless that is what you want",
      ),
    ];
  });
}
