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

it("names the way out only where there is one", () => {
  expect(notLogs("server_error", "{}", false).fix).toContain("accept_malformed");
  expect(notLogs("server_error", "{}", true).fix).not.toContain("accept_malformed");
});
