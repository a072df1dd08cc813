// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { kindsAgain, outputsAgain } from "../../src/config/outputs-again.ts";
import { readText } from "../../src/config/read-text.ts";

it("outputs can be made once more as they are, although the configuration's file has changed since", async () => {
  const folder = mkdtempSync(join(tmpdir(), "again-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "config.yaml");
  const token = join(folder, "token");
  const write = (path: string, text: string) => writeFileSync(path, text, { mode: 0o600 });
  write(token, "the-first-token\n");
  write(
    file,
    `state_dir: ${folder}/state
sources: [{ name: prod, type: wandb_api, url: "http://127.0.0.1:9", instance: a.example, api_key: some-key-1 }]
outputs:
  - { name: siem, type: splunk_hec, url: "http://127.0.0.1:9", token: "\${file:${token}}", batch: { max_events: "\${MANY}" } }
  - { name: soc, type: syslog, address: "tcp://127.0.0.1:9", filter: { actions: ["user:*"] } }
`,
  );
  const environment = { MANY: "7" };
  const { outputs, outputParts, secrets } = loadConfig(file, { environment });
  rmSync(file);

  const parts = outputParts.reveal();
  const again = outputsAgain(parts, await kindsAgain(parts), { environment, readFile: readText });
  expect(again.outputs.map(({ type, config }) => ({ type, config }))).toEqual(
    outputs.map(({ type, config }) => ({ type, config })),
  );
  expect(again.outputs[0]?.config.batch.max_events).toBe(7);
  const own = secrets.filter(({ owner }) => owner === "siem").map(({ path, owner }) => ({ path, owner }));
  expect(again.secrets.filter(({ owner }) => owner === "siem")).toMatchObject(own);
  const tokens = () =>
    again.secrets.filter(({ path }) => path === "outputs[0].token").map(({ secret }) => secret.reveal());
  expect(tokens()).toEqual(["the-first-token"]);
  // From now on it is what its file holds.
  write(token, "the-second-token\n");
  for (const { secret } of again.secrets) secret.reload();
  expect(tokens()).toEqual(["the-second-token"]);
  expect(inspect(outputParts)).toBe("***");
});
