import { describe, expect, it } from "vitest";
import { escapeHtml, html } from "../../src/text/html.ts";

describe("html", () => {
  it("escapes what is filled in, also for attributes in double quotes", () => {
    const evil = `"><script>alert('&')</script>`;
    expect(html`<p title="${evil}">${evil}</p>`.markup).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;">' +
        "&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;</p>",
    );
    expect(html`${"\u202eevil"}`.markup).toBe("\\u202eevil");
  });

  it("takes its own parts as they are, in lists too, and leaves out what is absent", () => {
    const rows = ["a", "<"].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${rows}${undefined}${null}${false}${0}${""}</ul>`.markup).toBe(
      "<ul><li>a</li><li>&lt;</li>0</ul>",
    );
  });
});

describe("escapeHtml", () => {
  it("escapes an ampersand once", () => {
    expect(escapeHtml("&lt;")).toBe("&amp;lt;");
  });
});
