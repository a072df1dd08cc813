import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandTree, everyCommand } from "../../packaging/manual/command-tree.ts";

const files = join(import.meta.dirname, "../../packaging/files");
const page = readFileSync(join(files, "wandb-audit-forwarder.8"), "utf8");
const zsh = readFileSync(join(files, "_wandb-audit-forwarder"), "utf8");
const commands = everyCommand(commandTree("1.2.3"));
const bash = join(files, "wandb-audit-forwarder.bash");

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const script = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wandb_audit_forwarder; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ["-c", script, "bash", bash, "wandb-audit-forwarder", ...words];
  const { stdout, stderr } = spawnSync("bash", args, { encoding: "utf8", cwd: files });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("the manual page", () => {
  it("has every command with everything that it takes", () => {
    expect(commands.length).toBeGreaterThan(25);
    const plain = page.replaceAll("\\-", "-").replaceAll("\\(dq", '"');
    for (const { path, options } of commands.slice(1)) {
      const part = plain.split(/^\.S[HS] /m).find((text) => text.startsWith(`"${path.join(" ")}`));
      expect(part, path.join(" ")).toBeDefined();
      for (const { names } of options)
        if (!names.includes("--help")) expect(part).toContain(`\n.B ${names[0]}`);
    }
    for (const heading of ["EXIT CODES", "FILES AND ENVIRONMENT", "EXAMPLES"])
      expect(page).toContain(`\n.SH ${heading}\n`);
  });

  it("has no line that troff would take for a request of its own", () => {
    const known = /^\.(\\"|TH|SH|SS|TP|PP|B|I|BR|nf|fi)( |$)/;
    expect(page.split("\n").filter((line) => /^[.']/.test(line) && !known.test(line))).toEqual([]);
  });
});

describe("the completion of bash", () => {
  it("offers commands, those below them, options and values", () => {
    expect(offered("arch")).toEqual(["archive"]);
    expect(offered("archive", "")).toEqual(expect.arrayContaining(["verify", "list", "extract"]));
    expect(offered("archive", "verify", "--h")).toEqual(["--head", "--help"]);
    expect(offered("simulate", "--dialect", "")).toContain("v5");
    expect(offered("check", "-c", "wandb-audit-forwarder.b")).toEqual(["wandb-audit-forwarder.bash"]);
    expect(offered("check", "--timeout", "")).toEqual([]);
  });

  it("offers every command and every option of it", () => {
    for (const { path, options, commands: below } of commands) {
      const all = offered(...path, "");
      expect(all).toEqual(expect.arrayContaining(options.flatMap(({ names }) => names)));
      expect(all).toEqual(expect.arrayContaining(below.map((inner) => inner.path.at(-1))));
    }
  });
});

it("zsh is told every command and option, in words that its syntax leaves whole", () => {
  for (const { path, options } of commands) {
    const name = ["_wandb-audit-forwarder", ...path].join("-");
    const part = zsh
      .split(/^(?=_wandb-audit-forwarder[\w-]*\(\) \{$)/m)
      .find((text) => text.startsWith(`${name}()`));
    for (const { names } of options) for (const one of names) expect(part, name).toContain(one);
  }
  // Nothing that a shell would run or read as a variable stands outside of quotes.
  const outside = zsh.replaceAll(/'(?:[^']|'\\'')*'/g, "").replaceAll(/\$(state|line\[1\]|@)/g, "");
  expect(outside).not.toMatch(/[`$]/);
});
