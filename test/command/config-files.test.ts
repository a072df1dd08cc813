import { describe, expect, it } from "vitest";
import { ConfigFiles } from "../../src/command/config-files.ts";

/** Files that a test changes; one that is not there cannot be read. */
function made(held: Record<string, string>) {
  const files = new ConfigFiles((path) => {
    const text = held[path];
    if (text === undefined) throw new Error("ENOENT");
    return { text, mode: 0o600 };
  });
  const read = () => {
    files.begin();
    for (const path of ["/config", "/url"])
      try {
        files.readFile(path);
      } catch {
        // Whoever reads it says so.
      }
  };
  read();
  return { held, files, read };
}

describe("the files of a configuration", () => {
  it("have not changed while they hold the same", () => {
    const { files, held } = made({ "/config": "a", "/url": "b" });
    expect([files.changed(), files.changed()]).toEqual([false, false]);
    held["/other"] = "c";
    expect([files.changed(), files.changed()]).toEqual([false, false]);
  });

  it("have changed when they hold the same new thing at two looks: nobody is in the middle of writing", () => {
    const { files, held, read } = made({ "/config": "a", "/url": "b" });
    held["/config"] = "a new one, half";
    expect(files.changed()).toBe(false);
    held["/config"] = "a new one, half and whole";
    expect(files.changed()).toBe(false);
    expect(files.changed()).toBe(true);
    read();
    expect([files.changed(), files.changed()]).toEqual([false, false]);
  });

  it("have not changed when they are again what they were", () => {
    const { files, held } = made({ "/config": "a", "/url": "b" });
    held["/config"] = "x";
    expect(files.changed()).toBe(false);
    held["/config"] = "a";
    expect(files.changed()).toBe(false);
    held["/config"] = "x";
    expect(files.changed()).toBe(false);
  });

  it("have changed when one is lost, or comes after it was missed", () => {
    const { files, held, read } = made({ "/config": "a" });
    held["/url"] = "b";
    expect([files.changed(), files.changed()]).toEqual([false, true]);
    read();
    delete held["/url"];
    expect([files.changed(), files.changed()]).toEqual([false, true]);
  });
});
