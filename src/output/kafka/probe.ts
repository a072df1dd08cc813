import type { Finding } from "../../finding.ts";
import { certificateFindings } from "../../net/certificate.ts";
import type { TlsConfig } from "../../schema/parts.ts";
import type { Clock } from "../../time/clock.ts";
import type { RetryResult } from "../output.ts";
import type { KafkaClient } from "./client.ts";
import { loadKafka, triedVersion } from "./load-client.ts";
import type { Login } from "./login.ts";
import { type BrokerAddress, type BrokerWay, brokerText, reachable } from "./reach.ts";
import { topicFacts } from "./topic-facts.ts";
import { type TopicUse, topicFindings } from "./topic-findings.ts";

/** What a probe is made with. */
export interface KafkaProbe extends TopicUse {
  readonly brokers: readonly BrokerAddress[];
  readonly settings: TlsConfig | undefined;
  readonly way: BrokerWay;
  readonly login: Login | undefined;
  readonly client: KafkaClient;
  readonly clock: Clock;
  faultOf(error: unknown, deadline: AbortSignal): Promise<RetryResult>;
}

/** Tries brokers, session, login, topic and the right to write. Writes no record. */
export async function probeKafka(probe: KafkaProbe, deadline: AbortSignal): Promise<readonly Finding[]> {
  const { client, login } = probe;
  const { found: reached, some } = await brokerFindings(probe, deadline);
  const missing = await clientFindings(probe, deadline);
  const ways = [...missing, ...reached];
  if (!some || missing.length > 0) return ways;
  const unready = await login?.ready(deadline);
  if (unready !== undefined) return [...ways, problem(unready)];
  try {
    const found = await client.ask(async (opened) => {
      const facts = await topicFacts(opened, probe.topic);
      // Gives out a number and leaves nothing in a topic.
      await opened.producer.initIdempotentProducer({});
      return [
        ...versionFinding(opened.pack.clientSoftwareVersion),
        ...loginFinding(login),
        ...topicFindings(facts, probe),
        ...(facts.writable === undefined ? [unproven] : []),
      ];
    }, deadline);
    return [...ways, ...found];
  } catch (error) {
    return [...ways, problem(await probe.faultOf(error, deadline))];
  }
}

const unproven: Finding = {
  level: "warning",
  text: "the brokers do not say whether this client may write to the topic; that it may is not proven",
  fix: "prove it once with --send-test-event",
  open: true,
};

/** Each broker by itself: the client goes on with the others, and nobody notices that one is wrong. */
async function brokerFindings(
  probe: KafkaProbe,
  deadline: AbortSignal,
): Promise<{ readonly found: Finding[]; readonly some: boolean }> {
  const { brokers, way, settings, clock } = probe;
  const tried = await Promise.all(
    brokers.map(async (broker): Promise<Finding> => {
      try {
        await reachable({ ...way, brokers: [broker] }, deadline);
        return {
          level: "ok",
          text: `${brokerText(broker)}: ${way.tls === undefined ? "takes connections" : "takes TLS sessions"}`,
        };
      } catch (error) {
        return problem(await probe.faultOf(error, deadline));
      }
    }),
  );
  const some = tried.some(({ level }) => level === "ok");
  const found = tried.map(
    (each): Finding => (some && each.level === "problem" ? { ...each, level: "warning" } : each),
  );
  if (settings === undefined) return { found, some };
  const [first] = brokers;
  const url = new URL(`https://${brokerText(first as BrokerAddress)}`);
  const certificate = await certificateFindings({ url, tls: settings, environment: {}, clock }, deadline);
  return { found: [...certificate, ...found], some };
}

/** Whether the client is there, told also where no broker is reached. */
async function clientFindings({ faultOf }: KafkaProbe, deadline: AbortSignal): Promise<Finding[]> {
  try {
    await loadKafka();
    return [];
  } catch (error) {
    return [problem(await faultOf(error, deadline))];
  }
}

function versionFinding(installed: string): Finding[] {
  if (installed === triedVersion) return [];
  return [
    {
      level: "warning",
      text: `@platformatic/kafka ${installed} is installed; this program is tried with ${triedVersion}`,
      fix: `npm install -g @platformatic/kafka@${triedVersion}`,
    },
  ];
}

function loginFinding(login: Login | undefined): Finding[] {
  return login === undefined ? [] : [{ level: "ok", text: `lets this client in (${login.sasl.mechanism})` }];
}

function problem({ detail, fix }: RetryResult): Finding {
  return { level: "problem", text: detail, ...(fix !== undefined && { fix }) };
}
