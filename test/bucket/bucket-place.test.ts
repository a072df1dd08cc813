import { expect, it } from "vitest";
import { bucketPlaceOf } from "../../src/bucket/bucket-place.ts";

it("a folder ends with a slash, so that another whose name begins so is not meant", () => {
  expect(bucketPlaceOf("s3://logs/audit")?.prefix).toBe("audit/");
  expect(bucketPlaceOf("s3://logs")?.prefix).toBe("");
});

it.each(["s3://", "az://account", "file:///x", "s3://a?b", "https://s3"])("%s is no bucket", (text) => {
  expect(bucketPlaceOf(text)).toBeUndefined();
});
