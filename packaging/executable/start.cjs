"use strict";
// The first file of the single executable, in the main thread and in each other one. It has the program's other files
// as assets, and what they ask for is one of these or a module of Node itself: nothing is ever looked for on a disk.
(function start() {
  const builtin = process.getBuiltinModule;
  const { getAsset } = builtin("node:sea");
  const { isMainThread } = builtin("node:worker_threads");
  const { Script } = builtin("node:vm");
  // What a thread made of a text is given finds packages in the folder that the process runs in.
  for (const name of ["require", "module", "exports", "__filename", "__dirname"]) delete globalThis[name];

  /** As in the npm package: bin/wandb-audit-forwarder.js says why. The size of the young generation is in the executable. */
  const youngGenerationOfThreads = "--max-semi-space-size=4";
  const thrift = { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "262144" };
  const command = process.argv[2];

  if (isMainThread) {
    hearEarlySignals();
    const isThrifty = Object.keys(thrift).every((name) => process.env[name] !== undefined);
    if (command === "run" && !isThrifty)
      process.execve(process.execPath, [process.execPath, ...process.argv.slice(2)], {
        ...thrift,
        ...process.env,
      });
    builtin("node:v8").setFlagsFromString(youngGenerationOfThreads);
  }

  /** As in the npm package. */
  function hearEarlySignals() {
    const { argv, pid } = process;
    if (argv[2] === "run" && !argv.includes("--once")) process.on("SIGHUP", () => {});
    if (pid !== 1) return;
    for (const name of ["SIGINT", "SIGTERM"])
      process.on(name, (_, number) => process.listenerCount(name) === 1 && process.exit(128 + number));
  }

  /** What was loaded, by its name. */
  const loaded = new Map();

  function load(name) {
    // Packages make a `require` of their own for what they can do without: it is this one.
    if (name === "module" || name === "node:module") return { createRequire: () => load };
    const ofNode = builtin(name);
    if (ofNode !== undefined) return ofNode;
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    return started(name);
  }

  function started(name) {
    const file = /^\.\/([\w.@-]+\.js)$/.exec(name)?.[1];
    if (file === undefined) throw missing(name);
    const module = { exports: {} };
    loaded.set(name, module);
    const text = `(function (exports, require, module) {${getAsset(`dist/${file}`, "utf8")}\n})`;
    new Script(text, { filename: `dist/${file}` }).runInThisContext()(module.exports, load, module);
    return module.exports;
  }

  function missing(name) {
    return Object.assign(new Error(`this executable does not carry ${name}`), { code: "MODULE_NOT_FOUND" });
  }

  load("./main.js");
})();
