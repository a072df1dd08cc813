export { writeRecords } from "./chunk";
export { readEvent } from "./event";
export { writeIdentity, writeRowIdentity } from "./identity";
export { entryEnd, readMembers } from "./members";
export * from "./places";
export { readRows } from "./rows";
export { write } from "./write";
