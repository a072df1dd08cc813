import { constants } from "node:os";

/**
 * The system's name of what an error is about; undefined where it is no error of the system. Node has no name
 * for a quota that is used up, and tells its number alone.
 */
export function systemCode(error: unknown): string | undefined {
  const { code, errno } = error as NodeJS.ErrnoException;
  return errno === -constants.errno.EDQUOT ? "EDQUOT" : code;
}
