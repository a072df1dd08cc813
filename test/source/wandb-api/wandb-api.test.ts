import type { WandbBehaviour } from "../../../src/simulate/wandb-behaviour.ts";
import { sourceContract } from "../../contract/source-contract.ts";
import { lostFile } from "../../fake/lost-file.ts";
import { Keeper, rehearse } from "./reading.ts";

const servers: readonly (readonly [name: string, behaviour: Partial<WandbBehaviour>])[] = [
  ["v1", { dialect: "v1" }],
  ["v2", { dialect: "v2" }],
  ["v4", { dialect: "v4" }],
  ["v5", { dialect: "v5" }],
  ["v5 multi-tenant", { dialect: "v5-multi-tenant" }],
  ["v5 that ignores startDate", { dialect: "v5", ignoreStartDate: true }],
  ["v5 pretty-printed and compressed", { dialect: "v5", pretty: true, gzip: true }],
  ["v4 in any order, compressed", { dialect: "v4", shuffle: true, gzip: true }],
  ["v4 that refuses what it does not know", { dialect: "v4", strict: true }],
  ["v4 that answers with an array", { dialect: "v4", array: true }],
];

for (const [name, behaviour] of servers)
  sourceContract(`wandb_api on ${name}`, async (lines) => {
    const { clock, server, source, close } = await rehearse();
    server.behave(behaviour);
    server.log.append(...lines);
    return {
      keeper: new Keeper(source()),
      append: (...more) => server.log.append(...more),
      late: (...more) => server.log.late(...more),
      shuffle: () => server.log.shuffle(),
      rename: (from, to) => server.log.rename(from, to),
      truth: () => server.log.all().sort(),
      outOfReach: () => {
        const file = lostFile();
        const made = source({ url: "https://127.0.0.1:1", tls: { ca: file.path } });
        file.lose();
        return [made];
      },
      advance: (ms) => {
        clock.at += ms;
      },
      close,
    };
  });
