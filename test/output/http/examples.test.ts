import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { startEndpointReceiver } from "../../../src/simulate/endpoint-receiver.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { startTokenIssuer, type TokenIssuerStandIn } from "../../fake/token-issuer.ts";
import { kind } from "./subject.ts";

const sample = new URL("../../../src/output/http/sample.yaml", import.meta.url);
const golden = join(import.meta.dirname, "golden");
const folder = mkdtempSync(join(tmpdir(), "examples-"));
const keyFile = join(folder, "key.json");
const closing: (() => unknown)[] = [];
let issuer: TokenIssuerStandIn;

interface Example {
  name: string;
  url: string;
  auth?: Record<string, unknown>;
  [key: string]: unknown;
}

beforeAll(async () => {
  issuer = await startTokenIssuer();
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  const account = {
    client_email: "forwarder@example.iam",
    private_key: key,
    token_uri: `${issuer.url}/token`,
  };
  writeFileSync(keyFile, JSON.stringify(account));
});
afterAll(async () => {
  await issuer.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The example as it stands there, to this machine. */
function toHere(example: Example, origin: string): Example {
  const { pathname } = new URL(example.url);
  const auth = example.auth && {
    ...example.auth,
    ...("token_url" in example.auth && { token_url: `${issuer.url}/token` }),
    ...("key_file" in example.auth && { key_file: keyFile }),
  };
  return { ...example, url: origin + pathname, ...(auth && { auth }) };
}

const text = readFileSync(sample, "utf8").replaceAll(/\$\{file:\/run\/credentials\/([\w-]+)\}/g, "the-$1");
const examples = (parse(text).outputs as Example[]).map((example) => [example.name, example] as const);

describe("an example sends what the service documents", () => {
  it.each(examples)("%s", async (name, example) => {
    const receiver = await startEndpointReceiver();
    closing.push(receiver.close);
    const at = sampleEvents(2)[1]?.time?.seconds ?? 0;
    const clock = { ...outputContext.clock, now: () => (at + 60) * 1000 };
    const config = kind.schema.parse(toHere(example, receiver.url));
    const output = config.create({ ...outputContext, clock });
    closing.push(() => output.close());
    const events = sampleEvents(config.config.batch.max_events === 1 ? 1 : 2);
    await output.send(payloadsOf(output, events), new AbortController().signal);
    const request = receiver.request();
    if (request === undefined) throw new Error("nothing came");
    const query = request.query.toString();
    const headers = Object.entries(request.headers)
      .filter(([header]) => !["host", "connection", "content-length", "user-agent"].includes(header))
      .map(([header, value]) => `${header}: ${value}`)
      .sort();
    const shown = [
      `${request.method} ${request.path}${query === "" ? "" : `?${query}`}`,
      ...headers,
      "",
      request.body.toString("utf8"),
    ].join("\n");
    const file = join(golden, `${name}.txt`);
    if (process.env.UPDATE_CASES === "1") {
      mkdirSync(golden, { recursive: true });
      writeFileSync(file, shown);
    }
    expect(shown).toBe(readFileSync(file, "utf8"));
  });
});
