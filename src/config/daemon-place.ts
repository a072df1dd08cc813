import { isIP } from "node:net";

/** Where the state is when the configuration does not say it. */
export const usualStateDir = "/var/lib/wandb-audit-forwarder";
/** The same of `admin.listen`. */
export const usualListen = "127.0.0.1:9464";

/** An address to listen on. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** The address in `host:port` or `[::1]:port`; undefined when it is none. `off`: nowhere. */
export function listenAddress(text: string): ListenAddress | "off" | undefined {
  if (text === "off") return "off";
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6))
    return undefined;
  return { host, port: Number(port) };
}

/** What a configuration says of where its daemon is. */
export interface DaemonPlace {
  /** As it is written: a relative path counts from the folder of the file. */
  readonly stateDir: string;
  /** Absent: the listener is off. */
  readonly listen: ListenAddress | undefined;
}

/**
 * The two keys by which a running daemon is found, out of the configuration as data, as its schema reads them
 * and without it: loading that takes a multiple of the time of a health check. Undefined when they cannot be
 * told.
 */
export function daemonPlace(config: unknown): DaemonPlace | undefined {
  if (!isGroup(config)) return undefined;
  const { state_dir: stateDir = usualStateDir, admin = {} } = config;
  if (typeof stateDir !== "string" || stateDir === "" || !isGroup(admin)) return undefined;
  const { listen = usualListen } = admin;
  const address = typeof listen === "string" ? listenAddress(listen) : undefined;
  if (address === undefined) return undefined;
  return { stateDir, listen: address === "off" ? undefined : address };
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
