#!/usr/bin/env node
// Understood by any Node, so that one that is too old says so instead of naming a syntax error.
import { createRequire } from "node:module";

// An import would load all that stands behind these modules, for which a health check has no time.
const require = createRequire(import.meta.url);
const [major, minor] = process.versions.node.split(".").map(Number);
/** V8 would let new objects take 128 MB before it looks which of them are still needed. Node takes this at its start only. */
const youngGeneration = "--max-semi-space-size=8";
/** A thread of its own makes fewer. V8 looks at this when it makes one; what the main thread has stays. */
const youngGenerationOfThreads = "--max-semi-space-size=4";
/** For glibc: one pool for all threads, because with more of them what one frees is of no use to the others; and what is large goes back at once. */
const thrift = { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "262144" };

if (major < 24 || (major === 24 && minor < 11)) {
  process.stderr.write(
    `wandb-audit-forwarder needs Node 24.11 or newer; this is Node ${process.versions.node}\n`,
  );
  process.exit(1);
} else {
  hearEarlySignals();
  if (process.argv[2] === "run" && !isTuned()) startTuned();
  if (started().includes(youngGeneration)) require("node:v8").setFlagsFromString(youngGenerationOfThreads);
  // A working copy has sources, which Node runs as they are: what was built of them may be of yesterday.
  const main = ["../src/main.ts", "../dist/main.js"]
    .map((path) => new URL(path, import.meta.url))
    .find(require("node:fs").existsSync);
  import(main);
}

/** Until the program listens: a daemon has read nothing yet that it could read again; and the first process of a container is ended by nothing that nobody listens to. */
function hearEarlySignals() {
  const { argv, pid } = process;
  if (argv[2] === "run" && !argv.includes("--once")) process.on("SIGHUP", () => {});
  if (pid !== 1) return;
  for (const name of ["SIGINT", "SIGTERM"])
    process.on(name, (_, number) => process.listenerCount(name) === 1 && process.exit(128 + number));
}

/** Whoever starts Node with a size of his own gets that. */
function isTuned() {
  return started().some((option) => option.startsWith("--max-semi-space-size"));
}

/** The options that Node was started with. */
function started() {
  return [...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(" ")];
}

/** The daemon in the same process once more, with little memory lying idle: `env -S` in the first line would do it, but not on Alpine. */
function startTuned() {
  if (process.execve === undefined) return;
  const args = [...process.execArgv, youngGeneration, ...process.argv.slice(1)];
  process.execve(process.execPath, [process.execPath, ...args], { ...thrift, ...process.env });
}
