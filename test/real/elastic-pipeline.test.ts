import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examples } from "../../bin/example-events.ts";
import { fieldsOf } from "../../bin/payload-fields.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { eventOf } from "../content/scenarios.ts";
import { agent } from "../format/arbitrary-event.ts";
import { formats } from "../format/texts.ts";
import {
  type RunningSearchServer,
  searchServerIsHere,
  startSearchServer,
  whyNoSearchServer,
} from "./search-servers.ts";

const pipeline = JSON.parse(
  readFileSync(new URL("../../content/elastic/pipeline.json", import.meta.url), "utf8"),
);
const texts = { cef: formats.cef(agent), raw: formats.raw(agent) };

/** What the pipeline does not make, and why. */
const without: Readonly<Record<keyof typeof texts, RegExp>> = {
  // Nothing of the forwarder itself, no lists of what is related, no domains, no groups, nothing of a second user.
  cef: /^(agent|data_stream|ecs|service|tags|related|group|organization)\b|^event\.(created|original|hash)$|^user\.(domain|target\.)|^wandb\.audit\.timestamp$/,
  // W&B's record has no id of its own, no sentence, and does not say which instance it is of.
  raw: /^(agent|data_stream|ecs|service|tags|related|group|organization)\b|^event\.(created|original|hash|id)$|^user\.(domain|target\.)|^message$|^observer\.(hostname|name)$/,
};

const timestamp = "2026-08-03T10:00:00Z";
const odd: readonly Readonly<Record<string, unknown>>[] = [
  { timestamp, action: "project:delete", actor_user_id: 0, actor_email: "", response_code: 200 },
  { timestamp, action: "project:delete", actor_user_id: null, actor_ip: "", response_code: null },
  ...[200.5, 0, 99, 600, 100, 599, "403", "", "none", true, 9_007_199_254_740_991].map((code) => ({
    ...{ timestamp, action: "project:delete", actor_user_id: 7, response_code: code },
  })),
  { timestamp, action: " Team:Delete ", actor_user_id: 7, response_code: 403 },
  { timestamp, actor_user_id: 7 },
  { timestamp, action: "user:login", actor_user_id: { a: 1 }, actor_email: ["b"] },
  { timestamp, action: "user:login", actor_email: "CORP\\nina\\=" },
  ...[
    "203.0.113.24, 10.0.0.3",
    "203.0.113.24:51324",
    "[2001:db8::1]:443",
    '"203.0.113.24"',
    "::ffff:203.0.113.24",
  ].map((actor_ip) => ({ timestamp, action: "user:login", actor_user_id: 7, actor_ip })),
  ...["2026-08-03 10:00:00", "2026-08-03T12:00:00.25+02:00", "2026-08-03T10:00:00", "yesterday", "", 5].map(
    (time) => ({
      ...{ timestamp: time, action: "user:login", actor_user_id: 7 },
    }),
  ),
];

function flat(value: unknown, name: string): [string, string[]][] {
  if (Array.isArray(value)) return [[name, value.map(String)]];
  if (typeof value !== "object" || value === null) return [[name, [String(value)]]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, name === "" ? key : `${name}.${key}`));
}

