/** The style sheet of the status page. */
export const style = `
:root {
  color-scheme: light dark;
  --back: light-dark(#f4f6f8, #0f1418);
  --card: light-dark(#ffffff, #182027);
  --text: light-dark(#16202a, #e6edf3);
  --quiet: light-dark(#55636f, #9fb0bd);
  --line: light-dark(#dbe2e8, #2b3741);
  --good: light-dark(#0b6e4f, #5fd3a6);
  --warn: light-dark(#8a5300, #f0b429);
  --bad: light-dark(#b3261e, #ff8a80);
  --still: light-dark(#55636f, #9fb0bd);
  --good-back: light-dark(#e3f4ec, #12281f);
  --warn-back: light-dark(#fdf1dc, #2d2411);
  --bad-back: light-dark(#fce8e6, #331a19);
  --count: light-dark(#1f6feb, #6cb2ff);
  --lag: light-dark(#7a4fc4, #c4a5ff);
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 0 1.25rem 2rem; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1, h2, h3, h4, p, dl, dd, figure, ol, ul { margin: 0; padding: 0; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.1rem; margin: 2rem 0 .75rem; }
h3 { font-size: .8rem; font-weight: 600; color: var(--quiet); text-transform: uppercase; letter-spacing: .06em; margin-bottom: .5rem; }
h4 { font-size: 1rem; overflow-wrap: anywhere; }
small, .quiet { color: var(--quiet); font-weight: 400; font-size: .86rem; }
code { font: .86em ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; padding: .05em .35em; border: 1px solid var(--line); border-radius: 4px; }
a { color: inherit; }
:focus-visible { outline: 3px solid var(--count); outline-offset: 2px; border-radius: 4px; }
main:focus { outline: none; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
.top { display: flex; flex-wrap: wrap; gap: .5rem 1rem; justify-content: space-between; align-items: center; padding: 1rem 0; }
.brand { display: flex; gap: .6rem; align-items: center; font-weight: 650; }
.logo { fill: var(--count); } .logo-line { fill: none; stroke: var(--card); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round; }
.clock { display: flex; gap: .75rem; align-items: center; color: var(--quiet); font-variant-numeric: tabular-nums; }
button { font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .7rem; cursor: pointer; }
.headline { border-radius: 12px; padding: 1.1rem 1.3rem; border: 1px solid var(--line); border-left: 6px solid var(--good); background: var(--good-back); }
.headline.warn { border-left-color: var(--warn); background: var(--warn-back); }
.headline.bad { border-left-color: var(--bad); background: var(--bad-back); }
.problems { list-style: none; display: grid; gap: .6rem; }
.problems li { background: var(--card); border: 1px solid var(--bad); border-radius: 10px; padding: .8rem 1rem; overflow-wrap: anywhere; }
.problems.mild li { border-color: var(--warn); }
.fix { margin-top: .25rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin-top: 1rem; }
.figures div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .7rem 1rem; }
.figures dt { color: var(--quiet); font-size: .86rem; }
.figures dd { font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.flow { list-style: none; display: grid; grid-template-columns: minmax(0, 1.1fr) 9.5rem minmax(0, 2.1fr); gap: 3rem; align-items: start; }
.flow + p { margin-top: .75rem; }
.flow > li { position: relative; display: grid; gap: .75rem; min-width: 0; }
.flow > li + li::before { content: ""; position: absolute; left: -2.55rem; top: 4.2rem; width: 1.6rem; border-top: 2px solid var(--quiet); }
.flow > li + li::after { content: ""; position: absolute; left: -1.25rem; top: 3.9rem; border: .36rem solid transparent; border-left: .55rem solid var(--quiet); }
.flow h3 { margin: 0; grid-column: 1 / -1; }
.flow .outputs { grid-template-columns: repeat(auto-fit, minmax(14.5rem, 1fr)); align-items: start; }
.row { display: flex; flex-wrap: wrap; gap: 0 1.5rem; justify-content: space-between; align-items: baseline; }
.ranges { display: flex; gap: .25rem; }
.ranges a { padding: .1rem .55rem; border-radius: 6px; border: 1px solid var(--line); background: var(--card); text-decoration: none; font-size: .86rem; }
.ranges a[aria-current] { border-color: var(--count); color: var(--count); font-weight: 650; }
.reason code { text-decoration: underline; text-decoration-style: dotted; }
.card { background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--good); border-radius: 10px; padding: .8rem 1rem; min-width: 0; }
.card.warn { border-top-color: var(--warn); } .card.bad { border-top-color: var(--bad); } .card.still { border-top-color: var(--still); }
.card dl { margin-top: .5rem; display: grid; gap: .1rem; }
.card dl div { display: flex; justify-content: space-between; gap: 1rem; }
.card dt { color: var(--quiet); } .card dd { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.state { font-weight: 600; }
.good-text { color: var(--good); } .warn-text { color: var(--warn); } .bad-text { color: var(--bad); } .still-text { color: var(--still); }
.trouble { margin-top: .5rem; padding: .6rem .75rem; border-radius: 8px; background: var(--warn-back); overflow-wrap: anywhere; }
.card.bad .trouble { background: var(--bad-back); }
.note { margin-top: .5rem; font-size: .9rem; }
details { margin-top: .6rem; } summary { cursor: pointer; color: var(--quiet); } details ul { padding-left: 1.1rem; }
.bar { display: block; margin-top: .6rem; border-radius: 4px; }
.bar-back { fill: var(--line); } .bar-full { fill: var(--good); }
.warn .bar-full { fill: var(--warn); } .bad .bar-full { fill: var(--bad); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .75rem; }
.figures + .charts { margin-top: .75rem; }
.chart { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .7rem .9rem; min-width: 0; overflow-wrap: anywhere; }
.chart svg { display: block; width: 100%; height: auto; margin-top: .3rem; }
.chart text { fill: var(--quiet); font-size: 10px; }
.chart { position: relative; }
.chart .mark { stroke: var(--text); stroke-width: 1; }
.at { position: absolute; top: .35rem; left: .5rem; right: .5rem; padding: .15rem .5rem; border-radius: 6px; background: var(--text); color: var(--card);
  font-size: .86rem; font-variant-numeric: tabular-nums; pointer-events: none; }
.chart .axis { stroke: var(--line); } .chart .grid { stroke: var(--line); stroke-dasharray: 2 4; }
.count path { fill: var(--count); } .lag path { fill: var(--lag); fill-opacity: .55; stroke: var(--lag); stroke-width: 1; }
figcaption { display: grid; grid-template-columns: 1fr auto; gap: 0 .5rem; font-weight: 600; }
figcaption span:first-child { grid-column: 1 / -1; } figcaption strong { font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin-top: .5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-size: .86rem; font-weight: 600; } tbody th { font-weight: 500; }
tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; } .zero { color: var(--quiet); }
.events { list-style: none; display: grid; gap: .6rem; margin-top: .75rem; }
.events li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .6rem .9rem; min-width: 0; }
pre { margin: .3rem 0 0; max-height: 11rem; overflow: auto; font: .8rem/1.45 ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.reasons { display: grid; gap: .6rem; }
.reasons div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .7rem 1rem; overflow-wrap: anywhere; }
.reasons div:target, .reasons div:has(:target) { border-color: var(--count); border-width: 2px; } .reasons dt { font-weight: 650; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
footer { margin-top: 2.5rem; color: var(--quiet); font-size: .9rem; } footer a { margin-right: .6rem; }
.lost { color: var(--bad); font-weight: 600; }
@media (max-width: 56rem) {
  .flow { grid-template-columns: 1fr; gap: 2.5rem; }
  .flow > li + li::before { left: 50%; top: -1.9rem; width: 0; height: 1rem; border-top: 0; border-left: 2px solid var(--quiet); }
  .flow > li + li::after { left: calc(50% - .3rem); top: -.95rem; border: .36rem solid transparent; border-top: .55rem solid var(--quiet); border-left-color: transparent; }
}
@media (max-width: 30rem) {
  body { padding: 0 .75rem 2rem; }
  .figures { grid-template-columns: 1fr 1fr; gap: .5rem; } .figures div { padding: .5rem .7rem; } .figures dd { font-size: 1.15rem; }
  .charts { grid-template-columns: 1fr 1fr; gap: .5rem; } .chart { padding: .5rem .6rem; }
  .chart figcaption { grid-template-columns: 1fr; }
  .chart text { font-size: 17px; }
  th, td { padding: .35rem .45rem; }
  .ranges a { padding: .35rem .55rem; }
}
@media print { button, .skip { display: none; } }
`;
