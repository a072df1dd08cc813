/** What a dashboard of Grafana is made of: rows of panels, which are laid out from left to right. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: Datasource;
  readonly variables: readonly object[];
  readonly from: string;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** One panel. `queries` as the data source wants them, but for `refId` and `datasource`. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly type: "stat" | "timeseries" | "table" | "logs";
  readonly queries: readonly object[];
  /** Of 24. */
  readonly width: number;
  readonly height?: number;
  readonly unit?: string;
  /** From which value on it is which colour; the first has none. */
  readonly steps?: readonly Step[];
  readonly options?: object;
  readonly transformations?: readonly object[];
}

export interface Step {
  readonly color: string;
  readonly value: number | null;
}

export interface Datasource {
  readonly type: "prometheus" | "loki" | "elasticsearch";
  readonly name: "Prometheus" | "Loki" | "Elasticsearch";
  /** Its variable, by which every panel asks. */
  readonly variable: string;
}

/** The schema of dashboards in Grafana 13; newer ones bring it up to theirs. */
const schemaVersion = 42;

export const good: readonly Step[] = [{ color: "green", value: null }];
/** Nothing is good, anything else is not. */
export const noneIsGood: readonly Step[] = [...good, { color: "red", value: 1 }];

const optionsOf: Readonly<Record<Panel["type"], object>> = {
  stat: {
    colorMode: "background",
    graphMode: "none",
    reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    textMode: "auto",
  },
  timeseries: {
    legend: { calcs: ["lastNotNull", "max"], displayMode: "table", placement: "bottom", showLegend: true },
    tooltip: { mode: "multi", sort: "desc" },
  },
  table: { cellHeight: "sm", showHeader: true },
  logs: { showTime: true, wrapLogMessage: true, sortOrder: "Descending", enableLogDetails: true },
};

/** The dashboard as Grafana imports and provisions it. */
export function dashboardJson(dashboard: Dashboard): string {
  const { uid, title, description, datasource, variables, from } = dashboard;
  const json = {
    __requires: [
      { type: "grafana", id: "grafana", name: "Grafana", version: "10.4.0" },
      { type: "datasource", id: datasource.type, name: datasource.name, version: "1.0.0" },
    ],
    uid,
    title,
    description,
    tags: ["wandb", "audit"],
    schemaVersion,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "1m",
    time: { from, to: "now" },
    timezone: "utc",
    annotations: { list: [] },
    links: [],
    templating: { list: [datasourceVariable(datasource), ...variables] },
    panels: laidOut(dashboard),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** Which data source, by what every reader has: so it imports, and is provisioned, without an edit. */
function datasourceVariable({ type, name, variable }: Datasource): object {
  return { name: variable, label: name, type: "datasource", query: type, hide: 0, current: {} };
}

function laidOut({ rows, datasource: { type, variable } }: Dashboard): object[] {
  const datasource = { type, uid: `\${${variable}}` };
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: row.title,
      collapsed: false,
      gridPos: { h: 1, w: 24, x: 0, y },
      panels: [],
    });
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const panel of row.panels) {
      const { width: w, height: h = panel.type === "stat" ? 4 : 8 } = panel;
      if (x + w > 24) {
        y += tallest;
        x = 0;
        tallest = 0;
      }
      panels.push({ id: panels.length + 1, ...panelJson(panel, datasource), gridPos: { h, w, x, y } });
      x += w;
      tallest = Math.max(tallest, h);
    }
    y += tallest;
  }
  return panels;
}

function panelJson(panel: Panel, datasource: object): object {
  const { title, description, type, queries, unit, steps = good, options, transformations } = panel;
  return {
    type,
    title,
    description,
    datasource,
    targets: queries.map((query, at) => ({ refId: String.fromCharCode(65 + at), datasource, ...query })),
    fieldConfig: {
      defaults: { ...(unit !== undefined && { unit }), thresholds: { mode: "absolute", steps } },
      overrides: [],
    },
    options: { ...optionsOf[type], ...options },
    ...(transformations !== undefined && { transformations }),
  };
}
