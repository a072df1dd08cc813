import { knownKeys } from "../../src/record/known-keys.ts";

/** A column of the table and of the function `WandbAudit`: a field of the format `json`, and the type it has in Kusto. */
export interface Column {
  readonly field: string;
  readonly name: string;
  readonly type: "string" | "int" | "datetime" | "dynamic";
}

/** `actor_user_id` is ActorUserId. */
export function columnName(field: string): string {
  return field.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const types: Readonly<Record<string, Column["type"]>> = {
  ...{ response_code: "int", severity: "int", observed: "datetime", labels: "dynamic", tags: "dynamic" },
  unmapped: "dynamic",
};

/** Of the table, but for `TimeGenerated`, which every table has. */
export const tableColumns: readonly Column[] = [
  ...["uid", "source", "instance", "observed", "outcome", "severity", "message"],
  ...knownKeys.filter((key) => key !== "timestamp"),
  ...["replay_id", "tags", "labels", "fault", "raw", "unmapped"],
].map((field) => ({ field, name: columnName(field), type: types[field] ?? "string" }));
