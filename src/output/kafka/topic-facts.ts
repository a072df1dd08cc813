import type { Opened } from "./client.ts";
import type { KafkaPackage } from "./load-client.ts";

/** What a cluster says of a topic. */
export interface TopicFacts {
  readonly partitions: number;
  /** Of the partition that has fewest, how many brokers keep it, and how many are up to date. */
  readonly replicas: number;
  readonly inSync: number;
  /** Partitions that no broker leads at the moment. */
  readonly leaderless: number;
  /** May this client write to it; undefined: the cluster does not say. */
  readonly writable: boolean | undefined;
  /** Its settings; undefined: this client may not see them. */
  readonly settings: ReadonlyMap<string, string> | undefined;
}

/** From this version on an answer says what may be done with a topic, and is asked for it in one way. */
const saysOperations = 8;
/** The bit of WRITE, by its number among the operations of an ACL. */
const writeBit = 1 << 4;
/** Nothing was said. */
const unsaid = -2_147_483_648;

/** Asks for what `check` tells of a topic; writes nothing. */
export async function topicFacts({ pack, producer }: Opened, topic: string): Promise<TopicFacts> {
  const { brokers } = await producer.metadata({ topics: [topic] });
  const connection = await producer.connections.getFirstAvailable([...brokers.values()]);
  const ask = await apiOf<KafkaPackage["metadataV12"]["api"]>(pack, producer, "Metadata");
  const answer = await ask.async(connection, [topic], false, true);
  const [{ partitions = [], topicAuthorizedOperations = unsaid } = {}] = answer.topics;
  const knows = ask.version >= saysOperations && topicAuthorizedOperations !== unsaid;
  return {
    partitions: partitions.length,
    replicas: Math.min(...partitions.map(({ replicaNodes }) => replicaNodes.length)),
    inSync: Math.min(...partitions.map(({ isrNodes }) => isrNodes.length)),
    leaderless: partitions.filter(({ leaderId }) => leaderId < 0).length,
    writable: knows ? (topicAuthorizedOperations & writeBit) !== 0 : undefined,
    settings: await settingsOf({ pack, producer }, connection, topic),
  };
}

async function settingsOf(
  { pack, producer }: Pick<Opened, "pack" | "producer">,
  connection: InstanceType<KafkaPackage["Connection"]>,
  resourceName: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const ask = await apiOf<KafkaPackage["describeConfigsV4"]["api"]>(pack, producer, "DescribeConfigs");
    const { TOPIC } = pack.ConfigResourceTypes;
    const answer = await ask.async(connection, [{ resourceType: TOPIC, resourceName }]);
    const configs = answer.results[0]?.configs ?? [];
    return new Map(configs.flatMap(({ name, value }) => (value == null ? [] : [[name, value] as const])));
  } catch {
    // Who may write may not always look.
    return undefined;
  }
}

/** The newest of the versions of a request that both sides know. */
function apiOf<Api>(pack: KafkaPackage, producer: Opened["producer"], name: string): Promise<Api> {
  return new Promise((resolve, reject) => {
    producer[pack.kGetApi](name, (error, api) => {
      if (error === null) resolve(api as Api);
      else reject(error);
    });
  });
}
