import fc from "fast-check";
import { dayMs } from "../../../src/time/clock.ts";
import type { ManualClock } from "../../fake/manual-clock.ts";
import type { Disk } from "./disk.ts";
import { Inspector } from "./invariants.ts";
import type { Reading } from "./model-source.ts";
import type { Trouble } from "./process.ts";
import { type Answer, answers } from "./remote.ts";
import { attempt, dated, garbage, type Nature, undated } from "./truth.ts";
import { type Place, places, World } from "./world.ts";

interface Delivering {
  readonly place: Place;
  readonly script: readonly Answer[];
  readonly patient: boolean;
}

/** One step, as plain data, so that a sequence that once failed can be kept. */
export type Command =
  | {
      readonly do: "appear";
      readonly minutesAgo: number;
      readonly actors: readonly number[];
      readonly nature: Nature;
    }
  | { readonly do: "twin"; readonly pick: number }
  | { readonly do: "attempts"; readonly minutesAgo: number; readonly names: readonly string[] }
  | { readonly do: "undated"; readonly actor: number }
  | { readonly do: "garbage"; readonly text: string }
  | { readonly do: "rename"; readonly name: string }
  | { readonly do: "pass"; readonly minutes: number }
  | { readonly do: "midnight" }
  | { readonly do: "jump"; readonly days: number }
  | { readonly do: "poll"; readonly reading: Reading; readonly trouble?: Trouble | undefined }
  | ({ readonly do: "deliver"; readonly trouble?: Trouble | undefined } & Delivering)
  | {
      readonly do: "together";
      readonly reading: Reading;
      readonly delivering: readonly Delivering[];
      readonly trouble?: Trouble | undefined;
    }
  | { readonly do: "die"; readonly power: boolean }
  | { readonly do: "full"; readonly on: boolean }
  | { readonly do: "reload" }
  | { readonly do: "add" | "remove"; readonly place: Place }
  | { readonly do: "rename_output"; readonly from: Place; readonly to: Place }
  | { readonly do: "prune" }
  | {
      readonly do: "retry_letters" | "drop_letters";
      readonly place: Place;
      readonly trouble?: Trouble | undefined;
    };

const place = fc.constantFrom(...(Object.keys(places) as Place[]));
const reading: fc.Arbitrary<Reading> = fc.record(
  {
    order: fc.integer({ min: 1, max: 1e6 }),
    pieceSize: fc.integer({ min: 1, max: 9 }),
    moves: fc.boolean(),
    fault: fc.oneof(
      fc.record({ reason: fc.constant("cut_body" as const), after: fc.integer({ min: 0, max: 5 }) }),
      fc.record({ reason: fc.constant("not_audit_logs" as const), after: fc.constant(0) }),
      fc.record({ reason: fc.constant("page_loop" as const), after: fc.integer({ min: 1, max: 5 }) }),
    ),
  },
  { requiredKeys: ["order", "pieceSize"] },
);
const trouble: fc.Arbitrary<Trouble | undefined> = fc.option(
  fc.record({
    at: fc.integer({ min: 0, max: 5 }),
    kind: fc.constantFrom("dies_before", "dies_after", "io"),
  }),
  { nil: undefined, freq: 4 },
);
const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const script = fc.array(fc.constantFrom(...answers, "fair", "fair", "fair"), { maxLength: 6 });
/** Something was taken, then the way breaks: what a replay window is for. */
const disturbed = fc
  .tuple(fc.constantFrom<Answer>("cut", "cut_after_half", "hang", "hang_but_taken"), script)
  .map(([breaks, rest]) => ["fair", breaks, ...rest] as Answer[]);
const delivering: fc.Arbitrary<Delivering> = fc.record({
  place,
  script: fc.oneof(weighted(3, script), weighted(1, disturbed)),
  patient: fc.boolean(),
});
const step = <K extends string>(name: K) => fc.constant(name);

