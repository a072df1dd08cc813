import { chmodSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { controlPath } from "../../src/admin/ask.ts";
import { controlServer, type ReloadAnswer } from "../../src/admin/control.ts";
import { jsonAnswer } from "../../src/admin/routes.ts";
import { reload } from "../../src/command/reload.ts";
import { workplace } from "../system/whole/daemon.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function place() {
  const made = workplace((stateDir) => `state_dir: ${stateDir}\nsources: []\noutputs: []\n`);
  closing.push(made.remove);
  mkdirSync(made.stateDir);
  return made;
}

async function asked(config: string, json = false, timeoutMs = 5_000) {
  const terminal = fakeTerminal();
  const code = await reload({ config, json, timeoutMs }, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

/** A daemon's control socket, where a reload comes to this. */
async function daemon(answer: ReloadAnswer) {
  const { stateDir, config } = place();
  let times = 0;
  const control = await controlServer(
    stateDir,
    {
      routes: {},
      actions: {
        "/reload": () => {
          times++;
          return jsonAnswer(200, answer);
        },
      },
    },
    (text) => text,
  );
  closing.push(() => control.close());
  return { config, times: () => times };
}

describe("reload", () => {
  it("asks the daemon once, and prints what changed, safe to show", async () => {
    const { config, times } = await daemon({ rejected: false, done: true, lines: ["one", "two \u001b[2J"] });
    expect(await asked(config)).toEqual({ code: 0, out: "one\ntwo \\u001b[2J\n", err: "" });
    expect(times()).toBe(1);
    expect(JSON.parse((await asked(config, true)).out)).toEqual({
      rejected: false,
      done: true,
      lines: ["one", "two \u001b[2J"],
    });
  });

  it("ends with 2 when something cannot be used", async () => {
    const { config } = await daemon({ rejected: true, done: false, lines: ["no"] });
    expect(await asked(config)).toEqual({ code: 2, out: "no\n", err: "" });
  });

  it("ends with 1 when nothing was read again, or nobody knows whether it was", async () => {
    const { config } = await daemon({ rejected: false, done: false, lines: ["it is stopping"] });
    expect(await asked(config)).toEqual({ code: 1, out: "it is stopping\n", err: "" });
  });

  it("ends with 1 and says so when no daemon answers, or none that knows of it", async () => {
    const { config, stateDir } = place();
    expect(await asked(config)).toMatchObject({
      code: 1,
      err: expect.stringContaining("no daemon answers at"),
    });
    const old = await controlServer(stateDir, { routes: {}, actions: {} }, (text) => text);
    expect(await asked(config)).toMatchObject({ code: 1, err: expect.stringContaining("answered 404") });
    await old.close();
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(controlPath(stateDir), resolve));
    closing.push(() => mute.close());
    chmodSync(controlPath(stateDir), 0o600);
    expect(await asked(config, false, 50)).toMatchObject({
      code: 1,
      err: expect.stringContaining("no answer within 0.05 s"),
    });
  });
});
