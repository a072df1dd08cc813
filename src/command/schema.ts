import { editorSchema } from "../config/json-schema.ts";
import { allKinds } from "../config/load.ts";
import { type Command, exitCodes } from "./command.ts";

/** Prints the configuration's JSON Schema. */
export const schema: Command<Record<string, never>> = async (_, { stdout }) => {
  stdout.write(`${JSON.stringify(editorSchema(allKinds), null, 2)}\n`);
  return exitCodes.done;
};
