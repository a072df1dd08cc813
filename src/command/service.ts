import type { ReloadAnswer } from "../admin/control.ts";
import type { Config } from "../config/config.ts";
import type { loadNamed } from "../config/load-named.ts";
import { startDaemon } from "../daemon/daemon.ts";
import type { Daemon } from "../daemon/running-daemon.ts";
import type { StartingDelivery } from "../daemon/start-delivery.ts";
import type { Report } from "../report/report.ts";
import { scrubber } from "../secret/scrub.ts";
import { chunkMemory } from "../spool/chunk/chunk-memory.ts";
import { stalledHops } from "../status/health.ts";
import { Leftovers } from "../thread/leftovers.ts";
import { InTurn } from "../time/in-turn.ts";
import { ambientOf } from "./ambient.ts";
import { type ExitCode, exitCodes, type RunOptions, type Terminal } from "./command.ts";
import type { ConfigFiles } from "./config-files.ts";
import type { FirstReading } from "./first-reading.ts";
import { type Next, type Reading, readAgain, rejection } from "./read-again.ts";
import { reloadAnswer, tellReload, tooEarly } from "./reload-answer.ts";
import { type ServiceManager, serviceManager } from "./service-manager.ts";

type ServiceOptions = Pick<RunOptions, "config" | "acceptStateLoss">;

/**
 * The daemon from the start of the process to its end. A changed configuration replaces the daemon in one
 * step: the old one drains, the new one goes on from its state.
 */
export class Service {
  readonly #options: ServiceOptions;
  readonly #terminal: Terminal;
  readonly #load: typeof loadNamed;
  readonly #files: ConfigFiles;
  readonly #manager: ServiceManager;
  #config: Config;
  /** The configuration to go back to when the next one cannot be started. */
  #before: Config | undefined;
  #next: Next | undefined;
  #daemon: Daemon | undefined;
  /** A person said so of the state at the start: what is lost later nobody has seen. */
  #acceptStateLoss: boolean;
  #ending: string | undefined;
  #reloadAsked: boolean;
  readonly #readings = new InTurn();
  readonly #leftovers = new Leftovers(() => chunkMemory.rest());
  /** Why the configuration in the file is not used; absent: it is. */
  #rejected: string | undefined;
  /** What the daemon tells while somebody waits for the outcome of a reload. */
  #heard: Report[] | undefined;

