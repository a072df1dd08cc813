import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bulkAnswer, bulkAnswerBytes } from "../../../src/output/elasticsearch/bulk-answer.ts";

const answer = (text: string, events: number, status = 200) =>
  bulkAnswer({ status, headers: { "content-type": "application/json" }, text }, events, 0);
const items = (answers: readonly object[]) =>
  JSON.stringify({ items: answers.map((each) => ({ create: each })) });

describe("the answer to _bulk", () => {
  it.each([
    [200, "taken"],
    [201, "taken"],
    [409, "taken"],
    [400, "bad_event"],
    [422, "bad_event"],
    [413, "too_large"],
    [429, "rate_limited"],
    [408, "bad_answer"],
    [500, "server_error"],
    [503, "server_error"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
  ])("says by its status alone what becomes of a document: %i is %s", (status, fate) => {
    // The same status has other names in either product.
    for (const type of ["mapper_parsing_exception", "document_parsing_exception", "anything"]) {
      const outcome = answer(items([{ status, error: { type, reason: "because" } }]), 1);
      if (fate === "taken") expect(outcome).toMatchObject({ taken: [0], rejected: [], failed: undefined });
      else if (fate === "bad_event" || fate === "too_large")
        expect(outcome).toMatchObject({
          taken: [],
          rejected: [{ index: 0, reason: fate }],
          failed: undefined,
        });
      else expect(outcome).toMatchObject({ taken: [], rejected: [], failed: { reason: fate } });
    }
  });

  it("holds only where a person has to repair something, whatever else failed", () => {
    const passing = answer(items([{ status: 429 }, { status: 503 }]), 2);
    expect(passing).toMatchObject({ failed: { reason: "rate_limited" } });
    expect((passing as { failed: object }).failed).not.toHaveProperty("hold");
    expect(answer(items([{ status: 429 }, { status: 403 }]), 2)).toMatchObject({
      failed: { hold: true, reason: "forbidden" },
    });
  });

  it("has a fate for every document, once, whatever the statuses are", () => {
    const statuses = fc.array(
      fc.oneof(fc.constantFrom(201, 409, 400, 413, 429), fc.integer({ min: 100, max: 599 })),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(statuses, (given) => {
        const outcome = answer(items(given.map((status) => ({ status }))), given.length);
        if (outcome.status !== "answered") throw new Error("answered");
        const told = [...outcome.taken, ...outcome.rejected.map(({ index }) => index)];
        expect(new Set(told).size).toBe(told.length);
        expect(told.length === given.length).toBe(outcome.failed === undefined);
      }),
    );
  });

  it("never throws, and takes nothing for stored that is not said to be", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.constant('{"items":[{"create":{}}]}')), (text) => {
        const outcome = answer(text, 1);
        if (outcome.status === "answered") expect(outcome.taken.length).toBe(text.includes("20") ? 1 : 0);
      }),
    );
  });

  it("counts for nothing where it tells of more or fewer documents than were sent", () => {
    for (const count of [0, 1, 3])
      expect(answer(items(Array.from({ length: count }, () => ({ status: 201 }))), 2)).toMatchObject({
        status: "retry",
        hold: true,
        reason: "configuration",
      });
  });

  it("is asked for with fewer documents where it is longer than is read", () => {
    const cut = "x".repeat(bulkAnswerBytes(50));
    expect(answer(cut, 50)).toMatchObject({ status: "refused", reason: "too_large" });
    expect(answer(cut, 1)).toMatchObject({ status: "retry", hold: true });
    const inKanji = Buffer.from("失敗".repeat(bulkAnswerBytes(50))).subarray(0, bulkAnswerBytes(50));
    expect(answer(inKanji.toString(), 50)).toMatchObject({ status: "refused", reason: "too_large" });
  });

  it("keeps the words of the server short, on one line", () => {
    const reason = `failed\n\u001b[2J ${"x".repeat(9_000)}`;
    const outcome = answer(
      items([{ status: 400, error: { type: "a", reason, caused_by: { reason: "b" } } }]),
      1,
    );
    const [{ detail }] = (outcome as unknown as { rejected: [{ detail: string }] }).rejected;
    expect(detail.length).toBeLessThanOrEqual(500);
    expect(detail).not.toMatch(/\p{Cc}/u);
  });
});

describe("a request that is refused as a whole", () => {
  const refused = (status: number, text: string) => answer(text, 2, status);
  const error = JSON.stringify({ error: { type: "some_exception", reason: "no" }, status: 400 });

  it.each([
    [400, "configuration", /changes it/],
    [401, "unauthorized", /api_key/],
    [403, "forbidden", /create_doc/],
    [404, "not_found", /setup/],
  ])("names what to do: %i", (status, reason, fix) => {
    const outcome = refused(status, error);
    expect(outcome).toMatchObject({ status: "retry", hold: true, reason });
    expect((outcome as { fix: string }).fix).toMatch(fix);
    expect((outcome as { detail: string }).detail).toContain("some_exception: no");
  });

  it("is judged as anybody's answer where it is not the cluster that speaks", () => {
    expect(refused(403, "<html>blocked</html>")).toMatchObject({ status: "retry", hold: true });
    expect((refused(403, "blocked") as { fix: string }).fix).not.toContain("create_doc");
  });

  it.each([
    [413, "refused", "too_large"],
    [429, "retry", "rate_limited"],
    [503, "retry", "busy"],
    [500, "retry", "server_error"],
  ])("passes, or wants fewer: %i", (status, result, reason) => {
    const outcome = refused(status, error);
    expect(outcome).toMatchObject({ status: result, reason });
    expect(outcome).not.toHaveProperty("hold");
  });
});
