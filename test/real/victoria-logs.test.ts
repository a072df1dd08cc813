import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { AuditEvent } from "../../src/event/event.ts";
import { sampleEvent } from "../contract/sample-event.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { endpointOutput } from "../output/http/subject.ts";
import { hostile } from "../security/hostile.ts";
import {
  startVictoriaLogs,
  type VictoriaLogs,
  victoriaLogsIsHere,
  whyNoVictoriaLogs,
} from "./victoria-logs.ts";

const never = new AbortController().signal;
const day = 86_400;
let store: VictoriaLogs;
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  if (victoriaLogsIsHere) store = await startVictoriaLogs();
});
afterAll(() => store?.close());
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const sample = readFileSync(new URL("../../src/output/http/sample.yaml", import.meta.url), "utf8");
const examples: Record<string, unknown>[] = parse(sample.replaceAll(/\$\{file:[^}]+\}/g, "a-secret")).outputs;
/** An example as it stands beside the output, to this store. */
const example = (name: string, path: string) => ({
  ...examples.find((each) => each.name === name),
  url: `${store.url}/insert${path}`,
});

/** An event of now, or of so many days ago. */
function recent(number: number, name?: string, daysAgo = 0): AuditEvent {
  const seconds = Math.floor(Date.now() / 1000) - number - daysAgo * day;
  return { ...sampleEvent(number, name), time: { seconds, nanos: 0 } };
}

function outputOf(written: object) {
  const output = endpointOutput(written);
  closing.push(() => output.close());
  return output;
}

const ways = {
  "as to Loki": {
    written: () => example("loki", "/loki/api/v1/push"),
    uid: (row: Readonly<Record<string, string>>) => row.uid,
  },
  "as to Datadog": {
    written: () => ({ ...example("datadog", "/datadog/api/v2/logs"), success: {} }),
    uid: (row: Readonly<Record<string, string>>) => row.uid,
  },
  "as lines": {
    written: () => ({
      url: `${store.url}/insert/jsonline`,
      query: { _time_field: "time", _msg_field: "message", _stream_fields: "source" },
      format: "json",
    }),
    uid: (row: Readonly<Record<string, string>>) => row.uid,
  },
};

describe.skipIf(!victoriaLogsIsHere)(`a store that speaks as others do (${whyNoVictoriaLogs})`, () => {
  for (const [index, [way, { written, uid }]] of Object.entries(ways).entries()) {
    it(`has every event once, whatever stands in it: ${way}`, async () => {
      const events = hostile.map(({ name }, at) => recent(1000 * (index + 1) + at, name));
      const to = outputOf(written());
      expect(await to.send(payloadsOf(to, events), never)).toEqual({
        ...{ status: "delivered", rejected: [] },
      });
      const rows = (await store.stored()).map(uid);
      for (const event of events) expect(rows.filter((each) => each === event.uid)).toHaveLength(1);
    });

    it(`loses nothing that counts as delivered while it is restarted: ${way}`, async () => {
      const to = outputOf(written());
      const events = Array.from({ length: 400 }, (_, at) => recent(10_000 * (index + 1) + at));
      let restarts: Promise<void> | undefined;
      let failures = 0;
      for (let from = 0; from < events.length; ) {
        if (from === 100 || from === 300) restarts = store.restart();
        const { status } = await to.send(
          payloadsOf(to, events.slice(from, from + 20)),
          AbortSignal.timeout(5000),
        );
        if (status === "delivered") from += 20;
        else failures++;
        if (status !== "delivered") await restarts;
      }
      await restarts;
      const rows = new Set((await store.stored()).map(uid));
      expect(events.filter((event) => !rows.has(event.uid))).toEqual([]);
      expect(failures).toBeGreaterThan(0);
    });
  }

  it("takes what is older than it keeps, answers with a success, and drops it: so it is not sent", async () => {
    const { written, uid } = ways["as lines"];
    const blind = outputOf(written());
    const old = recent(77_001, "old", 30);
    expect(await blind.send(payloadsOf(blind, [old]), never)).toMatchObject({
      status: "delivered",
      rejected: [],
    });
    expect((await store.stored()).map(uid)).not.toContain(old.uid);
    const careful = outputOf({ ...written(), oldest: { age: "6d", older: "dead_letter" } });
    const fresh = recent(77_002);
    expect(await careful.send(payloadsOf(careful, [old, fresh]), never)).toMatchObject({
      status: "delivered",
      rejected: [{ index: 0, reason: "too_old" }],
    });
    expect((await store.stored()).map(uid)).toContain(fresh.uid);
  });
});
