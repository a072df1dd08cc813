import type { Finding } from "../finding.ts";

/** What keeps the objects of a bucket. */
export interface BucketGuards {
  readonly versioned: boolean;
  /** A retention or a lock is set, or objects can have one. */
  readonly locked: boolean;
  /** An object can be given a retention of its own. */
  readonly lockable: boolean;
  /** After so many days the shortest rule removes them. */
  readonly removedAfterDays: number | undefined;
}

/** The findings of a reader. `permissions`: what it takes to look. Never rejects. */
export async function guardFindings(
  look: () => Promise<BucketGuards>,
  permissions: string,
): Promise<readonly Finding[]> {
  try {
    const guards = await look();
    return [guardFinding(guards), lifecycleFinding(guards.removedAfterDays)];
  } catch {
    return [unknownGuards(permissions)];
  }
}

/** W&B asks for six years (HIPAA). */
const keptDays = 6 * 365;

/** Whether objects go before their time; `days` after which the shortest rule removes them. */
function lifecycleFinding(days: number | undefined): Finding {
  if (days === undefined) return { level: "ok", text: "no lifecycle rule removes objects" };
  const text = `a lifecycle rule removes objects after ${days} days`;
  return days >= keptDays
    ? { level: "ok", text }
    : {
        level: "warning",
        text,
        fix: `audit logs are often to be kept for six years (${keptDays} days): take the log's prefix out of the rule, or keep what is delivered`,
      };
}

/** Whether objects can be overwritten and removed for ever. */
function guardFinding({ versioned, locked }: BucketGuards): Finding {
  const text = `versioning is ${versioned ? "on" : "off"}, ${locked ? "a retention or lock is set" : "no retention or lock is set"}`;
  return versioned || locked
    ? { level: "ok", text }
    : {
        level: "warning",
        text,
        fix: "whoever may write to the bucket can change and remove the log without a trace: switch on versioning, or a retention",
      };
}

/** What could not be looked at, which is no problem of reading. */
function unknownGuards(permissions: string): Finding {
  return {
    level: "ok",
    text: `versioning, retention and lifecycle of the bucket are not known: that takes ${permissions}`,
  };
}
