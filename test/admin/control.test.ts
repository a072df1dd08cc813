import { spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { controlPath, queryDaemon } from "../../src/admin/ask.ts";
import { controlServer } from "../../src/admin/control.ts";
import { jsonAnswer, type Routes } from "../../src/admin/routes.ts";
import { systemClock } from "../../src/time/clock.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function stateDir(): string {
  const folder = mkdtempSync(join(tmpdir(), "control-"));
  closing.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

const routes: Routes = {
  "/status": () => ({ status: 200, type: "application/json", body: '{"ready":true}' }),
};

async function started(folder: string) {
  const control = await controlServer(folder, { routes, actions: {} }, (text) => text);
  closing.push(() => control.close());
  return control;
}

describe("control socket", () => {
  it("answers the commands of the same user and nobody else", async () => {
    const folder = stateDir();
    await started(folder);
    const found = lstatSync(controlPath(folder));
    expect(found.isSocket()).toBe(true);
    expect(found.mode & 0o777).toBe(0o600);
    expect(await queryDaemon({ socketPath: controlPath(folder) }, "/status", 1_000)).toEqual({
      status: 200,
      body: '{"ready":true}',
    });
    expect((await queryDaemon({ socketPath: controlPath(folder) }, "/other", 1_000))?.status).toBe(404);
  });

  it("takes a reload by POST alone, and nothing else by POST", async () => {
    const folder = stateDir();
    let reloads = 0;
    const control = await controlServer(
      folder,
      {
        routes,
        actions: {
          "/reload": () => {
            reloads++;
            return jsonAnswer(200, { rejected: false, done: true, lines: ["a secret changed"] });
          },
        },
      },
      (text) => text.replace("secret", "***"),
    );
    closing.push(() => control.close());
    const ask = (path: string, method: "GET" | "POST") =>
      queryDaemon({ socketPath: controlPath(folder) }, path, 1_000, systemClock, method);
    expect(await ask("/reload", "GET")).toMatchObject({ status: 405, body: "only POST is answered here\n" });
    expect(await ask("/status", "POST")).toMatchObject({ status: 405 });
    expect(reloads).toBe(0);
    expect(await ask("/reload", "POST")).toEqual({
      status: 200,
      body: '{"rejected":false,"done":true,"lines":["a *** changed"]}\n',
    });
    expect(reloads).toBe(1);
  });

  it("knows that no daemon answers, with or without a socket left behind", async () => {
    const folder = stateDir();
    expect(await queryDaemon({ socketPath: controlPath(folder) }, "/status", 1_000)).toBeUndefined();
    leaveSocket(controlPath(folder));
    expect(await queryDaemon({ socketPath: controlPath(folder) }, "/status", 1_000)).toBeUndefined();
  });

  it("replaces the socket of a daemon that was killed", async () => {
    const folder = stateDir();
    leaveSocket(controlPath(folder));
    await started(folder);
    expect((await queryDaemon({ socketPath: controlPath(folder) }, "/status", 1_000))?.status).toBe(200);
  });

  it("opens again where it was removed, or another stands in its place, and leaves itself alone otherwise", async () => {
    const folder = stateDir();
    const control = await started(folder);
    const answers = async () =>
      (await queryDaemon({ socketPath: controlPath(folder) }, "/status", 1_000))?.body === '{"ready":true}';
    expect(await control.renew()).toBe(false);
    rmSync(controlPath(folder));
    expect(await control.renew()).toBe(true);
    expect(await answers()).toBe(true);
    rmSync(controlPath(folder));
    leaveSocket(controlPath(folder));
    expect(await control.renew()).toBe(true);
    expect(await answers()).toBe(true);
    expect(lstatSync(controlPath(folder)).mode & 0o777).toBe(0o600);
    expect(await control.renew()).toBe(false);
  });

  it("does not remove what is no socket", async () => {
    const folder = stateDir();
    writeFileSync(controlPath(folder), "mine");
    await expect(started(folder)).rejects.toThrow(/in the way and is no socket/);
  });

  it("says when the path is too long for a socket", async () => {
    await expect(
      controlServer(`/tmp/${"x".repeat(120)}`, { routes, actions: {} }, (text) => text),
    ).rejects.toThrow(/too long for a socket .* shorter state_dir/);
  });

  it("gives up a daemon that does not answer", async () => {
    const folder = stateDir();
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(controlPath(folder), resolve));
    closing.push(() => mute.close());
    await expect(queryDaemon({ socketPath: controlPath(folder) }, "/status", 50)).rejects.toThrow(
      "no answer within 0.05 s",
    );
  });

  it("does not collect an answer without an end", async () => {
    const folder = stateDir();
    const piece = Buffer.alloc(1024 * 1024, " ");
    const endless = createServer((socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on("error", () => {}).on("drain", more);
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      more();
    });
    await new Promise<void>((resolve) => endless.listen(controlPath(folder), resolve));
    closing.push(() => endless.close());
    await expect(queryDaemon({ socketPath: controlPath(folder) }, "/status", 30_000)).rejects.toThrow(
      "its answer does not end",
    );
  });

  it("is gone after closing", async () => {
    const folder = stateDir();
    const control = await started(folder);
    await control.close();
    expect(await queryDaemon({ socketPath: controlPath(folder) }, "/status", 1_000)).toBeUndefined();
  });
});

/** What SIGKILL leaves: a socket file that nobody listens on. */
function leaveSocket(path: string): void {
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script]);
  expect(lstatSync(path).isSocket()).toBe(true);
}
