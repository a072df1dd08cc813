// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import { expect, it } from "vitest";
import type { OwnedSecret } from "../../src/config/config.ts";
import { pathKey } from "../../src/config/position.ts";
import { secretWarnings } from "../../src/config/secret-warnings.ts";
import { Secret } from "../../src/secret/secret.ts";

/** Of a secret that is written so, and that is `text`. */
function warned(written: string, text = written): string[] {
  const place = ["token"];
  const path = "token";
  const isTemplate = written.includes("${");
  const document = {
    value: { token: text },
    templates: new Map(isTemplate ? [[pathKey(place), { path: place, text: written, files: [] }]] : []),
  };
  const secrets: OwnedSecret[] = [{ path, place, owner: "o", secret: new Secret(text) }];
  return secretWarnings(document, secrets, (_path, message, hint) => ({
    ...{ path, line: 1, column: 1 },
    message,
    hint,
  })).map(({ message }) => message);
}

const inFile = "the secret stands in this file itself";
const noVariable = "no variable is put in here: this is the secret as it stands";
const space = "the secret begins or ends with white space, which is sent with it";

it.each([
  ["${TOKEN}", "s3cret", []],
  ["Bearer ${TOKEN}", "Bearer s3cret", []],
  ["s3cret", "s3cret", [inFile]],
  ["$TOKEN", "$TOKEN", [noVariable]],
  ["%TOKEN%", "%TOKEN%", [noVariable]],
  ["pa$word", "pa$word", [inFile]],
  ["${file:/token}", "s3cret ", [space]],
  ["${TOKEN}", "\u00a0s3cret", [space]],
])("says of %s that is %j: %j", (written, text, messages) => {
  expect(warned(written, text)).toEqual(messages);
});
