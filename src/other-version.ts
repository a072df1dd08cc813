/** Of who runs while the program is replaced: what it needs and has not loaded yet is gone. */
export const restartIt = "restart it; where that does not help, install it again";

const otherVersion = "OTHER_VERSION";
/** Of a file that is named, and of one that an import names. */
const missing = ["MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"];

/** For a part of the program that is not of the build that asks for it. It can be told in another thread. */
export function notOfThisBuild(): Error {
  const text = "another version was installed over the one that runs";
  return Object.assign(new Error(text), { code: otherVersion });
}

/**
 * Whether an error says that a part of the program is gone, or another version's. Parts of different versions
 * have different names, so that none is taken for another's.
 */
export function isPartGone(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && [otherVersion, ...missing].includes(code);
}
