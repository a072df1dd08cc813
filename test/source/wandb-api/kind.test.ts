import { describe, expect, test } from "vitest";
import { wandbApiKind } from "../../../src/source/wandb-api/kind.ts";

const parse = (changes: Record<string, unknown>) =>
  wandbApiKind.schema.safeParse({
    name: "prod",
    type: "wandb_api",
    url: "https://acme.wandb.io",
    api_key: "k",
    ...changes,
  });
const problems = (changes: Record<string, unknown>) =>
  parse(changes).error?.issues.map(({ message }) => message) ?? [];

describe("the configuration of wandb_api", () => {
  test("has defaults for all but name, url and key", () => {
    expect(parse({}).data).toMatchObject({
      username: "",
      poll_interval: 300_000,
      start: { back: 7 * 86_400_000 },
      lookback: 26 * 3_600_000,
      anonymize: false,
      read: { timeout: 1_800_000, min_rate: 1024, max_line: 2 ** 20, allow_unframed: false },
    });
  });

  test.each(["https://wandb.ai", "https://www.wandb.ai/acme", "https://WANDB.AI/"])(
    "url may not be %s",
    (url) => {
      expect(problems({ url })).toEqual([expect.stringContaining("is at https://api.wandb.ai")]);
    },
  );

  test.each(["https://api.wandb.ai", "https://wandb.ai/audit_logs", "https://wandb.ai.example"])(
    "url may be %s",
    (url) => {
      expect(problems({ url })).toEqual([]);
    },
  );

  test.each([
    ["12h", { back: 43_200_000 }],
    ["2026-08-01", { at: Date.parse("2026-08-01T00:00:00Z") }],
    ["2026-08-01T06:00:00+02:00", { at: Date.parse("2026-08-01T04:00:00Z") }],
    ["now", "now"],
  ])("start may be %s", (start, expected) => {
    expect(parse({ start }).data?.start).toEqual(expected);
  });

  test.each(["yesterday", "2026-02-30", "2026-02-30T00:00:00Z", "2026-13-01", "2026-08-01T06:00", "7", ""])(
    "start may not be %j",
    (start) => {
      expect(problems({ start })).toEqual([expect.stringContaining("write a duration back")]);
    },
  );

  test("takes no unknown key and no impossible value", () => {
    expect(problems({ tokn: 1 })).toHaveLength(1);
    expect(problems({ username: "a:b" })).toHaveLength(1);
    expect(problems({ poll_interval: "10ms" })).toHaveLength(1);
    expect(problems({ lookback: "8d" })).toHaveLength(1);
    expect(problems({ api_key: "" })).toHaveLength(1);
    expect(problems({ instance: "two words" })).toHaveLength(1);
    expect(problems({ read: { accept_malformed: ["2026-02-30"] } })).toHaveLength(1);
    expect(problems({ read: { accept_malformed: ["2026-02-28"] } })).toEqual([]);
  });

  test("sends the key over http:// only to this machine, or when told to", () => {
    expect(problems({ url: "http://acme.wandb.io" })).toEqual([expect.stringContaining("allow_plaintext")]);
    expect(problems({ url: "http://acme.wandb.io", allow_plaintext: true })).toEqual([]);
    for (const url of ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:80"])
      expect(problems({ url })).toEqual([]);
    expect(problems({ url: "http://localhost.example" })).toHaveLength(1);
  });
});
