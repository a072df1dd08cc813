import { dirname, resolve } from "node:path";
import { valueAt } from "./issues.ts";
import type { Parts } from "./parse-parts.ts";
import type { Path } from "./position.ts";
import type { Problem } from "./problem.ts";

type Complain = (path: Path, message: string, hint: string) => Problem;

/** Places that two parts of the configuration have, and one of them must not have. */
export function placeProblems(value: unknown, parts: Parts, complain: Complain): Problem[] {
  const isWhole = (["sources", "outputs"] as const).every((list) => {
    const all = valueAt(value, [list]);
    return Array.isArray(all) && all.length === parts[list].length;
  });
  if (!isWhole) return [];
  return [...sharedByOutputs(parts, complain), ...circles(parts, complain)];
}

/** Places that are hardly meant; a relative `state_dir` counts from the folder of `file`. */
export function placeWarnings(parts: Parts, warn: Complain, file: string): Problem[] {
  return [...sharedBySources(parts, warn), ...inState(parts, warn, file)];
}

/** Each would find what the other one has written. */
function sharedByOutputs({ outputs }: Parts, complain: Complain): Problem[] {
  return outputs.flatMap(({ writes }, index) => {
    const first = outputs.findIndex((other) => other.writes.some((name) => writes.includes(name)));
    if (first === -1 || first === index) return [];
    const hint =
      "each would find what the other one wrote, and hold over it or store all of it once more: give each its own";
    return [complain(["outputs", index], `outputs[${first}] writes to the same place`, hint)];
  });
}

/** Under one instance the second one brings nothing; under two, each event is sent twice, as two events. */
function sharedBySources({ sources }: Parts, warn: Complain): Problem[] {
  const places = sources.map(({ reads }) => reads?.place);
  return places.flatMap((place, index) => {
    const first = places.indexOf(place);
    if (place === undefined || first === index) return [];
    const hint = "it is read twice, and brings nothing new: take one of them out";
    return [warn(["sources", index], `sources[${first}] reads the same`, hint)];
  });
}

function inState({ outputs, settings }: Parts, warn: Complain, file: string): Problem[] {
  if (settings === undefined) return [];
  const state = resolve(dirname(file), settings.state_dir);
  return outputs.flatMap(({ writes }, index) => {
    if (!writes.some((name) => name.startsWith(`${state}/`))) return [];
    const hint =
      "name a folder beside it: nobody else may look into state_dir, and who removes or moves it takes this along";
    return [warn(["outputs", index], `it writes into state_dir, ${state}`, hint)];
  });
}

/** What comes of an event would be an event again. */
function circles({ sources, outputs }: Parts, complain: Complain): Problem[] {
  return sources.flatMap(({ reads }, index) => {
    const from = outputs.findIndex(({ writes }) => writes.some((name) => reads?.shows(name)));
    if (from === -1) return [];
    const hint = `every event would be read again, without end: let outputs[${from}] write elsewhere`;
    return [complain(["sources", index], `it would read what outputs[${from}] writes`, hint)];
  });
}
