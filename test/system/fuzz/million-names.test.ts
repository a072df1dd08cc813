import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { actionSpec } from "../../../src/event/actions.ts";
import { filterRule } from "../../../src/event/filter.ts";
import { formatNames } from "../../../src/format/all.ts";
import { history } from "../../../src/status/history.ts";
import { metrics } from "../../../src/status/metrics.ts";
import { eventWith } from "../../format/arbitrary-event.ts";
import { formats } from "../../format/texts.ts";
import { agent } from "../../security/receivers.ts";
import { fakeRuntimeView } from "../../status/fake-runtime-view.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function kept(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

it("SEC-LABEL: a million names make no metric and no memory", async () => {
  const { runtime } = fakeRuntimeView();
  const counts = metrics(runtime, history(runtime));
  const series = async () =>
    (await counts.text()).split("\n").filter((line) => /^wandb_audit_forwarder/.test(line)).length;
  const before = await series();
  const render = formatNames.map((name) => formats[name](agent));
  const rule = filterRule({ actions: ["*:read*"] });
  const heap = kept();
  for (let number = 0; number < 1_000_000; number++) {
    const action = `name${number}:read`;
    actionSpec(action);
    if (number % 200 !== 0) continue;
    const event = eventWith({
      action,
      keys: { action, project_name: `p${number}`, actor_ip: `10.0.${number % 256}.1` },
    });
    rule(event);
    for (const format of render) format(event);
    counts.note({ type: "unknown_actions", output: "soc", source: "prod", events: 1 });
    counts.note({ type: "dead", output: "soc", uid: `${number}`, reason: "bad_event", detail: action });
  }
  expect((await series()) - before).toBeLessThan(10);
  expect(kept() - heap).toBeLessThan(16 * 2 ** 20);
});
