import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { tryToListen } from "../../src/admin/listening.ts";

it("an address is tried without being kept, and why it cannot be had is told", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = { host: "127.0.0.1", port: (other.address() as AddressInfo).port };
  await expect(tryToListen(address)).rejects.toThrow(/\(admin\.listen\): the port is in use/);
  await new Promise((resolve) => other.close(resolve));
  await tryToListen(address);
  await tryToListen(address);
  await expect(tryToListen({ host: "192.0.2.1", port: 0 })).rejects.toThrow("does not have that address");
});

it("an IPv6 address is named as it stands in the configuration", async () => {
  await expect(tryToListen({ host: "2001:db8::1", port: 9464 })).rejects.toThrow(
    /cannot listen on \[2001:db8::1\]:9464 \(admin\.listen\)/,
  );
});
