import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cutTag, omittedKey } from "../../src/event/cut.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { readCef } from "../format/cef-reader.ts";
import { ocsfProblems } from "../format/ocsf-schema.ts";
import { strictJson } from "../format/well-formed.ts";
import { parameter, syslogOutput } from "../output/syslog/subject.ts";
import { eventOf } from "../security/event-of.ts";
import { rsyslogHasRelp, rsyslogIsHere, startRsyslog } from "./rsyslog.ts";
import { haveSyslogNg, startSyslogNg } from "./syslog-ng.ts";

// Messages that are longer than a real receiver takes with its own limits: what it keeps must still be an event.

/** Records from a kilobyte to a hundred, long by names that W&B has and by keys that it has not. */
const lines = Array.from({ length: 40 }, (_, at) =>
  JSON.stringify({
    timestamp: "2026-08-01T13:12:14Z",
    action: "artifact:read",
    response_code: 200,
    actor_email: "ada@example.com",
    entity_name: "vision",
    project_name: 'é😀]|=\\"'.repeat(at % 4 === 1 ? 60 * at : 1),
    ...Object.fromEntries(
      Array.from({ length: at }, (_, key) => [`more_${key}`, "ü=]x".repeat(at % 4 === 3 ? 400 : 40)]),
    ),
  }),
);

const formats = ["cef", "ecs", "json", "ocsf"] as const;
type Format = (typeof formats)[number];

async function send(address: string, format: Format, settings: Record<string, unknown>): Promise<void> {
  const output = syslogOutput({ address, format, ...settings });
  const batch = payloadsOf(
    output,
    lines.map((line) => eventOf(Buffer.from(line))),
  );
  const result = await output.send(batch, AbortSignal.timeout(20_000));
  expect(result).toMatchObject({ status: "delivered", rejected: [] });
  await output.close();
}

/** Throws where it is not whole; whether it says that something was left out. */
function isCut(format: Format, text: string, data: string): boolean {
  if (format === "cef") {
    const { extension } = readCef(text);
    expect(extension.get("externalId")).toMatch(/^[0-9a-f]{32}$/);
    return extension.get("cs6")?.includes(omittedKey) === true;
  }
  const document = strictJson(text) as Record<string, { readonly is_truncated?: boolean }>;
  if (format === "ocsf") expect(ocsfProblems(document)).toEqual([]);
  if (format === "json") expect(parameter(data, "uid")).toMatch(/^[0-9a-f]{32}$/);
  return text.includes(omittedKey) && (format !== "ecs" || text.includes(cutTag));
}

async function taken<M>(all: () => readonly M[], seen: number): Promise<readonly M[]> {
  await expect.poll(() => all().length - seen, { timeout: 15_000 }).toBeGreaterThanOrEqual(lines.length);
  return all().slice(seen);
}

describe.skipIf(!rsyslogIsHere)(
  "long messages in a real rsyslog with its own limit of 8 KiB (skipped where /usr/sbin/rsyslogd is missing)",
  () => {
    let rsyslog: Awaited<ReturnType<typeof startRsyslog>>;
    beforeAll(async () => {
      rsyslog = await startRsyslog(undefined, "8k");
    });
    afterAll(() => rsyslog?.close());

    // Over UDP some are lost, as they may be: forty of these fill its buffer.
    const ways = ["tcp", ...(rsyslogHasRelp ? ["relp"] : [])];
    it.each(ways.flatMap((way) => formats.map((format) => [way, format] as const)))(
      "are events over %s: %s",
      async (way, format) => {
        const seen = rsyslog.taken().length;
        const port = way === "relp" ? rsyslog.relp : rsyslog.tcp;
        await send(`${way}://127.0.0.1:${port}`, format, {});
        const all = await taken(() => rsyslog.taken(), seen);
        expect(all).toHaveLength(lines.length);
        const cut = all.filter(({ msg, sd }) => isCut(format, msg.replace(/^ /, ""), sd));
        expect(cut.length).toBeGreaterThan(3);
        expect(Math.max(...all.map(({ raw }) => Buffer.byteLength(raw)))).toBeLessThanOrEqual(8192);
      },
    );

    it("are none when they are sent whole", async () => {
      const seen = rsyslog.taken().length;
      await send(`tcp://127.0.0.1:${rsyslog.tcp}`, "ecs", { oversized: "whole" });
      const all = await taken(() => rsyslog.taken(), seen);
      expect(() => all.map(({ msg, sd }) => isCut("ecs", msg.replace(/^ /, ""), sd))).toThrow();
    });
  },
);

const syslogNgIsHere = haveSyslogNg();

describe.skipIf(!syslogNgIsHere)(
  "long messages in a real syslog-ng with its own limit of 64 KiB (skipped where it cannot be fetched)",
  () => {
    let syslogNg: Awaited<ReturnType<typeof startSyslogNg>>;
    beforeAll(async () => {
      syslogNg = await startSyslogNg(65_536);
    });
    afterAll(() => syslogNg?.close());

    it.each(formats)("are events, as long as it takes them: %s", async (format) => {
      const seen = syslogNg.taken().length;
      await send(`tcp://127.0.0.1:${syslogNg.counted}`, format, { max_size: 65_536 });
      const all = await taken(() => syslogNg.taken(), seen);
      expect(all).toHaveLength(lines.length);
      for (const { MESSAGE = "", SDATA = "" } of all) isCut(format, MESSAGE, ` ${SDATA}`);
      const longest = Math.max(...all.map(({ RAWMSG = "" }) => Buffer.byteLength(RAWMSG)));
      expect(longest).toBeLessThanOrEqual(65_536);
      if (format !== "cef") expect(longest).toBeGreaterThan(20_000);
    });
  },
);
