// biome-ignore-all lint/suspicious/noTemplateCurlyInString: content that template engines would obey

/** A row of the list of hostile content: what a user of W&B, or a server that lies, puts into a record. */
export interface Hostile {
  readonly id: string;
  /** A record's line, to the byte. */
  readonly line: Buffer;
  /** The project's name a reader of JSON must get back; absent where the record is no JSON object. */
  readonly name?: string;
}

const timestamp = "2026-08-01T13:12:14Z";

function named(id: string, name: string): Hostile {
  return { id, name, line: record(`"project_name":${JSON.stringify(name)}`) };
}

/** `members` in a record, as they are. */
function record(members: string, action = "project:read"): Buffer {
  return Buffer.from(
    `{"timestamp":"${timestamp}","action":${JSON.stringify(action)},"response_code":200,${members}}`,
  );
}

const depth = (levels: number) => `"x":${"[".repeat(levels)}${"]".repeat(levels)}`;
const wide = (keys: number) => Array.from({ length: keys }, (_, at) => `"k${at}":${at}`).join(",");

/** Every row that is about content, in the order of the list. */
export const hostile: readonly Hostile[] = [
  named("SEC-CRLF", "\r\n<134>1 2026-08-01T00:00:00Z h a - - - forged"),
  named("SEC-CRLF octet count", "x\n57 <134>1 2026-08-01T00:00:00Z h a - - - forged by a length"),
  named("SEC-CRLF only CR", "x\r<13>Aug  1 00:00:00 h forged"),
  named("SEC-SD", '"] [x@1 a="'),
  named("SEC-SD backslash", '\\"] [x@1 a="\\'),
  named("SEC-CEF", "| = \\ \n newline|CEF:0|a|b|c|d|e|10|act=forged"),
  named("SEC-CEF key", "x act=user:delete suser=forged@example.com outcome=success"),
  named("SEC-CEF trailing backslash", "ends with \\"),
  named("SEC-ANSI", "\u001b[2J\u001b]0;title\u0007\u009b31m\u007f\u0000\u202e\u2066\u2028\u2029\u0085"),
  named("SEC-JSON", '","admin":true,"x":"'),
  named("SEC-JSON envelope", '"}{"event":"forged","time":1}{"'),
  named("SEC-CSV", '=HYPERLINK("http://x","y")'),
  named("SEC-PATH", "../../etc/cron.d/x\u0000CON"),
  named("SEC-PATH long", `${"a".repeat(300)}/..`),
  named("SEC-INDEX", 'main","index":"_internal'),
  named("SEC-HTML", "<script>alert(1)</script><img src=x onerror=alert(1)>"),
  named("SEC-TEMPLATE", "${jndi:ldap://x/a} {{7*7}} %n%s $(id) `id`"),
  {
    id: "SEC-PROTO",
    line: record(
      '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"prototype":1,"toString":2,"length":3,"0":4,"hasOwnProperty":"x"',
    ),
  },
  { id: "SEC-PROTO action", line: record('"project_name":"x"', "__proto__:constructor"), name: "x" },
  { id: "SEC-DEEP 60", line: record(depth(60)) },
  { id: "SEC-DEEP 65", line: record(depth(65)) },
  { id: "SEC-DEEP 5,000", line: record(depth(5_000)) },
  { id: "SEC-DEEP 400,000", line: record(depth(400_000)) },
  { id: "SEC-WIDE 4,000", line: record(wide(4_000)) },
  { id: "SEC-WIDE 20,000", line: record(wide(20_000)) },
  {
    id: "SEC-NUM",
    line: record(
      '"a":9007199254740993,"b":1e400,"c":-0,"d":0.1000000000000000000001,"actor_user_id":18446744073709551616',
    ),
  },
  { id: "SEC-DUPKEY", line: record('"project_name":"first","project_name":"second"'), name: "second" },
  {
    id: "SEC-UTF8 bad",
    line: Buffer.concat([
      record('"project_name":"').subarray(0, -1),
      Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]),
      Buffer.from('"}'),
    ]),
  },
  { id: "SEC-UTF8 lone", line: record('"project_name":"\\ud800 lone"') },
  {
    id: "SEC-UTF8 lone everywhere",
    line: record(
      '"project_name":"a\\udfff","k\\ud800":"\\ud83d\\ud83d\\ude00","n":{"\\udc00":["\\udbff","\\\\ud800"]},"actor_email":"\\ud800@x"',
    ),
  },
  { id: "SEC-NUL", line: record('"project_name":"a\\u0000b","k\\u0000":"c\\u0000d"'), name: "a\u0000b" },
  { id: "SEC-KEYS", line: record(`"":1,"a.b":2,"a":{"b":3,"":4},".":5,"${"k".repeat(300)}":6,"x":1,"x":2`) },
  { id: "SEC-LONG", line: record(`"extra":"${"é".repeat(100_000)}","${"k".repeat(70_000)}":1`) },
  {
    id: "SEC-NUM small",
    line: record('"a":1e-400,"b":-0.0,"c":5e-324,"d":1E5,"e":[-1e400],"f":1.0,"response_code":1e400'),
  },
  {
    id: "SEC-UTF8 no characters",
    line: record('"project_name":"\\ufffe\\uffff\\ufdd0"'),
    name: "\ufffe\uffff\ufdd0",
  },
  { id: "SEC-ACTION", line: record('"project_name":"x"', "a\r\nb:<13>c|d=e] \u202e"), name: "x" },
  { id: "not JSON", line: Buffer.from('<134>1 2026-08-01T00:00:00Z h a - - - "forged" \\ | = ] \u001b[2J') },
];

/** Whatever ends a line, or is obeyed where it is shown. */
export const obeyed = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
