import { type ActivityPeriod, activityPeriods } from "../status/activity-period.ts";
import type { ActivityDocument, ActivityReport } from "../status/activity-report.ts";
import { activityPage } from "./page/activity.ts";
import { jsonAnswer, pageAnswer, type Route, type RouteAnswer, type Routes } from "./routes.ts";

/** Gives what is known of a period: whoever makes it decides how often that is done. */
export type ActivityOf = (period: ActivityPeriod) => Promise<ActivityDocument>;

/** The page of who was active and the document behind it. Without `people` it is told only how many were. */
export function activityRoutes(of: ActivityOf, people: boolean, nonce: () => string): Routes {
  const answering =
    (answer: (document: ActivityDocument) => RouteAnswer): Route =>
    async (query) => {
      const period = query.get("period") ?? "30d";
      return isPeriod(period) ? answer(await of(period)) : unknownPeriod;
    };
  return {
    "/activity": answering((document) => {
      const once = nonce();
      return pageAnswer(activityPage(document, people, once), `style-src 'nonce-${once}'`);
    }),
    "/activity.json": answering((document) =>
      jsonAnswer(200, people ? document : { ...document, instances: document.instances.map(withoutPeople) }),
    ),
  };
}

function withoutPeople({ users: _, gone: __, ...report }: ActivityReport) {
  return report;
}

function isPeriod(text: string): text is ActivityPeriod {
  return (activityPeriods as readonly string[]).includes(text);
}

const unknownPeriod = {
  status: 400,
  type: "text/plain; charset=utf-8",
  body: `the query takes period: ${activityPeriods.join(", ")}\n`,
} as const;
