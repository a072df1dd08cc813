import type { Finding } from "../../finding.ts";
import { scrubber } from "../../secret/scrub.ts";
import { excerpt } from "../../text/excerpt.ts";
import { type ExchangeOptions, identifying, secretsOf } from "./exchange.ts";

/** What W&B's own client asks of every server to learn whose key it has. */
const query = "query Viewer { viewer { username admin } }";
const mostBytes = 64 * 1024;

/** Whose key it is: `admin` of the whole server, which nobody but W&B is on Multi-tenant Cloud. */
interface KeyOwner {
  readonly username: string;
  readonly admin: boolean;
}

/**
 * Says whose key it is, as far as the server tells: the audit log itself does not. Undefined where it tells
 * nothing, which is no fault: a proxy may let nothing through but the log. Never throws.
 */
export async function ownerFinding(
  exchange: ExchangeOptions,
  deadline: AbortSignal,
): Promise<Finding | undefined> {
  const owner = await ownerOf(exchange, deadline).catch(() => undefined);
  if (owner === undefined) return undefined;
  const name = excerpt(scrubber(secretsOf(exchange))(owner.username));
  const role = exchange.endpoint.multiTenant
    ? ""
    : owner.admin
      ? ", an instance admin"
      : ", no instance admin";
  return { level: "ok", text: `the key belongs to ${name === "" ? "somebody without a name" : name}${role}` };
}

async function ownerOf(exchange: ExchangeOptions, deadline: AbortSignal): Promise<KeyOwner | undefined> {
  const { client, endpoint } = exchange;
  const answer = await client.request({
    method: "POST",
    path: `${new URL(endpoint.baseUrl).pathname.replace(/\/+$/, "")}/graphql`,
    headers: {
      ...identifying(exchange),
      accept: "application/json",
      "content-type": "application/json",
    },
    body: JSON.stringify({ query }),
    deadline,
  });
  if (answer.status !== 200) {
    answer.discard();
    return undefined;
  }
  return readOwner(JSON.parse(await answer.text(mostBytes)));
}

function readOwner(answer: unknown): KeyOwner | undefined {
  const { data } = (answer ?? {}) as { data?: { viewer?: Partial<Record<keyof KeyOwner, unknown>> | null } };
  const { username, admin } = data?.viewer ?? {};
  if (typeof username !== "string") return undefined;
  return { username, admin: admin === true };
}
