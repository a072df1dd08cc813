import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { builtin } from "../builtin.ts";

const { readFileSync } = builtin("node:fs");

/** A machine, or a container that passes for one. */
export interface Host {
  /** 16 hexadecimal digits. */
  readonly id: string;
  /** For people: printable, without blanks. */
  readonly name: string;
}

/**
 * The host this runs on. Copies of one machine's disk differ by their name, namesakes by their machine id.
 */
export function thisHost(name = hostname(), machineIdFile = "/etc/machine-id"): Host {
  const id = createHash("sha256")
    .update(`${machineId(machineIdFile)}\n${name}`)
    .digest("hex")
    .slice(0, 16);
  const shown = name.replaceAll(/[^\x21-\x7e]/g, "?").slice(0, 64);
  return { id, name: shown === "" ? "?" : shown };
}

/** Empty where there is none, as in many containers. */
function machineId(file: string): string {
  try {
    return readFileSync(file, "latin1").trim();
  } catch {
    return "";
  }
}
