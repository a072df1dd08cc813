import { describe, expect, it } from "vitest";
import { PartFiles } from "../../src/daemon/part-files.ts";
import type { Report } from "../../src/report/report.ts";
import { Secret } from "../../src/secret/secret.ts";

/** A part whose files hold what a test says. */
function part() {
  const files = { token: "the-first-token", tls: "same" };
  const told: Report[] = [];
  const secret = new Secret("the-first-token", () => {
    if (files.token === "lost") throw new Error("cannot read /run/token: no such file");
    return files.token;
  });
  const look = new PartFiles({
    owner: "soc",
    secrets: [{ path: "outputs[0].token", place: [], owner: "soc", secret }],
    reload() {
      if (files.tls.startsWith("bad")) throw new Error(files.tls);
      const changed = files.tls === "changed";
      files.tls = "same";
      return changed;
    },
    tell: (report) => told.push(report),
  });
  return { files, told, secret, look: (asked?: boolean) => look.look(asked) };
}

describe("the files of a source or output", () => {
  it("are taken over when they have changed, and that is told", () => {
    const { files, told, look, secret } = part();
    expect(look()).toBe(false);
    Object.assign(files, { token: "the-second-token", tls: "changed" });
    expect(look()).toBe(true);
    expect(look()).toBe(false);
    expect(secret.reveal()).toBe("the-second-token");
    expect(told).toEqual([
      { type: "secret_reloaded", owner: "soc" },
      { type: "tls_reloaded", owner: "soc" },
    ]);
  });

  it("are told once when they cannot be used, again when the reason is another, and to who asks", () => {
    const { files, told, look } = part();
    const rejected = (text: string) => ({ type: "files_rejected", owner: "soc", text });
    files.tls = "bad pair";
    for (let time = 0; time < 5; time++) expect(look()).toBe(false);
    expect(told.splice(0)).toEqual([rejected("bad pair")]);
    look(true);
    expect(told.splice(0)).toEqual([rejected("bad pair")]);
    files.token = "lost";
    look();
    look();
    expect(told.splice(0)).toEqual([
      rejected("outputs[0].token: cannot read /run/token: no such file; bad pair"),
    ]);
    Object.assign(files, { token: "the-first-token", tls: "changed" });
    expect(look()).toBe(true);
    files.tls = "bad pair";
    look();
    expect(told).toEqual([{ type: "tls_reloaded", owner: "soc" }, rejected("bad pair")]);
  });

  it("do not hinder each other: a key that is lost keeps no certificate from being renewed", () => {
    const { files, look } = part();
    Object.assign(files, { token: "lost", tls: "changed" });
    expect(look()).toBe(true);
    Object.assign(files, { token: "the-second-token", tls: "bad pair" });
    expect(look()).toBe(true);
  });
});
