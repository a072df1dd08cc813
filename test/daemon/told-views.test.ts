import { expect, it } from "vitest";
import type { Routes } from "../../src/admin/routes.ts";
import { toldViews } from "../../src/daemon/told-views.ts";
import { SpoolError } from "../../src/spool/spool-error.ts";

const nothing = new URLSearchParams();
const failing = (error: unknown): Routes => ({
  "/good": () => ({ status: 200, type: "text/plain", body: "good" }),
  "/bad": () => {
    throw error;
  },
});

it("tells why a view failed, wherever it was asked for, and gives back what did not", async () => {
  const told: unknown[] = [];
  const routes = failing(new RangeError("no such luck"));
  const views = toldViews(
    { open: routes, confided: routes, control: { routes, actions: routes } },
    (report) => void told.push(report),
  );
  for (const each of [views.open, views.confided, views.control.routes, views.control.actions]) {
    expect(await each["/good"]?.(nothing)).toMatchObject({ body: "good" });
    await expect(each["/bad"]?.(nothing)).rejects.toThrow("no such luck");
  }
  const text = "the view /bad failed: RangeError: no such luck; this is a bug";
  expect(told).toEqual(Array(4).fill({ type: "view_failed", text }));
});

it("tells what helps, and nothing where the answer says it", async () => {
  const told: { readonly text?: string }[] = [];
  for (const error of [
    Object.assign(new Error("Cannot find module"), { code: "ERR_MODULE_NOT_FOUND" }),
    new SpoolError("io", "the disk of state_dir failed", "see dmesg"),
    new SpoolError("full", "the disk is full", "make room"),
  ]) {
    const open = failing(error);
    const views = toldViews({ open, confided: {}, control: { routes: {}, actions: {} } }, (report) =>
      told.push(report as { text: string }),
    );
    await expect(views.open["/bad"]?.(nothing)).rejects.toThrow();
  }
  expect(told.map(({ text }) => text)).toEqual([
    expect.stringContaining("restart it"),
    "the view /bad failed: the disk of state_dir failed. Fix: see dmesg",
  ]);
});
