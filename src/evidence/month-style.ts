/** How a report looks, on a screen and on paper. */
export const monthStyle = `
body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1a1a1a; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #ccc; padding: .25rem .5rem; text-align: left; vertical-align: top; }
th { border-bottom: 2px solid #555; font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.hash, code { font-family: ui-monospace, monospace; font-size: .8rem; overflow-wrap: anywhere; }
pre { background: #f4f4f4; padding: .5rem .75rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; }
tr.total td { border-top: 2px solid #555; font-weight: 600; }
.good { border-left: 4px solid #1b7f3b; padding-left: .75rem; }
.points { border-left: 4px solid #b00020; padding-left: 1.75rem; }
tr.gap td, tr.unread td { background: #fbe9eb; } tr.settling td, tr.open td { background: #fff8e1; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem 1rem; }
@media print { body { margin: 0; max-width: none; font-size: 10px; } tr { break-inside: avoid; } thead { display: table-header-group; } }
`;
