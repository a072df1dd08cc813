import manifest from "../../package.json" with { type: "json" };
import { bashCompletion } from "./bash-completion.ts";
import { commandTree } from "./command-tree.ts";
import { manPage } from "./man-page.ts";
import { zshCompletion } from "./zsh-completion.ts";

/** What a system's manual and shells are told of the commands, by the files that `npm run docs` writes. */
export function manualPages(): Record<string, string> {
  const program = commandTree(manifest.version);
  return {
    "packaging/files/wandb-audit-forwarder.8": manPage(program, manifest.version),
    "packaging/files/wandb-audit-forwarder.bash": bashCompletion(program),
    "packaging/files/_wandb-audit-forwarder": zshCompletion(program),
  };
}
