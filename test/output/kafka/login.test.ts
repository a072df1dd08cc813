import { expect, it } from "vitest";
import { tokenLogin } from "../../../src/output/kafka/login.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { ManualClock } from "../../fake/manual-clock.ts";

const held = {
  renew: () => true,
  reload: () => false,
  secrets: () => [],
  close: async () => {},
};
type Current = (deadline: AbortSignal) => ReturnType<Parameters<typeof tokenLogin>[0]["current"]>;
const asked = (current: Current) => {
  const { token } = tokenLogin({ ...held, current }, {}, new ManualClock(0)).sasl;
  return (token as () => Promise<string>)();
};

it("gives the token, or says why there is none", async () => {
  expect(await asked(async () => new Secret("issued"))).toBe("issued");
  const none = { status: "retry", reason: "busy", detail: "token: no room" } as const;
  await expect(asked(async () => none)).rejects.toThrow("token: no room");
});

it("waits for no issuer for ever, when a broker and not a send has it asked", async () => {
  const ended = asked(
    (deadline) =>
      new Promise((_, reject) => deadline.addEventListener("abort", () => reject(deadline.reason))),
  );
  await expect(ended).rejects.toThrow("no answer within 10 s");
});
