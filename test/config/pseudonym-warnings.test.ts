// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import { expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";

const source = {
  name: "a",
  type: "wandb_api",
  url: "https://acme.wandb.io",
  api_key: "${K}",
  instance: "acme",
};

function warnings(redacts: readonly unknown[]): string[] {
  const outputs = redacts.map((redact, at) => ({
    name: `o${at}`,
    type: "file",
    path: `/var/log/${at}`,
    redact,
  }));
  const text = JSON.stringify({ sources: [source], outputs });
  const environment = { K: "a-key-of-w-and-b", ONE: "1".repeat(32), TWO: "2".repeat(32), SHORT: "pepper" };
  const loaded = loadConfig("/etc/c.yaml", { environment, readFile: () => ({ text, mode: 0o600 }) });
  return loaded.warnings.map(({ path, message }) => `${path}: ${message}`);
}

const pseudonymize = ["actor_email", "user_email"];

it("say nothing where outputs make the same pseudonyms, whatever else they keep", () => {
  const keys = [
    { id: "k2", key: "${TWO}" },
    { id: "k1", key: "${ONE}" },
  ];
  expect(
    warnings([{ pseudonymize, keys }, { pseudonymize, keys: [keys[0]] }, { drop: pseudonymize }]),
  ).toEqual([]);
});

it("name the output whose pseudonyms are others", () => {
  const other =
    "makes other pseudonyms than output o0: the same person cannot be followed from one to the other";
  expect(
    warnings([
      { pseudonymize, key: "${ONE}" },
      { pseudonymize, key: "${TWO}" },
    ]),
  ).toEqual([`outputs[1].redact: ${other}`]);
  expect(
    warnings([
      { pseudonymize, keys: [{ id: "k1", key: "${ONE}" }] },
      { pseudonymize, keys: [{ id: "k2", key: "${ONE}" }] },
    ]),
  ).toEqual([`outputs[1].redact: ${other}`]);
});

it("name a key that is short", () => {
  const short = "has less than 16 characters: whoever has a pseudonym can try out such keys";
  expect(warnings([{ pseudonymize, key: "${SHORT}" }])).toEqual([`outputs[0].redact.key: ${short}`]);
  expect(warnings([{ pseudonymize, keys: [{ key: "${ONE}" }, { id: "k0", key: "${SHORT}" }] }])).toEqual([
    `outputs[0].redact.keys[1].key: ${short}`,
  ]);
});
