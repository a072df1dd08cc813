import { describe, expect, it } from "vitest";
import { namesDigest, noNames } from "../../src/ingest/names.ts";
import { parseEntry } from "../../src/record/parse-entry.ts";

const key = "7".repeat(32);
const digest = (members: Record<string, unknown>, of = key) => {
  const entry = parseEntry(
    Buffer.from(JSON.stringify({ timestamp: "2026-08-01T10:00:00Z", action: "a", ...members })),
  );
  if (entry === undefined) throw new Error("no entry");
  return namesDigest(entry, of);
};

describe("the digest of names", () => {
  it("is of names that have no id beside them, and of nothing else", () => {
    expect(digest({})).toBe(noNames);
    expect(digest({ user_email: "a@example.com", user_asset: 5, audit_log_error: "x" })).toBe(noNames);
    expect(digest({ artifact_qualified_name: "a", artifact_digest: "b", artifact_asset: "7" })).toBe(noNames);
    const invitee = digest({ user_email: "a@example.com" });
    expect(invitee).not.toBe(noNames);
    expect(digest({ user_email: "b@example.com" })).not.toBe(invitee);
    expect(digest({ user_email: "a@example.com", actor_user_id: 7, actor_email: "x" })).toBe(invitee);
    expect(digest({ entity_name: "a@example.com" })).not.toBe(invitee);
  });

  it.each([null, "", 0])("takes %o for no id", (id) => {
    expect(digest({ user_email: "a@example.com", user_asset: id })).toBe(
      digest({ user_email: "a@example.com" }),
    );
  });

  it.each([null, ""])("takes %o for no name", (name) => {
    expect(digest({ user_email: name })).toBe(noNames);
  });

  it("is the same however a name is written", () => {
    const written = parseEntry(Buffer.from('{"user_email":"\\u0061@example.com"}'));
    if (written === undefined) throw new Error("no entry");
    expect(namesDigest(written, key)).toBe(digest({ user_email: "a@example.com" }));
  });

  it("is another one in another state", () => {
    const names = { user_email: "a@example.com" };
    expect(digest(names, "8".repeat(32))).not.toBe(digest(names));
  });
});
