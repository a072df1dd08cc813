const readTimeKeys: ReadonlySet<string> = new Set([
  "actor_email",
  "user_email",
  "entity_name",
  "project_name",
  "report_name",
  "artifact_digest",
  "artifact_qualified_name",
  "artifact_sequence_name",
  "artifact_version_index",
  "audit_log_error",
]);

/** Whether a key's value is filled in when the entry is read, and may be another tomorrow: no part of it. */
export function isReadTime(key: string): boolean {
  return readTimeKeys.has(key);
}
