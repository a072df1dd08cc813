import { elasticPanels } from "../elastic/dashboard.ts";
import type { Dashboard } from "../grafana/dashboard.ts";
import { eventsElasticsearch } from "../grafana/events-elasticsearch.ts";
import { eventsLoki } from "../grafana/events-loki.ts";
import { forwarder } from "../grafana/forwarder.ts";
import { workbookParts } from "../sentinel/workbook.ts";
import { panels as splunkPanels } from "../splunk/dashboard.ts";
import { box, type Picture, type Place, text } from "./drawing.ts";

/** How a panel shows what it found. */
type Show = "number" | "lines" | "columns" | "bars" | "table" | "log";

/** A panel of a dashboard, whose product it is of. */
interface Panel {
  readonly title: string;
  readonly show: Show;
  /** Of 24. */
  readonly width: number;
}

/** A dashboard as it is laid out: rows from left to right, each with a name or none. */
interface Board {
  readonly title: string;
  readonly rows: readonly { readonly title?: string; readonly panels: readonly Panel[] }[];
}

/** What each product calls it. */
const shows: Readonly<Record<string, Show>> = {
  ...{ stat: "number", singlevalue: "number" },
  ...{ timeseries: "lines", line: "lines", timechart: "lines", column: "columns" },
  ...{ bar: "bars", horizontal_bar: "bars", barchart: "bars", piechart: "bars" },
  ...{ table: "table", search: "log", logs: "log" },
};

const inTwos = (
  title: string,
  panels: readonly { readonly title: string; readonly show: string }[],
): Board => ({
  title,
  rows: [{ panels: panels.map((each) => ({ title: each.title, show: showOf(each.show), width: 12 })) }],
});

const ofGrafana = ({ title, rows }: Dashboard): Board => ({
  title,
  rows: rows.map((row) => ({
    title: row.title,
    panels: row.panels.map((panel) => ({ title: panel.title, show: showOf(panel.type), width: panel.width })),
  })),
});

function showOf(name: string): Show {
  const found = shows[name];
  if (found === undefined) throw new RangeError(`nobody knows how to draw a panel of the type ${name}`);
  return found;
}

/** By name. */
const boards: Readonly<Record<string, Board>> = {
  splunk: inTwos("W&B audit log, in Dashboard Studio", splunkPanels),
  elastic: inTwos("W&B audit log, in Kibana", elasticPanels),
  sentinel: inTwos("W&B audit log, a workbook", workbookParts),
  "grafana-loki": ofGrafana(eventsLoki),
  "grafana-elasticsearch": ofGrafana(eventsElasticsearch),
  "grafana-forwarder": ofGrafana(forwarder),
};

const [margin, unit, gap] = [24, 38, 8];
const heights: Readonly<Record<Show, number>> = {
  ...{ number: 62, lines: 104, columns: 104 },
  ...{ bars: 104, table: 104, log: 104 },
};

/** Every dashboard as it is laid out, by its name. What its panels show is drawn by kind, without numbers. */
export function boardPictures(): Readonly<Record<string, Picture>> {
  return Object.fromEntries(Object.entries(boards).map(([name, board]) => [name, drawn(board)]));
}

function drawn({ title, rows }: Board): Picture {
  const body = [text("name", margin, 34, title, "start")];
  let y = 50;
  for (const row of rows) {
    if (row.title !== undefined) {
      body.push(text("note", margin, y + 14, row.title, "start"));
      y += 24;
    }
    for (const line of linesOf(row.panels)) {
      const height = Math.max(...line.map(({ show }) => heights[show]));
      let x = margin;
      for (const panel of line) {
        const width = panel.width * unit - gap;
        body.push(...drawnPanel(panel, { x, y, width, height }));
        x += panel.width * unit;
      }
      y += height + gap;
    }
  }
  const all = rows.flatMap(({ panels }) => panels);
  return {
    title,
    description: `Drawn from its definition, with what each panel is called, and no numbers: ${all.map((panel) => panel.title).join("; ")}.`,
    width: margin * 2 + 24 * unit - gap,
    height: y + margin - gap,
    body,
  };
}

/** What fits beside each other. */
function linesOf(panels: readonly Panel[]): Panel[][] {
  const lines: Panel[][] = [];
  let used = 24;
  for (const panel of panels) {
    if (used + panel.width > 24) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(panel);
    used += panel.width;
  }
  return lines;
}

function drawnPanel({ title, show }: Panel, place: Place): string[] {
  const { x, y, width, height } = place;
  const mostLetters = Math.floor((width - 20) / 6.2);
  const words = title.length > mostLetters ? `${title.slice(0, mostLetters - 1)}…` : title;
  const inside = { x: x + 12, y: y + 32, width: width - 24, height: height - 42 };
  return [box("box", place), text("note", x + 12, y + 21, words, "start"), ...sketches[show](inside)];
}

const rect = (kind: string, x: number, y: number, width: number, height: number) =>
  `<rect class="${kind}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="2"/>`;

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const curve = [0.35, 0.5, 0.42, 0.7, 0.55, 0.9, 0.6, 0.72, 0.4, 0.52];

const sketches: Readonly<Record<Show, (place: Place) => string[]>> = {
  number: ({ x, y, width }) => [rect("mark", x + width / 2 - 14, y, 28, 16)],
  lines({ x, y, width, height }) {
    const points = (of: number, shift: number) =>
      curve
        .map((_, at) => {
          const value = (curve[(at + shift) % curve.length] ?? 0) * of;
          return `${round(x + (at * width) / (curve.length - 1))} ${round(y + height - value * height)}`;
        })
        .join(" ");
    return [
      `<polyline class="line" points="${points(1, 0)}"/>`,
      `<polyline class="trial" points="${points(0.5, 4)}"/>`,
    ];
  },
  columns: ({ x, y, width, height }) =>
    curve.map((value, at) => {
      const each = width / curve.length;
      return rect("mark", x + at * each, y + height * (1 - value), each * 0.6, height * value);
    }),
  bars: ({ x, y, width, height }) =>
    [1, 0.72, 0.5, 0.3, 0.18].map((value, at) =>
      rect("mark", x, y + (at * height) / 5, width * value, height / 5 - 4),
    ),
  table({ x, y, width, height }) {
    const [columns, rows] = [Math.max(2, Math.floor(width / 90)), 4];
    return Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      const wide = width / columns - 12;
      return rect(
        row === 0 ? "mark" : "faint",
        x + column * (wide + 12),
        y + (row * height) / rows,
        row === 0 ? wide * 0.7 : wide * (curve[at % curve.length] ?? 1),
        7,
      );
    });
  },
  log: ({ x, y, width, height }) =>
    Array.from({ length: 5 }, (_, row) =>
      rect("faint", x, y + (row * height) / 5, width * (0.6 + (curve[row] ?? 0) * 0.4), 7),
    ),
};
