import type { Routes } from "../admin/routes.ts";
import { remedyOf } from "../last-words.ts";
import type { Tell } from "../report/report.ts";
import { SpoolError } from "../spool/spool-error.ts";
import type { Views } from "./views.ts";

/** The same views, whose failures are told in the log: who asks hears only that there was one. */
export function toldViews({ open, confided, control }: Views, tell: Tell): Views {
  return {
    open: told(open, tell),
    confided: told(confided, tell),
    control: { routes: told(control.routes, tell), actions: told(control.actions, tell) },
  };
}

function told(routes: Routes, tell: Tell): Routes {
  const all = Object.entries(routes).map(([path, make]): [string, Routes[string]] => [
    path,
    async (query) => {
      try {
        return await make(query);
      } catch (error) {
        // On a full disk the answer says what to do.
        if (!(error instanceof SpoolError && error.failure === "full"))
          tell({ type: "view_failed", text: `the view ${path} failed: ${wordsOf(error)}` });
        throw error;
      }
    },
  ]);
  return Object.fromEntries(all);
}

function wordsOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof SpoolError) return `${message}. Fix: ${error.fix}`;
  const remedy = remedyOf(error);
  return remedy === undefined ? `${name}: ${message}; this is a bug` : `${message}. Fix: ${remedy}`;
}
