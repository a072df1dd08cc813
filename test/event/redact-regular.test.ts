import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode } from "../../src/event/decode.ts";
import { redactor } from "../../src/event/redact.ts";
import { regularRedactor } from "../../src/event/redact-regular.ts";
import { RegularEvent } from "../../src/event/regular-event.ts";
import { kernelPlaces } from "../../src/kernel/kernel.ts";
import { knownKeys } from "../../src/record/known-keys.ts";
import { Secret } from "../../src/secret/secret.ts";
import { inPlace } from "../fake/in-place.ts";
import { origin } from "../format/arbitrary-event.ts";
import { textOnly } from "../format/text-only.ts";
import { lines } from "../layout/lines.ts";

const observed = { seconds: 1_785_592_800, nanos: 123_456_789 };
const start = '"timestamp":"2026-08-01T13:12:14Z","action":"user:login"';

function recordOf(line: Buffer | string) {
  const uid = "0123456789abcdef0123456789abcdef";
  return { seq: 1, source: "prod", uid, day: 0, bytes: Buffer.from(line), late: false, observed };
}

function regularOf(line: Buffer | string): RegularEvent {
  const event = new RegularEvent();
  expect(event.read(recordOf(line), origin)).toBe(true);
  return event;
}

const pseudonymKey = (key = new Secret("pepper"), id?: string) => ({ id, key, until: undefined });

/** What is left of a line; undefined: it is to be taken apart. */
function left(line: string, drop: string[], pseudonymize: string[] = []): string | undefined {
  const redact = regularRedactor(new Set(drop), new Set(pseudonymize), pseudonymKey());
  return redact(regularOf(line))?.raw;
}

