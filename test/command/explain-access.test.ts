import { afterEach, beforeEach, expect, it } from "vitest";
import { jsonAnswer } from "../../src/admin/routes.ts";
import { explainAccess } from "../../src/command/explain-access.ts";
import { keep, record, uidOfText } from "../fake/records.ts";
import { CommandPlace } from "./command-place.ts";
import { fakeTerminal } from "./fake-terminal.ts";

let place: CommandPlace;
beforeEach(() => {
  place = new CommandPlace();
});
afterEach(() => place.remove());
const terminal = () => fakeTerminal({ environment: { KEY: "key" }, clock: place.state.clock });

it("opens the state where no daemon runs, and leaves it to the next one", async () => {
  keep(place.state.open(), "prod", [record("a")]);
  place.state.close();
  const access = await explainAccess(place.config, terminal());
  const { record: found } = await access.lookup.scan({ uid: uidOfText("a"), before: 2 });
  expect(found?.seq).toBe(1);
  expect([...(await access.troubles())]).toEqual([]);
  access.close();
  place.state.open();
});

it("says that a daemon of another version cannot be asked", async () => {
  place.state.open();
  await place.serve({ routes: { "/status": () => jsonAnswer(200, { outputs: [] }) } });
  const access = await explainAccess(place.config, terminal());
  await expect(access.lookup.extent({})).rejects.toThrow("answered 404");
  access.close();
});
