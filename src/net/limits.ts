/**
 * The limits of connections and HTTP answers that are no settings, in one place; `docs/operate.md` says them.
 * How long a whole read or send may take is a setting, and no limit here is about waiting for an answer.
 */

/**
 * A name with several addresses: so long, in milliseconds, one is tried alone before the next is tried
 * beside it (RFC 8305 §5).
 */
export const attemptDelayMs = 250;

/** For name, address, tunnel and TLS handshake together, in milliseconds; a shorter deadline counts first. */
export const connectMs = 20_000;

/**
 * So long, in milliseconds, a remote that asked for a client certificate gets to refuse it on a connection
 * that nothing is said on.
 */
export const refusalMs = 2_000;

/** After so much silence, in milliseconds, the peer's system is asked whether it is still there. */
export const keepAliveMs = 30_000;

/** Of an answer's head, in bytes, trailers included. */
export const headBytes = 65_536;

/** An unused connection is kept so long, in milliseconds, or less where the server says so. */
export const idleMs = 4_000;

/** An older connection is not used again, in milliseconds, so that a name which moved is followed. */
export const greatestAgeMs = 300_000;
