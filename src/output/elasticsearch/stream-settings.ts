import type { Finding } from "../../finding.ts";
import type { Nodes } from "./nodes.ts";
import { maxJsonBytes, parsedJson } from "./stream.ts";

/** What the settings of the data stream, or those that it will have, mean for what is delivered. */
export async function settingFindings(
  nodes: Nodes,
  stream: string,
  isThere: boolean,
  deadline: AbortSignal,
): Promise<Finding[]> {
  const settings = await settingsOf(nodes, stream, isThere, deadline);
  const found: Finding[] = [];
  if (settings["index.mode"] === "time_series")
    found.push({
      level: "problem",
      text: `${stream} is a time series (index.mode): it takes neither uids as _id nor old events`,
      fix: "give it a template without `index.mode: time_series`: run `setup`, then roll it over",
    });
  const blocked = blocks.find((name) => String(settings[name]) === "true");
  if (blocked !== undefined)
    found.push({
      level: "problem",
      text: `${stream} takes no documents: ${blocked} is set`,
      fix: blocked.endsWith("allow_delete")
        ? "make room on the disks of the cluster; it takes the block away by itself, or set it to null"
        : "set it to null, or roll the data stream over",
    });
  if (settings["index.translog.durability"] === "async")
    found.push({
      level: "warning",
      text: `${stream} answers before it has written to disk (index.translog.durability: async)`,
      fix: "set it to `request`: else a crash of the cluster loses events that were answered",
    });
  return found;
}

const blocks = ["index.blocks.write", "index.blocks.read_only", "index.blocks.read_only_allow_delete"];

/** Those of the backing index that is written to; nothing where they cannot be seen. */
async function settingsOf(
  nodes: Nodes,
  stream: string,
  isThere: boolean,
  deadline: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const question = isThere
    ? ({ method: "GET", path: `/${stream}/_settings` } as const)
    : ({ method: "POST", path: `/_index_template/_simulate_index/${stream}` } as const);
  const reply = await nodes.ask({ ...question, maxBytes: maxJsonBytes }, deadline);
  if (reply.status !== 200) return {};
  const json = Object(parsedJson(reply)) as Readonly<Record<string, { readonly settings?: object }>>;
  // Their names end with a number that grows.
  const newest = isThere ? Object.keys(json).sort().at(-1) : "template";
  return flat(json[newest ?? ""]?.settings ?? {}, "");
}

/** None of a server's is nested deeper. */
const deepest = 16;

/** By their whole names, however they are nested. */
function flat(settings: object, path: string, depth = 0): Readonly<Record<string, unknown>> {
  if (depth > deepest) return {};
  const entries = Object.entries(settings).flatMap(([name, value]) =>
    typeof value === "object" && value !== null
      ? Object.entries(flat(value, `${path}${name}.`, depth + 1))
      : [[path + name, value] as const],
  );
  return Object.fromEntries(entries);
}