describe("an event that is redacted in its bytes", () => {
  it("is what is made of it when it is taken apart", () => {
    const some = fc.oneof(
      fc.subarray(["actor_ip", "actor_email", "user_email", "actor_user_id", "project_name"]),
      fc.subarray([...knownKeys, "extra"], { maxLength: 5 }),
    );
    const event = new RegularEvent();
    let inBytes = 0;
    let addresses = 0;
    fc.assert(
      fc.property(fc.array(lines, { minLength: 1, maxLength: 20 }), some, some, (all, drop, pseudonymize) => {
        const config = { drop, pseudonymize, key: new Secret("pepper") };
        const apart = redactor(config);
        const whole = redactor(config);
        const regular = regularRedactor(new Set(drop), new Set(pseudonymize), pseudonymKey());
        for (const [at, line] of all.entries()) {
          const record = { ...recordOf(line), late: at % 4 === 3 };
          const expected = textOnly(apart(decode(record, origin)));
          if (!event.read(at % 2 === 0 ? record : inPlace(record, "next"), origin)) continue;
          const found = regular(event);
          if (found !== undefined) {
            inBytes += 1;
            if (found.tags.includes("wandb_ip_invalid")) addresses += 1;
            expect(textOnly(found)).toEqual(expected);
            expect(found.uidAt).toBe(event.uidAt);
            for (const key of knownKeys.keys())
              if (found.has(key) && found.isCopyable(key))
                expect(found.memory.toString("utf8", found.start(key), found.end(key))).toBe(
                  found.keys[knownKeys[key] as (typeof knownKeys)[number]],
                );
          }
          expect(event.read(record, origin)).toBe(true);
          expect(textOnly(whole(event))).toEqual(expected);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(inBytes).toBeGreaterThan(1_000);
    expect(addresses).toBeGreaterThan(50);
  });

  it("has lost the first, the last, neighbours, or what stands alone, and its commas with them", () => {
    const line = `{"actor_ip":"10.0.0.1",${start},"actor_email":"a@b","user_email":"c","response_code":200}`;
    expect(left(line, ["actor_ip"])).toBe(
      `{${start},"actor_email":"a@b","user_email":"c","response_code":200}`,
    );
    expect(left(line, ["response_code"])).toBe(
      `{"actor_ip":"10.0.0.1",${start},"actor_email":"a@b","user_email":"c"}`,
    );
    expect(left(line, ["user_email", "actor_email"])).toBe(
      `{"actor_ip":"10.0.0.1",${start},"response_code":200}`,
    );
    expect(left(line, ["actor_ip", "user_email", "response_code"])).toBe(`{${start},"actor_email":"a@b"}`);
    expect(left(line, ["report_name"])).toBe(line);
  });

  it("has pseudonyms for texts and numbers, wherever they stand, and none for what says nothing", () => {
    const hash = "03e5e32acf13b9ac1a6e2be1e6b2d4c0".replace(/./g, "[0-9a-f]");
    const line = (first: string, last: string) => `{"actor_email":${first},${start},"actor_user_id":${last}}`;
    const both = ["actor_email", "actor_user_id"];
    expect(left(line('"Zoë"', "77"), [], both)).toMatch(new RegExp(`^${line(`"${hash}"`, `"${hash}"`)}$`));
    expect(left(line('""', "0"), [], both)).toBe(line('""', "0"));
    expect(left(line('"0"', '"0"'), [], both)).toMatch(new RegExp(`^${line(`"${hash}"`, `"${hash}"`)}$`));
    expect(left(line('"a"', '"a"'), ["actor_email"], both)).toMatch(
      new RegExp(`^\\{${start},"actor_user_id":"${hash}"\\}$`),
    );
  });

  it.each([
    ["its time goes", ["timestamp"], []],
    ["its time is replaced", [], ["timestamp"]],
    ["its action goes", ["action"], []],
    ["its code becomes a text", [], ["response_code"]],
    ["all of it goes", ["timestamp", "action", "response_code", "entity_name"], []],
    ["a name with escapes is replaced", [], ["entity_name"]],
  ])("is taken apart where %s", (_, drop, pseudonymize) => {
    const line = `{${start},"response_code":200,"entity_name":"a \\"b\\""}`;
    expect(left(line, drop, pseudonymize)).toBeUndefined();
    const config = { drop, pseudonymize, key: new Secret("pepper") };
    expect(textOnly(redactor(config)(regularOf(line)))).toEqual(
      textOnly(redactor(config)(decode(recordOf(line), origin))),
    );
  });

  it("keeps a name with escapes as it is written", () => {
    const line = `{${start},"entity_name":"a \\"b\\"","actor_ip":"::1"}`;
    expect(left(line, ["actor_ip"])).toBe(`{${start},"entity_name":"a \\"b\\""}`);
  });

  it("has room for the longest record there is, with pseudonyms for all of it", () => {
    const keys = knownKeys.filter((key) => !["timestamp", "action", "audit_log_error"].includes(key));
    const members = keys.map((key) => `"${key}":${key === "response_code" ? 200 : '"x"'}`);
    const line = (filling: number) =>
      `{${start},${members.join(",").replace('"cli_version":"x"', `"cli_version":"${"y".repeat(filling)}"`)}}`;
    const longest = line(65_536 - line(0).length);
    const pseudonymize = keys.filter((key) => key !== "response_code" && key !== "cli_version");
    const longestId = "k".repeat(16);
    const key = pseudonymKey(undefined, longestId);
    const found = regularRedactor(new Set(), new Set(pseudonymize), key)(regularOf(longest));
    expect(found?.raw.length).toBeGreaterThan(longest.length + pseudonymize.length * 40);
    expect(found?.raw.length).toBeLessThan(kernelPlaces.redactedMost);
    const config = { drop: [], pseudonymize, keys: [{ id: longestId, key: key.key }] };
    expect(found?.raw).toBe(redactor(config)(decode(recordOf(longest), origin)).raw);
  });

  it("takes another key's pseudonyms once its secret was read again", () => {
    let text = "one";
    const key = new Secret(text, () => text);
    const redact = regularRedactor(new Set(), new Set(["actor_email"]), pseudonymKey(key));
    const line = `{${start},"actor_email":"ann@example.com"}`;
    const made = () => redact(regularOf(line))?.raw;
    const before = made();
    text = "two";
    expect(made()).toBe(before);
    expect(key.reload()).toBe(true);
    expect(made()).not.toBe(before);
    expect(made()).toBe(
      redactor({ drop: [], pseudonymize: ["actor_email"], key })(decode(recordOf(line), origin)).raw,
    );
    text = "one";
    key.reload();
    expect(made()).toBe(before);
  });

  it("says by which key a pseudonym was made, and is taken apart where others go along", () => {
    const line = `{${start},"actor_email":"ann@example.com"}`;
    const keys = ["k2", "k1"].map((id) => ({ id, key: new Secret(id.repeat(16)) }));
    for (const some of [keys, keys.slice(0, 1)]) {
      const redact = redactor({ drop: [], pseudonymize: ["actor_email"], keys: some });
      const found = redact(regularOf(line));
      expect(textOnly(found)).toEqual(textOnly(redact(decode(recordOf(line), origin))));
      expect(found.keys.actor_email).toMatch(/^k2_[0-9a-f]{32}$/);
      expect(found instanceof RegularEvent).toBe(some.length === 1);
      expect(found.raw.includes('"pseudonyms":{"actor_email":["k1_')).toBe(some.length === 2);
    }
  });

  it("is not made of one after another was read", () => {
    const event = regularOf(`{${start},"actor_email":"ann@example.com"}`);
    regularOf(`{${start},"actor_email":"bob@example.com"}`);
    const redact = regularRedactor(new Set(["actor_email"]), new Set(), undefined);
    expect(() => redact(event)).toThrow("is a bug");
    // Nor twice: what was made of it was read since.
    const again = regularOf(`{${start},"actor_email":"ann@example.com"}`);
    expect(redact(again)?.raw).toBe(`{${start}}`);
    expect(() => redact(again)).toThrow("is a bug");
  });
});
