import { expect, it } from "vitest";
import { untaken } from "../../../src/output/http/partly.ts";

it.each([
  ['{"errors":true}', "errors"],
  ['{"errors":["field too long"]}', "errors"],
  ['{"took":1,"errors" : true,"items":[{"cre', "errors"],
  ['{"error":"quota"}', "error"],
  ['{"ok":false,"error":""}', "ok: false"],
  ['{"success":false}', "success: false"],
  ['{"partialSuccess":{"rejectedLogRecords":"2"}}', "partialSuccess.rejectedLogRecords"],
])("names the words of %s", (text, words) => {
  expect(untaken(text)).toBe(words);
});

it("says nothing of what else an answer says", () => {
  for (const text of [
    "",
    "ok",
    "{}",
    '{"took":3,"errors":false,"items":[]}',
    '{"errors":[],"error":null,"ok":true,"success":true}',
    '{"error":"","errors":null}',
    '{"error":{},"partialSuccess":{}}',
    '{"partialSuccess":{"rejectedLogRecords":0,"errorMessage":"a warning"}}',
    // What was sent, given back.
    '{"json":{"errors":true,"ok":false}}',
    '["errors"]',
    `{"text":"${"x".repeat(70_000)}`,
    "null",
  ])
    expect(untaken(text), text.slice(0, 60)).toBeUndefined();
});
