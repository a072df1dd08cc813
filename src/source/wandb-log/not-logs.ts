import { knownKeys } from "../../record/known-keys.ts";
import { excerpt } from "../../text/excerpt.ts";
import { SourceError } from "../source.ts";

/** What lets a day be read that W&B really holds like that. */
export const wayOut =
  "if W&B really holds such records, name their UTC day in read.accept_malformed: each is then delivered as an unparseable event";

/**
 * The error for a text, free of secrets, that came with status 200 in place of audit logs or behind them.
 * `evident`: it is plainly an error, which no setting makes a record.
 */
export function notLogs(
  reason: "server_error" | "all_malformed" | "not_audit_logs",
  text: string,
  evident: boolean,
): SourceError {
  if (isMultipleOrganizations(text)) return multipleOrganizations();
  if (/^\s*<|<html/i.test(text))
    return new SourceError(
      "not_audit_logs",
      `the server answers with a web page: ${quotable(text)}`,
      "the URL leads to W&B's web interface or a login page: check `url`; on Self-Managed the ingress must route /admin/audit_logs to the API service (global.api.additionalPaths.admin)",
    );
  return new SourceError(
    reason,
    reason === "server_error"
      ? `the answer holds or ends with what is no audit record: ${quotable(text)}`
      : `the answer is no audit log: ${quotable(text)}`,
    `look at the answer with curl, and at the W&B server's log${evident ? "" : `; ${wayOut}`}`,
  );
}

const aboutNobody = /^(?:timestamp|action|response_code|cli_version|audit_log_error)$/;
const told: ReadonlySet<string> = new Set(knownKeys.filter((key) => !aboutNobody.test(key)));
/** What may be the name of a key, also as JSON within a text. */
const quoted = /"(\w+)(?=\\*")/g;

/** What is shown of it to people, also to those who may not see what records say: nothing of a broken one. */
function quotable(text: string): string {
  return Array.from(text.matchAll(quoted)).some(([, name = ""]) => told.has(name))
    ? `(${text.length} characters withheld: they have keys of an audit record)`
    : excerpt(text);
}

/** Whether the server asks which organization is meant; it says so with different statuses. */
export function isMultipleOrganizations(text: string): boolean {
  return /associated with multiple organizations/i.test(text);
}

/** The error for a key whose user belongs to several organizations. */
export function multipleOrganizations(): SourceError {
  return new SourceError(
    "multiple_organizations",
    "the key's user belongs to several organizations and W&B does not know which one is meant",
    "use the key of a service account of the organization, or set the user's default API organization in the W&B user settings",
  );
}
