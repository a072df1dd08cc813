import { afterEach } from "vitest";
import { spoolContract } from "../../contract/spool-contract.ts";
import { SpoolDirectory } from "../../fake/spool-directory.ts";

const directories: SpoolDirectory[] = [];
const roomy = 1024 ** 3;

afterEach(() => {
  for (const directory of directories.splice(0)) directory.remove();
});

spoolContract("a spool on disk", {
  open(outputs, maxBytes = roomy) {
    const directory = new SpoolDirectory();
    directories.push(directory);
    return directory.open({ outputs, maxBytes });
  },
  reopen: (outputs) => (directories.at(-1) as SpoolDirectory).open({ outputs }),
});

spoolContract("a spool in memory", {
  open(outputs, maxBytes = roomy) {
    const directory = new SpoolDirectory();
    directories.push(directory);
    return directory.open({ stateDir: ":memory:", outputs, maxBytes });
  },
});
