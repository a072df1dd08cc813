import { type Arrived, durationMs, type Search } from "./schedule.ts";

// The arithmetic of the cards that Sigma has no words for, once, so that queries written by hand have something to be
// compared with. Each gives the events that it fires on.

type Reference = (events: readonly Arrived[], now: number) => readonly Arrived[];

const minute = durationMs("1m");
const hour = durationMs("1h");
const day = durationMs("1d");

const is = (event: Arrived, ...actions: readonly string[]) => actions.includes(event.value("action") ?? "");
const went = (event: Arrived) => event.value("outcome") !== "failure";
const before = (event: Arrived, than: Arrived, ms: number) => event.at < than.at && event.at >= than.at - ms;

const admin = `organization:update_member team:create_service_account team:delete team:invite_user user:create
  user:create_api_key user:deactivate user:permanently_delete user:reactivate project:delete`.split(/\s+/);

const references: Readonly<Record<string, Reference>> = {
  "api-key-by-service-account": (events) => {
    const made = events.filter((each) => is(each, "team:create_service_account") && went(each));
    const accounts = (than: Arrived) =>
      made.filter(({ at }) => at <= than.at).map((each) => each.value("user_asset"));
    return events.filter(
      (each) =>
        is(each, "user:create_api_key") &&
        went(each) &&
        accounts(each).includes(each.value("actor_user_id") ?? ""),
    );
  },
  "api-key-used-from-new-address": (events) =>
    events
      .filter((key) => is(key, "user:create_api_key") && went(key))
      .flatMap((key) => {
        const user = key.value("user_asset");
        const own = events.filter((each) => each.value("actor_user_id") === user);
        const past = own.filter((each) => before(each, key, 30 * day) && each.at < key.at - day);
        const known = new Set(past.map((each) => each.value("actor_ip")));
        const uses = own.filter(
          (each) => each.at > key.at && each.at <= key.at + day && each.value("cli_version") !== undefined,
        );
        return past.length === 0
          ? []
          : uses.filter((each) => !known.has(each.value("actor_ip"))).map((each) => about(each, user));
      }),
  "artifact-read-burst": (events) => {
    const reads = events.filter((each) => is(each, "artifact:read") && went(each));
    const actors = Map.groupBy(reads, (each) => each.value("actor_user_id") ?? "");
    return [...actors.values()].flatMap((own) => {
      const hours = Map.groupBy(own, ({ at }) => Math.floor(at / hour));
      const counts = new Map(
        [...hours].map(([at, of]) => [at, new Set(of.map((each) => each.value("uid"))).size]),
      );
      const count = (at: number) => counts.get(at) ?? 0;
      const first = Math.min(...own.map(({ at }) => at));
      return [...hours].flatMap(([at, [one]]) => {
        if (count(at) < 30) return [];
        const past = Array.from({ length: 28 * 24 }, (_, back) => count(at - 1 - back));
        const mean = past.reduce((sum, each) => sum + each, 0) / past.length;
        const spread = Math.sqrt(past.reduce((sum, each) => sum + (each - mean) ** 2, 0) / past.length);
        const many = count(at) > mean + 6 * spread && first <= at * hour - 7 * day;
        return many && one !== undefined ? [one] : [];
      });
    });
  },
  "artifact-read-from-new-address": (events) => {
    const first = Math.min(...events.map(({ at }) => at));
    return events.filter(
      (read) =>
        is(read, "artifact:read") &&
        went(read) &&
        first <= read.at - 7 * day &&
        !events.some(
          (each) =>
            before(each, read, 30 * day) &&
            each.at < read.at - day &&
            each.value("actor_ip") === read.value("actor_ip"),
        ),
    );
  },
  "deactivated-user-active": (events) => {
    const states = events
      .filter(
        (each) => is(each, "user:deactivate", "user:permanently_delete", "user:reactivate") && went(each),
      )
      .sort((one, other) => one.at - other.at);
    return events.filter((each) => {
      const actor = each.value("actor_user_id");
      const last = states
        .filter((state) => state.at <= each.at && state.value("user_asset") === actor)
        .at(-1);
      return (
        went(each) && last !== undefined && !is(last, "user:reactivate") && each.at > last.at + 5 * minute
      );
    });
  },
  "login-two-networks": (events) => {
    const logins = events.filter((each) => is(each, "user:login") && went(each));
    return logins.filter((one) =>
      logins.some(
        (other) =>
          other.value("actor_user_id") === one.value("actor_user_id") &&
          Math.abs(other.at - one.at) < hour &&
          network(other.value("actor_ip")) !== network(one.value("actor_ip")),
      ),
    );
  },
  "off-hours-admin": (events) =>
    events.filter((each) => {
      const time = new Date(each.at);
      const off = time.getUTCHours() < 7 || time.getUTCHours() >= 19 || [0, 6].includes(time.getUTCDay());
      return is(each, ...admin) && went(each) && off;
    }),
  "forwarder-heartbeat-missing": (events, now) => {
    const beats = events.filter((each) => is(each, "wandb-audit-forwarder:heartbeat"));
    const latest = beats.reduce(
      (last, each) => (each.arrived > last.arrived ? each : last),
      beats[0] as Arrived,
    );
    return latest !== undefined && now - latest.arrived >= 45 * minute && now - latest.arrived < day
      ? [latest]
      : [];
  },
  "audit-log-silence": (all, now) => {
    const isBeat = (each: Arrived) => is(each, "wandb-audit-forwarder:heartbeat");
    const beats = all.filter((each) => isBeat(each) && each.at >= now - 7 * day);
    if (beats.length > 0 && !beats.some(({ arrived }) => arrived > now - 5 * hour)) return [];
    const events = all.filter((each) => !isBeat(each));
    const count = (weeks: number) => {
      const end = now - hour - weeks * 7 * day;
      const within = events.filter(({ at }) => at >= end - 4 * hour && at < end);
      return new Set(within.map((each) => each.value("uid"))).size;
    };
    const usual = [1, 2, 3, 4].map(count).sort((one, other) => one - other);
    const median = ((usual[1] ?? 0) + (usual[2] ?? 0)) / 2;
    return median >= 20 && count(0) < median / 10 ? events.slice(0, 1) : [];
  },
};

/** The same event, with the user whose key it may have been. */
function about(event: Arrived, user: string | undefined): Arrived {
  return { ...event, value: (field) => (field === "user_asset" ? user : event.value(field)) };
}

/** The first 16 bits of an IPv4 address, the first 32 of an IPv6 address. */
function network(address = ""): string {
  return address.split(/[.:]/).slice(0, 2).join(".");
}

/** The search of a card without Sigma. Throws where nobody has written its arithmetic. */
export function referenceSearch(name: string, by: readonly string[]): Search {
  const reference = references[name];
  if (reference === undefined) throw new Error(`${name} has no arithmetic in test/content/reference.ts`);
  return (events, now) => reference(events, now).map((event) => by.map((field) => event.value(field)));
}
