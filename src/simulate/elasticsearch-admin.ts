import { type Cluster, fault } from "./elasticsearch-cluster.ts";
import type { ReceivedRequest, ReceiverReply } from "./http-behaviour.ts";

/** What a node is like. */
export interface NodeManner {
  readonly cluster: Cluster;
  readonly product: "elasticsearch" | "opensearch";
  /** Privileges that the credential lacks. */
  readonly lacks: readonly string[];
  /** Without ILM or ISM. */
  readonly withoutPolicies: boolean;
}

/**
 * What is answered to everything but documents: who the node is, templates, policies, privileges, searches.
 */
export function adminAnswer(request: ReceivedRequest, node: NodeManner): ReceiverReply {
  const { method, path } = request;
  if (method === "GET" && path === "/") return json(root(node));
  if (method === "PUT") return put(request, node);
  if (path.startsWith("/_resolve/index/")) return resolve(path.slice("/_resolve/index/".length), node);
  if (path === "/_index_template") return json({ index_templates: listed(node) });
  if (path.endsWith("/_search")) return search(request, node);
  if (path === "/_security/user/_has_privileges" && node.product === "elasticsearch")
    return privileges(request, node);
  if (path.endsWith("/_settings")) return json({});
  const found = node.cluster.installed.get(path);
  if (found !== undefined && path.startsWith("/_index_template/"))
    return json({ index_templates: [{ name: path.split("/").at(-1), index_template: found }] });
  if (found !== undefined) return json({ _seq_no: 7, _primary_term: 1, ...found });
  return path.startsWith("/_index_template/") || path.startsWith("/_plugins/_ism/")
    ? fault(404, "resource_not_found_exception", `${path} not found`)
    : noHandler(path);
}

function noHandler(path: string): ReceiverReply {
  return { status: 400, body: JSON.stringify({ error: `no handler found for uri [${path}]` }) };
}

function json(body: unknown): ReceiverReply {
  return { status: 200, body: JSON.stringify(body) };
}

function root({ product }: NodeManner): object {
  const names = { name: "node-1", cluster_name: "stand-in", cluster_uuid: "of-the-stand-in" };
  return product === "opensearch"
    ? { ...names, version: { distribution: "opensearch", number: "2.19.0" } }
    : { ...names, version: { number: "8.19.0" }, tagline: "You Know, for Search" };
}

/** Policies are replaced in OpenSearch only by who knows what is replaced. */
function put({ path, query, body }: ReceivedRequest, node: NodeManner): ReceiverReply {
  const { cluster, lacks } = node;
  if (node.withoutPolicies && /^\/_(ilm|plugins)\//.test(path)) return noHandler(path);
  const needs = path.includes("_template/") ? "manage_index_templates" : "manage_ilm";
  if (lacks.includes(needs)) return fault(403, "security_exception", `${needs} is not granted`);
  const blind =
    path.startsWith("/_plugins/") && cluster.installed.has(path) && query.get("if_seq_no") !== "7";
  if (blind) return fault(409, "version_conflict_engine_exception", "the policy exists");
  cluster.installed.set(path, JSON.parse(body.toString("utf8")));
  return json({ acknowledged: true });
}

function resolve(name: string, { cluster, product }: NodeManner): ReceiverReply {
  if (cluster.isThere()) return json({ indices: [], aliases: [], data_streams: [{ name }] });
  return product === "opensearch"
    ? json({ indices: [], aliases: [], data_streams: [] })
    : fault(404, "index_not_found_exception", `no such index [${name}]`);
}

function listed({ cluster }: NodeManner): object[] {
  return [...cluster.installed]
    .filter(([path]) => path.startsWith("/_index_template/"))
    .map(([path, index_template]) => ({ name: path.split("/").at(-1), index_template }));
}

function search({ body }: ReceivedRequest, { cluster, lacks }: NodeManner): ReceiverReply {
  if (lacks.includes("read")) return fault(403, "security_exception", "read is not granted");
  if (!cluster.isThere()) return fault(404, "index_not_found_exception", "no such index");
  const { query } = JSON.parse(body.toString("utf8")) as { query: { ids: { values: string[] } } };
  const hits = cluster.find(query.ids.values).map((_id) => ({ _id }));
  return json({ timed_out: false, ...(hits.length > 0 && { hits: { hits } }) });
}

function privileges({ body }: ReceivedRequest, { lacks }: NodeManner): ReceiverReply {
  const asked = JSON.parse(body.toString("utf8")) as {
    cluster: string[];
    index: { names: string[]; privileges: string[] }[];
  };
  const granted = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, !lacks.includes(name)]));
  const index = Object.fromEntries(
    asked.index.flatMap(({ names, privileges: wanted }) => names.map((name) => [name, granted(wanted)])),
  );
  return json({ has_all_requested: lacks.length === 0, cluster: granted(asked.cluster), index });
}
