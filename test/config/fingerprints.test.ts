import { expect, it } from "vitest";
import { configDocument } from "../../src/config/document.ts";
import { fingerprints } from "../../src/config/fingerprints.ts";

const yaml = `
sources: [{ name: prod, url: "https://wandb.example", api_key: "\${file:/key}" }]
outputs: [{ name: splunk, token: abc }, { name: soc, address: "\${SIEM}" }]
spool: { max_bytes: 1GiB }
`;

function prints(text: string, key = "one") {
  const readFile = () => ({ text: key, mode: 0o600 });
  return Object.fromEntries(fingerprints(configDocument(text, { environment: { SIEM: key }, readFile })));
}

it("names every part", () => {
  expect(Object.keys(prints(yaml))).toEqual(["sources.prod", "outputs.splunk", "outputs.soc", "spool"]);
});

it("changes with the part alone, whatever the order of its keys, and holds no value", () => {
  const before = prints(yaml);
  const after = prints(yaml.replace("token: abc", "token: other"));
  expect(after).toEqual({ ...before, "outputs.splunk": expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(after["outputs.splunk"]).not.toBe(before["outputs.splunk"]);
  expect(prints(yaml.replace("name: splunk, token: abc", "token: abc, name: splunk"))).toEqual(before);
});

it("does not change with what a reference leads to", () => {
  expect(prints(yaml, "another secret")).toEqual(prints(yaml));
});
