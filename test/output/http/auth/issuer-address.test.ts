import { expect, it } from "vitest";
import { issuerAddress } from "../../../../src/output/http/auth/issuer-address.ts";

it("is https, or does not leave this machine", () => {
  for (const text of ["https://issuer.example/token", "http://127.0.0.1:8080/token", "http://[::1]/token"])
    expect(issuerAddress(text, "token_uri").href).toBe(text);
});

it.each([
  "http://issuer.example/token",
  "ftp://127.0.0.1/token",
  "file:///etc/passwd",
  "http://127.0.0.1.example/",
])("is not %s", (text) => {
  expect(() => issuerAddress(text, "token_uri")).toThrow(/^token_uri must begin with https:\/\//);
});

it("is an address, and is named where it is none", () => {
  for (const text of ["", "issuer.example", "https://", "//issuer.example"])
    expect(() => issuerAddress(text, "AZURE_AUTHORITY_HOST")).toThrow("AZURE_AUTHORITY_HOST is not a URL");
});
