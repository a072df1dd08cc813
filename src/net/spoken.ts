/** An alert or handshake record of any TLS version (RFC 8446 §5.1). */
export function isTlsRecord(bytes: Buffer): boolean {
  return (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03 && (bytes[2] ?? 9) <= 4;
}

/** The frame that an HTTP/2 server begins with (RFC 9113 §3.4, §6.5). */
export function isHttp2Settings(bytes: Buffer): boolean {
  return bytes.length >= 9 && bytes[3] === 4 && bytes[4] === 0 && bytes.readUInt32BE(5) === 0;
}
