import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** True for names and addresses that only this machine reaches; an IPv6 address with or without brackets. */
export function isLoopback(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, "");
  const family = isIP(plain);
  if (family === 0) return /^(.+\.)?localhost\.?$/i.test(plain);
  return loopback.check(plain, family === 4 ? "ipv4" : "ipv6");
}
