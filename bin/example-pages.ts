import { type Example, examples } from "./example-events.ts";
import { type ExampleFormat, exampleFormats } from "./payload-fields.ts";

const titles: Readonly<Record<ExampleFormat, readonly [title: string, about: string]>> = {
  cef: ["CEF", "a line each, as `syslog` sends it behind its header"],
  ecs: ["ECS", "a document each, as `elasticsearch` stores it"],
  cim: ["CIM", "in the envelope in which `splunk_hec` sends it"],
  otlp: ["OTLP", "a log record each, as the format `otlp` has it"],
  ocsf: ["OCSF", "an event each"],
  json: ["json", "a flat record each"],
};

/** A page for each format with every documented action, by the path of the page. */
export function examplePages(): Readonly<Record<string, string>> {
  const all = examples();
  const pages = (Object.keys(titles) as ExampleFormat[]).map((format): [string, string] => [
    `docs/examples/${format}.md`,
    pageOf(format, all),
  ]);
  return { ...Object.fromEntries(pages), "docs/examples/records.md": recordsPage(all) };
}

function pageOf(format: ExampleFormat, all: readonly Example[]): string {
  const [title, about] = titles[format];
  const parts = all.map(({ action, event }) => {
    const payload = exampleFormats[format](event);
    return part(action, format === "cef" ? "" : "json", format === "cef" ? payload : laidOut(payload));
  });
  return `${head(`Every action in ${title}`)}Of each action that W&B documents one event, ${about}; here a member of a JSON object has a line of its own. The records that they
are made of are [here](records.md), and what each field means is in [formats](../formats.md).

${parts.join("\n")}`;
}

function recordsPage(all: readonly Example[]): string {
  const parts = all.map(({ action, record }) => part(action, "json", record));
  return `${head("Every action as W&B writes it")}The records, to the byte, of which the pages beside this one show what becomes of them: names are invented, keys and the types of values are as
W&B documents them. The format \`raw\` sends them as they are.

${parts.join("\n")}`;
}

function head(title: string): string {
  return `<!-- Made by bin/generate-docs.ts from test/cases; do not edit. -->

# ${title}

`;
}

function part(action: string, language: string, text: string): string {
  return `## \`${action}\`

\`\`\`${language}
${text}
\`\`\`
`;
}

/** A member of the outermost object a line, and a line for each member of what takes more than a line. */
function laidOut(json: string, indent = ""): string {
  const value: unknown = JSON.parse(json);
  if (typeof value !== "object" || value === null || indent.length + json.length <= 120) return json;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((each) => inner + laidOut(JSON.stringify(each), inner));
    return `[\n${items.join(",\n")}\n${indent}]`;
  }
  const members = Object.entries(value).map(
    ([name, each]) => `${inner}${JSON.stringify(name)}: ${laidOut(JSON.stringify(each), inner)}`,
  );
  return `{\n${members.join(",\n")}\n${indent}}`;
}
