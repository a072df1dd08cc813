import { chmodSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fileFault, notAFile } from "../../../src/source/file/file-faults.ts";
import { failure, Keeper, line, today } from "../wandb-api/reading.ts";
import { testFolder } from "./reading-files.ts";

const denied = (code: string) => Object.assign(new Error(code), { code });

describe("what the system says of a file", () => {
  it("has a reason and a fix, and is tried again with every round", () => {
    expect(fileFault("/a", denied("EACCES"))).toMatchObject({ reason: "forbidden", until: "round" });
    expect(fileFault("/a", denied("ENOENT"))).toMatchObject({ reason: "nothing_there", until: "round" });
    expect(fileFault("/a", denied("EIO"))).toMatchObject({ reason: "server_error", message: /EIO/ });
    expect(fileFault("/a", denied("EMFILE")).fix).toContain("limit of open files");
    expect(fileFault("/a", denied("ENFILE")).fix).toContain("fs.file-max");
    expect(notAFile("/dev/null", false).fix).toContain("path: -");
    for (const code of ["EACCES", "ENOENT", "EIO"]) expect(fileFault("/a", denied(code)).fix).not.toBe("");
  });

  // Root may read everything.
  it.skipIf(process.getuid?.() === 0)(
    "is found by reading: a file, and a folder, that are not ours",
    async () => {
      const place = testFolder();
      place.write("audit.ndjson", line(today, 1));
      chmodSync(place.file("audit.ndjson"), 0);
      expect(await failure(new Keeper(place.source("*.ndjson")).poll())).toMatchObject({
        reason: "forbidden",
      });
      chmodSync(place.path, 0);
      expect(await failure(new Keeper(place.source("*.ndjson")).poll())).toMatchObject({
        reason: "forbidden",
      });
      chmodSync(place.path, 0o700);
    },
  );
});
