// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { Replay } from "../../src/config/texts.ts";

it("a configuration can be made once more as it was, although its files have changed since", () => {
  const folder = mkdtempSync(join(tmpdir(), "texts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "config.yaml");
  const token = join(folder, "token");
  const write = (path: string, text: string) => writeFileSync(path, text, { mode: 0o600 });
  write(token, "the-first-token\n");
  write(
    file,
    `state_dir: ${folder}/state
sources: [{ name: prod, type: wandb_api, url: "http://127.0.0.1:9", instance: a.example, api_key: "\${KEY}" }]
outputs: [{ name: siem, type: splunk_hec, url: "http://127.0.0.1:9", token: "\${file:${token}}" }]
`,
  );
  const environment = { KEY: "some-key-1" };
  const first = loadConfig(file, { environment });
  write(token, "the-second-token\n");
  write(file, "not: a configuration\n");

  const replay = new Replay(first.texts.reveal());
  const again = loadConfig(file, { environment, readFile: replay.readFile });
  replay.forget();
  const secrets = () => again.secrets.map(({ secret }) => secret.reveal());
  expect(secrets()).toEqual(first.secrets.map(({ secret }) => secret.reveal()));
  // From now on its secrets are what their files hold.
  expect(again.secrets.map(({ secret }) => secret.reload())).toEqual([false, true]);
  expect(secrets()).toContain("the-second-token");
  expect(inspect(first, { depth: 9 })).not.toContain("the-first-token");
});
