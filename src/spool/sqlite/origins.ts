import type { InstanceChange, LogOrigin } from "../spool-state.ts";
import type { OriginRow, Tables } from "./tables.ts";

/** Whose log each source reads, as far as a person has agreed. Writes join the caller's transaction. */
export interface Origins {
  load(): void;
  has(source: string): boolean;
  /**
   * The configuration's origin of a source; `untouched`: nothing was read yet. Gives back the address that it
   * had before, where that is another one.
   */
  settle(source: string, origin: LogOrigin, untouched: boolean): string | undefined;
  /** As a person has agreed; undefined where nothing was read yet. */
  instance(source: string): string | undefined;
  change(source: string): InstanceChange | undefined;
  /** The sources of the same instance, those that are not configured any more too. */
  alike(source: string): readonly string[];
  /** The instance that the configuration names is the right one from now on. */
  agree(source: string): void;
}

/** The origins kept in `tables`; empty until `load`. */
export function origins(tables: Tables): Origins {
  const rows = new Map<string, OriginRow>();

  function put(row: OriginRow): void {
    tables.origin.put(row);
    rows.set(row.source, row);
  }

  return {
    load() {
      rows.clear();
      for (const row of tables.origin.rows()) rows.set(row.source, row);
    },
    has: (source) => rows.has(source),
    settle(source, { instance, baseUrl }, untouched) {
      const before = rows.get(source);
      if (before !== undefined && before.instance !== instance && !untouched) {
        put({ ...before, wanted: instance });
        return undefined;
      }
      put({ source, instance, baseUrl, wanted: null });
      return before === undefined || before.baseUrl === baseUrl ? undefined : before.baseUrl;
    },
    instance: (source) => rows.get(source)?.instance,
    change(source) {
      const row = rows.get(source);
      return row === undefined || row.wanted === null ? undefined : { was: row.instance, is: row.wanted };
    },
    alike(source) {
      const instance = rows.get(source)?.instance;
      const alike = [...rows.values()].filter((row) => row.instance === instance);
      return instance === undefined ? [source] : alike.map((row) => row.source);
    },
    agree(source) {
      const row = rows.get(source);
      if (row !== undefined && row.wanted !== null) put({ ...row, instance: row.wanted, wanted: null });
    },
  };
}
