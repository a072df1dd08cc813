/** JSON text over several lines, so that a difference is a line. Tokens stay as they are: numbers keep their digits, strings their escapes. */
export function prettyJson(json: string): string {
  let text = "";
  let depth = 0;
  const newLine = () => {
    text += `\n${"  ".repeat(depth)}`;
  };
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g)) {
    if (token === "}" || token === "]") {
      depth -= 1;
      if (!/[{[]$/.test(text)) newLine();
    } else if (/[{[]$/.test(text)) newLine();
    text += token;
    if (token === "{" || token === "[") depth += 1;
    else if (token === ",") newLine();
    else if (token === ":") text += " ";
  }
  return text;
}