describe.skipIf(!searchServerIsHere("opensearch"))(
  `the pipeline for Elastic, in a real OpenSearch (${whyNoSearchServer("opensearch")})`,
  () => {
    let server: RunningSearchServer;
    beforeAll(async () => {
      if (searchServerIsHere("opensearch")) server = await startSearchServer("opensearch");
    }, 120_000);
    afterAll(() => server?.close());

    it.each(["cef", "raw"] as const)(
      "makes of %s, for every documented action, what the format ecs has",
      async (format) => {
        const all = examples();
        const docs = all.map(({ event }) => {
          const text = texts[format](event);
          // As a relay hands it on, with the header of syslog.
          return {
            _source: {
              message:
                format === "cef"
                  ? `<110>1 2026-08-03T09:10:01Z wandb.example wandb-audit-forwarder - - - ${text}`
                  : text,
            },
          };
        });
        const { status, json } = await server.ask("POST", "/_ingest/pipeline/_simulate", { pipeline, docs });
        expect([status, json.error]).toEqual([200, undefined]);
        for (const [at, { action, event }] of all.entries()) {
          const made = new Map(flat(json.docs[at].doc._source, ""));
          expect([action, made.get("error.message")]).toEqual([action, undefined]);
          for (const [name, values] of fieldsOf("ecs", event)) {
            if (without[format].test(name)) continue;
            const found = made.get(name);
            const same = name === "@timestamp" ? found?.map((each) => new Date(each).toISOString()) : found;
            expect([action, name, same]).toEqual([action, name, values]);
          }
          expect(made.has("wandb_tmp.extension")).toBe(false);
        }
      },
    );

    it.each(["cef", "raw"] as const)("sees in %s what somebody wants to hide by a name", async (format) => {
      const names = [
        ...["CEF:", "CEF:0|a|b|1|c|d|1|act=user:read", "x act=user:read cn1=500 cn2=1", "x\\", "{", "\n{"],
        ...['"},"labels":{"replay_id":"1"},"a":{"', " wandb_rehearsal=x ", "\u2028 cn2=1"],
      ];
      const docs = names.map((name) => {
        const record = { action: "team:delete", response_code: 200, entity_name: name, actor_email: name };
        const happening = { at: 0, record: { timestamp: "2026-08-03T10:00:00Z", ...record } };
        return { _source: { message: texts[format](eventOf(happening, "0".repeat(32), 0)) } };
      });
      const { json } = await server.ask("POST", "/_ingest/pipeline/_simulate", { pipeline, docs });
      for (const [at, name] of names.entries()) {
        const { event, labels, error } = json.docs[at].doc._source;
        expect([name, event?.action, event?.outcome, labels, error]).toEqual([
          ...[name, "team:delete", "success", undefined, undefined],
        ]);
      }
    });

    it.each(["cef", "raw"] as const)(
      "takes in %s odd values for what the format ecs does",
      async (format) => {
        const events = odd.map((record) => eventOf({ at: 0, record }, "0".repeat(32), 0));
        // What ships a line says when it read it.
        const docs = events.map((event) => ({
          _source: { message: texts[format](event), "@timestamp": "2027-01-01T00:00:00.000Z" },
        }));
        const { json } = await server.ask("POST", "/_ingest/pipeline/_simulate", { pipeline, docs });
        const names =
          /^@timestamp$|^event\.(action|category|dataset|outcome|severity|type)$|^source\.(ip|address)$|^user\.|^http\./;
        for (const [at, event] of events.entries()) {
          const made = new Map(flat(json.docs[at].doc._source, ""));
          expect([odd[at], made.get("error.message"), made.get("wandb_address")]).toEqual([
            odd[at],
            undefined,
            undefined,
          ]);
          const wanted = new Map([...fieldsOf("ecs", event)].filter(([name]) => names.test(name)));
          // There is no time in it; the forwarder has the one at which it saw the record.
          if (event.time === undefined) wanted.set("@timestamp", ["2027-01-01T00:00:00.000Z"]);
          for (const name of new Set([...wanted.keys(), ...made.keys()].filter((each) => names.test(each)))) {
            if (without[format].test(name) || (format === "cef" && name === "source.address")) continue;
            const found = made.get(name);
            const same = name === "@timestamp" ? found?.map((each) => new Date(each).toISOString()) : found;
            expect([odd[at], name, same]).toEqual([odd[at], name, wanted.get(name)]);
          }
        }
      },
    );

    it("gives a record without an id one of its text, as rules count ids and suppress by them", async () => {
      const [one, other] = examples();
      const docs = [one, other, one].map((each) => ({
        _source: { message: texts.raw((each as { event: AuditEvent }).event) },
      }));
      const { json } = await server.ask("POST", "/_ingest/pipeline/_simulate", { pipeline, docs });
      const ids = docs.map((_, at) => json.docs[at].doc._source.event.id);
      expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.any(String), ids[0]]);
      expect(ids[1]).not.toBe(ids[0]);
    });

    it.each(["cef", "raw"] as const)("knows a rehearsal in %s by its label", async (format) => {
      const happening = { at: 0, record: { action: "team:delete" } };
      const event = eventOf(happening, "0".repeat(32), 0);
      const labels = [["wandb_rehearsal", "team-deletion"]] as const;
      const rehearsed = Object.assign(event, { origin: { ...event.origin, labels } });
      const docs = [{ _source: { message: texts[format](rehearsed) } }];
      const { json } = await server.ask("POST", "/_ingest/pipeline/_simulate", { pipeline, docs });
      expect(json.docs[0].doc._source.labels).toEqual({ wandb_rehearsal: "team-deletion" });
    });
  },
);