const command: fc.Arbitrary<Command> = fc.oneof(
  weighted(
    8,
    fc.record({
      do: step("appear"),
      minutesAgo: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 30 * 60 })),
      actors: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 }),
      nature: fc.constantFrom<Nature>("plain", "plain", "plain", "plain", "bad", "large", "unwanted"),
    }),
  ),
  weighted(2, fc.record({ do: step("twin"), pick: fc.nat(1000) })),
  weighted(
    2,
    fc.record({
      do: step("attempts"),
      minutesAgo: fc.integer({ min: 0, max: 2 }),
      names: fc.array(fc.constantFrom("ada", "bob", "cy", "dee", "eve"), { minLength: 1, maxLength: 4 }),
    }),
  ),
  weighted(1, fc.record({ do: step("undated"), actor: fc.integer({ min: 1, max: 2 }) })),
  weighted(1, fc.record({ do: step("garbage"), text: fc.constantFrom("<html>", "{broken", "[1]") })),
  weighted(1, fc.record({ do: step("rename"), name: fc.string({ maxLength: 4 }) })),
  weighted(2, fc.record({ do: step("pass"), minutes: fc.integer({ min: 1, max: 2000 }) })),
  weighted(1, fc.record({ do: step("midnight") })),
  weighted(1, fc.record({ do: step("jump"), days: fc.constantFrom(2, -2, -20_000) })),
  weighted(8, fc.record({ do: step("poll"), reading, trouble })),
  weighted(
    8,
    fc
      .record({ do: step("deliver"), trouble, delivering })
      .map(({ delivering, ...rest }) => ({ ...rest, ...delivering })),
  ),
  weighted(
    4,
    fc.record({
      do: step("together"),
      reading,
      delivering: fc.uniqueArray(delivering, { maxLength: 4, selector: ({ place }) => place }),
      trouble,
    }),
  ),
  weighted(2, fc.record({ do: step("die"), power: fc.boolean() })),
  weighted(2, fc.record({ do: step("full"), on: fc.boolean() })),
  weighted(1, fc.record({ do: step("reload") })),
  weighted(1, fc.record({ do: fc.constantFrom("add" as const, "remove" as const), place })),
  weighted(1, fc.record({ do: step("rename_output"), from: place, to: place })),
  weighted(1, fc.record({ do: step("prune") })),
  weighted(
    3,
    fc.record({
      do: fc.constantFrom("retry_letters" as const, "retry_letters" as const, "drop_letters" as const),
      place,
      trouble,
    }),
  ),
);

export const commands = fc.array(command, { maxLength: 40, size: "max" });

/** What a run met; a run in which nothing happens proves nothing. */
export interface Met {
  events: number;
  late: number;
  repeats: number;
  dead: number;
  resent: number;
  revived: number;
  suspected: number;
  deaths: number;
  failures: number;
}

/** Plays the commands on a new world, looks at it after each, then ends every fault and drains. */
export async function play(given: readonly Command[], makeDisk: (clock: ManualClock) => Disk): Promise<Met> {
  const world = new World(makeDisk);
  const inspector = new Inspector(world);
  try {
    for (const each of given) {
      const deaths = world.deaths;
      await perform(each, world, inspector);
      if (world.deaths > deaths) inspector.checkDisk();
      inspector.check();
    }
    world.setFull(false);
    await settle(world);
    inspector.checkEnd();
    // A person wants everything that was given up sent again, and it lives: a new event arrives everywhere.
    world.commanded((store) => store.retryDeadLetters({}));
    world.source.truth.push(dated(world.serverNow(), 99, "plain"));
    await world.poll({ order: 2, pieceSize: 7 });
    await world.drain();
    await settle(world);
    inspector.checkEnd();
    for (const place of world.outputs) expectArrived(world.remote(place).taken, '"actor_user_id":99', place);
    return metOf(world, inspector);
  } finally {
    world.remove();
  }
}

/** What was refused is given up only when something follows that is taken: plain events do, until nothing waits. */
async function settle(world: World): Promise<void> {
  for (let round = 0; round < 5; round++) {
    world.source.truth.push(dated(world.serverNow(), 98, "plain"));
    await world.poll({ order: 1, pieceSize: 7 });
    await world.drain();
    if (world.outputs.every((place) => world.state.backlog(place).events === 0)) return;
  }
}

