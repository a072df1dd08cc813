import { ConfigError } from "../config/problem.ts";

/**
 * What the schema cannot see, told as a problem at `path`: a certificate file that is missing, a variable of
 * the environment that makes no sense.
 */
export function created<Part>(file: string, path: string, create: () => Part): Part {
  try {
    return create();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(file, [{ path, line: 0, column: 0, message }], error);
  }
}
