import { expect, it } from "vitest";
import { loadSdk } from "../../src/bucket/load-sdk.ts";

it("names the one command that installs a package that is missing", async () => {
  const missing = Object.assign(new Error("Cannot find package '@aws-sdk/client-s3' imported from here"), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  await expect(loadSdk("@aws-sdk/client-s3", () => Promise.reject(missing))).rejects.toMatchObject({
    package: "@aws-sdk/client-s3",
    message: expect.stringContaining("@aws-sdk/client-s3"),
    fix: expect.stringMatching(/^npm install -g @aws-sdk\/client-s3,/),
  });
});

it("passes on what is wrong with a package that is there", async () => {
  const broken = Object.assign(new Error("Cannot find package 'tslib'"), { code: "ERR_MODULE_NOT_FOUND" });
  await expect(loadSdk("@aws-sdk/client-s3", () => Promise.reject(broken))).rejects.toBe(broken);
});

it("loads each of them", async () => {
  expect((await loadSdk("@aws-sdk/client-s3")).S3Client).toBeDefined();
  expect((await loadSdk("@google-cloud/storage")).Storage).toBeDefined();
  expect((await loadSdk("@azure/storage-blob")).BlobServiceClient).toBeDefined();
  expect((await loadSdk("@azure/identity")).DefaultAzureCredential).toBeDefined();
});
