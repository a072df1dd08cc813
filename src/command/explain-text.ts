import { clockText, countText, secondText } from "../text/amounts.ts";
import { printable } from "../text/printable.ts";
import type { ExplainedOutput } from "./explain-output.ts";
import type { ExplainedEvent } from "./explained-event.ts";

/** One event as people read it. */
export function explainText(event: ExplainedEvent): string {
  const { uid, action, event_time, outputs } = event;
  const what = action === null ? "" : `: ${action}${event_time === null ? "" : ` at ${event_time}`}`;
  const facts = [
    ["identity", identityText(event)],
    ["known", knownText(event)],
    ["its day", dayLine(event)],
    ["record", event.record ?? ""],
  ] as const;
  const lines = [
    `event ${uid === "" ? "(its uid cannot be told any more)" : uid}${what}`,
    ...facts.filter(([, text]) => text !== "").map(([name, text]) => `  ${name.padEnd(8)}  ${text}`),
    ...outputs.flatMap(outputLines),
  ];
  return lines.map((line) => printable(line.replaceAll("\n", " "))).join("\n");
}

function identityText({ identity, instance, ordinal, twins }: ExplainedEvent): string {
  if (identity === null) return "not told: its source is not configured any more";
  const which =
    ordinal === null ? "" : twins === 1 ? ", the only one" : `, number ${ordinal} of ${twins} twins`;
  return `${identity} (${instance})${which}`;
}

function knownText({ ledger, kept, known_since, source, seq, late, fault }: ExplainedEvent): string {
  const since = known_since === null ? "" : ` since ${secondText(known_since)}`;
  const forgotten = ledger === "not_known" ? "not known to the ledger any more" : `known${since}`;
  const due = ledger === "due" ? ", lost on disk: it is kept once more when its source shows it" : "";
  const removed = "; its record is not in the spool any more (spool.keep_delivered)";
  const where =
    kept === "removed" ? removed : `; record ${countText(seq ?? 0)} of the spool, from source ${source}`;
  return `${forgotten}${due}${where}${late === true ? "; it came late" : ""}${fault === null ? "" : `; unparseable: ${fault}`}`;
}

function dayLine({ day }: ExplainedEvent): string {
  if (day === null) return "";
  const gap = day.gap === null ? "" : `; not complete: ${day.gap}`;
  return `${day.day}: ${countText(day.fetched)} fetched, ${countText(day.known)} known, ${countText(day.new)} new, ${countText(day.late)} late${gap}`;
}

function outputLines(output: ExplainedOutput): string[] {
  const payload = output.payload ?? (output.payload_note === null ? undefined : `(${output.payload_note})`);
  return [
    `  ${output.output}: ${stateText(output)}${output.again ? "; sent once more" : ""}`,
    ...(payload === undefined ? [] : [`    ${payload}`]),
  ];
}

function stateText(output: ExplainedOutput): string {
  const { state, or, rule, reason, detail, ahead } = output;
  const why = [reason, detail].filter((text) => text !== null).join(": ");
  const because = why === "" ? "" : ` (${why})`;
  const inFront = ahead === null ? "" : `, ${countText(ahead)} before it`;
  switch (state) {
    case "delivered":
      return `delivered ${whenText(output)}${or.length === 0 ? "" : `, or ${or.join(" or ")}: that became of others of its day`}`;
    case "filtered":
      return `filtered ${whenText(output)}${rule === null ? ", by a filter that is not configured any more" : ` by ${rule}`}`;
    case "settled":
      return `passed ${whenText(output)}: delivered, unless a filter or a person took it out`;
    case "pending":
      return `pending${inFront}${rule === null ? "" : `; to be filtered by ${rule}`}${because}`;
    case "abandoned":
      return `pending${inFront}; the output is not configured any more`;
    case "dead":
      return `dead, given up ${whenText(output)}${because}; see dead-letters show --uid`;
    case "suspect":
      return `set aside until it has accepted others${because}`;
    case "retry":
      return `a dead letter that is sent once more${because}`;
    default:
      return `${state} ${whenText(output)}`;
  }
}

function whenText({ after, before }: ExplainedOutput): string {
  if (after !== null && after === before) return `at ${secondText(after)}`;
  if (after !== null && before !== null) return `between ${secondText(after)} and ${secondText(before)}`;
  if (before !== null) return `before ${secondText(before)}`;
  return after === null ? "at a time that is not known any more" : `after ${clockText(after)}`;
}
