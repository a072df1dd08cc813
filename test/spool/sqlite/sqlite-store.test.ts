import { afterEach } from "vitest";
import { archivesContract } from "../../contract/archives-contract.ts";
import { heartbeatContract } from "../../contract/heartbeat-contract.ts";
import { replayContract } from "../../contract/replay-contract.ts";
import { type SpoolSubject, spoolContract } from "../../contract/spool-contract.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

const directories: SpoolDirectory[] = [];
const roomy = 1024 ** 3;

afterEach(() => {
  for (const directory of directories.splice(0)) directory.remove();
});

const onDisk: SpoolSubject = {
  open(outputs, maxBytes = roomy) {
    const directory = new SpoolDirectory();
    directories.push(directory);
    return directory.open({ outputs, maxBytes });
  },
  reopen: (outputs) => (directories.at(-1) as SpoolDirectory).open({ outputs }),
};

const inMemory: SpoolSubject = {
  open(outputs, maxBytes = roomy) {
    const directory = new SpoolDirectory();
    directories.push(directory);
    return directory.open({ stateDir: ":memory:", outputs, maxBytes });
  },
};

for (const contract of [spoolContract, replayContract, archivesContract]) {
  contract("a spool on disk", onDisk);
  contract("a spool in memory", inMemory);
}

for (const [name, place] of [
  ["a spool on disk", {}],
  ["a spool in memory", { stateDir: ":memory:" }],
] as const)
  heartbeatContract(name, {
    open(heartbeats) {
      const directory = new SpoolDirectory();
      directories.push(directory);
      return directory.open({ ...place, outputs: ["siem", "lake"], sources: ["prod"], heartbeats });
    },
  });
