import { describe, expect, it } from "vitest";
import { addressText, parseAddress } from "../../../src/output/syslog/address.ts";
import { syslogKind } from "../../../src/output/syslog/kind.ts";
import { sampleEvent } from "../../contract/sample-event.ts";
import { agent, syslogConfig } from "./subject.ts";

function complaints(written: Record<string, unknown>): string[] {
  const parsed = syslogKind.schema.safeParse({
    name: "soc",
    type: "syslog",
    address: "tcp://siem",
    ...written,
  });
  return parsed.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
}

describe("a syslog address", () => {
  it.each([
    ["tls://siem.example", { transport: "tls", host: "siem.example", port: 6514 }],
    ["tcp://10.0.0.5", { transport: "tcp", host: "10.0.0.5", port: 601 }],
    ["udp://siem", { transport: "udp", host: "siem", port: 514 }],
    ["tcp://[fd00::5]:1514", { transport: "tcp", host: "fd00::5", port: 1514 }],
    ["relp://siem:2514", { transport: "relp", host: "siem", port: 2514 }],
    ["RELP+TLS://[fd00::5]:20514", { transport: "relp+tls", host: "fd00::5", port: 20_514 }],
    ["TLS://siem:1/", { transport: "tls", host: "siem", port: 1 }],
  ])("is read: %s", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each([
    ["siem.example:514", "not a syslog address"],
    ["https://siem", "not a syslog address"],
    ["tcp://user:secret@siem", "not a syslog address"],
    ["tcp://siem/path", "not a syslog address"],
    ["tcp://fd00::5:514", "not a syslog address"],
    ["tcp://[siem]:514", "brackets"],
    ["tcp://siem:0", "port"],
    ["tcp://siem:65536", "port"],
    ["relp+tls://siem", "no port of its own: write the receiver's, such as relp+tls://siem:2514"],
    ["relps://siem:2514", "not a syslog address"],
  ])("is refused, without being repeated: %s", (text, message) => {
    expect(parseAddress(text)).toContain(message);
    expect(parseAddress(text)).not.toContain("secret");
  });

  it("is shown as people write it", () => {
    expect(addressText({ transport: "tcp", host: "fd00::5", port: 601 })).toBe("[fd00::5]:601");
    expect(addressText({ transport: "tcp", host: "siem", port: 601 })).toBe("siem:601");
  });
});

describe("the syslog kind", () => {
  it("has the defaults of the documentation", () => {
    expect(syslogConfig({ address: "tls://siem" })).toMatchObject({
      format: "cef",
      syslog: "rfc5424",
      framing: "octet_counting",
      facility: "log_audit",
      app_name: "wandb-audit",
      enterprise_number: 32_473,
      bom: false,
      max_size: 8192,
      allow_loss: false,
      batch: { max_events: 4000, max_bytes: 2_000_000, max_wait: 1000 },
    });
  });

  it("names what is wrong", () => {
    expect(complaints({ facility: "audit" })[0]).toMatch(/^facility: /);
    expect(complaints({ app_name: "two words" })).toEqual([
      "app_name: use 1 to 48 printable ASCII characters without spaces",
    ]);
    expect(complaints({ tls: { ca: "/ca.pem" } })).toEqual([
      "tls: has no meaning with tcp://: write tls://, or remove it",
    ]);
    expect(complaints({ address: "relp://siem:2514", tls: {} })).toEqual([
      "tls: has no meaning with relp://: write relp+tls://, or remove it",
    ]);
    expect(complaints({ address: "relp+tls://siem:2514", window: 0 })).toHaveLength(1);
    expect(complaints({ framming: "newline" })).toHaveLength(1);
  });

  it("says what delivered is worth", () => {
    const guarantee = (written: Record<string, unknown>) => syslogKind.guarantee(syslogConfig(written));
    expect(guarantee({ address: "tls://siem" })).toBe("received");
    expect(guarantee({ address: "tcp://siem" })).toBe("received");
    expect(guarantee({ address: "tcp://siem", connection: "persistent" })).toBe("sent");
    expect(guarantee({ address: "udp://siem" })).toBe("sent");
  });

  it("calls UDP a loss nobody notices, unless somebody agreed", () => {
    expect(syslogKind.losesUnnoticed?.(syslogConfig({ address: "udp://siem" }))).toBe(true);
    expect(syslogKind.losesUnnoticed?.(syslogConfig({ address: "udp://siem", allow_loss: true }))).toBe(
      false,
    );
    expect(syslogKind.losesUnnoticed?.(syslogConfig({ address: "tcp://siem" }))).toBe(false);
  });

  it("refuses a limit that leaves no room for what every message holds, with the least that does", () => {
    expect(complaints({ max_size: 1000 })).toEqual([
      "max_size: leaves no room for what every cef message holds: at least 1024, or oversized: dead_letter",
    ]);
    expect(complaints({ max_size: 1000, oversized: "dead_letter" })).toEqual([]);
    expect(complaints({ max_size: 2000, format: "ecs" })).toEqual([
      "max_size: leaves no room for what every ecs message holds: at least 3072, or oversized: dead_letter",
    ]);
    expect(complaints({ max_size: 1200, labels: { tenant: "t".repeat(150) } })).toEqual([
      "max_size: leaves no room for what every cef message holds: at least 1376, or oversized: dead_letter",
    ]);
  });

  it("shows a message as it is cut", () => {
    const preview = syslogKind.preview(syslogConfig({ address: "tcp://siem", max_size: 1200 }), agent);
    const text = preview({ ...sampleEvent(1), unmapped: [], raw: `{"a":"${"x".repeat(3000)}"}` });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1200);
  });
});
