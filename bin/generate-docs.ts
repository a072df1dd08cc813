// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import lock from "../package-lock.json" with { type: "json" };
import { manualPages } from "../packaging/manual/pages.ts";
import { editorSchema, type JsonSchema, jsonSchema } from "../src/config/json-schema.ts";
import { allKinds } from "../src/config/load.ts";
import { proxyTls, tls } from "../src/schema/parts.ts";
import { metricTable } from "../src/status/metric-table.ts";
import { detectionPages } from "./detection-pages.ts";
import { elasticRulePages } from "./elastic/pages.ts";
import { examplePages } from "./example-pages.ts";
import { formatsPage } from "./formats-page.ts";
import { dashboardJson } from "./grafana/dashboard.ts";
import { eventsElasticsearch } from "./grafana/events-elasticsearch.ts";
import { eventsLoki } from "./grafana/events-loki.ts";
import { forwarder } from "./grafana/forwarder.ts";
import { picturePages } from "./pictures/pages.ts";
import { reasonRows } from "./reason-rows.ts";
import { sentinelPages } from "./sentinel/pages.ts";
import { splunkPages } from "./splunk/app.ts";

/** Writes what is made from the program itself; with `--check` it changes nothing and fails when something is out of date. */
const generated: Readonly<Record<string, string>> = {
  "config/config.schema.json": `${JSON.stringify(editorSchema(allKinds), null, 2)}\n`,
  "docs/configuration.md": configurationPage(jsonSchema(allKinds)),
  "docs/metrics.md": metricsPage(),
  "docs/licences.md": licencesPage(),
  "docs/formats.md": formatsPage(),
  "src/admin/page/reasons.json": `${JSON.stringify(reasonRows(), null, 2)}\n`,
  ...examplePages(),
  ...detectionPages(),
  ...sentinelPages(),
  ...elasticRulePages(),
  ...splunkPages(),
  ...manualPages(),
  ...picturePages(),
  "content/prometheus/prometheusrule.yaml": prometheusRule(),
  "content/grafana/forwarder.json": dashboardJson(forwarder),
  "content/grafana/events-loki.json": dashboardJson(eventsLoki),
  "content/grafana/events-elasticsearch.json": dashboardJson(eventsElasticsearch),
};

/** What package-lock.json says of a place in node_modules. */
interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

const checking = process.argv.includes("--check");
for (const [path, text] of Object.entries(generated)) {
  const file = new URL(`../${path}`, import.meta.url);
  if (!checking) writeFileSync(file, text);
  else if (textOf(file) !== text) {
    process.stderr.write(`${path} is out of date: run npm run docs\n`);
    process.exitCode = 1;
  }
}

function textOf(file: URL): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function configurationPage(schema: JsonSchema): string {
  const { sources, outputs, ...general } = schema.properties ?? {};
  const tlsConfig = z.toJSONSchema(tls, { io: "input" }) as JsonSchema;
  return `<!-- Made by bin/generate-docs.ts from the configuration's schema; do not edit. -->

# Configuration

One YAML file, read at the start, and again when it changes, on SIGHUP and by \`wandb-audit-forwarder reload\`. \`wandb-audit-forwarder check --offline -c FILE\` checks it; a key that does not exist, a wrong type or an
impossible value is an error with file, line and column, and all errors are told at once. So are parts that do not fit together: two outputs that write to one place, a source that reads what an output writes. Examples are in [\`config/\`](../config). For completion in an editor,
let the first line be \`# yaml-language-server: $schema=\` and the path of [\`config.schema.json\`](../config/config.schema.json).

**References.** \`\${NAME}\` is an environment variable, \`\${NAME:-default}\` has a default, \`\${file:/path}\` is the text of a file without the newline at its end;
\`$\${\` stands for a plain \`\${\`. They may stand anywhere in a value, never in a key, and what they bring is never read as YAML. Inside \`{ }\` and \`[ ]\` write them in quotes.

**Secrets.** Give them by reference. A file with a secret must not be readable by others (at most mode 0640; in a container a warning); it is read again every few seconds, when the remote refuses the
secret, and on SIGHUP. systemd credentials are \`\${file:\${CREDENTIALS_DIRECTORY}/name}\`; systemd copies them when it starts the service, so a new one wants a restart.

**Paths** of files should be absolute: relative ones count from the folder in which the program is started, which is another one for a service, and are warned of. \`state_dir\` alone counts from the folder of the configuration file.

**Durations** are a number and a unit: \`500ms\`, \`30s\`, \`5m\`, \`26h\`, \`7d\`, \`1h30m\`. **Sizes** too: \`10GiB\`, \`500MB\`, \`4096\`.

## General

${table({ properties: general, required: schema.required ?? [] })}

## Sources

${sources?.description ?? ""} A list under \`sources\`, at least one.

${kindSections(sources, "source")}
## Outputs

${outputs?.description ?? ""} A list under \`outputs\`, at least one.

${kindSections(outputs, "output")}
## TLS

The keys of every \`tls\` and \`proxy_tls\` above; \`proxy_tls\` has no \`insecure_skip_verify\`. ${tlsConfig.description ?? ""}

${table(tlsConfig)}
`;
}