  constructor(options: ServiceOptions, terminal: Terminal, { load, files, config, asked }: FirstReading) {
    this.#options = options;
    this.#reloadAsked = asked;
    this.#terminal = terminal;
    this.#load = load;
    this.#files = files;
    this.#acceptStateLoss = options.acceptStateLoss;
    this.#config = config;
    this.#manager = serviceManager({
      ...terminal,
      pid: terminal.pid,
      stalled: () => (this.#daemon === undefined ? [] : stalledHops(this.#daemon.runtime)),
      complain: (text) => this.#tell({ type: "service_trouble", text }),
    });
  }

  /** Resolves when a signal has ended it. Rejects with what made going on impossible. */
  async run(): Promise<ExitCode> {
    const terminal = this.#terminal;
    // Before the first daemon and between two of them, too: without a listener these signals kill.
    const forget = [
      terminal.onSignal("SIGTERM", () => this.#end("SIGTERM")),
      terminal.onSignal("SIGINT", () => this.#end("SIGINT")),
      terminal.onSignal("SIGHUP", () => void this.#reload()),
    ];
    terminal.outliveReader?.();
    try {
      return await this.#serve();
    } finally {
      this.#manager.close();
      this.#next?.starting.abandon();
      for (const off of forget) off();
    }
  }

  async #serve(): Promise<ExitCode> {
    let starting: StartingDelivery | undefined;
    for (;;) {
      await this.#start(starting);
      this.#manager.ready();
      if (this.#ending !== undefined) this.#daemon?.stop(this.#ending);
      // One that was taken while there was no daemon that could have been stopped for it.
      else if (this.#next !== undefined) this.#stopFor();
      else if (this.#reloadAsked) void this.#reload();
      await this.#daemon?.ended;
      this.#daemon = undefined;
      const next = this.#next;
      if (this.#ending !== undefined || next === undefined) return exitCodes.done;
      this.#next = undefined;
      this.#before = this.#config;
      this.#config = next.config;
      starting = next.starting;
    }
  }

  /** With the configuration before, where one has just been changed and cannot be started. */
  async #start(starting?: StartingDelivery): Promise<void> {
    const acceptStateLoss = this.#acceptStateLoss;
    try {
      const ambient = { ...this.#ambient(), ...(starting === undefined ? {} : { starting }) };
      this.#daemon = await startDaemon(this.#config, ambient, { acceptStateLoss });
    } catch (error) {
      starting?.abandon();
      if (this.#before === undefined) throw error;
      const rejected = this.#config;
      this.#config = this.#before;
      this.#before = undefined;
      // That the old one stays is said when it runs: where it cannot be started either, that is the end.
      await this.#start();
      return this.#tell(rejection(error, rejected));
    }
    this.#acceptStateLoss = false;
    this.#before = undefined;
  }

  #ambient() {
    const { useScrub, startThread } = this.#terminal;
    useScrub(scrubber(this.#config.secrets.map(({ secret }) => secret)));
    return {
      ...ambientOf(this.#terminal, this.#config),
      ...(startThread === undefined ? {} : { startThread }),
      reload: () => this.#reload(),
      look: () => {
        this.#lookAtConfig();
        this.#leftovers.look();
      },
      watch: (report: Report) => {
        this.#heard?.push(report);
        this.#manager.note(report);
      },
    };
  }

  #tell(report: Report): void {
    tellReload(report, this.#config, this.#terminal);
  }

  #end(why: string): void {
    if (this.#ending !== undefined) {
      this.#daemon?.stopNow();
      return;
    }
    this.#ending = why;
    this.#manager.stopping(this.#config.shutdownTimeout);
    this.#daemon?.stop(why);
  }

  /** A person asked: everything is read and tried again, and there is always an answer. */
  #reload(): Promise<ReloadAnswer> {
    return this.#readings.do(() => this.#readAgain());
  }

  async #readAgain(): Promise<ReloadAnswer> {
    this.#reloadAsked = this.#daemon === undefined;
    if (this.#ending !== undefined) return this.#ignored();
    if (this.#daemon === undefined) return tooEarly;
    this.#manager.reloading();
    this.#heard = [];
    // What files hold is taken over first: whatever differs
    // after that was changed in the configuration itself.
    if (this.#next === undefined) await this.#daemon.refresh();
    const { report, next } = await this.#readAfter(this.#next?.config);
    this.#rejected = report.type === "config_rejected" ? report.first : undefined;
    const heard = this.#heard;
    this.#heard = undefined;
    // A signal may have come meanwhile: a changed configuration is then for the next start.
    if (this.#ending !== undefined && next !== undefined) return this.#ignored(next);
    const answer = this.#answer(report, heard);
    if (this.#ending !== undefined) return answer;
    if (next !== undefined) this.#take(next);
    if (this.#next === undefined) this.#manager.ready();
    else this.#stopFor();
    return answer;
  }

  /**
   * While the daemon still drains for one that was taken: the same once more is to take over, and nothing is
   * tried now; where another one is rejected, that one takes over all the same.
   */
  async #readAfter(pending: Config | undefined): Promise<Reading> {
    const reading = await this.#read(pending ?? this.#config);
    if (pending === undefined) return reading;
    const { report } = reading;
    if (report.type === "config_unchanged") return { report: { type: "config_reloaded" } };
    return report.type === "config_rejected" ? { report: { ...report, pending: true } } : reading;
  }

  #read(config: Config): Promise<Reading> {
    const current = { config, listen: this.#config.admin.listen };
    return readAgain(this.#options.config, current, this.#files, this.#terminal, this.#load);
  }

  #ignored(next?: Next): ReloadAnswer {
    next?.starting.abandon();
    return this.#answer({ type: "reload_ignored", why: "the daemon is stopping" });
  }

  #answer(report: Report, heard: readonly Report[] = []): ReloadAnswer {
    this.#tell(report);
    return reloadAnswer(report, heard, this.#config);
  }

  /** Nobody asked: what has changed is taken over, and what is as before is not spoken of. */
  #lookAtConfig(): void {
    const busy = this.#readings.busy || !this.#mayTakeOver();
    // What is rejected is tried again: a file that it needs may come later than it.
    if (!busy && (this.#files.changed() || this.#rejected !== undefined))
      void this.#readings.do(() => this.#takeOver());
  }

  #mayTakeOver(): boolean {
    return this.#daemon !== undefined && this.#ending === undefined && this.#next === undefined;
  }

  async #takeOver(): Promise<void> {
    await this.#daemon?.lookAtFiles();
    if (!this.#mayTakeOver()) return;
    const { report, next } = await this.#read(this.#config);
    if (!this.#mayTakeOver()) return next?.starting.abandon();
    const first = report.type === "config_rejected" ? report.first : undefined;
    const again = first !== undefined && first === this.#rejected;
    this.#rejected = first;
    if (report.type !== "config_unchanged" && !again) this.#tell(report);
    if (next === undefined) return;
    this.#take(next);
    this.#manager.reloading();
    this.#stopFor();
  }

  /** In place of one that was taken before it. */
  #take(next: Next): void {
    this.#next?.starting.abandon();
    this.#next = next;
  }

  /** The next configuration takes over: at once, or when the daemon that starts has started. */
  #stopFor(): void {
    this.#daemon?.stop(changed);
  }
}

const changed = "the configuration changed";
