#!/usr/bin/env node
// Understood by any Node, so that one that is too old says so instead of naming a syntax error.
const major = Number(process.versions.node.split(".")[0]);

if (major < 24) {
  process.stderr.write(
    `wandb-audit-forwarder needs Node 24 or newer; this is Node ${process.versions.node}\n`,
  );
  process.exit(1);
} else {
  import("../dist/main.js").catch((error) => {
    // A working copy that was not built: Node runs the sources as they are.
    if (error.code !== "ERR_MODULE_NOT_FOUND" || !/\/dist\/main\.js$/.test(error.url || "")) throw error;
    return import("../src/main.ts");
  });
}
