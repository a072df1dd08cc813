import { tables } from "./001-tables.ts";
import { sideTables } from "./002-side-queue.ts";
import { placeTables } from "./003-places.ts";
import { knownTables } from "./004-known.ts";
import { pastTables } from "./005-past.ts";
import { ownTables } from "./006-own-events.ts";
import { peopleTables } from "./007-people.ts";
import { replayTables } from "./008-replays.ts";
import { sweepTables } from "./009-sweeps.ts";
import { witnessTables } from "./010-witness.ts";
import { againTables } from "./011-shown-again.ts";
import { closedTables } from "./012-closed-days.ts";
import { archiveTables } from "./013-archive.ts";
import { trendTables } from "./014-trends.ts";
import { segmentColumns } from "./015-segments.ts";
import { leftTables } from "./016-left-behind.ts";
import { replacedTables } from "./017-replaced-state.ts";
import { segmentChecksums } from "./018-segment-checksums.ts";

/** In order; the schema's version is how many have run. Never change one that was released: add one. */
export const migrations: readonly string[] = [
  tables,
  sideTables,
  placeTables,
  knownTables,
  pastTables,
  ownTables,
  peopleTables,
  replayTables,
  sweepTables,
  witnessTables,
  againTables,
  closedTables,
  archiveTables,
  trendTables,
  segmentColumns,
  leftTables,
  replacedTables,
  segmentChecksums,
];
