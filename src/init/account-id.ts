/**
 * The number of the group or user `name` in the text of /etc/group or /etc/passwd (group(5), passwd(5));
 * undefined: there is none.
 */
export function accountId(name: string, text: string): number | undefined {
  const fields = text
    .split("\n")
    .map((line) => line.split(":"))
    .find(([found]) => found === name);
  const id = fields?.[2];
  return id !== undefined && /^\d{1,10}$/.test(id) ? Number(id) : undefined;
}
