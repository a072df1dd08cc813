import { expect, it } from "vitest";
import { type AnswerRules, endpointAnswer } from "../../../src/output/http/answer.ts";

const usual: AnswerRules = { success: { status: undefined, contains: undefined }, answers: [] };
const judge = (status: number, text = "", rules: AnswerRules = usual, type = "application/json") =>
  endpointAnswer({ status, headers: { "content-type": type }, text }, rules, 0);

it.each([200, 201, 202, 204])("takes %i for a success", (status) => {
  expect(judge(status)).toBe("accepted");
});

it("takes no page for a success, and no answer that lacks what a success has", () => {
  expect(judge(200, "<html>Sign in", usual, "text/plain")).toMatchObject({ hold: true });
  const rules = { ...usual, success: { status: [202], contains: '"ok":true' } };
  expect(judge(202, '{"ok":true}', rules)).toBe("accepted");
  expect(judge(202, '{"ok":false}', rules)).toMatchObject({ hold: true, reason: "configuration" });
  expect(judge(200, '{"ok":true}', rules)).toMatchObject({ hold: true, reason: "configuration" });
});

it("takes 207 for no success, as parts may have failed, unless it is said to be one", () => {
  const text = '{"items":[{"status":201},{"status":400}]}';
  expect(judge(207, text)).toMatchObject({ hold: true, fix: expect.stringContaining("`answers`") });
  expect(judge(207, text, { ...usual, success: { status: [200, 207], contains: undefined } })).toBe(
    "accepted",
  );
  const failures = { status: 207, contains: '"status":400', means: "bad_event" } as const;
  const rest = { status: 207, contains: undefined, means: "delivered" } as const;
  const rules: AnswerRules = { ...usual, answers: [failures, rest] };
  expect(judge(207, text, rules)).toMatchObject({ status: "refused", reason: "bad_event" });
  expect(judge(207, '{"items":[{"status":201}]}', rules)).toBe("accepted");
});

it("takes a 400 for a refusal only where the endpoint itself speaks", () => {
  expect(judge(400, '{"error":"no"}')).toMatchObject({ status: "refused", reason: "bad_event" });
  expect(judge(400, "no", usual, "text/plain")).toMatchObject({ status: "retry", hold: true });
  expect(judge(413, "{}")).toMatchObject({ status: "refused", reason: "too_large" });
});

it.each([
  ["delivered", "accepted"],
  ["retry", { status: "retry", reason: "busy" }],
  ["hold", { status: "retry", hold: true, fix: expect.any(String) }],
  ["bad_event", { status: "refused", reason: "bad_event" }],
  ["too_large", { status: "refused", reason: "too_large" }],
] as const)("does as it is told: %s", (means, expected) => {
  const rules: AnswerRules = {
    ...usual,
    answers: [
      { status: 400, contains: "too old", means },
      { status: 400, contains: undefined, means: "hold" },
    ],
  };
  const result = judge(400, "entry too old", rules, "text/plain");
  if (expected === "accepted") expect(result).toBe(expected);
  else expect(result).toMatchObject(expected);
  expect(judge(400, "something else", rules, "text/plain")).toMatchObject({ hold: true });
});

it("takes no success that says in its body that not all was taken, unless it is said what a success holds", () => {
  const bulk = '{"took":3,"errors":true,"items":[{"create":{"status":400}}]}';
  for (const text of [
    bulk,
    '{"errors":["field too long"]}',
    '{"error":"quota"}',
    '{"error":{"code":3}}',
    '{"ok":false}',
    '{"success":false,"message":"no"}',
    '{"partialSuccess":{"rejectedLogRecords":"2"}}',
    // As much as is read of a long one.
    `${bulk.slice(0, -1)},${"x".repeat(70_000)}`.slice(0, 65_536),
  ])
    expect(judge(200, text), text.slice(0, 60)).toMatchObject({
      ...{ status: "retry", hold: true, reason: "configuration" },
      fix: expect.stringContaining("`answers`"),
    });
  const told: AnswerRules = { ...usual, success: { status: [200], contains: '"took"' } };
  expect(judge(200, bulk, told)).toBe("accepted");
  const rule = { status: 200, contains: '"errors":true', means: "bad_event" } as const;
  expect(judge(200, bulk, { ...usual, answers: [rule] })).toMatchObject({ reason: "bad_event" });
});
