import { expect, it } from "vitest";
import { z } from "zod";
import { daemonPlace } from "../../src/config/daemon-place.ts";
import { settings } from "../../src/config/settings.ts";

const schema = z.object({ state_dir: settings.state_dir, admin: settings.admin });
const listens = [
  "off",
  "127.0.0.1:9464",
  "[::1]:1",
  "[::x]:1",
  ":1",
  "a:65536",
  "a:0",
  "a",
  "",
  5,
  null,
  true,
];
const folders = ["/x", "./x", "", 5, null, []];
const configs: unknown[] = [
  {},
  { admin: {} },
  { admin: null },
  { admin: [] },
  { admin: "off" },
  ...folders.map((state_dir) => ({ state_dir })),
  ...listens.map((listen) => ({ admin: { listen } })),
];

it.each(configs)("finds in %j what the schema finds, and nothing where that finds a mistake", (config) => {
  const { success, data } = schema.safeParse(config);
  expect(daemonPlace(config)).toEqual(
    success ? { stateDir: data.state_dir, listen: data.admin.listen } : undefined,
  );
});

it.each([undefined, null, "text", 1, []])("finds nothing in %j", (config) =>
  expect(daemonPlace(config)).toBeUndefined(),
);
