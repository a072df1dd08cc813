import type { PlaceAnswer } from "../spool/spool.ts";
import { printable } from "../text/printable.ts";
import { type Command, exitCodes, type PlacesOptions, type Terminal } from "./command.ts";
import { NoStateAccess, stateAccess } from "./state-access.ts";

/** Says what a changed destination of an output, or a changed instance of a source, means. */
export const places: Command<PlacesOptions> = async (options, terminal) => {
  const { kind, name, answer } = options;
  const what = `${kind === "outputs" ? "output" : "source"} ${name}`;
  try {
    const asked = await answered(options, terminal);
    terminal[asked ? "stdout" : "stderr"].write(
      asked
        ? `${printable(what)}: ${meanings[answer]}${kind === "sources" ? togetherNow : ""}\n`
        : `wandb-audit-forwarder: nothing was asked about ${printable(what)}: status shows what is held\n`,
    );
    return asked ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    if (!(error instanceof NoStateAccess)) throw error;
    terminal.stderr.write(`wandb-audit-forwarder: ${printable(error.message)}\n`);
    return exitCodes.failed;
  }
};

const meanings: Readonly<Record<PlacesOptions["answer"], string>> = {
  adopt: "goes on where it was, at the destination of the configuration",
  start_over: "starts over, as the configuration has it now",
  from_now: "gets what comes from now on",
};

const togetherNow = "; the books of this name count both instances together from now on";

/** False: there was nothing to answer. */
async function answered({ config, kind, name, answer }: PlacesOptions, terminal: Terminal): Promise<boolean> {
  const access = await stateAccess(config, terminal);
  if (access.by === "daemon") {
    const query = new URLSearchParams({ name, answer });
    return ((await access.ask("POST", `/${kind}/answer`, query)) as { asked: boolean }).asked;
  }
  const { store } = access;
  try {
    if (kind === "sources") return store.startOver(name);
    return store.answerPlace(name, answer as PlaceAnswer);
  } finally {
    store.close();
  }
}
