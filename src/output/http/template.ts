import type { AuditEvent } from "../../event/event.ts";
import type { Format } from "../../format/format.ts";
import { isoTime } from "../../format/iso-time.ts";
import { quotedText } from "../../format/quoted-text.ts";
import { writeUid } from "../../format/values.ts";
import { quote } from "../../text/json-text.ts";
import { constant, type Part, type Writer } from "../../text/writer.ts";

/** What a template may name of an event. Each stands alone, in the place of a value. */
export const eventHoles = [
  "<event>",
  "<text>",
  "<base64>",
  "<uid>",
  "<time>",
  "<time_s>",
  "<time_ms>",
  "<time_ns>",
] as const;
type EventHole = (typeof eventHoles)[number];

/** What stands for the events in what is around them. */
export const eventsHole = "<events>";

/** JSON, with names in the place of values. */
export type JsonTemplate =
  | string
  | number
  | boolean
  | null
  | readonly JsonTemplate[]
  | { readonly [key: string]: JsonTemplate };

/** The same with text for people where it has base64. */
export function readable(template: JsonTemplate): JsonTemplate {
  if (template === "<base64>") return "<text>";
  if (Array.isArray(template)) return template.map(readable);
  if (typeof template !== "object" || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, each]) => [key, readable(each as JsonTemplate)]),
  );
}

/** The template as JSON, cut at the `holes`: texts and holes take turns, a text first and last. */
export function piecesOf(template: JsonTemplate, holes: readonly string[]): readonly string[] {
  const pieces = [""];
  const add = (text: string) => {
    pieces[pieces.length - 1] += text;
  };
  const walk = (value: JsonTemplate): void => {
    if (typeof value === "string" && holes.includes(value)) pieces.push(value, "");
    else if (Array.isArray(value)) {
      add("[");
      for (const [index, each] of value.entries()) {
        if (index > 0) add(",");
        walk(each);
      }
      add("]");
    } else if (typeof value === "object" && value !== null) {
      add("{");
      for (const [index, [key, each]] of Object.entries(value).entries()) {
        add(`${index > 0 ? "," : ""}${quote(key)}:`);
        walk(each as JsonTemplate);
      }
      add("}");
    } else add(typeof value === "string" ? quote(value) : JSON.stringify(value));
  };
  walk(template);
  return pieces;
}

/** Writes an event as the template has it. */
export function eventWriter(template: JsonTemplate, format: Format): Format {
  const steps = piecesOf(template, eventHoles).map((piece, index): Format => {
    if (index % 2 === 1) return writerOf(piece as EventHole, format);
    const text = constant(piece);
    return (_event, into) => into.constant(text);
  });
  return (event, into) => {
    for (const step of steps) step(event, into);
  };
}

function writerOf(hole: EventHole, format: Format): Format {
  switch (hole) {
    case "<event>":
      return format;
    case "<text>":
      return quotedText(format);
    case "<base64>":
      return inBase64(format);
    case "<uid>":
      return (event, into) => {
        into.constant(quotation);
        writeUid(into, event);
        into.constant(quotation);
      };
    default:
      return (event, into) => void into.part(times[hole], event);
  }
}

function inBase64(format: Format): Format {
  return (event, into) => {
    const from = into.size;
    format(event, into);
    const text = into.written(from).toString("base64");
    into.takeBack(from);
    into.text(`"${text}"`);
  };
}

const quotation = constant('"');
const iso = isoTime(9);

/** When it happened; for what is undated, when it was seen. */
const times: Readonly<Record<"<time>" | "<time_s>" | "<time_ms>" | "<time_ns>", Part<AuditEvent>>> = {
  "<time>": (into, event) => {
    into.quoted(iso(timeOf(event)));
    return true;
  },
  "<time_s>": (into, event) => {
    const { seconds, nanos } = timeOf(event);
    into.digits(seconds);
    into.text(".");
    into.digits(Math.floor(nanos / 1_000_000), 3);
    return true;
  },
  "<time_ms>": (into, event) => {
    writeMs(into, event);
    return true;
  },
  "<time_ns>": (into, event) => {
    const { seconds, nanos } = timeOf(event);
    into.text('"');
    into.digits(seconds);
    into.digits(nanos, 9);
    into.text('"');
    return true;
  },
};

/** The end of the year 9999, seconds: RFC 3339 has no later one. */
const lastSecond = 253_402_300_799;

function timeOf({ time, observed }: AuditEvent) {
  // A time before 1970 has no digits.
  return time !== undefined && time.seconds >= 0 && time.seconds <= lastSecond ? time : observed;
}

function writeMs(into: Writer, event: AuditEvent): void {
  const { seconds, nanos } = timeOf(event);
  into.digits(seconds);
  into.digits(Math.floor(nanos / 1_000_000), 3);
}

/** So many bytes stand in front of each payload where its event's age counts, and do not go on the wire. */
export const timeBytes = 16;

/** Milliseconds since 1970, for the age of an event on its way. */
export const writeHead: Part<AuditEvent> = (into, event) => {
  const { seconds, nanos } = timeOf(event);
  into.digits(seconds, 13);
  into.digits(Math.floor(nanos / 1_000_000), 3);
  return true;
};

/** When the event of a payload happened, epoch milliseconds. */
export function timeOfPayload(payload: Buffer): number {
  return Number(payload.toString("latin1", 0, timeBytes));
}
