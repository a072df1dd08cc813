import type { ActivityLookup, ActivityRule } from "../activity.ts";
import type { ActiveUsers } from "../chunk/active-users.ts";
import { ActiveDay } from "./active-day.ts";
import type { Damages } from "./damages.ts";
import type { Database } from "./database.ts";
import type { PersonRow } from "./people-tables.ts";
import type { Tables } from "./tables.ts";

const secondsPerDay = 86_400;
/** Today and yesterday of a few instances, and the days of a long first read. */
const mostCached = 8;
const mostCachedBytes = 16 * 1024 * 1024;
/** So many service accounts are known without asking the disk, 200 bytes each at most. */
const mostServices = 1024;
const personsAtOnce = 1000;
const rowsPerPrune = 500;

/** Who was active on which days, in tables that outlive the spool. Writes join the caller's transaction. */
export interface Activity extends ActivityLookup {
  load(): void;
  /** What the configuration wants: what it does not want to be kept is removed. */
  settle(rule: ActivityRule): void;
  /** Who is among new records of a source of this instance. Without a rule nobody is counted. */
  keep(source: string, instance: string, active: ActiveUsers): void;
  /** Drops some days before `now` less what is kept, and who was not active since. */
  prune(now: number): void;
}

/** The activity kept in `tables`. `now` is epoch milliseconds, for notes of damage. */
export function keptActivity(db: Database, tables: Tables, damages: Damages, now: () => number): Activity {
  return new SqliteActivity(db, tables, damages, now);
}

class SqliteActivity implements Activity {
  readonly #db: Database;
  readonly #tables: Tables;
  readonly #damages: Damages;
  readonly #now: () => number;
  #rule: ActivityRule | undefined;
  /** Least recently used first; as it is on disk once the transaction ended. */
  readonly #days = new Map<string, ActiveDay>();
  /** Who is a service account on disk, with the instance: their creation is shown again and again. */
  readonly #services = new Set<string>();

  constructor(db: Database, tables: Tables, damages: Damages, now: () => number) {
    this.#db = db;
    this.#tables = tables;
    this.#damages = damages;
    this.#now = now;
  }

  load(): void {
    this.#days.clear();
    this.#services.clear();
  }

  settle(rule: ActivityRule): void {
    this.#rule = rule;
    if (rule.scope === "off") this.#db.exec("DELETE FROM active_day; DELETE FROM person");
    if (rule.scope !== "ids") return;
    this.#db.run("DELETE FROM person WHERE service = 0");
    for (const { row } of this.#tables.person.checked("WHERE name IS NOT NULL"))
      this.#tables.person.put({ ...row, name: null });
  }

  keep(source: string, instance: string, active: ActiveUsers): void {
    const rule = this.#rule;
    if (rule === undefined || rule.scope === "off") return;
    const named = rule.scope === "names" && !rule.nameless.has(source);
    for (const [day, users] of active.days()) {
      const kept = this.#day(instance, day);
      const more = kept.more;
      let changed = false;
      for (const active of users) {
        const { user, second } = active;
        const seen = kept.see(user, second);
        changed ||= seen === "added" || seen === "later";
        // A name is a text only where it is asked for.
        const name = seen === "added" && named ? active.name : undefined;
        if (name !== undefined) this.#name(instance, user, name, day * secondsPerDay + second);
      }
      if (changed || kept.more !== more)
        this.#tables.activeDay.put({ instance, day, more: kept.more ? 1 : 0, users: kept.block });
    }
    for (const user of active.serviceAccounts()) this.#service(instance, user);
  }

  prune(now: number): void {
    if (this.#rule === undefined) return;
    const day = Math.floor((now - this.#rule.keep) / 1000 / secondsPerDay);
    this.#db.run(
      `DELETE FROM active_day WHERE (instance, day) IN
         (SELECT instance, day FROM active_day WHERE day < ? LIMIT ${rowsPerPrune})`,
      day,
    );
    this.#db.run(
      `DELETE FROM person WHERE (instance, user) IN
         (SELECT instance, user FROM person WHERE service = 0 AND at < ? LIMIT ${rowsPerPrune})`,
      day * secondsPerDay,
    );
  }

  instances(): readonly string[] {
    return this.#db
      .all<{ instance: string }>("SELECT DISTINCT instance FROM active_day ORDER BY instance")
      .map(({ instance }) => instance);
  }

  days(instance: string): readonly number[] {
    return this.#db
      .all<{ day: number }>("SELECT day FROM active_day WHERE instance = ? ORDER BY day", instance)
      .map(({ day }) => day);
  }

  users(instance: string, day: number) {
    const [found] = this.#tables.activeDay.checked("WHERE instance = ? AND day = ?", instance, day);
    if (found?.sound !== true) return { users: [], more: found !== undefined };
    const kept = new ActiveDay(found.row.users, found.row.more === 1);
    return { users: kept.users(), more: kept.more };
  }

  persons(instance: string, after: string) {
    return this.#tables.person
      .checked(`WHERE instance = ? AND user > ? ORDER BY user LIMIT ${personsAtOnce}`, instance, after)
      .map(({ row: { user, name, service }, sound }) => ({
        user,
        ...(name === null || !sound ? {} : { name }),
        service: sound && service === 1,
      }));
  }

  /** The newest name stays, whatever order the records come in. */
  #name(instance: string, user: string, name: string, at: number): void {
    const before = this.#person(instance, user);
    if (before !== undefined && before.name !== null && before.at > at) return;
    this.#tables.person.put({ instance, user, name, at, service: before?.service ?? 0 });
  }

  #service(instance: string, user: string): void {
    const key = `${instance}\u001f${user}`;
    if (this.#services.has(key)) return;
    const before = this.#person(instance, user);
    if (before?.service !== 1) {
      const { name = null, at = 0 } = before ?? {};
      this.#tables.person.put({ instance, user, name, at, service: 1 });
    }
    if (this.#services.size >= mostServices) this.#services.clear();
    this.#services.add(key);
  }

  #person(instance: string, user: string): PersonRow | undefined {
    const [found] = this.#tables.person.checked("WHERE instance = ? AND user = ?", instance, user);
    return found?.sound === true ? found.row : undefined;
  }

  #day(instance: string, day: number): ActiveDay {
    const key = `${day} ${instance}`;
    const found = this.#days.get(key) ?? this.#read(instance, day);
    this.#days.delete(key);
    this.#days.set(key, found);
    let bytes = 0;
    for (const { byteLength } of this.#days.values()) bytes += byteLength;
    for (const [oldest, { byteLength }] of this.#days) {
      if (oldest === key || (this.#days.size <= mostCached && bytes <= mostCachedBytes)) break;
      this.#days.delete(oldest);
      bytes -= byteLength;
    }
    return found;
  }

  /** One that is not what was written begins anew. */
  #read(instance: string, day: number): ActiveDay {
    const [found] = this.#tables.activeDay.checked("WHERE instance = ? AND day = ?", instance, day);
    if (found === undefined) return new ActiveDay(nothing, false);
    if (found.sound) return new ActiveDay(found.row.users, found.row.more === 1);
    const reason = `who was active on a day at ${instance} was changed on disk: the day is counted from now on`;
    this.#damages.note({ firstSeq: 0, count: 0, source: "", at: this.#now(), reason });
    return new ActiveDay(nothing, true);
  }
}

const nothing = Buffer.alloc(0);
