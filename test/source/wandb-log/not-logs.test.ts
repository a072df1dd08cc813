import { expect, it } from "vitest";
import { notLogs } from "../../../src/source/wandb-log/not-logs.ts";

it.each([
  ["<html>", "not_audit_logs", /web page: <html>/],
  ['{"error":"user is associated with multiple organizations"}', "multiple_organizations", /several/],
  ['{"a":1}', "server_error", /no audit record: {"a":1}/],
  ["a\u001bb\nc", "server_error", /a\\u001bb c/],
])("says what came: %s", (text, reason, message) => {
  const error = notLogs("server_error", text, false);
  expect(error).toMatchObject({ reason, message: expect.stringMatching(message) });
  expect(error.fix).not.toBe("");
});

it.each([
  '{"timestamp":"2026-08-01T13:12:14Z","actor_email":"ada@example.com","note":"a"b"}',
  'x":1,"user_email" : "ada@example.com"}',
  '{"said":"{\\"actor_email\\":\\"ada@example.com\\"}"}',
  '{"project_name":"<html>","actor_email":"ada@example.com"',
])("shows nothing of what a record says: %s", (text) => {
  for (const reason of ["all_malformed", "server_error", "not_audit_logs"] as const) {
    const { message } = notLogs(reason, text, false);
    expect(message).toContain(`(${text.length} characters withheld: they have keys of an audit record)`);
    expect(message).not.toContain("ada");
  }
});

it("names the way out only where there is one", () => {
  expect(notLogs("server_error", "{}", false).fix).toContain("accept_malformed");
  expect(notLogs("server_error", "{}", true).fix).not.toContain("accept_malformed");
});
