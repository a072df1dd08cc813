// Puts the Node that `npm ci` brought in front of every script's PATH: npm up to 10 takes its link away again together
// with those of the other machines. Understood by Node 20, because that may be what runs npm.
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const machine = `${process.platform}-${process.arch}`;
const binary = join("node_modules", `node-${machine}`, "bin/node");
const link = join("node_modules", ".bin", "node");

if (existsSync(binary)) {
  mkdirSync(join("node_modules", ".bin"), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join("..", `node-${machine}`, "bin/node"), link);
} else if (Number(process.versions.node.split(".")[0]) < 24 && !omitsDevelopment()) {
  process.stderr.write(
    `no Node comes with npm ci for ${machine}: install Node 24 or newer; this is Node ${process.versions.node}\n`,
  );
  process.exitCode = 1;
}

/** Whoever wants the program alone has no tests to run. */
function omitsDevelopment() {
  return /\bdev\b/.test(process.env.npm_config_omit ?? "") || process.env.NODE_ENV === "production";
}
