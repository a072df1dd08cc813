import { heartbeatContract } from "../contract/heartbeat-contract.ts";
import { MemoryStore } from "./memory-store.ts";

heartbeatContract("the store of the tests", {
  open: (heartbeats) => new MemoryStore(["siem", "lake"], { heartbeats }),
});
