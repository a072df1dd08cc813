/** The unit of systemd/, which starts Node with the npm package, as one that starts the executable. */
export function packagedUnit(unit: string): string {
  const program = unit.replace(
    /^#.*\nExecStart=\S+ \S+ run (.*)$/m,
    "ExecStart=/usr/bin/wandb-audit-forwarder run $1",
  );
  // What is for Node's own start is in the executable.
  const packaged = program.replace(/^Environment=NODE_OPTIONS=\S+ /m, "Environment=");
  if (!/^ExecStart=\/usr\/bin\/wandb/m.test(packaged) || packaged.includes("NODE_OPTIONS"))
    throw new Error("systemd/wandb-audit-forwarder.service is not as packaging/package/unit.ts expects it");
  return packaged;
}
