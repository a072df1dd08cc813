import type { Agent } from "../../src/agent.ts";
import type { AuditEvent } from "../../src/event/event.ts";
import { type FormatName, formatNames, formats as writing } from "../../src/format/all.ts";
import { formatted } from "../../src/format/format.ts";

type ToText = (event: AuditEvent) => string;

/** Every format, as text. */
export const formats = Object.fromEntries(
  formatNames.map((name) => [name, (agent: Agent) => formatted(writing[name](agent))]),
) as Readonly<Record<FormatName, (agent: Agent) => ToText>>;

const anyone: Agent = { name: "", version: "" };

export const { ecs } = formats;
export const cef = formats.cef(anyone);
export const cimEvent = formats.cim(anyone);
export const json = formats.json(anyone);
export const otlpJson = formats.otlp(anyone);
export const raw = formats.raw(anyone);
