import type { Finding } from "../../finding.ts";
import { certificateFindings } from "../../net/certificate.ts";
import type { Clock } from "../../time/clock.ts";
import type { RetryResult } from "../output.ts";
import type { Nodes } from "./nodes.ts";
import { privilegeFindings } from "./privileges.ts";
import { type NodeIdentity, nodeIdentity } from "./product.ts";
import { installedTemplate } from "./setup.ts";
import { type StreamStanding, setupFix, streamStanding } from "./stream.ts";
import { settingFindings } from "./stream-settings.ts";
import { templateName, templateVersion } from "./template.ts";

/** What a probe is made with. */
export interface ClusterProbe {
  readonly nodes: Nodes;
  readonly stream: string;
  readonly managesTemplate: boolean;
  readonly lifecycle: object | undefined;
  readonly clock: Clock;
  readonly deadline: AbortSignal;
}

/**
 * Tries every node, credential, privileges, and what makes the name a data stream. Writes nothing.
 */
export async function probeCluster(probe: ClusterProbe): Promise<readonly Finding[]> {
  const { nodes, stream, managesTemplate, deadline } = probe;
  const found: Finding[] = [];
  const known: NodeIdentity[] = [];
  for (const node of nodes.each) {
    const reply = await node.ask({ method: "GET", path: "/" }, deadline);
    const identity = reply.status === "retry" ? reply : nodeIdentity(reply, probe.clock.now());
    found.push(...(await certificateFindings(node.http, deadline)));
    const { host } = node.http.url;
    found.push(identity.status === "node" ? answers(host, identity) : problem(of(host, identity)));
    if (identity.status === "node") known.push(identity);
  }
  found.push(...otherClusters(known));
  if (found.some(({ level }) => level === "problem")) return found;
  const standing = await streamStanding(probe, deadline);
  if (standing.status === "retry") return [...found, problem(standing)];
  const privileges = await privilegeFindings(
    nodes,
    {
      stream,
      creates: standing.status !== "there",
      managesTemplate,
      managesLifecycle: probe.lifecycle !== undefined,
    },
    deadline,
  );
  if (privileges !== undefined && "status" in privileges) return [...found, problem(privileges)];
  found.push(...(privileges ?? [notSaid]));
  found.push(standingFinding(standing, probe));
  const isThere = standing.status === "there";
  found.push(...(await settingFindings(nodes, stream, isThere, deadline)));
  found.push(...(await templateFindings(probe)));
  return found;
}

function standingFinding(standing: StreamStanding, { stream, managesTemplate }: ClusterProbe): Finding {
  switch (standing.status) {
    case "there":
      return { level: "ok", text: `data stream ${stream} is there` };
    case "foreseen": {
      const template =
        managesTemplate && standing.template !== templateName
          ? `template ${templateName}, which manage_template installs first`
          : `template ${standing.template}`;
      const text = `data stream ${stream}: the first event makes it (${template})`;
      return { level: "ok", text };
    }
    case "unknown": {
      const text = `whether ${stream} is a data stream cannot be seen (${standing.detail})`;
      return { level: "warning", text, fix: viewFix };
    }
    case "wrong":
      // Repaired before the first event, where that is all that is missing.
      if (managesTemplate && standing.fix === setupFix)
        return { level: "ok", text: `${standing.detail} yet: manage_template installs one first` };
      return { level: "problem", text: standing.detail, fix: standing.fix };
  }
}

const viewFix = "give the credential `view_index_metadata` on it and the cluster privilege `monitor`";

const notSaid: Finding = {
  level: "ok",
  text: "the server does not say what the credential may do: only an event proves it (--send-test-event)",
  open: true,
};

function answers(host: string, { product, version, cluster }: NodeIdentity): Finding {
  const name = product === "opensearch" ? "OpenSearch" : "Elasticsearch";
  const of = cluster === undefined ? "" : `, cluster ${cluster}`;
  return { level: "ok", text: `${host}: ${name}${version === undefined ? "" : ` ${version}`} answers${of}` };
}

/** Each node is asked: a failure says which one it is of. */
function of(host: string, result: RetryResult): RetryResult {
  return result.detail.startsWith(host) ? result : { ...result, detail: `${host}: ${result.detail}` };
}

function otherClusters(known: readonly NodeIdentity[]): Finding[] {
  const ids = new Map(known.map(({ clusterId, cluster }) => [clusterId, cluster]));
  ids.delete(undefined);
  if (ids.size < 2) return [];
  return [
    {
      level: "problem",
      text: `the addresses lead to ${ids.size} clusters: ${[...ids.values()].join(", ")}`,
      fix: "give the nodes of one cluster in `urls`; another cluster is another output",
    },
  ];
}

async function templateFindings({ nodes, managesTemplate, deadline }: ClusterProbe): Promise<Finding[]> {
  if (managesTemplate) return [];
  const template = await installedTemplate(nodes, deadline);
  if (template.status === "there" && template.version < templateVersion)
    return [
      {
        level: "warning",
        text: `index template ${templateName} is of an older version of this program`,
        fix: "run `wandb-audit-forwarder setup`",
      },
    ];
  if (template.status === "absent")
    return [
      {
        level: "warning",
        text: `index template ${templateName} is not installed: fields get the types that another template or the first event gives them`,
        fix: setupFix,
      },
    ];
  return [];
}

function problem({ detail, fix }: RetryResult): Finding {
  return { level: "problem", text: detail, ...(fix !== undefined && { fix }) };
}
