export { writeRecords } from "./chunk";
export { readEvent } from "./event";
export { writeIdentity, writeRowIdentity } from "./identity";
export { addKind } from "./kinds";
export { entryEnd, readMembers } from "./members";
export * from "./places";
export { readRows } from "./rows";
export { beginRun, goOn, goOnFrom } from "./run";
export { write } from "./write";
