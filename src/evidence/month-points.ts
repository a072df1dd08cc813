import { replacedText } from "../spool/replaced-state.ts";
import { counted } from "../text/amounts.ts";
import type { MonthDay, MonthDayState, MonthFacts } from "./month.ts";
import type { MonthArchive } from "./month-archive.ts";

/** What of a report an auditor has to ask about; nothing where all is as it should be. */
export function openPoints(facts: MonthFacts): string[] {
  const { days, totals, losses, replaced, archive, to_come: toCome } = facts;
  const count = (state: MonthDayState) => days.filter((day) => day.state === state).length;
  return [
    ...(toCome > 0 ? [`the month is not over: ${counted(toCome, "day")} of it not begun`] : []),
    ...(["unread", "gap", "settling", "left", "open"] as const).flatMap((state) =>
      count(state) > 0 ? [`${counted(count(state), "day")} ${words[state]}`] : [],
    ),
    ...unclosed(facts),
    ...witnessPoints(facts),
    ...losses.map(
      (at) =>
        `the state was lost, which a person accepted at ${at}: what had been given up, dropped or never sent until then is not known`,
    ),
    ...replaced.map(replacedText),
    ...totals.flatMap((total) =>
      asked(total).flatMap(([number, what]) =>
        number > 0 ? [`output ${total.output}: ${number} ${what}`] : [],
      ),
    ),
    ...(archive === null ? [] : archivePoints(archive, days)),
  ];
}

/** Instances of which only such sources are left whose days need not be closed. */
function unclosed({ sources }: MonthFacts): string[] {
  const closing = new Set(sources.flatMap(({ instance, beside }) => (beside === null ? [instance] : [])));
  return [...new Set(sources.flatMap(({ instance }) => instance ?? []))]
    .filter((instance) => !closing.has(instance))
    .map((instance) => `no source of ${instance} has days that close: nothing says that one is complete`);
}

/** What a source that only compares was shown otherwise, or has not compared. */
function witnessPoints({ sources, witnessed }: MonthFacts): string[] {
  return sources.flatMap(({ name }) => {
    const own = witnessed.filter(({ source }) => source === name);
    const said = (key: "missing" | "extra", what: string) => {
      const found = own.filter((day) => day[key] > 0);
      const sum = found.reduce((all, day) => all + day[key], 0);
      return sum === 0 ? [] : [`witness ${name}: ${sum} ${what}, of ${counted(found.length, "day")}`];
    };
    const open = own.filter(({ compared }) => !compared).length;
    return [
      ...(open > 0 ? [`witness ${name}: ${counted(open, "day")} not compared, or shown more of since`] : []),
      ...said("missing", "shown to it and kept of no source"),
      ...said("extra", "kept and not shown to it"),
    ];
  });
}

function asked(total: MonthFacts["totals"][number]): readonly (readonly [number, string])[] {
  const { dead, dropped, lost } = total;
  return [
    [dead, "given up and waiting for a person"],
    [dropped, "dropped by a person"],
    ...unsent(total),
    [lost, "lost on disk"],
  ];
}

/** What was not sent to an output that is gone is asked about in the months in which it was there. */
function unsent(total: MonthFacts["totals"][number]): readonly (readonly [number, string])[] {
  const { configured, delivered, filtered, dead, dropped, skipped, pending, left } = total;
  if (configured)
    return [
      [skipped, "skipped: not there for it any more, or passed over by a person"],
      [pending, "not delivered yet"],
    ];
  const wasThere = delivered + filtered + dead + dropped > 0;
  return [[wasThere ? skipped + pending : left, "not sent, as it is not configured any more"]];
}

const words = {
  unread: "of a source of which nothing was ever read",
  gap: "that a source cannot show",
  settling: "of a source that should be closed and is not, or to which something came since",
  left: "of a source that was taken out of the configuration before it closed it",
  open: "of a source still going on",
} as const;

function archivePoints(archive: MonthArchive, days: readonly MonthDay[]): string[] {
  const { where, trouble, chain } = archive;
  if (chain === null) return [`the archive ${where} could not be looked at: ${trouble}`];
  const { faults, manifests } = chain;
  const changed =
    faults.length > 0 ? [`the archive ${where} was changed: ${counted(faults.length, "finding")}`] : [];
  if (manifests === 0) return [...changed, `the archive ${where} has no manifest`];
  const other = days.filter((day) => attestedAs(archive, day) === "other");
  const none = days.filter((day) => day.state === "closed" && attestedAs(archive, day) === "none");
  return [
    ...changed,
    ...unknownPoints(archive),
    ...other.map(
      ({ source, day }) =>
        `${source}, ${day}: the archive's manifest says something else of it than the state does`,
    ),
    ...(none.length > 0 ? [`${counted(none.length, "closed day")} named by no manifest yet`] : []),
  ];
}

/** What the archive has and the state did not know. */
function unknownPoints({ where, ahead, manifests }: MonthArchive): string[] {
  const recovered = manifests.filter((each) => each.recovered !== null && !each.after_other_key);
  const [newest] = recovered.slice(-1);
  return [
    ...(ahead > 0
      ? [
          `the archive ${where} has ${counted(ahead, "manifest")} that the state does not know: an older state is here, the program ended or waited no longer before it had noted that, or another one writes there too`,
        ]
      : []),
    ...(newest === undefined
      ? []
      : [
          `${counted(recovered.length, "manifest")} of the archive ${where} went on from there, and not from what the state knew: the newest is ${newest.number} of ${newest.date}: ${newest.recovered}`,
        ]),
  ];
}

/** Whether a manifest names a closed day as the state does; undefined where there is nothing to compare. */
export function attestedAs(
  { chain, days }: MonthArchive,
  { source, day, closed }: MonthDay,
): "same" | "other" | "none" | undefined {
  if (closed === null || chain === null || chain.manifests === 0) return undefined;
  const found = days.find((each) => each.source === source && each.day === day);
  // An earlier closing is superseded by the next manifest.
  if (found === undefined || found.closing < closed.closings) return "none";
  return found.closing === closed.closings && found.digest === closed.digest ? "same" : "other";
}
