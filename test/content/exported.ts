import { history } from "../../src/status/history.ts";
import { metricTable } from "../../src/status/metric-table.ts";
import { metrics } from "../../src/status/metrics.ts";
import { fakeRuntimeView } from "../status/fake-runtime-view.ts";

/** What a scrape of the daemon may have, by name: the labels of each series, and those that Prometheus adds. */
export async function exported(): Promise<ReadonlyMap<string, readonly string[]>> {
  const target = ["job", "instance"];
  const found = new Map<string, readonly string[]>();
  for (const { name, type, labels } of metricTable)
    if (type === "histogram") {
      found.set(`${name}_bucket`, [...labels, ...target, "le"]);
      for (const end of ["_sum", "_count"]) found.set(name + end, [...labels, ...target]);
    } else found.set(name, [...labels, ...target]);
  const { runtime } = fakeRuntimeView();
  // Node's own metrics, as they come.
  for (const [, name = "", written = ""] of (await metrics(runtime, history(runtime)).text()).matchAll(
    /^((?:process|nodejs)_\w+)(?:\{(.*)\})? \S+$/gm,
  ))
    found.set(name, [...target, ...[...written.matchAll(/(\w+)="/g)].map(([, label = ""]) => label)]);
  return found;
}
