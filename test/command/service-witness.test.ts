import { expect, it } from "vitest";
import { serviceWitness } from "../../src/command/service-witness.ts";
import { usualStateDir } from "../../src/config/daemon-place.ts";

it("is where the environment says, and that of the shipped unit for the usual state alone", () => {
  const given = { CACHE_DIRECTORY: "/var/cache/a:/var/cache/b" };
  expect(serviceWitness("/srv/state", given)).toBe("/var/cache/a");
  expect(serviceWitness(usualStateDir, given)).toBe("/var/cache/a");
  expect(serviceWitness(usualStateDir, {})).toBe("/var/cache/wandb-audit-forwarder");
  expect(serviceWitness("/srv/state", { CACHE_DIRECTORY: "" })).toBeUndefined();
});
