import type { Agent } from "../agent.ts";
import { cef } from "./cef.ts";
import { cimEvent } from "./cim.ts";
import { ecs } from "./ecs.ts";
import type { Format } from "./format.ts";
import { json } from "./json.ts";
import { ocsfEvent } from "./ocsf.ts";
import { otlpJson } from "./otlp.ts";
import { raw } from "./raw.ts";

/** The formats that a configuration may name. */
export const formatNames = ["cef", "ecs", "cim", "raw", "json", "otlp", "ocsf"] as const;
/** A format by its name in the configuration. */
export type FormatName = (typeof formatNames)[number];

/** Every format by its name in the configuration. A new format is one more line. */
export const formats: Readonly<Record<FormatName, (agent: Agent) => Format>> = {
  cef: () => cef,
  ecs,
  cim: () => cimEvent,
  raw: () => raw,
  json: () => json,
  otlp: () => otlpJson,
  ocsf: () => ocsfEvent,
};
