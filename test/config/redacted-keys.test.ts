import { expect, it } from "vitest";
import type { Parts } from "../../src/config/parse-parts.ts";
import { redactedKeyWarnings } from "../../src/config/redacted-keys.ts";

const warned = (...redacts: readonly unknown[]) => {
  const outputs = redacts.map((redact) => ({ config: { name: "o", redact } }));
  return redactedKeyWarnings({ outputs } as unknown as Parts, (path, message, hint) => ({
    path: path.join("."),
    message,
    hint,
    line: 1,
    column: 1,
  })).map(({ path, message }) => `${path}: ${message}`);
};

it("say nothing of keys that W&B has, and of outputs that remove nothing", () => {
  expect(warned(undefined, { drop: ["actor_ip"], pseudonymize: ["actor_email", "user_email"] })).toEqual([]);
});

it("name a key that is written in another way than W&B does, where it stands", () => {
  const nothing = "where records have none, nothing is removed from them";
  expect(
    warned(undefined, { drop: ["actor_ip", "actorIp"], pseudonymize: ["actor_mail", "user_email"] }),
  ).toEqual([
    `outputs.1.redact.drop.1: W&B documents no such key: ${nothing}`,
    `outputs.1.redact.pseudonymize.0: W&B documents no such key: ${nothing}`,
  ]);
});
