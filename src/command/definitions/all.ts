import type { Command as Commander } from "commander";
import { defineActivity } from "./activity.ts";
import { defineArchive } from "./archive.ts";
import { defineBackfill } from "./backfill.ts";
import { defineCheck } from "./check.ts";
import { defineDeadLetters } from "./dead-letters.ts";
import type { CommandPlaces, StartCommand } from "./definition.ts";
import { defineDemo } from "./demo.ts";
import { defineExplain } from "./explain.ts";
import { defineHealthcheck } from "./healthcheck.ts";
import { defineInit } from "./init.ts";
import { defineMap } from "./map.ts";
import { definePlaces } from "./places.ts";
import { definePseudonym } from "./pseudonym.ts";
import { defineReload } from "./reload.ts";
import { defineReplay } from "./replay.ts";
import { defineReport } from "./report.ts";
import { defineRun } from "./run.ts";
import { defineSchema } from "./schema.ts";
import { defineSetup } from "./setup.ts";
import { defineSimulate } from "./simulate.ts";
import { defineStatus } from "./status.ts";
import { defineTap } from "./tap.ts";
import { defineVerify } from "./verify.ts";

/**
 * Describes every command to the program, in the order in
 * which `--help` lists them. A new one is one more line.
 */
export function defineAll(program: Commander, start: StartCommand, places: CommandPlaces): void {
  defineRun(program, start, places);
  defineInit(program, start, places);
  defineCheck(program, start, places);
  defineSetup(program, start, places);
  defineMap(program, start, places);
  defineStatus(program, start, places);
  defineTap(program, start, places);
  defineBackfill(program, start, places);
  defineReplay(program, start, places);
  defineDeadLetters(program, start, places);
  defineExplain(program, start, places);
  defineVerify(program, start, places);
  defineArchive(program, start, places);
  defineReport(program, start, places);
  defineActivity(program, start, places);
  definePlaces(program, start, places);
  definePseudonym(program, start, places);
  defineReload(program, start, places);
  defineSchema(program, start);
  defineSimulate(program, start, places);
  defineDemo(program, start);
  defineHealthcheck(program, start, places);
}
