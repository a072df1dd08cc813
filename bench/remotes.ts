// The other side of every benchmark, in a process of its own so that its CPU time is not the daemon's: a W&B server that
// streams generated records and receivers that read everything and keep nothing. Tells its ports to the parent.
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";

const count = Number(process.argv[2] ?? "1000000");
const day = 86_400_000;

/** One NDJSON line of 435 bytes, as long as a typical artifact record with names. */
function line(index: number, midnight: number): string {
  const time = new Date(midnight + ((index * 83) % 86_400) * 1000).toISOString().slice(0, 19);
  const head =
    `{"timestamp":"${time}Z","action":"artifact:read","actor_user_id":${1000 + (index % 500)},"response_code":200,` +
    `"actor_ip":"203.0.113.${index % 250}","cli_version":"0.22.3","actor_email":"person${index % 500}@example.com",` +
    `"artifact_asset":${index},"artifact_sequence_asset":${4000 + (index % 90)},"entity_asset":77,"entity_name":"vision-team",` +
    `"project_asset":5311,"project_name":"defect-detector","artifact_qualified_name":"vision-team/defect-detector/`;
  const tail = `:v${index % 100}"}`;
  return `${head}${"x".repeat(Math.max(0, 434 - head.length - tail.length))}${tail}\n`;
}

async function stream(response: ServerResponse): Promise<void> {
  const midnight = Math.floor(Date.now() / day) * day - day;
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  for (let from = 0; from < count; from += 1000) {
    let piece = "";
    for (let index = from; index < Math.min(count, from + 1000); index++) piece += line(index, midnight);
    if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
  }
  response.end();
}

const wandb = createServer((request, response) => {
  const query = new URL(request.url ?? "/", "http://localhost").searchParams;
  // All records lie in yesterday: asked for another day there are none.
  const asked = query.get("startDate");
  const yesterday = new Date(Math.floor(Date.now() / day) * day - day).toISOString().slice(0, 10);
  if (asked !== null && asked !== yesterday) {
    response.writeHead(200, { "content-length": "0" }).end();
    return;
  }
  void stream(response);
});
const http = createServer((request, response) => {
  request.resume();
  request.on("end", () => {
    const otlp = request.url?.includes("/v1/logs") === true;
    const body = otlp ? Buffer.alloc(0) : Buffer.from('{"text":"Success","code":0}');
    response
      .writeHead(200, {
        "content-type": otlp ? "application/x-protobuf" : "application/json",
        "content-length": body.length,
      })
      .end(body);
  });
});
const syslog = createTcpServer({ allowHalfOpen: true }, (socket) => {
  socket.resume();
  socket.on("end", () => socket.end());
  socket.on("error", () => socket.destroy());
});

const servers = [wandb, http, syslog];
await Promise.all(
  servers.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
);
const [wandbPort, httpPort, syslogPort] = servers.map((server) => (server.address() as AddressInfo).port);
process.send?.({ wandbPort, httpPort, syslogPort });
process.on("disconnect", () => process.exit(0));
