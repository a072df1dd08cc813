import type { OwnAction } from "../../own/own-fact.ts";
import type { Random } from "../../random.ts";
import type { Clock } from "../../time/clock.ts";
import type { ActivityRule } from "../activity.ts";
import type { Host } from "../host.ts";
import type { OpenToOthers } from "../private-directory.ts";
import type { Damage, LogOrigin, StateChange } from "../spool-state.ts";
import type { Anchor } from "./anchor.ts";
import type { HeartbeatsByOutput } from "./heartbeats.ts";
import type { Keep } from "./prune.ts";
import type { PlacesByName } from "./register-outputs.ts";

/** Where the state lies, how much it may take, and whom it serves. */
export interface StoreOptions {
  /** Made when it is missing. `:memory:` keeps nothing. */
  readonly stateDir: string;
  readonly maxBytes: number;
  /** What the dead letters of one output may take, beside `maxBytes`. Without it as much as `maxBytes`. */
  readonly maxLetterBytes?: number | undefined;
  /** Milliseconds that records stay after every output settled them. */
  readonly keepDelivered: number;
  /** Milliseconds that the ledger remembers a day after a read showed it; one read later counts as new. */
  readonly keepLedger?: number | undefined;
  /**
   * The outputs of the configuration; others that were there are abandoned. Undefined: changes nothing about
   * outputs.
   */
  readonly outputs?: readonly string[] | undefined;
  /** Where they deliver to; positions belong to that. */
  readonly places?: PlacesByName | undefined;
  /** Told of an output that was found again under another name. */
  readonly onRename?: ((from: string, to: string) => void) | undefined;
  readonly sources?: readonly string[] | undefined;
  /** Whose log they read. */
  readonly origins?: ReadonlyMap<string, LogOrigin> | undefined;
  /** Those that are witnesses, each with the source that reads once more what is owed to it. */
  readonly witnesses?: ReadonlyMap<string, string> | undefined;
  /** Told of a source whose address changed and whose instance did not. */
  readonly onMove?: ((source: string, from: string, to: string) => void) | undefined;
  /**
   * A text for each part of the configuration, by its name: a change is told. Absent: nothing is compared.
   */
  readonly configuration?: ReadonlyMap<string, string> | undefined;
  /** The outputs that get heartbeats, and how often, milliseconds. */
  readonly heartbeats?: HeartbeatsByOutput | undefined;
  /** Takes secrets out of what is told of ourselves. */
  readonly scrub?: ((text: string) => string) | undefined;
  /** Told of own events that are on disk. */
  readonly onOwnEvents?: ((actions: readonly OwnAction[]) => void) | undefined;
  /** Whether it is counted who is active. Undefined: nobody is, and what was counted stays. */
  readonly activity?: ActivityRule | undefined;
  /** Takes what other threads have asked or told by now, where they ask this store. */
  readonly takeArrived?: (() => void) | undefined;
  readonly clock: Clock;
  /** Names a new state. */
  readonly random: Random;
  /**
   * Start afresh when state is lost and cannot be saved; what is there is set aside. Does nothing otherwise.
   */
  readonly acceptStateLoss?: boolean | undefined;
  /** Told of damage when it is found, also while opening. The ledgers in memory must then `refresh`. */
  readonly onDamage?: ((damage: Damage) => void) | undefined;
  /** Told of what other users had rights to, which have been taken from them. */
  readonly onTightened?: ((open: OpenToOthers) => void) | undefined;
  /** Told of a folder above in which every user may rename the directory away. */
  readonly onExposed?: ((above: string) => void) | undefined;
  /** Told of a state of an earlier version, which refuses it from now on. */
  readonly onTakenOver?: (() => void) | undefined;
  /** Told what was found of the state that the last run did not leave so. */
  readonly onStateChange?: ((change: StateChange) => void) | undefined;
  /** The host of a run, which takes the state over. Without it the state is only looked at. */
  readonly host?: Host | undefined;
  /** A folder outside the state for what a run leaves there, where there is one. */
  readonly witnessFolder?: string | undefined;
  /** For the message to a second process. */
  readonly pid?: number | undefined;
  /** The user who must own the directory. */
  readonly uid?: number | undefined;
  readonly fileSystemType?: ((path: string) => number) | undefined;
}

/** What a store needs to know; `directory` is where its database lies. */
export interface SqliteStoreOptions {
  readonly directory: string;
  readonly maxBytes: number;
  /** What the dead letters of one output may take, beside `maxBytes`. */
  readonly maxLetterBytes: number;
  readonly keep: Keep;
  readonly activity: ActivityRule | undefined;
  readonly takeArrived: () => void;
  readonly clock: Clock;
  /** Undefined: whatever is there stays as it is. */
  readonly outputs: readonly string[] | undefined;
  readonly places: PlacesByName;
  /** Told of an output that was found again under another name. */
  readonly onRename: (from: string, to: string) => void;
  readonly sources: readonly string[];
  readonly origins: ReadonlyMap<string, LogOrigin>;
  readonly witnesses: ReadonlyMap<string, string>;
  /** Told of a source whose address changed and whose instance did not. */
  readonly onMove: (source: string, from: string, to: string) => void;
  readonly configuration: ReadonlyMap<string, string> | undefined;
  readonly heartbeats: HeartbeatsByOutput;
  readonly scrub: ((text: string) => string) | undefined;
  readonly onOwnEvents: (actions: readonly OwnAction[]) => void;
  readonly onDamage: (damage: Damage) => void;
  /** What is not as the last run left it. */
  readonly changes: readonly StateChange[];
  /** The same, where the state is only looked at: told, and not written down. */
  readonly unnoted: readonly StateChange[];
  /** Absent where nothing lies on disk. */
  readonly anchor: Anchor | undefined;
  /** Closes the database; called once when the spool is closed. */
  readonly onClose: () => void;
}
