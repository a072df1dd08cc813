import type crypto from "node:crypto";
import type fs from "node:fs";
import type http from "node:http";
import type http2 from "node:http2";
import type https from "node:https";
import type sea from "node:sea";
import type util from "node:util";
import type v8 from "node:v8";
import type vm from "node:vm";
import type threads from "node:worker_threads";
import type zlib from "node:zlib";

/** Looks a module up and touches nothing of the process; it knows Node's own modules and no others. */
const { getBuiltinModule } = process;

/** What is taken from Node in this way. */
interface Builtins {
  readonly "node:crypto": typeof crypto;
  readonly "node:fs": typeof fs;
  readonly "node:http": typeof http;
  readonly "node:http2": typeof http2;
  readonly "node:https": typeof https;
  readonly "node:sea": typeof sea;
  readonly "node:util": typeof util;
  readonly "node:v8": typeof v8;
  readonly "node:vm": typeof vm;
  readonly "node:worker_threads": typeof threads;
  readonly "node:zlib": typeof zlib;
}

/**
 * A module of Node itself without what an `import` of it brings along: that asks for each of its exports, and
 * behind some of them stands more than a small command needs in all. Of `node:http` it is Node's `fetch`, of
 * `node:fs` and `node:util` streams and promises.
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  return getBuiltinModule(name);
}
