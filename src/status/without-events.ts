import type { StatusReport } from "./status-report.ts";
import { withoutExamples } from "./witness-status.ts";

/** Reasons that come with words of a remote, which may repeat what it was sent. */
const spoken: ReadonlySet<string> = new Set([
  ...["unauthorized", "forbidden", "not_found", "wrong_destination", "configuration", "redirect"],
  ...["rate_limited", "busy", "server_error", "bad_answer", "bad_event", "too_large", "partial_success"],
]);
/** Other reasons come with them where the remote gave its answer a code. */
const answered = /^(?:HTTP \d+|gRPC \w+): /;
const unsaid = "what it answered is in the log, and in status for the user of the service";

/** The same without anything that may hold what an event says: for who comes without a token. */
export function withoutEvents(report: StatusReport): StatusReport {
  const quiet = <Said extends { readonly reason: string; readonly detail: string }>(said: Said): Said =>
    spoken.has(said.reason) || answered.test(said.detail) ? { ...said, detail: unsaid } : said;
  return {
    ...report,
    not_ready: report.not_ready.map((each) => (each.hop.startsWith("output ") ? quiet(each) : each)),
    sources: report.sources.map((source) => ({ ...source, witness: withoutExamples(source.witness) })),
    outputs: report.outputs.map((output) =>
      output.trouble === null ? output : { ...output, trouble: { ...quiet(output.trouble), quote: null } },
    ),
  };
}