/** What all kinds have alike in one table, then a table for each kind. */
function kindSections(list: JsonSchema | undefined, every: string): string {
  const items = list?.items;
  const kinds = items?.anyOf ?? (items === undefined ? [] : [items]);
  const [first, ...others] = kinds.map(({ properties }) => properties ?? {});
  const alike = Object.keys(first ?? {}).filter(
    (key) =>
      others.length > 0 &&
      key !== "type" &&
      others.every((other) => isDeepStrictEqual(other[key], first?.[key])),
  );
  const shared = Object.fromEntries(alike.map((key) => [key, first?.[key] ?? {}]));
  const sections = kinds.map((kind) => {
    const { type, ...properties } = kind.properties ?? {};
    const own = Object.fromEntries(Object.entries(properties).filter(([key]) => !alike.includes(key)));
    const about = type?.description === undefined ? "" : `${type.description}\n\n`;
    return `### \`type: ${type?.const}\`\n\n${about}${table({ ...kind, properties: own })}\n`;
  });
  if (alike.length > 0) {
    const type: JsonSchema = {
      type: "string",
      description: `Kind of the ${every}: one of the sections below.`,
    };
    const all = { properties: { ...shared, type }, required: kinds[0]?.required ?? [] };
    sections.unshift(`### Every ${every}\n\n${table(all)}\n`);
  }
  return sections.join("\n");
}

function table(schema: JsonSchema): string {
  return ["| key | value | default | meaning |", "|---|---|---|---|", ...rowsOf(schema, "")].join("\n");
}

function rowsOf({ properties = {}, required = [] }: JsonSchema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([key, child]) => {
    const path = prefix + key;
    const usual = required.includes(key) ? "**required**" : defaultOf(child);
    const row = `| ${[`\`${path}\``, valueText(child), usual, child.description ?? ""].map(cell).join(" | ")} |`;
    const keys = child.anyOf?.find(({ properties }) => properties !== undefined) ?? child;
    return isTls(key) ? [row] : [row, ...rowsOf(keys, `${path}.`)];
  });
}

function defaultOf({ default: usual, properties }: JsonSchema): string {
  if (usual === undefined || properties !== undefined) return "";
  return usual === "" ? "empty" : `\`${typeof usual === "string" ? usual : JSON.stringify(usual)}\``;
}

function valueText(schema: JsonSchema): string {
  if (schema.written !== undefined) return schema.written;
  if (schema.writeOnly === true) return "secret";
  if (schema.anyOf !== undefined) return schema.anyOf.map(valueText).join(", or ");
  if (Array.isArray(schema.enum)) return schema.enum.map((word) => `\`${word}\``).join(", ");
  if (schema.properties !== undefined)
    return [tls, proxyTls].some(({ description }) => description === schema.description)
      ? "keys, see [TLS](#tls)"
      : "keys";
  if (typeof schema.additionalProperties === "object")
    return `names, each with ${valueText(schema.additionalProperties)}`;
  if (schema.type === "array")
    return `list of ${schema.items === undefined ? "values" : valueText(schema.items)}`;
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.type === "integer" || schema.type === "number") return rangeOf(schema);
  return "text";
}

function rangeOf({ minimum, maximum }: JsonSchema): string {
  if (minimum === undefined && maximum === undefined) return "number";
  return maximum === undefined ? `number from ${minimum}` : `number from ${minimum ?? "−∞"} to ${maximum}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

function metricsPage(): string {
  const rows = metricTable.map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${cell(help)} |`,
  );
  return `<!-- Made by bin/generate-docs.ts from src/status/metric-table.ts; do not edit. -->

# Metrics

Served at \`/metrics\` of \`admin.listen\` in Prometheus' text format. Names, types and labels are stable. Labels are names from the configuration and closed sets of
words, never event content. Besides these there are Node's own process metrics, watched from
the first request on; delays of the event loop are told as of the request (\`nodejs_eventloop_lag_seconds\`). Alerts over them are in [\`content/prometheus\`](../content/prometheus/README.md), a dashboard in [\`content/grafana\`](../content/grafana/README.md).

| name | type | labels | meaning |
|---|---|---|---|
${rows.join("\n")}
`;
}

/** The rules as the Prometheus Operator takes them. */
function prometheusRule(): string {
  const rules = "content/prometheus/wandb-audit-forwarder.rules.yml";
  const written = readFileSync(new URL(`../${rules}`, import.meta.url), "utf8");
  const groups = written.slice(written.indexOf("groups:")).replaceAll(/^(?=.)/gm, "  ");
  return `# Made by bin/generate-docs.ts from ${rules}; do not edit.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: wandb-audit-forwarder
  labels:
    app.kubernetes.io/name: wandb-audit-forwarder
spec:
${groups}`;
}

/** What is fetched for run time, as the lock file has it. */
function licencesPage(): string {
  const packages: Readonly<Record<string, Locked>> = lock.packages;
  const rows = Object.entries(packages)
    .filter(([path, { dev, link }]) => path.startsWith("node_modules/") && dev !== true && link !== true)
    .map(([path, { version, license }]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      return `| \`${name}\` | ${version} | ${license} | \`${path}\` |`;
    });
  return `<!-- Made by bin/generate-docs.ts from package-lock.json; do not edit. -->

# Licences

The program is under [Apache-2.0](../LICENSE). The package and the image carry these dependencies, unchanged and whole: each with the text of its licence and its copyright notice, in
its folder.

| package | version | licence | folder |
|---|---|---|---|
${rows.join("\n")}
`;
}

function isTls(key: string): boolean {
  return key === "tls" || key === "proxy_tls";
}
