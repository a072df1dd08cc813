import fc from "fast-check";
import { expect, test } from "vitest";
import {
  quote,
  withoutLineBreaks,
  withoutLoneSurrogates,
  withoutWideNumbers,
} from "../../src/text/json-text.ts";

const disturbing = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/;

/** Any UTF-16, many surrogates among them. */
const units = fc
  .array(fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd7ff, max: 0xe000 })), { maxLength: 20 })
  .map((codes) => String.fromCharCode(...codes));

test("quote writes any text so that it reads back the same, but for halves of characters", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), units), (text) => {
      expect(JSON.parse(quote(text))).toBe(text.toWellFormed());
    }),
  );
});

test("quote leaves no control, direction or surrogate character as it is", () => {
  const left = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((character) => {
    const written = quote(`a${character}b`);
    return disturbing.test(written) || JSON.parse(written) !== `a${character}b`.toWellFormed();
  });
  expect(left).toEqual([]);
});

test("quote leaves ordinary text of any language alone", () => {
  for (const text of ["", "plain / text", "Müller", "欠陥検出", "🧪"])
    expect(quote(text).slice(1, -1)).toBe(text);
});

test("withoutLineBreaks removes the white space between and keeps the values", () => {
  expect(withoutLineBreaks('{ "a b" : [ 1.0 ,\n\t"x \\" y" ] , "c":{ } }\r\n')).toBe(
    '{"a b":[1.0,"x \\" y"],"c":{}}',
  );
  expect(withoutLineBreaks('["\u2028\u202e\u007f"]')).toBe('["\\u2028\\u202e\\u007f"]');
  fc.assert(
    fc.property(fc.json(), (json) => {
      const written = withoutLineBreaks(JSON.stringify(JSON.parse(json), undefined, " "));
      expect(JSON.parse(written)).toEqual(JSON.parse(json));
      expect(disturbing.test(written)).toBe(false);
    }),
  );
});

test("withoutLoneSurrogates puts U+FFFD in place of half a pair, and leaves every other escape alone", () => {
  for (const [json, expected] of [
    ['"\\ud800 x"', '"\\ufffd x"'],
    ['{"k\\uDFFF":["\\ud83d\\ud83d\\ude00"]}', '{"k\\ufffd":["\\ufffd\\ud83d\\ude00"]}'],
    ['"\\udc00\\ud800"', '"\\ufffd\\ufffd"'],
    ['"\\\\ud800 \\\\\\ud800"', '"\\\\ud800 \\\\\\ufffd"'],
    ['"\\ud7ff\\ue000\\u0000\\n"', '"\\ud7ff\\ue000\\u0000\\n"'],
  ] as const)
    expect(withoutLoneSurrogates(json)).toBe(expected);
  fc.assert(
    fc.property(units, (text) => {
      // As a lazy writer escapes it.
      const json = JSON.stringify(text.replace(/[^\ud800-\udfff]/g, "\\")).replace(
        /[\ud800-\udfff]/g,
        (half) => `\\u${half.charCodeAt(0).toString(16)}`,
      );
      const expected = text.replace(/[^\ud800-\udfff]/g, "\\").toWellFormed();
      expect(JSON.parse(withoutLoneSurrogates(json))).toBe(expected);
    }),
  );
});

test("withoutWideNumbers writes the numbers that no double holds as strings of their digits", () => {
  expect(
    withoutWideNumbers(
      '{"a":9007199254740993,"b":-9007199254740992,"c":[1e400,-1E+400,1e300],"d":18446744073709551616,"e":0.1000000000000000000001}',
    ),
  ).toBe(
    '{"a":"9007199254740993","b":"-9007199254740992","c":["1e400","-1E+400",1e300],"d":"18446744073709551616","e":0.1000000000000000000001}',
  );
});

test("withoutWideNumbers leaves everything else alone, and what looks like a number inside of strings", () => {
  for (const json of [
    '{"9007199254740993":"9007199254740993 1e400 \\" 9007199254740993","n":9007199254740991,"m":-0}',
    '["\\\\",1,"x"]',
    "[]",
  ])
    expect(withoutWideNumbers(json)).toBe(json);
});

test("withoutWideNumbers makes every number one that JSON.parse gives back exactly or as a finite double", () => {
  const number = fc.oneof(
    fc.bigInt().map(String),
    fc
      .tuple(fc.integer(), fc.integer({ min: -500, max: 500 }))
      .map(([digits, exponent]) => `${digits}e${exponent}`),
  );
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      const parsed: unknown[] = JSON.parse(withoutWideNumbers(`[${numbers.join(",")}]`));
      parsed.forEach((value, index) => {
        if (typeof value === "string") expect(value).toBe(numbers[index]);
        else expect(Number.isFinite(value)).toBe(true);
        if (/^-?\d+$/.test(numbers[index] as string))
          expect(BigInt(value as string)).toBe(BigInt(numbers[index] as string));
      });
    }),
  );
});
