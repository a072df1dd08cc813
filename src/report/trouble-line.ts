import { type Line, line } from "./line.ts";

/**
 * Trouble beside the way of the events: with its own telemetry, the service manager, the socket for commands,
 * or what somebody wanted to see.
 */
export interface TroubleReport {
  readonly type: keyof typeof besides;
  readonly text: string;
}

const besides = {
  telemetry_trouble: "own telemetry: ",
  service_trouble: "",
  control_socket: "control socket: ",
  view_failed: "",
} as const;

/** Whether a report is of such. */
export function isOfTrouble(report: { readonly type: string }): report is TroubleReport {
  return Object.hasOwn(besides, report.type);
}

/** A line about it. */
export function troubleLine({ type, text }: TroubleReport): Line {
  return line("warn", `${besides[type]}${text}`, { type, detail: text });
}
