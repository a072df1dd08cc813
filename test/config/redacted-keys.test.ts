import { expect, it } from "vitest";
import type { Parts } from "../../src/config/parse-parts.ts";
import { halfRedactedWarnings, redactedKeyWarnings } from "../../src/config/redacted-keys.ts";

const warnedBy = (rule: typeof redactedKeyWarnings, redacts: readonly unknown[]) => {
  const outputs = redacts.map((redact) => ({ config: { name: "o", redact } }));
  return rule({ outputs } as unknown as Parts, (path, message, hint) => ({
    path: path.join("."),
    message,
    hint,
    line: 1,
    column: 1,
  })).map(({ path, message }) => `${path}: ${message}`);
};
const warned = (...redacts: readonly unknown[]) => warnedBy(redactedKeyWarnings, redacts);

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

it("name the key that is left where the other one of the same person is hidden", () => {
  const known = "in a sign-in both are the same person, who is so known everywhere";
  expect(
    warnedBy(halfRedactedWarnings, [
      undefined,
      { drop: ["actor_email"], pseudonymize: ["user_email"] },
      { drop: [], pseudonymize: ["actor_email", "actor_user_id", "user_asset"] },
      { drop: ["user_asset"], pseudonymize: [] },
    ]),
  ).toEqual([
    `outputs.2.redact: hides actor_email and leaves user_email: ${known}`,
    `outputs.3.redact: hides user_asset and leaves actor_user_id: ${known}`,
  ]);
});
