import type { ReceiverReply } from "./http-behaviour.ts";

/** A document as it was stored. */
export interface StoredDocument {
  readonly id: string;
  readonly text: string;
}

/** How single documents are answered. */
export interface BulkManner {
  readonly how: string;
  readonly match: string | undefined;
  /** A document that holds this text is refused, whatever else. */
  readonly refuses: string | undefined;
}

/** What the nodes of one cluster have in common. */
export interface Cluster {
  bulk(body: Buffer, manner: BulkManner): ReceiverReply;
  /** Which of these ids any backing index has. */
  find(ids: readonly string[]): readonly string[];
  stored(): readonly StoredDocument[];
  count(): number;
  /** How many documents ever stored were such. */
  counted(is: (text: string) => boolean): number;
  rollOver(): void;
  /** Whether the data stream is there: it comes with the first document. */
  isThere(): boolean;
  /** What was installed, by path. */
  readonly installed: Map<string, unknown>;
}

/** What a server says of a failure. */
export function fault(status: number, type: string, reason: string): ReceiverReply {
  const error = { root_cause: [{ type, reason }], type, reason };
  return { status, body: JSON.stringify({ error, status }) };
}

/** What a cluster is like; `bare` without a template that makes the name a data stream. */
export interface ClusterManner {
  readonly keep: number;
  readonly bare: boolean;
  readonly storesTwice: boolean;
}

/** An empty one. */
export function clusterOf({ keep, bare, storesTwice }: ClusterManner): Cluster {
  const documents: StoredDocument[] = [];
  const counts = new Map<(text: string) => boolean, number>();
  const installed = new Map<string, unknown>();
  if (!bare) installed.set("/_index_template/logs", builtIn);
  let current = new Set<string>();
  const earlier: Set<string>[] = [];
  let count = 0;
  let isThere = false;

  function store(id: string, text: string): void {
    current.add(id);
    count++;
    for (const [is, seen] of counts) if (is(text)) counts.set(is, seen + 1);
    documents.push({ id, text });
    if (documents.length > 2 * keep) documents.splice(0, documents.length - keep);
  }

  function answerOf(id: string, text: string, index: number, { how, match, refuses }: BulkManner): object {
    const holds = (wanted: string | undefined) => wanted !== undefined && text.includes(wanted);
    if (how === "blocked") return item(403, "cluster_block_exception", "index blocked by: [FORBIDDEN/8]");
    if (how === "missing") return item(404, "index_not_found_exception", "no such index");
    if (how === "throttle_some" && index % 2 === 1)
      return item(429, "es_rejected_execution_exception", "rejected execution");
    const wrong = holds(refuses) || how === "refuse_all" || (how === "refuse_one" && holds(match));
    if (wrong) return item(400, "document_parsing_exception", `failed to parse field in document ${id}`);
    if (current.has(id) && !storesTwice)
      return item(409, "version_conflict_engine_exception", `[${id}]: document exists`);
    if (how === "failure_store" && holds(match)) return { status: 201, failure_store: "used" };
    store(id, text);
    return { status: 201 };
  }

  return {
    bulk(body, manner) {
      const lines = body.toString("utf8").split("\n");
      if (lines.pop() !== "")
        return fault(400, "illegal_argument_exception", "the bulk request must be terminated by a newline");
      const items: object[] = [];
      for (let at = 0; at < lines.length; at += 2) {
        const { create } = JSON.parse(lines[at] ?? "") as { create: { _id: string } };
        JSON.parse(lines[at + 1] ?? "");
        items.push({ create: answerOf(create._id, lines[at + 1] ?? "", items.length, manner) });
      }
      if (items.length === 0) return fault(400, "parse_exception", "request body is required");
      isThere = true;
      return { status: 200, body: JSON.stringify({ items }) };
    },
    find: (ids) => ids.filter((id) => current.has(id) || earlier.some((index) => index.has(id))),
    stored: () => documents,
    count: () => count,
    counted(is) {
      if (!counts.has(is)) counts.set(is, documents.filter(({ text }) => is(text)).length);
      return counts.get(is) ?? 0;
    },
    rollOver() {
      earlier.push(current);
      current = new Set();
    },
    isThere: () => isThere,
    installed,
  };
}

function item(status: number, type: string, reason: string): object {
  return { status, error: { type, reason } };
}

const builtIn = { index_patterns: ["logs-*-*"], priority: 100, data_stream: {} };
