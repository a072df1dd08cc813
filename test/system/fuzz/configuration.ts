// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, visit } from "yaml";
import { assemble, readDocument } from "../../../src/config/assemble.ts";
import { allKinds } from "../../../src/config/load.ts";
import { expectMeant, expectUnpolluted, type Target } from "./fuzz.ts";
import { below, pick, type Random } from "./mutate.ts";

const folder = join(import.meta.dirname, "../../../config");
const examples = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => readFileSync(join(folder, name)));
const canary = "canary-Zq8-7731";
const file = "/etc/forwarder/config.yaml";
const values = [
  "null",
  "true",
  "-1",
  "1e999",
  "0x10",
  "[]",
  "{}",
  "''",
  "~",
  '"\\u0000"',
  "10GiB",
  "5m",
  "99999999999d",
  "off",
  "127.0.0.1:9464",
  "0.0.0.0:1",
  "[::1]:70000",
  "http://u:p@h/",
  "https://h?x=1",
  "tls://[::1]:6514",
  "udp://",
  "*",
  "now",
  "${SECRET}",
  "${file:/secret}",
  "${A:-${B:-${C:-${D:-x}}}}",
  "$${x}",
  "${}",
  "__proto__",
  "constructor",
];

/** Configurations: each is taken or refused in words that never hold a secret. */
export const configuration: Target = {
  name: "configuration",
  inputs: 20_000,
  slowMs: 2_000,
  seeds: () => examples,
  invent: (random) => {
    const document = parseDocument(pick(random, examples).toString("utf8"));
    visit(document, {
      Scalar(_, node) {
        if (random() < 0.9) return;
        node.value = plainValue(random);
      },
      Pair(_, pair) {
        if (random() < 0.98) return undefined;
        return random() < 0.5
          ? visit.REMOVE
          : void Object.assign(pair, { key: document.createNode(pick(random, values)) });
      },
    });
    return Buffer.from(safely(() => String(document)) ?? pick(random, values));
  },
  open() {
    return {
      run(input) {
        const text = input.toString("utf8");
        const environment = {
          SECRET: canary,
          WANDB_API_KEY: canary,
          HOME: canary,
          CREDENTIALS_DIRECTORY: "/run",
        };
        try {
          const surroundings = {
            environment,
            readFile: (path: string) => ({ text: path === file ? text : canary, mode: 0o600 }),
          };
          assemble(readDocument(file, surroundings), allKinds, surroundings);
        } catch (error) {
          expectMeant(error, "ConfigError");
          const { message } = error as Error;
          if (message.replaceAll(file, "").includes(canary)) throw new Error(`it tells a secret: ${message}`);
          if (message.length > 4_000_000) throw new Error(`a message of ${message.length} characters`);
        }
        expectUnpolluted();
      },
    };
  },
};

function plainValue(random: Random): unknown {
  const text = pick(random, values);
  if (random() < 0.3) return below(random, 1_000_000);
  return random() < 0.05 ? text.repeat(200) : text;
}

function safely(make: () => string): string | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
