import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A query of a dashboard: PromQL and LogQL stand in `expr`, Lucene in `query`. */
export interface Target {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly expr?: string;
  readonly query?: string;
  readonly legendFormat?: string;
  readonly timeField?: string;
  readonly metrics?: readonly { readonly type: string }[];
  readonly bucketAggs?: readonly Bucket[];
}

export interface Bucket {
  readonly type: "terms" | "date_histogram";
  readonly field: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly targets?: readonly Target[];
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  // Each data source has a shape of its own.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly query: any;
}

export interface WrittenDashboard {
  readonly file: string;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

const folder = join(import.meta.dirname, "../../content/grafana");

/** The dashboards as they are imported. */
export const dashboards: readonly WrittenDashboard[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => ({ file, ...JSON.parse(readFileSync(join(folder, file), "utf8")) }));

/** All queries of panels that ask a data source of this type. */
export function targetsOf(type: string): readonly (Target & { readonly title: string })[] {
  return dashboards.flatMap(({ panels }) =>
    panels
      .filter(({ datasource }) => datasource?.type === type)
      .flatMap(({ targets = [], title }) => targets.map((target) => ({ title, ...target }))),
  );
}

/** As Grafana sends it: variables have values, and so have those of its own. */
export function filledIn(query: string, chosen = ".*"): string {
  return query
    .replaceAll(/\$__(range|auto|rate_interval)\b/g, "5m")
    .replaceAll(/\$(job|instance|source|output|actor|action)\b/g, chosen);
}
