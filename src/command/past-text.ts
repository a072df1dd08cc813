import type { Recent } from "../status/history.ts";
import { ranges } from "../status/ranges.ts";
import type { StatusReport } from "../status/status-report.ts";
import { durationText, paceText, perMinuteText, secondText, sizeText } from "../text/amounts.ts";
import { rows } from "./rows.ts";
import { sparkline } from "./sparkline.ts";

/** So wide are the charts, characters. */
const width = 30;
/** The scale of a lag ends no lower, seconds. */
const leastLag = 10;
const incidentsShown = 5;

/** What each hop did lately, as charts of a line; nothing where no daemon runs. */
export function pastLines(
  { recent, sources, outputs }: StatusReport,
  heading: (text: string) => string,
  unicode: boolean,
): string[] {
  if (recent === null) return [];
  const { stepSeconds } = recent;
  const line = (counts: readonly number[], lag: readonly (number | null)[], now: number | null) => {
    const top = (Math.max(0, ...counts) * 60) / stepSeconds;
    const behind = Math.max(now ?? 0, ...lag.map((value) => value ?? 0));
    return [
      ...[sparkline(counts, width, unicode), perMinuteText(top)],
      ...[sparkline(lag, width, unicode, leastLag), durationText(behind)],
    ];
  };
  const table = rows(
    ["", "per minute", "most", "behind", "most", "events/s", "bytes/s", "last delivery"],
    [
      ...sources.flatMap(({ name, lag_seconds }) => {
        const past = recent.sources[name];
        return past === undefined ? [] : [[name, ...line(past.new, past.lag, lag_seconds), "", "", ""]];
      }),
      ...outputs.flatMap((output) => {
        const past = recent.outputs[output.name];
        if (past === undefined) return [];
        const { events_per_second: events, bytes_per_second: bytes, last_delivery: last } = output;
        const pace = [events === null ? "-" : paceText(events), bytes === null ? "-" : sizeText(bytes)];
        const chart = line(past.delivered, past.lag, output.lag_seconds);
        return [[output.name, ...chart, ...pace, last === null ? "-" : secondText(last)]];
      }),
    ],
    [2, 4, 5, 6],
  );
  return [heading(`The last ${rangeWords(recent)}`), ...table, ""];
}

/** When hops failed last; nothing where none is known of. */
export function incidentLines({ incidents, now }: StatusReport, heading: (text: string) => string): string[] {
  if (incidents.length === 0) return [];
  const shown = incidents.slice(0, incidentsShown);
  const more = incidents.length - shown.length;
  const table = rows(
    ["began (UTC)", "for", "hop", "reason", "failed", "ended"],
    shown.map(({ hop, reasons, held, failures, began, ended }) => [
      secondText(began),
      durationText((Date.parse(ended ?? now) - Date.parse(began)) / 1000),
      hop,
      `${reasons.join(", ")}${held ? " (held)" : ""}`,
      String(failures),
      ended === null ? "goes on" : secondText(ended),
    ]),
    [4],
  );
  return [heading("Incidents"), ...table, ...(more > 0 ? [`  ${more} more in status --json`] : []), ""];
}

function rangeWords({ range }: Recent): string {
  return ranges[range].words;
}
