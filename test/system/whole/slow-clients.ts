// A process that holds connections to a port and says next to nothing on each; one that is closed is opened again.
import { connect } from "node:net";

const [port, count] = process.argv.slice(2).map(Number) as [number, number];
const lines = [
  "",
  "G",
  "GET / HTTP/1.1\r\n",
  "GET /status HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
  "POST /status HTTP/1.1\r\n",
];
let opened = 0;

function open(index: number): void {
  const socket = connect(port, "127.0.0.1");
  const drip = setInterval(() => socket.write("x"), 250);
  socket.once("connect", () => {
    opened++;
    socket.write(lines[index % lines.length] ?? "");
  });
  socket.on("error", () => {});
  socket.once("close", () => {
    clearInterval(drip);
    setTimeout(() => open(index), 2_000);
  });
}

for (let index = 0; index < count; index++) open(index);
const told = setInterval(() => {
  if (opened < count) return;
  clearInterval(told);
  process.stdout.write("open\n");
}, 20);
