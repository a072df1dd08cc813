// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import type { OwnedSecret } from "./config.ts";
import type { ConfigDocument } from "./document.ts";
import { valueAt } from "./issues.ts";
import { type Path, pathKey } from "./position.ts";
import type { Problem } from "./problem.ts";

type Warn = (path: Path, message: string, hint: string) => Problem;

/** How shells and Windows write a variable, which is none here. */
const likeVariable = /^(\$[A-Za-z_]\w*|%\w+%)$/;

/** Secrets that stand in the file itself, or that are hardly what was meant. */
export function secretWarnings(
  { templates, value }: Pick<ConfigDocument, "templates" | "value">,
  secrets: readonly OwnedSecret[],
  warn: Warn,
): Problem[] {
  return secrets.flatMap(({ place, secret }) => {
    const written = valueAt(value, place);
    if (typeof written !== "string") return [];
    const found: Problem[] = [];
    if (likeVariable.test(written) && !templates.has(pathKey(place)))
      found.push(
        warn(
          place,
          "no variable is put in here: this is the secret as it stands",
          "write ${NAME}, with the braces",
        ),
      );
    else if (!templates.has(pathKey(place)))
      found.push(
        warn(
          place,
          "the secret stands in this file itself",
          "write ${file:/path} or ${NAME}, so that the file can be shown and kept under version control",
        ),
      );
    const text = secret.reveal();
    if (text !== text.trim())
      found.push(
        warn(
          place,
          "the secret begins or ends with white space, which is sent with it",
          "take it out of the file or variable, unless it is part of the secret; one newline at a file's end is none of it",
        ),
      );
    return found;
  });
}
