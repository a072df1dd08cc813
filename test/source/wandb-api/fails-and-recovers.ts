import { expect } from "vitest";
import type { WandbBehaviour } from "../../../src/simulate/wandb-behaviour.ts";
import { begin, failure, history, line, today } from "./reading.ts";

/** A poll fails for `reason`, the cursor stays; when the fault is over, all is there and nothing twice. */
export async function failsAndRecovers(
  reason: string | RegExp,
  behaviour: Partial<WandbBehaviour>,
  config: Record<string, unknown> = {},
) {
  const { keeper, server } = await begin({ dialect: "v4" }, history(today - 3), config);
  await keeper.poll();
  const { cursor } = keeper;
  server.log.append(...Array.from({ length: 200 }, (_, at) => line(today, 41_000 + at)));
  server.behave(behaviour);
  const error = await failure(keeper.poll());
  expect(error).toMatchObject({ name: "SourceError", reason: expect.stringMatching(reason) });
  expect(error.fix).toBeTruthy();
  expect(error.message).not.toContain("local-0123456789");
  expect(keeper.cursor).toBe(cursor);
  server.behave({ fault: undefined, dialect: "v4" });
  await keeper.poll();
  expect(keeper.lines).toEqual(server.log.all().sort());
  return error;
}
