import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../src/event/event.ts";
import { printUsAscii } from "../../../src/output/syslog/header.ts";
import { encoded } from "../../fake/payloads.ts";
import { events, eventWith, faulty, undated } from "../../format/arbitrary-event.ts";
import { eventOf } from "../../format/vectors.ts";
import { parse5424, syslogOutput } from "./subject.ts";

interface Vector {
  readonly input: string;
  readonly uid: string;
  readonly syslog5424_cef: string;
  readonly syslog5424_json: string;
  readonly syslog3164_cef: string;
}
const vectors: readonly Vector[] = readFileSync(join(import.meta.dirname, "../../data/vectors.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line));

/** One message without framing. */
function message(event: AuditEvent, settings: Record<string, unknown> = {}): string {
  return encoded(syslogOutput({ address: "udp://127.0.0.1:514", ...settings }), event).toString();
}

describe("a syslog message", () => {
  it.each([
    ["syslog5424_cef", {}],
    ["syslog5424_json", { format: "json" }],
    ["syslog3164_cef", { syslog: "rfc3164" }],
  ] as const)("is what the golden vectors say: %s", (name, settings) => {
    expect(vectors.length).toBeGreaterThan(20);
    for (const vector of vectors)
      expect(message(eventOf(vector.input, vector.uid), settings)).toBe(vector[name]);
  });

  it("holds the ECS document alone with format: ecs", () => {
    const parsed = parse5424(message(eventWith(), { format: "ecs" }));
    expect(parsed?.structuredData).toBe("-");
    expect(JSON.parse(parsed?.text ?? "").event.id).toBe(eventWith().uid);
  });

  it("has the id of a replay in the tag where the text is the record and nothing is around it", () => {
    const again = Object.assign(eventWith(), { replayId: "20260801120000" });
    expect(message(again, { syslog: "rfc3164", format: "json" })).toMatch(
      / wandb-audit\[20260801120000\]: \{/,
    );
  });

  it("puts a tag in front of JSON with RFC 3164, and none in front of CEF", () => {
    expect(message(eventWith(), { syslog: "rfc3164", format: "json" })).toMatch(
      /^<110>Aug {2}1 13:12:14 mycompany\.wandb\.io wandb-audit: \{/,
    );
    expect(message(eventWith(), { syslog: "rfc3164" })).toMatch(
      /^<110>Aug {2}1 13:12:14 mycompany\.wandb\.io CEF:0\|/,
    );
  });

  it("has the time the event was first seen when it has none of its own", () => {
    expect(parse5424(message(undated(eventWith())))?.timestamp).toBe("2026-08-01T14:00:00.123456Z");
    expect(parse5424(message(faulty, { format: "json" }))?.timestamp).toBe("2026-08-01T14:00:00.123456Z");
  });

  it("takes facility, host name, application and enterprise number from the configuration", () => {
    const settings = {
      format: "json",
      facility: "local7",
      hostname: "audit proxy.example",
      app_name: "wandb",
      enterprise_number: 99,
    };
    expect(parse5424(message(eventWith(), settings))).toMatchObject({
      pri: String(23 * 8 + 6),
      hostname: "audit_proxy.example",
      appName: "wandb",
      procId: "-",
      structuredData: expect.stringMatching(/^\[wandb@99 /),
    });
  });

  it("has a byte order mark only when asked, and never before CEF", () => {
    expect(message(eventWith(), { format: "json" })).not.toContain("\uFEFF");
    expect(parse5424(message(eventWith(), { format: "json", bom: true }))?.text).toMatch(/^\uFEFF\{/);
    expect(message(eventWith(), { bom: true })).not.toContain("\uFEFF");
  });

  it("carries the configured device version in the CEF header", () => {
    expect(message(eventWith(), { device_version: "0.71|x" })).toContain(
      " CEF:0|Weights & Biases|wandb|0.71\\|x|project:read|Project read|",
    );
  });

  it("keeps header fields printable and short, whatever the event holds", () => {
    expect(printUsAscii("a b\nü😀]", 48)).toBe("a_b___]");
    expect(printUsAscii("", 48)).toBe("-");
    expect(printUsAscii("x".repeat(300), 255)).toHaveLength(255);
    const odd = eventWith({ action: "a b\r\n<134>1 - ü]".repeat(5) });
    expect(parse5424(message(odd))?.messageId).toMatch(/^[!-~]{32}$/);
  });

  it("is RFC 5424 for any event", () => {
    const outputs = (["cef", "ecs", "json"] as const).map((format) =>
      syslogOutput({ address: "udp://127.0.0.1:514", format }),
    );
    fc.assert(
      fc.property(events, (event) => {
        for (const output of outputs) {
          const text = encoded(output, event).toString();
          expect(parse5424(text)).toBeDefined();
          expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
        }
      }),
      { numRuns: 300 },
    );
  });
});

interface Oracle {
  createClient(
    target: string,
    options: object,
  ): { buildFormattedMessage(message: string, options: object): Buffer };
}

describe("headers compared with the package syslog-client", () => {
  // Its formatting of one message, without its connections. It calls Buffer as a constructor and prints local time.
  const oracle: Oracle = createRequire(import.meta.url)("syslog-client");
  const client = oracle.createClient("127.0.0.1", {});
  const severities = { 1: 6, 5: 5, 7: 4, 9: 3 };

  it("agrees on RFC 5424: priority, time, host, application and message id", () => {
    for (const seconds of [0, 951_782_400, 1_785_589_934, 4_102_444_799]) {
      const event = eventWith({ time: { seconds, nanos: 120_000_000 } });
      const theirs = client
        .buildFormattedMessage("text", {
          facility: 13,
          severity: severities[1],
          rfc3164: false,
          timestamp: new Date(seconds * 1000 + 120),
          syslogHostname: "mycompany.wandb.io",
          appName: "wandb-audit",
          msgid: "project:read",
        })
        .toString();
      const same = (text: string) => text.split(" ").slice(0, 7).join(" ");
      // It writes milliseconds and its process id; we write microseconds and no process.
      expect(same(message(event)).replace("000Z", "Z").replace(" - ", ` ${process.pid} `)).toBe(same(theirs));
    }
  });

  it("agrees on RFC 3164: priority, time and host, the day padded with a space", () => {
    for (const seconds of [0, 951_782_400, 1_785_589_934, 1_766_000_000]) {
      const local = new Date(seconds * 1000 + new Date(seconds * 1000).getTimezoneOffset() * 60_000);
      const theirs = client
        .buildFormattedMessage("CEF:0|", {
          facility: 13,
          severity: 6,
          timestamp: local,
          syslogHostname: "mycompany.wandb.io",
        })
        .toString()
        .trimEnd();
      expect(
        message(eventWith({ time: { seconds, nanos: 0 } }), { syslog: "rfc3164" }).slice(0, theirs.length),
      ).toBe(theirs);
    }
  });

  it("agrees on the priority for every facility it knows and every severity we use", () => {
    for (const [facility, code] of [
      ["user", 1],
      ["daemon", 3],
      ["log_audit", 13],
      ["log_alert", 14],
      ["local0", 16],
      ["local7", 23],
    ] as const)
      for (const [action, severity] of [
        ["project:read", 6],
        ["user:delete", 4],
      ] as const) {
        const theirs = client
          .buildFormattedMessage("x", {
            facility: code,
            severity,
            rfc3164: false,
            syslogHostname: "h",
            appName: "a",
          })
          .toString();
        expect(/^<\d+>/.exec(message(eventWith({ action, code: 200 }), { facility }))?.[0]).toBe(
          /^<\d+>/.exec(theirs)?.[0],
        );
      }
  });
});
