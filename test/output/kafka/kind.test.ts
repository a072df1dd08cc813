import { describe, expect, it } from "vitest";
import { anyOutputKind } from "../../../src/output/configured.ts";
import { kafkaKind } from "../../../src/output/kafka/kind.ts";

const kind = anyOutputKind(kafkaKind);
const base = { name: "stream", type: "kafka", brokers: ["kafka.example:9093"], topic: "audit" };
const issues = (written: object) =>
  kind.schema
    .safeParse({ ...base, ...written })
    .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

describe("a configuration of kafka", () => {
  it("reads brokers as people write them, and is one place however many it names", () => {
    const brokers = ["kafka", "kafka.example:9093", "10.1.2.3:9092", "[2001:db8::1]:9094"];
    expect(kind.schema.parse({ ...base, brokers }).destination({})).toEqual([
      "kafka kafka:9092/audit",
      "kafka kafka.example:9093/audit",
      "kafka 10.1.2.3:9092/audit",
      "kafka [2001:db8::1]:9094/audit",
    ]);
  });

  it.each(["", "kafka:0", "kafka:99999", "kafka://kafka:9092", "a b", "user@kafka", "[kafka]:9092", "::1"])(
    "refuses what is no broker: %s",
    (broker) => {
      expect(issues({ brokers: [broker] })).toEqual([
        expect.stringMatching(/^brokers\.0: not a broker: write/),
      ]);
    },
  );

  it.each([".", "..", "a b", "é", "x".repeat(250)])("refuses what is no topic: %s", (topic) => {
    expect(issues({ topic })).toHaveLength(1);
  });

  it("is encrypted, unless the other end is this machine or that is agreed to", () => {
    expect(issues({})).toEqual([]);
    expect(issues({ transport: "plaintext" })).toEqual([expect.stringContaining("allow_plaintext")]);
    expect(issues({ transport: "plaintext", allow_plaintext: true })).toEqual([]);
    expect(issues({ transport: "plaintext", brokers: ["127.0.0.1:9092", "localhost"] })).toEqual([]);
    expect(issues({ transport: "plaintext", brokers: ["127.0.0.1"], tls: {} })).toEqual([
      expect.stringContaining("no meaning with transport: plaintext"),
    ]);
  });

  it("takes one way to a token", () => {
    const oauth2 = { token_url: "https://login.example/token", client_id: "me", client_secret: "a-secret" };
    const sasl = (more: object) => issues({ sasl: { mechanism: "OAUTHBEARER", ...more } });
    expect(sasl({ oauth2 })).toEqual([]);
    expect(sasl({ token_file: "/run/token" })).toEqual([]);
    expect(sasl({})).toEqual([expect.stringContaining("either token_file or oauth2")]);
    expect(sasl({ oauth2, token_file: "/run/token" })).toHaveLength(1);
    expect(sasl({ oauth2: { ...oauth2, token_url: "http://login.example/token" } })).toEqual([
      expect.stringMatching(/^sasl: token_url would send credentials/),
    ]);
  });

  it("says why there is no proxy", () => {
    expect(issues({ proxy: "http://proxy:3128" })).toEqual([expect.stringContaining("without a proxy")]);
  });
});
