import { expect, it, vi } from "vitest";
import { exitCodes } from "../../src/command/command.ts";
import { NoStateAccess } from "../../src/command/state-access.ts";
import { withState } from "../../src/command/with-state.ts";
import { fakeTerminal } from "./fake-terminal.ts";

const opened = () => ({ close: vi.fn() });

it("closes the state after what was to be done, also where that fails", async () => {
  const [done, failed] = [opened(), opened()];
  expect(await withState(Promise.resolve(done), async () => exitCodes.usage, fakeTerminal())).toBe(2);
  const bug = () => Promise.reject(new Error("a bug"));
  await expect(withState(Promise.resolve(failed), bug, fakeTerminal())).rejects.toThrow("a bug");
  expect([done, failed].map(({ close }) => close.mock.calls.length)).toEqual([1, 1]);
});

it("says why it cannot be reached, or was lost, with nothing that could harm a terminal", async () => {
  const lost = opened();
  for (const [opening, use] of [
    [Promise.reject(new NoStateAccess("no \u001bstate")), () => expect.unreachable()],
    [Promise.resolve(lost), () => Promise.reject(new NoStateAccess("no \u001bstate"))],
  ] as const) {
    const terminal = fakeTerminal();
    expect(await withState<ReturnType<typeof opened>>(opening, use, terminal)).toBe(1);
    expect(terminal.err()).toBe("wandb-audit-forwarder: no \\u001bstate\n");
  }
  expect(lost.close).toHaveBeenCalledOnce();
});
