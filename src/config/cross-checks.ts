import { isLoopback } from "../net/loopback.ts";
import { ownSource } from "../own/own-origin.ts";
import { agreeingMs } from "../time/clock-difference.ts";
import { valueAt } from "./issues.ts";
import type { Parts } from "./parse-parts.ts";
import { placeProblems } from "./place-checks.ts";
import { type Path, type Places, pathText } from "./position.ts";
import type { Problem } from "./problem.ts";
import { roleProblems } from "./role-checks.ts";

type Complain = (path: Path, message: string, hint?: string) => Problem;

/** What time it is when a configuration is read, and when its file was written; epoch milliseconds. */
export interface LoadedAt {
  readonly now: number;
  readonly writtenAt: number;
}

/** What no single key shows: problems between parts of a configuration that are each right, and the time. */
export function crossChecks(
  value: unknown,
  parts: Parts,
  places: Places,
  loadedAt: LoadedAt,
): readonly Problem[] {
  const complain: Complain = (path, message, hint) => ({
    path: pathText(path),
    ...places.ofValue(path),
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  return [
    ...sameNames("sources", value, complain),
    ...sameNames("outputs", value, complain),
    ...reservedNames(value, complain),
    ...sameInstances(value, parts, complain),
    ...placeProblems(value, parts, complain),
    ...roleProblems(value, parts, complain),
    ...futureStarts(value, parts, complain, loadedAt),
    ...unnoticedLoss(value, parts, complain),
    ...openAdmin(parts, complain),
  ];
}

function sameNames(list: "sources" | "outputs", value: unknown, complain: Complain): Problem[] {
  const items = valueAt(value, [list]);
  if (!Array.isArray(items)) return [];
  const first = new Map<unknown, number>();
  return items.flatMap((item, index) => {
    const name = valueAt(item, ["name"]);
    if (typeof name !== "string") return [];
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    return before === undefined
      ? []
      : [
          complain(
            [list, index, "name"],
            `${list}[${before}] has this name already`,
            "state and metrics are kept by name",
          ),
        ];
  });
}

/** What this program tells of itself is counted and looked for under this name. */
function reservedNames(value: unknown, complain: Complain): Problem[] {
  const items = valueAt(value, ["sources"]);
  if (!Array.isArray(items)) return [];
  return items.flatMap((item, index) =>
    valueAt(item, ["name"]) === ownSource
      ? [
          complain(
            ["sources", index, "name"],
            `"${ownSource}" is the name under which this program tells of itself`,
            "give the source another name: what was read of its instance stays known, and nothing is delivered twice",
          ),
        ]
      : [],
  );
}

/** What two such sources show is known to both of them: the second one costs as much and brings nothing. */
function sameInstances(value: unknown, { sources }: Parts, complain: Complain): Problem[] {
  const all = valueAt(value, ["sources"]);
  if (!Array.isArray(all) || all.length !== sources.length) return [];
  const identities = sources.map(({ type, origin }) => `${type} ${origin.instance.toLowerCase()}`);
  return identities.flatMap((identity, index) => {
    const first = identities.indexOf(identity);
    if (first === index || sources[index]?.wholeLog !== true) return [];
    return [
      complain(
        ["sources", index, "instance"],
        `sources[${first}] reads the same W&B instance`,
        "it would be asked for all of it twice, and bring nothing new; if these are two instances behind one host, give each its own `instance`",
      ),
    ];
  });
}

/**
 * Until then everything would be left out. A start that had passed when the file was written is right, and
 * the clock has been set back: nothing is refused for that.
 */
function futureStarts(
  value: unknown,
  { sources }: Parts,
  complain: Complain,
  { now, writtenAt }: LoadedAt,
): Problem[] {
  const all = valueAt(value, ["sources"]);
  if (!Array.isArray(all) || all.length !== sources.length) return [];
  const latest = Math.max(now, writtenAt) + agreeingMs;
  return sources.flatMap(({ config: { start } }, index) => {
    if (typeof start !== "object" || !("at" in start) || start.at <= latest) return [];
    const [wanted, today] = [start.at, now].map((ms) => new Date(ms).toISOString());
    return [
      complain(
        ["sources", index, "start"],
        `is still to come: ${wanted}, and this machine's clock says ${today}`,
        'write from when on records are wanted, at the latest now; "now" is the first read. If the clock is wrong, set it by NTP',
      ),
    ];
  });
}

function unnoticedLoss(value: unknown, { outputs }: Parts, complain: Complain): Problem[] {
  const all = valueAt(value, ["outputs"]);
  if (!Array.isArray(all) || outputs.length === 0 || all.length !== outputs.length) return [];
  if (!outputs.every(({ losesUnnoticed }) => losesUnnoticed)) return [];
  return [
    complain(
      ["outputs", 0],
      "nothing tells whether the only output gets what it is sent",
      "use tls:// or tcp://, add an output that confirms, or accept the loss with `allow_loss: true`",
    ),
  ];
}

function openAdmin({ settings }: Parts, complain: Complain): Problem[] {
  if (settings === undefined) return [];
  const { listen, token } = settings.admin;
  if (listen === undefined || token !== undefined || isLoopback(listen.host)) return [];
  return [
    complain(
      ["admin", "listen"],
      "others can reach this address, and nothing asks who they are",
      "listen on 127.0.0.1, or set admin.token",
    ),
  ];
}
