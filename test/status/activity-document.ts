import type { ActivityDocument } from "../../src/status/activity-report.ts";

/** Two days of one instance, with a user who has a name and one who has none. */
export const document: ActivityDocument = {
  counted: true,
  period: "30d",
  instances: [
    {
      ...{ instance: "acme.example", period: "30d", from: "2026-07-31", to: "2026-08-01" },
      ...{ counted_since: "2026-05-01", lower_bound: true, incomplete_days: [] },
      ...{ active_users: 2, new_users: 1, gone_users: 1 },
      days: [
        { day: "2026-07-31", users: 2 },
        { day: "2026-08-01", users: 0 },
      ],
      weeks: [{ week: "2026-W31", from: "2026-07-27", users: 2, whole: false }],
      users: [
        {
          ...{ user: "1042", name: "a@example.com", service_account: false, active_days: 1, new: true },
          ...{ last_active: "2026-07-31T12:00:00.000Z", first_active: "2026-07-31" },
        },
        {
          ...{ user: "1091", name: null, service_account: true, active_days: 1, new: false },
          ...{ last_active: "2026-07-31T11:00:00.000Z", first_active: "2026-05-01" },
        },
      ],
      gone: [
        {
          ...{ user: "7", name: null, service_account: false },
          ...{ last_active: "2026-07-01T11:00:00.000Z" },
        },
      ],
    },
  ],
};