function expectArrived(taken: readonly { readonly text: string }[], part: string, place: Place): void {
  if (!taken.some(({ text }) => text.includes(part))) throw new Error(`the new event did not reach ${place}`);
}

async function perform(given: Command, world: World, inspector: Inspector): Promise<void> {
  const { source, clock } = world;
  switch (given.do) {
    case "appear": {
      const at = world.serverNow() - given.minutesAgo * 60_000;
      for (const actor of given.actors) source.truth.push(dated(at, actor, given.nature));
      return;
    }
    case "twin": {
      const event = source.truth[given.pick % Math.max(1, source.truth.length)];
      if (event !== undefined) source.truth.push(event);
      return;
    }
    case "attempts": {
      const at = world.serverNow() - given.minutesAgo * 60_000;
      for (const name of given.names) source.truth.push(attempt(at, name));
      return;
    }
    case "undated":
      source.truth.push(undated(world.serverNow(), given.actor));
      return;
    case "garbage":
      source.truth.push(garbage(world.serverNow(), given.text));
      return;
    case "rename":
      source.projectName = given.name;
      return;
    case "pass":
      clock.advance(given.minutes * 60_000);
      return;
    case "midnight": {
      // The last second of one day and the first of the next.
      clock.advance(dayMs - (world.serverNow() % dayMs) - 1);
      for (const ms of [-999, 0, 1, 1000]) source.truth.push(dated(world.serverNow() + ms, 1, "plain"));
      return;
    }
    case "jump":
      clock.jump(given.days * dayMs);
      return;
    case "poll":
      return world.under(given.trouble, () => world.poll(given.reading));
    case "deliver":
      return world.under(given.trouble, () => world.deliver(given.place, given.script, given.patient));
    case "together":
      return world.under(given.trouble, () =>
        Promise.all([
          world.poll(given.reading),
          ...given.delivering.map(({ place, script, patient }) => world.deliver(place, script, patient)),
        ]),
      );
    case "die":
      return world.die(given.power);
    case "full":
      return world.setFull(given.on);
    case "prune":
      world.prune();
      return inspector.startAfresh(absent(world));
    case "retry_letters":
      return world.under(given.trouble, async () =>
        world.commanded((store) => store.retryDeadLetters({ output: given.place })),
      );
    case "drop_letters":
      return world.under(given.trouble, async () =>
        world.commanded((store) => store.dropDeadLetters({ output: given.place })),
      );
    case "reload":
      return world.restart(world.outputs);
    case "add":
      return reconfigure(world, inspector, [...new Set([...world.outputs, given.place])]);
    case "remove":
      return reconfigure(
        world,
        inspector,
        world.outputs.filter((name) => name !== given.place),
      );
    case "rename_output":
      return reconfigure(world, inspector, [
        ...new Set(world.outputs.map((name) => (name === given.from ? given.to : name))),
      ]);
  }
}

function reconfigure(world: World, inspector: Inspector, outputs: readonly Place[]): void {
  inspector.startAfresh(absent(world));
  world.restart(outputs);
  inspector.checkDisk();
}

function absent(world: World): Place[] {
  return (Object.keys(places) as Place[]).filter((name) => !world.outputs.includes(name));
}

function metOf(world: World, inspector: Inspector): Met {
  let repeats = 0;
  for (const { taken } of world.remotes.values())
    repeats += taken.length - new Set(taken.map(({ uid }) => uid)).size;
  const count = (type: string) => world.reports.filter((report) => report.type === type).length;
  const late = world.reports.reduce(
    (sum, report) => sum + (report.type === "poll_done" ? report.late : 0),
    0,
  );
  return {
    events: inspector.kept.length,
    late,
    repeats,
    dead: count("dead"),
    resent: count("resent"),
    revived: world.revived,
    suspected: count("suspected"),
    deaths: world.deaths,
    failures: count("delivery_failed"),
  };
}
