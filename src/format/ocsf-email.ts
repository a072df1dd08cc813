/** The schema's own pattern (type `email_t` of 1.8.0), for texts. */
const pattern = /^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/;

/** Whether the schema takes the text as an e-mail address. */
export function isEmailText(text: string): boolean {
  return pattern.test(text);
}

const at = 0x40;
const dot = 0x2e;
/** Which bytes stand before the `@`, and which behind it. */
const local = tableOf("!#$%&'*+,-./=?^_`{|}~");
const domain = tableOf("-");

function tableOf(others: string): Uint8Array {
  const table = new Uint8Array(256);
  const letters = "abcdefghijklmnopqrstuvwxyz";
  for (const character of `${letters}${letters.toUpperCase()}0123456789${others}`)
    table[character.charCodeAt(0)] = 1;
  return table;
}

/** The same of bytes, without making a text of them. */
export function isEmail(bytes: Buffer, start: number, end: number): boolean {
  let position = start;
  while (position < end && local[bytes[position] as number] === 1) position += 1;
  if (position === start || bytes[position] !== at) return false;
  const host = position + 1;
  position = host;
  while (position < end && domain[bytes[position] as number] === 1) position += 1;
  // One character at least before the first dot and one behind it.
  if (position === host || position >= end - 1 || bytes[position] !== dot) return false;
  for (position += 1; position < end; position += 1)
    if (domain[bytes[position] as number] !== 1 && bytes[position] !== dot) return false;
  return true;
}
