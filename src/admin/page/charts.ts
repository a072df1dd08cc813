import type { Recent } from "../../status/history.ts";
import { rangeNames, ranges } from "../../status/ranges.ts";
import type { OutputStatus, SourceStatus, StatusReport } from "../../status/status-report.ts";
import { countText, durationText, perMinuteText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";
import { figure } from "./figure.ts";

/** The scale of a lag ends no lower, seconds. */
const leastLag = 10;

/** Small charts of equal time axis: what came in, what went out, and how far behind each hop was. */
export function charts({ recent, sources, outputs, now }: StatusReport): Html | undefined {
  if (recent === null) return undefined;
  const axis = { ...recent, now: Date.parse(now), words: ranges[recent.range].words };
  return html`<section aria-labelledby="charts">
<div class="row"><h2 id="charts">The last ${axis.words}</h2>
<nav class="ranges" aria-label="How far back">${rangeNames.map((name) => html`<a href="?range=${name}"${name === recent.range && html` aria-current="true"`}>${name}</a> `)}</nav></div>
<div class="charts">${[
    ...sources.flatMap((source) => ofSource(source, axis)),
    ...outputs.flatMap((output) => ofOutput(output, axis)),
  ]}</div>
</section>`;
}

interface Axis extends Recent {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly words: string;
}

function ofSource({ name, lag_seconds }: SourceStatus, axis: Axis): Html[] {
  const past = axis.sources[name];
  if (past === undefined) return [];
  const hop = `source ${name}`;
  return [
    counts("New records per minute", hop, past.new, axis),
    lags("Behind", hop, past.lag, lag_seconds, axis),
  ];
}

function ofOutput({ name, lag_seconds }: OutputStatus, axis: Axis): Html[] {
  const past = axis.outputs[name];
  if (past === undefined) return [];
  const hop = `output ${name}`;
  return [
    counts("Delivered per minute", hop, past.delivered, axis),
    lags("Oldest waits", hop, past.lag, lag_seconds, axis),
  ];
}

function counts(title: string, about: string, events: readonly number[], axis: Axis): Html {
  const { stepSeconds, from, now, words } = axis;
  const values = events.map((count, index) => {
    const seconds = index === events.length - 1 ? (now - from) / 1000 - index * stepSeconds : stepSeconds;
    return (count * 60) / Math.max(60, seconds);
  });
  const top = values.reduce((most, value) => Math.max(most, value), 0);
  const sum = events.reduce((total, count) => total + count, 0);
  const shown = `${countText(sum)} in all`;
  return figure({
    ...{ title, about, values, top, bars: true, shown, topText: perMinuteText(top) },
    words: `${title}, ${about}, the last ${words}: highest ${perMinuteText(top)}, ${shown}`,
    label: labels(axis),
    hover: { from, step: stepSeconds, unit: "per_minute" },
  });
}

/** What is so now is on the card too, and may be more than was measured last. */
function lags(
  title: string,
  about: string,
  measured: readonly (number | null)[],
  seconds: number | null,
  axis: Axis,
): Html {
  const { from, stepSeconds, words } = axis;
  const last = measured.at(-1) ?? null;
  const values = seconds === null ? measured : [...measured.slice(0, -1), Math.max(seconds, last ?? 0)];
  const top = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const shown = seconds === null ? "–" : `now ${durationText(seconds)}`;
  return figure({
    // A second more or less is no mountain.
    ...{ title, about, values, top: Math.max(top, leastLag), bars: false, shown },
    topText: durationText(Math.max(top, leastLag)),
    words: `${title}, ${about}, the last ${words}: at most ${durationText(top)}, ${shown}`,
    label: labels(axis),
    hover: { from, step: stepSeconds, unit: "seconds" },
  });
}

/** Times of day; dates where the range is longer than one. */
function labels({ from, stepSeconds, sources: _, range }: Axis): (index: number) => string {
  const isLong = ranges[range].step >= 3_600;
  return (index) => {
    const iso = new Date(from + index * stepSeconds * 1000).toISOString();
    return isLong ? iso.slice(5, 10) : iso.slice(11, 16);
  };
}
