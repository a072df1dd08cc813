import type { KafkaPackage, SaslOptions } from "./load-client.ts";

/** What a broker says during a login is nothing that the mechanism knows. */
export class NotSasl extends Error {
  override readonly name = "NotSasl";
}

type Authenticate = NonNullable<SaslOptions["authenticate"]>;
type Ask = Parameters<Authenticate>[2];
type LetIn = NonNullable<Parameters<Ask>[2]>;
type Crypto = KafkaPackage["saslScramSha"]["defaultCrypto"];

/** A second's work or so. Kafka itself allows 16,384. */
const mostIterations = 1_000_000;
/** How long a login is good, milliseconds: neither asked for again without a pause, nor beyond a timer. */
const [shortestLifeMs, longestLifeMs] = [1_000n, 2_147_483_647n];

/**
 * The client's logins, of which nothing that a broker says ends the process, keeps its threads busy for
 * hours, or is asked for again and again: it reads what comes in the midst of an event, unprotected.
 */
export function guardedSasl(pack: KafkaPackage, sasl: SaslOptions): SaslOptions {
  const crypto = boundedCrypto(pack.saslScramSha.defaultCrypto);
  return {
    ...sasl,
    authenticate(mechanism, connection, ask, username, password, token, done) {
      const settle = once(done);
      const asked = guarded(ask, settle);
      if (mechanism === "PLAIN")
        pack.saslPlain.authenticate(asked, connection, username ?? "", password ?? "", settle);
      else if (mechanism === "OAUTHBEARER")
        pack.saslOAuthBearer.authenticate(
          asked,
          connection,
          token ?? "",
          sasl.oauthBearerExtensions ?? {},
          settle,
        );
      else {
        const algorithm = mechanism === "SCRAM-SHA-512" ? "SHA-512" : "SHA-256";
        const { authenticate } = pack.saslScramSha;
        authenticate(asked, connection, algorithm, username ?? "", password ?? "", crypto, settle);
      }
    },
  };
}

function boundedCrypto(crypto: Crypto): Crypto {
  return {
    ...crypto,
    async hi(definition, password, salt, iterations) {
      if (!(iterations <= mostIterations))
        throw new NotSasl(`the broker asks for ${iterations} iterations of SCRAM`);
      return crypto.hi(definition, password, salt, iterations);
    },
  };
}

/** The first end counts, and a login lives neither too short nor too long. */
function once(done: LetIn): LetIn {
  let ended = false;
  return (error, response) => {
    if (ended) return;
    ended = true;
    if (error !== null || response === undefined) return done(error, response);
    const { sessionLifetimeMs: life } = response;
    const most = life > longestLifeMs ? longestLifeMs : life;
    done(null, {
      ...response,
      sessionLifetimeMs: most > 0n && most < shortestLifeMs ? shortestLifeMs : most,
    });
  };
}

/** What the mechanism throws at an answer ends the login. */
function guarded(ask: Ask, settle: LetIn): Ask {
  return Object.assign(
    (connection: Parameters<Ask>[0], bytes: Buffer, answered: LetIn) =>
      ask(connection, bytes, (error, response) => {
        try {
          answered(error, response);
        } catch (cause) {
          settle(new NotSasl("a broker's answer is none of the login's mechanism", { cause }), undefined);
        }
      }),
    ask,
  ) as Ask;
}
