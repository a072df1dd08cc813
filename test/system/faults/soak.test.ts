import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const seed = process.env.SEED ?? "1";

const minutes = process.env.SOAK_MINUTES ?? "2";

it("CAP-SOAK under load and faults memory and open files stay flat, and a dead output costs the live one nothing", {
  timeout: 300_000,
}, async () => {
  const script = join(import.meta.dirname, "soak.ts");
  const child = spawn(
    process.execPath,
    [script, "--minutes", minutes, "--rate", "500", "--poll", "2s", "--seed", seed],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let text = "";
  child.stdout.on("data", (piece: Buffer) => {
    text += piece.toString();
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code, `seed ${seed}\n${text}`).toBe(0);
});
