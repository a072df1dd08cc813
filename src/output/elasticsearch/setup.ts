import type { Finding } from "../../finding.ts";
import type { Clock } from "../../time/clock.ts";
import type { HttpReply } from "../http-exchange.ts";
import type { RefusedResult, RetryResult } from "../output.ts";
import type { SearchProduct } from "./ecs-fields.ts";
import { type Lifecycle, policyName, policyRequest } from "./lifecycle.ts";
import type { Nodes } from "./nodes.ts";
import { clusterProduct } from "./product.ts";
import { refusedRequest } from "./request-answer.ts";
import { maxJsonBytes, objectsOf, parsedJson } from "./stream.ts";
import { templateDigest, templateName, templateRequests, templateVersion } from "./template.ts";

/** What is set up. */
export interface SetupOptions {
  readonly lifecycle: Lifecycle | undefined;
  readonly clock: Clock;
}

/** What was done, for people, and why it went no further. */
export interface SetupOutcome {
  readonly findings: readonly Finding[];
  readonly trouble: RetryResult | undefined;
}

/**
 * Installs the templates, and the lifecycle's policy where one is configured, unless what is there is the
 * same, or of a newer version of this program. Never throws.
 */
export async function setUp(
  nodes: Nodes,
  { lifecycle, clock }: SetupOptions,
  deadline: AbortSignal,
): Promise<SetupOutcome> {
  const findings: Finding[] = [];
  const failed = (trouble: RetryResult): SetupOutcome => ({
    findings: [...findings, problem(trouble)],
    trouble,
  });
  const product = await clusterProduct(nodes, clock.now(), deadline);
  if (typeof product !== "string") return failed(product);
  const standing = await installed(nodes, product, lifecycle, deadline);
  if (standing === "newer" || standing === "same") {
    const text = standing === "same" ? "is there already" : "is there, of a newer version of this program";
    return {
      findings: [{ level: "ok", text: `index template ${templateName} ${text}` }],
      trouble: undefined,
    };
  }
  if (standing !== "other") return failed(standing);
  if (lifecycle !== undefined) {
    const trouble = await putPolicy(product, lifecycle);
    if (trouble !== undefined) return failed(trouble);
    findings.push({ level: "ok", text: `policy ${policyName} is installed` });
  }
  for (const { path, body, what } of templateRequests(product, lifecycle)) {
    const trouble = refusal(await put(path, body), clock.now());
    if (trouble !== undefined) return failed(trouble);
    findings.push({ level: "ok", text: `${what} is installed` });
  }
  return { findings, trouble: undefined };

  function put(path: string, body: object) {
    return nodes.ask(
      { method: "PUT", path, body: JSON.stringify(body), headers: { "content-type": "application/json" } },
      deadline,
    );
  }

  /** OpenSearch replaces a policy only for who says which it replaces. */
  async function putPolicy(of: SearchProduct, life: Lifecycle): Promise<RetryResult | undefined> {
    const { path, body } = policyRequest(of, life);
    if (of === "elasticsearch") return refusal(await put(path, body), clock.now());
    const before = await nodes.ask({ method: "GET", path }, deadline);
    if (before.status === "retry") return before;
    const { _seq_no, _primary_term } = Object(before.status === 200 ? parsedJson(before) : {}) as {
      _seq_no?: unknown;
      _primary_term?: unknown;
    };
    const replaced =
      typeof _seq_no === "number" ? `?if_seq_no=${_seq_no}&if_primary_term=${_primary_term}` : "";
    return refusal(await put(`${path}${replaced}`, body), clock.now());
  }
}

/** How what is installed stands to what would be. */
async function installed(
  nodes: Nodes,
  product: SearchProduct,
  lifecycle: Lifecycle | undefined,
  deadline: AbortSignal,
): Promise<"same" | "newer" | "other" | RetryResult> {
  const found = await installedTemplate(nodes, deadline);
  if (found.status === "retry") return found;
  if (found.status !== "there") return "other";
  if (found.version > templateVersion) return "newer";
  // A policy may have changed although its name has not.
  const same = lifecycle === undefined && found.digest === templateDigest(product, lifecycle);
  return same ? "same" : "other";
}

/** The index template as it is in the cluster; `unknown` where the credential may not look. */
export async function installedTemplate(
  nodes: Nodes,
  deadline: AbortSignal,
): Promise<
  | { readonly status: "there"; readonly version: number; readonly digest: unknown }
  | { readonly status: "absent" | "unknown" }
  | RetryResult
> {
  const path = `/_index_template/${templateName}`;
  const reply = await nodes.ask({ method: "GET", path, maxBytes: maxJsonBytes }, deadline);
  if (reply.status === "retry") return reply;
  if (reply.status !== 200) return { status: reply.status === 404 ? "absent" : "unknown" };
  const { index_templates } = Object(parsedJson(reply)) as { index_templates?: unknown };
  const { version, _meta } = Object(objectsOf(index_templates)[0]?.index_template) as Record<string, unknown>;
  const { digest } = Object(_meta) as { digest?: unknown };
  return { status: "there", version: Number(version ?? 0), digest };
}

/** The same as text for the console of Kibana or Dashboards. */
export function setupText(lifecycle: Lifecycle | undefined): string {
  return products.map((product) => requestsAsText(product, lifecycle)).join("\n");
}

const products = ["elasticsearch", "opensearch"] as const;

function requestsAsText(product: SearchProduct, lifecycle: Lifecycle | undefined): string {
  const policy = lifecycle === undefined ? [] : [policyRequest(product, lifecycle)];
  const requests = [...policy, ...templateRequests(product, lifecycle)];
  const name = product === "opensearch" ? "OpenSearch" : "Elasticsearch";
  return requests.reduce(
    (text, { path, body }) => `${text}PUT ${path.slice(1)}\n${JSON.stringify(body, null, 2)}\n\n`,
    `# ${name}\n`,
  );
}

const setupFixes = {
  credential: "check `api_key`, or `username` and `password`: the cluster does not accept them",
  privilege:
    "templates need the cluster privilege `manage_index_templates`, a lifecycle `manage_ilm` (OpenSearch: `cluster:admin/opendistro/ism/*`): run `setup` with a credential that has them, and remove `manage_template`",
  template:
    "this server has no such policies: remove `lifecycle` and set the retention there, or see whether the plugin for them is installed",
};

/** Of a server that has no ILM or ISM: without the plugin, of another product, serverless. */
const unknownPath = /no handler found for uri|Incorrect HTTP method for uri|api_not_available_exception/;

/** Undefined for a success. */
function refusal(reply: HttpReply | RetryResult, nowMs: number): RetryResult | undefined {
  if (reply.status === "retry") return reply;
  if (reply.status === 200 || reply.status === 201) return undefined;
  const result = asRetry(refusedRequest(reply, setupFixes, nowMs));
  return unknownPath.test(reply.text) ? { ...result, fix: setupFixes.template } : result;
}

/** No template is too large. */
function asRetry(result: RetryResult | RefusedResult): RetryResult {
  if (result.status === "retry") return result;
  const { reason, detail } = result;
  return {
    status: "retry",
    hold: true,
    reason,
    detail,
    fix: "see what stands between: the request is small",
  };
}

function problem({ detail, fix }: RetryResult): Finding {
  return { level: "problem", text: detail, ...(fix !== undefined && { fix }) };
}
