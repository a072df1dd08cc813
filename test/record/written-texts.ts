import fc from "fast-check";

const asTheyAre = ["a", "Ann", " ", "é", "評", "😀", "@acme.example", "|", "=", "]", "\u007f", "\u202e"];
/** As `quote` writes them. */
const usual = ['\\"', "\\\\", "\\b", "\\f", "\\n", "\\r", "\\t"];
/** What other writers escape, or escape in another way, and halves of a pair. */
const others = [
  "\\/",
  "\\u0022",
  "\\u005C",
  "\\u0041",
  "\\u00e9",
  "\\u0000",
  "\\u000a",
  "\\u007f",
  "\\u202e",
  "\\ud83d\\ude00",
  "\\ud83d",
  "\\ude00",
];

function textOf(...pieces: readonly string[]): fc.Arbitrary<string> {
  const some = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 });
  return some.map((chosen) => `"${chosen.join("")}"`);
}

/** Texts as JSON has them, with escapes of every kind. */
export const writtenTexts: fc.Arbitrary<string> = fc.oneof(
  textOf(...asTheyAre.slice(0, -2), ...usual),
  textOf(...asTheyAre, ...usual, ...others),
);
