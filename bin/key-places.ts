import { actionTable } from "../src/event/action-table.ts";
import { type KnownKey, knownKeys } from "../src/record/known-keys.ts";
import { exampleEvent } from "./example-events.ts";
import { type ExampleFormat, fieldsOf } from "./payload-fields.ts";

const columns: readonly (readonly [ExampleFormat, string])[] = [
  ["cef", "CEF"],
  ["ecs", "ECS"],
  ["cim", "CIM, Splunk"],
  ["otlp", "OTLP"],
  ["ocsf", "OCSF"],
];

/** Values that occur nowhere else, so that wherever one stands its key was put there. */
const marks: Readonly<Record<KnownKey, string>> = {
  ...(Object.fromEntries(knownKeys.map((key) => [key, `mark-of-${key.replaceAll("_", "-")}`])) as Record<
    KnownKey,
    string
  >),
  timestamp: "2026-08-01T13:12:14Z",
  action: "",
  actor_email: "mark-of-actor@mark.example",
  user_email: "mark-of-user@mark.example",
  actor_ip: "203.0.113.77",
  response_code: "418",
};
/** How the time of the example is written. */
const times = ["2026-08-01T13:12:14Z", "2026-08-01T13:12:14.000Z", "1785589934", "1785589934000"].concat(
  "1785589934000000000",
);

/** Sentences, and the record itself: every key is in them. */
const whole = /^(message|msg|body\..*|event\.original|log\.record\.original|raw_data)$/;
/** Where every key is under its own name beside a field that has a meaning. */
const own: Readonly<Partial<Record<ExampleFormat, RegExp>>> = {
  ecs: /^wandb\.audit\./,
  cim: /^wandb\./,
  otlp: /^wandb\.audit\./,
  ocsf: /^unmapped\./,
};

/** Where each key of a W&B record goes: found by looking for it in payloads of every documented action. */
export function keyTable(): string {
  const found = new Map<string, Set<string>>();
  for (const { action } of actionTable) {
    const record = { ...marks, action, response_code: 418, audit_log_error: marks.audit_log_error };
    const event = exampleEvent(JSON.stringify(record));
    for (const [format] of columns)
      for (const [field, values] of fieldsOf(format, event))
        for (const key of knownKeys)
          if (!whole.test(field) && values.some((value) => isOf(key, action, value))) {
            const place = `${format} ${key}`;
            found.set(place, (found.get(place) ?? new Set()).add(field));
          }
  }
  const head = ["W&B key", ...columns.map(([, title]) => title)];
  const rows = knownKeys.map((key) => [
    `\`${key}\``,
    ...columns.map(([format]) => cellOf(format, [...(found.get(`${format} ${key}`) ?? [])])),
  ]);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function isOf(key: KnownKey, action: string, value: string): boolean {
  if (key === "timestamp") return times.includes(value);
  if (key === "action") return value === action;
  if (key === "response_code") return value === "418" || value === "HTTP 418";
  return value.includes(marks[key]);
}

/** The key under its own name is worth a word only where that is all there is. */
function cellOf(format: ExampleFormat, fields: readonly string[]): string {
  const named = fields.filter((field) => own[format]?.test(field) !== true);
  const shown = named.length > 0 ? named : fields;
  return [...shown]
    .sort()
    .map((field) => (field === "cs6" ? "in `cs6`" : `\`${field}\``))
    .join(", ");
}
