/** One unary call (gRPC over HTTP/2, "Requests" and "Responses"). */
export interface GrpcCall {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The message, packed as `encoding` says: buffers that go one behind the other, none of them copied. */
  readonly message: readonly Buffer[];
  /** The name of a coding, for `grpc-encoding`; absent: not packed. */
  readonly encoding: string | undefined;
  /** What the server is told of the time there is, milliseconds. */
  readonly timeoutMs: number;
  /** Give up now, wherever the call is. */
  readonly deadline: AbortSignal;
}

/** What came of a call that was answered. */
export interface GrpcReply {
  /** Of HTTP: other than 200 something between has answered. */
  readonly status: number;
  /** Lower-case names; those of the trailers are among them, and stronger. */
  readonly headers: Readonly<Record<string, string>>;
  /** `grpc-status`; absent where it is no answer of gRPC. */
  readonly code: number | undefined;
  /** `grpc-message`, decoded; else what stands in the body that is none of gRPC. */
  readonly words: string;
  /** google.rpc.Status, where the server sends one. */
  readonly details: Buffer | undefined;
  /** The message of the answer; empty where there is none. */
  readonly message: Buffer;
}

/** A client for one origin, with one connection that it keeps. */
export interface GrpcClient {
  /** Rejects with what `networkFault` sorts. */
  call(call: GrpcCall): Promise<GrpcReply>;
  /**
   * Reads TLS files again; true when they had changed, and the connection there is takes no further call
   * then. Throws an Error that names a file which cannot be used: what was read before stays in use.
   */
  reload(): boolean;
  close(): Promise<void>;
}

/** Status codes by name (google.rpc.Code). */
export const grpcCodes = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;
