import type { Tap } from "../deliver/output-tap.ts";
import type { Clock } from "../time/clock.ts";
import { tapPage } from "./page/tap.ts";
import { jsonAnswer, pageAnswer, type Route, type RouteAnswer, type Routes } from "./routes.ts";

/** Gives the tap of an output; undefined where none has this name. */
export type TapOf = (output: string) => Tap | undefined;

/** The page of what an output got last, and the document behind it: only for who may see what events say. */
export function tapRoutes(of: TapOf, nonce: () => string, clock: Clock): Routes {
  const answering =
    (answer: (tapped: Awaited<ReturnType<Tap>>) => RouteAnswer): Route =>
    async (query) => {
      const [output, after] = [query.get("output"), query.get("after") ?? "0"];
      const tap = output === null ? undefined : of(output);
      if (tap === undefined) return unknown("no output has the name that the query gives as output");
      if (!/^\d{1,15}$/.test(after)) return unknown("the query takes output, and after: a number");
      return answer(await tap(Number(after)));
    };
  return {
    "/tap": answering((tapped) => {
      const once = nonce();
      const may = `style-src 'nonce-${once}'; script-src 'nonce-${once}'; connect-src 'self'`;
      return pageAnswer(tapPage(tapped, new Date(clock.now()).toISOString(), once), may);
    }),
    "/tap.json": answering((tapped) => jsonAnswer(200, tapped)),
  };
}

/** In place of these where anybody who reaches the port may ask. */
export const tapNeedsToken: Route = () => ({
  status: 403,
  type: "text/plain; charset=utf-8",
  body: "what events say is shown here only where admin.token is set; as the user of the service: wandb-audit-forwarder tap OUTPUT\n",
});

function unknown(text: string): RouteAnswer {
  return { status: 400, type: "text/plain; charset=utf-8", body: `${text}\n` };
}
