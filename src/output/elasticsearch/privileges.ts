import type { Finding } from "../../finding.ts";
import type { RetryResult } from "../output.ts";
import type { Nodes } from "./nodes.ts";
import { parsedJson } from "./stream.ts";

/** What the credential is asked for. */
export interface Wanted {
  readonly stream: string;
  /** The first document makes the data stream. */
  readonly creates: boolean;
  readonly managesTemplate: boolean;
  readonly managesLifecycle: boolean;
}

interface Privilege {
  readonly name: string;
  readonly of: "index" | "cluster";
  readonly level: "problem" | "warning";
  readonly for: string;
}

function privilegesOf({ creates, managesTemplate, managesLifecycle }: Wanted): readonly Privilege[] {
  const index = (name: string, level: Privilege["level"], what: string): Privilege => ({
    ...{ name, of: "index", level },
    for: what,
  });
  const cluster = (name: string, what: string): Privilege => ({
    name,
    of: "cluster",
    level: "problem",
    for: what,
  });
  return [
    index("create_doc", "problem", "events cannot be written"),
    index(
      "auto_configure",
      creates ? "problem" : "warning",
      "the data stream cannot be made by its first event",
    ),
    index("view_index_metadata", "warning", "whether the name is a data stream cannot be looked at"),
    index("read", "warning", "a replay cannot look up what is there already, and ends"),
    ...(managesTemplate
      ? [cluster("manage_index_templates", "manage_template cannot install templates")]
      : []),
    ...(managesTemplate && managesLifecycle ? [cluster("manage_ilm", "the policy cannot be installed")] : []),
  ];
}

/**
 * Which privileges the credential lacks, where the server says (Elasticsearch with security). Undefined where
 * it does not.
 */
export async function privilegeFindings(
  nodes: Nodes,
  wanted: Wanted,
  deadline: AbortSignal,
): Promise<readonly Finding[] | undefined | RetryResult> {
  const asked = privilegesOf(wanted);
  const names = (of: Privilege["of"]) => asked.filter((each) => each.of === of).map(({ name }) => name);
  const body = { cluster: names("cluster"), index: [{ names: [wanted.stream], privileges: names("index") }] };
  const reply = await nodes.ask(
    {
      method: "POST",
      path: "/_security/user/_has_privileges",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    },
    deadline,
  );
  if (reply.status === "retry") return reply;
  const has = Object(reply.status === 200 ? parsedJson(reply) : undefined) as {
    readonly has_all_requested?: unknown;
    readonly cluster?: Readonly<Record<string, unknown>>;
    readonly index?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  if (typeof has.has_all_requested !== "boolean") return undefined;
  const granted = { cluster: has.cluster ?? {}, index: has.index?.[wanted.stream] ?? {} };
  const lacking = asked.filter(({ name, of }) => granted[of][name] !== true);
  if (lacking.length === 0) return [{ level: "ok", text: "the credential has the privileges it needs" }];
  return lacking.map(({ name, of, level, for: what }) => ({
    level,
    text: `the credential lacks the ${of} privilege ${name}: ${what}`,
    fix:
      of === "index"
        ? `give it ${name} on ${wanted.stream}`
        : `give it ${name}, or run \`setup\` with another`,
  }));
}
