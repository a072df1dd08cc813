import { afterEach, describe, expect, it } from "vitest";
import { secretsOfPath } from "../../../src/output/http/secret-path.ts";
import { scrubber } from "../../../src/secret/scrub.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { startHttpReceiver } from "../../../src/simulate/http-receiver.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { endpointOutput } from "./subject.ts";

const path = "/hooks/T0123/b%2Bcanary-path%3D%3D?v=1&sig=canary%2Fsig&key=abc?canary+key";
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe("a path that is a credential", () => {
  it.each([
    ["as it is", `Cannot POST ${path}`],
    ["as what it means", `no ${decodeURIComponent(path)} here`],
    ["without its query", "no /hooks/T0123/b+canary-path== here"],
    ["its last part alone", "the hook b%2Bcanary-path%3D%3D is unknown"],
    ["a value with another question mark", "unknown key abc?canary+key"],
    ["a value whose plus is read as a space", "unknown key abc?canary key"],
    ["a value of its query alone", '{"error":"bad signature: canary/sig"}'],
  ])("is not shown when an endpoint repeats it: %s", async (_, body) => {
    const receiver = await startHttpReceiver({ accept: () => ({ status: 404, body }) });
    const output = endpointOutput({ url: receiver.url, secret_path: path });
    closing.push(receiver.close, () => output.close());
    const result = await output.send(payloadsOf(output, sampleEvents(1)), new AbortController().signal);
    expect(result).toMatchObject({ status: "retry", detail: expect.stringContaining("***") });
    expect(JSON.stringify(result)).not.toContain("canary");
  });

  it("is followed when it changes, and its words are no secrets", () => {
    let now = "/hooks/first-canary-path";
    const secret = new Secret(now, () => now);
    const secrets = secretsOfPath(secret);
    expect(secrets()[1]).toBe(secrets()[1]);
    now = "/hooks/other-canary-path";
    secret.reload();
    expect(scrubber(secrets())("hooks: no other-canary-path")).toBe("hooks: no ***");
  });
});
