import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ControlRoutes, controlServer } from "../../src/admin/control.ts";
import { jsonAnswer } from "../../src/admin/routes.ts";
import { program } from "../../src/command/program.ts";
import { SpoolDirectory } from "../fake/spool-directory.ts";
import { fakeTerminal } from "./fake-terminal.ts";

/** A state and the configuration that names it, for commands with and without a daemon beside them. */
export class CommandPlace {
  readonly state = new SpoolDirectory();
  readonly config = join(this.state.path, "..", "config.yaml");
  readonly #closing: (() => unknown)[] = [];

  constructor() {
    writeFileSync(
      this.config,
      `state_dir: ${this.state.path}
sources: [{ name: prod, type: wandb_api, url: "https://wandb.example", api_key: "\${KEY}" }]
outputs: [{ name: siem, type: stdout }]
admin: { listen: "off" }
`,
    );
  }

  /** Runs the command, with the state closed or in the hands of a daemon. */
  async run(...args: string[]) {
    const terminal = fakeTerminal({ environment: { KEY: "key" }, clock: this.state.clock });
    const code = await program([...args, "-c", this.config], terminal);
    return { code, out: terminal.out(), err: terminal.err() };
  }

  /** A daemon's control socket with these answers. */
  async serve({ routes = {}, actions = {} }: Partial<ControlRoutes>): Promise<void> {
    const alive = { "/livez": () => jsonAnswer(200, {}), ...routes };
    const control = await controlServer(this.state.path, { routes: alive, actions }, (text) => text);
    this.#closing.push(() => control.close());
  }

  async remove(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
    this.state.remove();
  }
}
