import type { Recent } from "../../status/history.ts";
import type { StatusReport } from "../../status/status-report.ts";
import { countText, durationText } from "../../text/amounts.ts";
import { type Html, html } from "../../text/html.ts";

type Values = readonly (number | null)[];

const width = 320;
const height = 84;
const floor = height - 16;
const ceiling = 14;

/** Small charts of equal time axis: what came in, what went out, and how far behind each hop was. */
export function charts({ recent }: StatusReport): Html | undefined {
  if (recent === null) return undefined;
  const figures = [
    ...Object.entries(recent.sources).flatMap(([name, { new: fresh, lag }]) => [
      chart(`source ${name}`, "New records per minute", fresh, countText, recent, true),
      chart(`source ${name}`, "Behind the source", lag, durationText, recent, false),
    ]),
    ...Object.entries(recent.outputs).flatMap(([name, { delivered, lag }]) => [
      chart(`output ${name}`, "Delivered per minute", delivered, countText, recent, true),
      chart(`output ${name}`, "Oldest waiting", lag, durationText, recent, false),
    ]),
  ];
  return html`<section aria-labelledby="charts">
<h2 id="charts">The last three hours</h2>
<div class="charts">${figures}</div>
</section>`;
}

function chart(
  hop: string,
  title: string,
  values: Values,
  text: (value: number) => string,
  { from, stepSeconds }: Recent,
  bars: boolean,
): Html {
  const numbers = values.filter((value) => value !== null);
  const top = Math.max(...numbers, 0);
  const latest = values.findLast((value) => value !== null);
  // The running minute is not full yet, so counts show their sum.
  const sum = numbers.reduce((total, value) => total + value, 0);
  const shown = bars ? text(sum) : latest === undefined || latest === null ? "–" : text(latest);
  const words = `${title}, ${hop}, last three hours: highest ${text(top)}, ${bars ? "in all" : "now"} ${shown}`;
  const time = (index: number) => new Date(from + index * stepSeconds * 1000).toISOString().slice(11, 16);
  return figure({ title, about: hop, shown, words, values, top, topText: text(top), bars, label: time });
}

/** A chart with its caption; `label` says what stands below the value at an index. */
export interface Figure {
  readonly title: string;
  readonly about: string;
  /** The number beside the title. */
  readonly shown: string;
  /** The chart in words. */
  readonly words: string;
  readonly values: Values;
  /** The greatest of them. */
  readonly top: number;
  readonly topText: string;
  readonly bars: boolean;
  label(index: number): string;
}

/** One small chart. */
export function figure({ title, about, shown, words, values, top, topText, bars, label }: Figure): Html {
  return html`
<figure class="chart ${bars ? "count" : "lag"}">
<figcaption><span>${title}</span> <span class="quiet">${about}</span> <strong>${shown}</strong></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${words}">
<line class="axis" x1="0" x2="${width}" y1="${floor}" y2="${floor}"/>
${top > 0 && html`<line class="grid" x1="0" x2="${width}" y1="${ceiling}" y2="${ceiling}"/><text x="0" y="${ceiling - 4}">${topText}</text>`}
<path d="${bars ? barPath(values, top) : linePath(values, top)}"/>
<text x="0" y="${height - 3}">${label(0)}</text>
<text x="${width / 2}" y="${height - 3}" text-anchor="middle">${label(Math.floor(values.length / 2))}</text>
<text x="${width}" y="${height - 3}" text-anchor="end">${label(values.length - 1)}</text>
</svg>
</figure>`;
}

/** One path for all bars: a page with hundreds of rectangles is slow to renew. */
function barPath(values: Values, top: number): string {
  const step = width / Math.max(1, values.length);
  return values
    .map((value, index) =>
      value === null || value === 0
        ? ""
        : `M${round(index * step)} ${floor}V${round(level(value, top))}h${round(step * 0.8)}V${floor}z`,
    )
    .join("");
}

/** Areas below the curve; a minute without a measurement is a hole. */
function linePath(values: Values, top: number): string {
  const step = width / Math.max(1, values.length);
  let path = "";
  for (let index = 0; index < values.length; index++) {
    if (values[index] === null) continue;
    const first = index;
    let area = `M${round(first * step)} ${floor}`;
    for (; index < values.length && values[index] !== null; index++)
      area += `L${round(index * step)} ${round(level(values[index] as number, top))}h${round(step)}`;
    path += `${area}V${floor}z`;
  }
  return path;
}

function level(value: number, top: number): number {
  return top === 0 ? floor : floor - (value / top) * (floor - ceiling);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
