import { createHash } from "node:crypto";
import type { StateOnDisk, StoredRecord } from "./state.ts";

/** What the program tells of itself. Written down once more on purpose: nothing here comes from the program. */
const source = "forwarder";
const prefix = "wandb-audit-forwarder:";

export function isOwn(record: { readonly source: string }): boolean {
  return record.source === source;
}

interface OwnEvent {
  readonly action: string;
  readonly output?: string;
  readonly reason?: string;
}

function read(record: StoredRecord): OwnEvent {
  const { action, ...rest } = JSON.parse(record.line) as OwnEvent;
  return { ...rest, action: action.replace(prefix, "") };
}

/** The uid that one of ours must have. */
export function ownUid(stateId: string, { seq, line }: Pick<StoredRecord, "seq" | "line">): string {
  return createHash("sha256").update(`${prefix}${stateId}:${seq}:${line}`).digest("hex").slice(0, 32);
}

/** An output never gets what is about itself. */
export function isFor(record: StoredRecord, output: string): boolean {
  return !isOwn(record) || read(record).output !== output;
}

/**
 * I12: each of ours has the uid that it must have, and there is one for each fact that is on disk: neither is
 * there without the other.
 */
export function ownBroken({ stateId, records, deadLetters, holds }: StateOnDisk): string[] {
  const own = records.filter(isOwn);
  const broken = own
    .filter((record) => record.uid !== ownUid(stateId, record))
    .map(({ line }) => `I12 one of ours under another uid: ${line}`);
  const told = own.map(read);
  const count = (action: string, output: string, reason?: string) =>
    told.filter(
      (event) =>
        event.action === action && event.output === output && (reason ?? event.reason) === event.reason,
    ).length;
  for (const { output, reason } of deadLetters)
    if (count("first_dead_letter", output, reason) !== 1)
      broken.push(
        `I12 ${count("first_dead_letter", output, reason)} times told: ${output} has dead letters (${reason})`,
      );
  const outputs = new Set(told.flatMap(({ output }) => output ?? []));
  for (const output of outputs) {
    const open = count("output_held", output) - count("output_released", output);
    const held = holds.filter((hold) => hold.output === output && hold.told === 1).length;
    if (open !== held) broken.push(`I12 ${output}: ${open} holds told and not ended, ${held} on disk`);
  }
  return broken;
}
