import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = join(import.meta.dirname, "../../.ci/audit.mjs");
const hole = {
  id: 1,
  url: "https://holes.example/1",
  title: "a hole",
  severity: "low",
  vulnerable_versions: "<2.0.0",
};
const manifest = { name: "a", version: "1.2.3" };
let folder: string;
let registry: Server | undefined;

/** A project with one dependency, and the npm that is really there. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "audit-"));
  const project = { name: "p", version: "1.0.0", dependencies: { a: "^1.0.0" } };
  const packages = { "": project, "node_modules/a": { version: "1.2.3", integrity: "sha512-AAAA" } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(project));
  writeFileSync(
    join(folder, "package-lock.json"),
    JSON.stringify({ name: "p", version: "1.0.0", lockfileVersion: 3, requires: true, packages }),
  );
});

afterEach(async () => {
  await new Promise((resolve) => (registry === undefined ? resolve(undefined) : registry.close(resolve)));
  registry = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A registry that answers the question for known holes like this; its address. */
async function startRegistry(status: number, body: object): Promise<string> {
  registry = createServer((request, response) => {
    request.resume();
    const known =
      request.method === "GET"
        ? { ...manifest, versions: { "1.2.3": manifest, "2.0.0": { ...manifest, version: "2.0.0" } } }
        : body;
    response.writeHead(request.method === "GET" ? 200 : status, { "content-type": "application/json" });
    response.end(JSON.stringify(known));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => registry?.once("listening", resolve));
  return `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
}

/** An npm that prints this, whatever it is asked. */
function npmSays(text: string): void {
  writeFileSync(join(folder, "npm"), `#!/bin/sh\ncat <<'SAID'\n${text}\nSAID\nexit 1\n`);
  chmodSync(join(folder, "npm"), 0o755);
}

function ask(question: string, settings: Record<string, string> = {}) {
  const env = {
    ...process.env,
    PATH: `${folder}:${process.env.PATH}`,
    npm_config_cache: join(folder, "cache"),
    npm_config_update_notifier: "false",
    ...settings,
  };
  return new Promise<{ status: number; said: string }>((resolve) => {
    execFile(process.execPath, [script, question], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    );
  });
}

describe("known holes", () => {
  it("are none when the registry knows none", async () => {
    const npm_config_registry = await startRegistry(200, {});
    expect(await ask("holes", { npm_config_registry })).toEqual({ status: 0, said: "nothing wrong\n" });
  });

  it("fail, each by its name, however low they are", async () => {
    const npm_config_registry = await startRegistry(200, { a: [hole] });
    expect(await ask("holes", { npm_config_registry })).toEqual({ status: 1, said: "low: a 1.2.3\n" });
  });

  it.each([405, 404, 503])(
    "are skipped, and that is said, when the registry answers with %i",
    async (status) => {
      const npm_config_registry = await startRegistry(status, {});
      const said = `skipped: the registry answers such a question with ${status}\n`;
      expect(await ask("holes", { npm_config_registry })).toEqual({ status: 0, said });
    },
  );

  it("are skipped, and that is said, when nobody is there to ask", async () => {
    const npm_config_registry = await startRegistry(200, {});
    await new Promise((resolve) => registry?.close(resolve));
    registry = undefined;
    const said = "skipped: who has the answer cannot be reached (ECONNREFUSED)\n";
    expect(await ask("holes", { npm_config_registry })).toEqual({ status: 0, said });
  });

  it("are not skipped for a fault of ours: without a lock file there is nothing to ask", async () => {
    rmSync(join(folder, "package-lock.json"));
    const { status, said } = await ask("holes", { npm_config_registry: await startRegistry(200, {}) });
    expect(status).toBe(1);
    expect(said).toContain("not understood");
    expect(said).toContain("ENOLOCK");
  });
});

describe("signatures", () => {
  const failed = (code: string, summary: string) => JSON.stringify({ error: { code, summary, detail: "" } });

  it("are right when none is invalid or missing", async () => {
    npmSays(JSON.stringify({ invalid: [], missing: [] }));
    expect(await ask("signatures")).toEqual({ status: 0, said: "nothing wrong\n" });
  });

  it("fail when one is invalid or missing", async () => {
    const of = (name: string) => ({ ...manifest, name, location: `node_modules/${name}` });
    npmSays(JSON.stringify({ invalid: [of("a")], missing: [of("b")] }));
    const said = "invalid signature: a 1.2.3\nmissing signature: b 1.2.3\n";
    expect(await ask("signatures")).toEqual({ status: 1, said });
  });

  it.each([
    [failed("ENOTFOUND", "getaddrinfo"), "skipped: who has the answer cannot be reached (ENOTFOUND)\n"],
    [failed("E405", "405 Method Not Allowed"), "skipped: the registry answers such a question with 405\n"],
    [
      failed("", "found no dependencies to audit that were installed from a supported registry"),
      "skipped: the registry signs nothing\n",
    ],
  ])("are skipped, and that is said, where there is no answer: %s", async (text, said) => {
    npmSays(text);
    expect(await ask("signatures")).toEqual({ status: 0, said });
  });

  it.each(["", "{}", "null", "<html>", failed("EUSAGE", "found no installed dependencies to audit")])(
    "fail when npm says what nobody understands: %j",
    async (text) => {
      npmSays(text);
      const { status, said } = await ask("signatures");
      expect(status).toBe(1);
      expect(said).toContain("not understood");
    },
  );
});
