import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditEvent } from "../../src/event/event.ts";
import type { OwnAction } from "../../src/own/own-fact.ts";
import { origin } from "../format/arbitrary-event.ts";
import { facts } from "../own/facts.ts";
import { ownEvent } from "../own/own-event.ts";
import { eventOf } from "../security/event-of.ts";

const cases = join(import.meta.dirname, "../cases");
const observed = { seconds: 1_785_592_800, nanos: 123_456_789 };

/** Every golden record once, each of our own events, and one that is sent again. */
export function dashboardEvents(): readonly AuditEvent[] {
  const events = new Map<string, AuditEvent>();
  for (const folder of readdirSync(cases)) {
    const input = readFileSync(join(cases, folder, "input.json"));
    const event = eventOf(input.at(-1) === 0x0a ? input.subarray(0, -1) : input, { origin, observed });
    events.set(event.uid, event);
  }
  for (const action of Object.keys(facts) as OwnAction[]) {
    const event = ownEvent(facts[action]);
    events.set(event.uid, event);
  }
  const by = (action: string) =>
    eventOf(
      Buffer.from(
        `{"timestamp":"2026-08-01T10:00:00Z","action":"${action}","actor_user_id":7,"response_code":403}`,
      ),
      { origin, observed },
    );
  // W&B does not promise small letters.
  for (const action of [
    "USER:CREATE_API_KEY",
    "Team:Create_Service_Account",
    "Artifact:Read",
    "Project:Delete",
  ])
    events.set(by(action).uid, by(action));
  const again = by("user:create_api_key");
  events.set(again.uid, Object.assign(again, { replayId: "20260801120000" }));
  return [...events.values()];
}

/** What a query is to find, told by the event and not by its mapping. */
type Wanted = (event: AuditEvent) => boolean;

const isOwn = ({ origin: { source } }: AuditEvent) => source === "forwarder";
const shown: Wanted = (event) => !isOwn(event) && event.replayId === undefined;
const acts =
  (...actions: readonly string[]): Wanted =>
  (event) =>
    shown(event) && actions.includes(event.action.toLowerCase());
const keys = acts("user:create_api_key", "team:create_service_account");
const denied: Wanted = (event) => shown(event) && (event.code === 401 || event.code === 403);
const reads = acts("artifact:read");

/** By the title of the panel of Kibana. */
export const wantedInKibana: Readonly<Record<string, Wanted>> = {
  "API keys made and deleted": acts("user:create_api_key", "user:delete_api_key"),
  Refused: denied,
  Deleted: (event) =>
    shown(event) && /(?<!un)delete/i.test(event.action) && (event.code === undefined || event.code < 400),
  "Artifacts read": (event) => reads(event) && (event.code === undefined || event.code < 400),
  "Events by outcome": shown,
};

/** By the title of the panel, for those that both dashboards of events have. */
export const wantedOf: Readonly<Record<string, Wanted>> = {
  Events: shown,
  What: shown,
  "With which outcome": shown,
  Denied: denied,
  "Denied: who": denied,
  "New keys and service accounts": keys,
  "Artifact reads": reads,
  "Artifact reads by user": reads,
  "Artifacts that were read": reads,
  Deletions: acts(
    ...["artifact:delete", "project:delete", "run:delete", "run:delete_many", "team:delete"],
    "user:permanently_delete",
  ),
  "Own events": isOwn,
  "What it says": (event) => isOwn(event) && !event.action.endsWith(":heartbeat"),
};
