import { isLoopback } from "../net/loopback.ts";
import { valueAt } from "./issues.ts";
import type { Parts } from "./parse-parts.ts";
import { type Path, type Places, pathText } from "./position.ts";
import type { Problem } from "./problem.ts";

type Complain = (path: Path, message: string, hint?: string) => Problem;

/** What no single key shows: problems between parts of a configuration that are each right. */
export function crossChecks(value: unknown, parts: Parts, places: Places): readonly Problem[] {
  const complain: Complain = (path, message, hint) => ({
    path: pathText(path),
    ...places.ofValue(path),
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  return [
    ...sameNames("sources", value, complain),
    ...sameNames("outputs", value, complain),
    ...sameInstances(value, parts, complain),
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

/** Two such sources would make the same uids of what they both show, and each would deliver it. */
function sameInstances(value: unknown, { sources }: Parts, complain: Complain): Problem[] {
  const all = valueAt(value, ["sources"]);
  if (!Array.isArray(all) || all.length !== sources.length) return [];
  const identities = sources.map(({ type, origin }) => `${type} ${origin.instance.toLowerCase()}`);
  return identities.flatMap((identity, index) => {
    const first = identities.indexOf(identity);
    if (first === index) return [];
    return [
      complain(
        ["sources", index, "instance"],
        `sources[${first}] reads the same W&B instance`,
        "events would be delivered twice with the same uid; if these are two instances behind one host, give each its own `instance`",
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
