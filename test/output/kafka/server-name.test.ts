import { expect, it } from "vitest";
import { tlsFiles } from "../../../src/net/tls.ts";
import { namesServers } from "../../../src/output/kafka/server-name.ts";

const named = (hosts: readonly string[], server_name?: string) =>
  namesServers(
    tlsFiles(server_name === undefined ? {} : { server_name }),
    hosts.map((host) => ({ host, port: 9093 })),
  ).tlsServerName;

it("tells brokers the names that they are reached by, and none where one is an address", () => {
  expect(named(["kafka-1.example", "kafka-2.example"])).toBe(true);
  expect(named(["kafka-1.example", "10.0.0.1"])).toBeUndefined();
  expect(named(["::1"])).toBeUndefined();
});

it("tells all of them the name that is configured", () => {
  expect(named(["10.0.0.1"], "kafka.example")).toBe("kafka.example");
});
