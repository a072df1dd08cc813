/**
 * What an address or a socket is wanted for cannot be had: for a person to mend, and no bug. The message says
 * how.
 */
export class ListenError extends Error {
  override readonly name = "ListenError";

  /** `where` names the address, and the setting it comes from. */
  static at(where: string, cause: NodeJS.ErrnoException): ListenError {
    return new ListenError(`cannot listen on ${where}: ${hint(cause)}`, { cause });
  }

  /** Somebody listens there. */
  get isInUse(): boolean {
    return (this.cause as NodeJS.ErrnoException | undefined)?.code === "EADDRINUSE";
  }
}

function hint({ code, message }: NodeJS.ErrnoException): string {
  if (code === "EADDRINUSE")
    return "the port is in use; stop what uses it (ss -ltnp), or choose another port";
  if (code === "EACCES") return "not permitted; ports below 1024 need privileges, choose a higher one";
  if (code === "EADDRNOTAVAIL") return "this machine does not have that address";
  if (code === "ENOTFOUND") return "there is no such host name; write an address of this machine";
  if (code === "EMFILE")
    return "no further file can be opened; raise the limit of open files (LimitNOFILE=, ulimit -n)";
  if (code === "ENFILE")
    return "this machine has no room for another open file; raise fs.file-max (sysctl), or find what holds so many (lsof)";
  return message;
}
