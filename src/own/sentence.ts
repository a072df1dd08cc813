import type { OwnFact } from "./own-fact.ts";

/** So many runs of days a sentence names. */
const daysNamed = 5;

/** What a fact is for people, in one sentence. */
export function sentence(fact: OwnFact): string {
  switch (fact.action) {
    case "gap_found":
      return `Source ${fact.source} cannot show ${daysText(fact)}: ${fact.reason}`;
    case "gap_filled":
      return `Source ${fact.source} has shown ${daysText(fact)}, which it could not show before`;
    case "gap_dropped":
      return fact.why === "not_wanted"
        ? `Of source ${fact.source} nobody wants ${daysText(fact)} any more, which it could not show`
        : `Source ${fact.source} was started over: ${daysText(fact)} that it could not show are asked for again`;
    case "output_held":
      return `Output ${fact.output} is held (${fact.reason}): it gets nothing until a person has mended that; nothing is lost`;
    case "output_released":
      return `Output ${fact.output} takes events again, after ${spanText(fact.seconds)} (${fact.reason})`;
    case "key_rejected":
      return `The key of source ${fact.source} is rejected (${fact.reason}): nothing is read until it works again`;
    case "key_accepted":
      return `The key of source ${fact.source} works again, after ${spanText(fact.seconds)}`;
    case "source_held":
      return `Source ${fact.source} is held (${fact.reason}): nothing is read until a person has mended that`;
    case "source_released":
      return `Source ${fact.source} is read again, after ${spanText(fact.seconds)} (${fact.reason})`;
    case "witness_differs":
      return witnessText(fact);
    case "witness_agrees":
      return `Witness ${fact.source} was shown of ${fact.day} what its instance has, again, after ${spanText(fact.seconds)}`;
    case "day_shrank":
      return `Source ${fact.source} shows ${counted(fact.now, "record")} of ${fact.day}, where ${fact.before} are known; nothing is taken back`;
    case "first_dead_letter":
      return `Output ${fact.output} gave up event ${fact.uid} (${fact.reason}), the first dead letter for this reason`;
    case "archive_attested":
      return attestedText(fact);
    case "loss_accepted":
      return lossText(fact);
    case "state_replaced":
      return replacedText(fact);
    case "configuration_changed":
      return `The configuration changed: ${changes(fact)}`;
    case "daily_summary":
      return summaryText(fact);
    case "heartbeat":
      return `The forwarder is alive; ${counted(fact.backlog, "event")} waited for output ${fact.output}`;
  }
}

function witnessText({
  source,
  day,
  missing,
  extra,
}: Extract<OwnFact, { action: "witness_differs" }>): string {
  const parts = [
    ...(missing > 0
      ? [`was shown ${counted(missing, "record")} that no other source of its instance has`]
      : []),
    ...(extra > 0 ? [`was not shown ${counted(extra, "record")} that others have`] : []),
  ];
  return `Of ${day} witness ${source} ${parts.join(", and ")}`;
}

function attestedText(fact: Extract<OwnFact, { action: "archive_attested" }>): string {
  const { output, number, date, hash, files, recovered } = fact;
  const why = recovered === undefined ? "" : `; it goes on from the archive: ${recovered}`;
  return `The archive of output ${output} has the manifest ${number} of ${date}, which names ${counted(files, "file")}: ${hash}${why}`;
}

function lossText(fact: Extract<OwnFact, { action: "loss_accepted" }>): string {
  if (fact.loss === "state")
    return "The state was lost and a person accepted that: every source is read from its start again, and events come again under their uids";
  const records = counted(fact.records, "record");
  return fact.loss === "dead_letters"
    ? `A person dropped ${records} from the dead letters of output ${fact.output}`
    : `A person let output ${fact.output} begin with what comes: ${records} were skipped`;
}

function replacedText({ found, from }: Extract<OwnFact, { action: "state_replaced" }>): string {
  const since = from === undefined ? "before this start" : `since ${from}`;
  return found === "older"
    ? `The state is older than the last run left it: it does not know what was delivered, given up or dropped ${since}, and events come again under their uids`
    : `The state is another file than the last run left: moved, copied or restored. If restored, it does not know what was delivered, given up or dropped ${since}, and events come again under their uids`;
}

function summaryText({ day, sources, outputs, gaps }: Extract<OwnFact, { action: "daily_summary" }>): string {
  const sum = <Row>(rows: readonly Row[], key: keyof Row) =>
    rows.reduce((total, row) => total + Number(row[key]), 0);
  const read = `${counted(sum(sources, "new"), "new record")} of ${sum(sources, "fetched")} read`;
  const sent = `${sum(outputs, "delivered")} delivered, ${sum(outputs, "filtered")} filtered, ${sum(outputs, "dead")} dead, ${sum(outputs, "pending")} pending`;
  return `Of ${day}: ${read}; ${sent}; ${counted(sum(gaps, "count"), "day")} in gaps`;
}

function changes({ added, removed, changed }: Extract<OwnFact, { action: "configuration_changed" }>): string {
  const parts = [
    ["added", added],
    ["removed", removed],
    ["changed", changed],
  ] as const;
  return parts
    .filter(([, names]) => names.length > 0)
    .map(([how, names]) => `${how} ${names.join(", ")}`)
    .join("; ");
}

function daysText({ days, count }: { readonly days: readonly string[]; readonly count: number }): string {
  const named = days.slice(0, daysNamed).join(", ");
  return `${counted(count, "day")} (${named}${days.length > daysNamed ? ", …" : ""})`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function spanText(seconds: number): string {
  return counted(Math.round(seconds), "second");
}
