import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { closedOf, isHidden, unseen } from "../../src/init/service-sight.ts";

const nobody = { user: undefined, group: undefined };

it.each(["/root/ca.pem", "/home/me/ca.pem", "/run/user/0/ca.pem", "/tmp/ca.pem", "/var/tmp/ca.pem"])(
  "%s is hidden from the service",
  (file) => {
    expect(unseen(file, nobody)).toContain("the service does not see that folder");
  },
);

it("a file has to be readable by all, or by the group of the service", () => {
  const folder = mkdtempSync(join(tmpdir(), "sight-"));
  chmodSync(folder, 0o755);
  const file = join(folder, "ca.pem");
  writeFileSync(file, "");
  const group = statSync(file).gid;
  const seen = (mode: number, by: number | undefined) => {
    chmodSync(file, mode);
    return unseen(file, { ...nobody, group: by }, []) === undefined;
  };
  expect([seen(0o600, group), seen(0o640, group + 1), seen(0o640, undefined)]).toEqual([false, false, false]);
  expect([seen(0o640, group), seen(0o604, undefined)]).toEqual([true, true]);
  rmSync(folder, { recursive: true });
  // What is not there is complained of where the configuration is looked at.
  expect(unseen(file, { ...nobody, group }, [])).toBeUndefined();
});

it("the service has to get to it, through every folder, and where a link leads", () => {
  const folder = mkdtempSync(join(tmpdir(), "sight-"));
  chmodSync(folder, 0o755);
  const credentials = join(folder, "credentials");
  mkdirSync(credentials);
  const file = join(credentials, "ca.pem");
  writeFileSync(file, "");
  chmodSync(file, 0o644);
  const link = join(folder, "link.pem");
  symlinkSync(file, link);
  const group = statSync(credentials).gid;
  const enter = `the user of the service may not enter ${credentials}: copy the file to`;
  chmodSync(credentials, 0o710);
  expect([unseen(file, { ...nobody, group }, []), unseen(link, { ...nobody, group }, [])]).toEqual([
    undefined,
    undefined,
  ]);
  expect(unseen(file, nobody, [])).toContain(enter);
  expect(unseen(link, nobody, [])).toContain(enter);
  expect(unseen(link, { ...nobody, group }, [`${credentials}/`])).toContain(
    "the service does not see that folder",
  );
  rmSync(folder, { recursive: true });
});

it("what belongs to the service itself it reads by the right of the owner, and by no other", () => {
  const folder = mkdtempSync(join(tmpdir(), "sight-"));
  const file = join(folder, "ca.pem");
  writeFileSync(file, "");
  const { uid: user, gid: group } = statSync(file);
  const seen = (folderMode: number, mode: number, account: { user: number; group: number }) => {
    chmodSync(folder, folderMode);
    chmodSync(file, mode);
    return unseen(file, account, []) === undefined;
  };
  const service = { user, group };
  expect([seen(0o700, 0o400, service), seen(0o500, 0o600, service)]).toEqual([true, true]);
  expect([seen(0o755, 0o044, service), seen(0o655, 0o400, service)]).toEqual([false, false]);
  expect(seen(0o700, 0o400, { user: user + 1, group })).toBe(false);
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

it("of a log, what is closed is named: a file, a folder on the way, or the folder of a pattern", () => {
  const folder = mkdtempSync(join(tmpdir(), "sight-"));
  const logs = join(folder, "logs");
  mkdirSync(logs);
  chmodSync(folder, 0o755);
  const file = join(logs, "audit.ndjson");
  writeFileSync(file, "");
  const closed = (folderMode: number, fileMode: number, path: string) => {
    chmodSync(logs, folderMode);
    chmodSync(file, fileMode);
    return closedOf(path, nobody);
  };
  const pattern = join(logs, "*.ndjson");
  expect([closed(0o755, 0o644, file), closed(0o755, 0o644, pattern)]).toEqual([undefined, undefined]);
  expect([closed(0o755, 0o640, file), closed(0o750, 0o644, file)]).toEqual([file, logs]);
  expect(closed(0o750, 0o644, pattern)).toBe(`${logs}/`);
  chmodSync(logs, 0o755);
  symlinkSync(logs, join(folder, "link"));
  expect([isHidden(join(folder, "link"), [logs]), isHidden(join(logs, "*"), [`${logs}/`])]).toEqual([
    true,
    true,
  ]);
  expect(isHidden("/srv/logs/*.ndjson")).toBe(false);
  rmSync(folder, { recursive: true });
});
