import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadKafka, triedVersion } from "../../../src/output/kafka/load-client.ts";

it("names the one command that installs the client where it is missing", async () => {
  const missing = Object.assign(new Error("Cannot find package '@platformatic/kafka' imported from here"), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  await expect(loadKafka(() => Promise.reject(missing))).rejects.toMatchObject({
    message: expect.stringContaining("@platformatic/kafka"),
    fix: expect.stringMatching(/^npm install -g @platformatic\/kafka@\d+\.\d+\.\d+,/),
  });
});

it("passes on what is wrong with a client that is there", async () => {
  const broken = Object.assign(new Error("Cannot find package 'fastq'"), { code: "ERR_MODULE_NOT_FOUND" });
  await expect(loadKafka(() => Promise.reject(broken))).rejects.toBe(broken);
});

it("loads it, in the version that this was tried with and that the package names", async () => {
  const { Producer, clientSoftwareVersion } = await loadKafka();
  expect(Producer).toBeDefined();
  expect(clientSoftwareVersion).toBe(triedVersion);
  const { peerDependencies, devDependencies } = JSON.parse(
    readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
  );
  expect([peerDependencies, devDependencies].map((each) => each["@platformatic/kafka"])).toEqual([
    triedVersion,
    triedVersion,
  ]);
});
