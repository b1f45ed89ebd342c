"""The style sheet of a report, for screens of any width and for paper."""

STYLE = """
:root { --ink: #1c2530; --soft: #5a6672; --line: #dde3e8; --pale: #f5f7f9; --accent: #0b5c93; --warn: #a34700; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 62rem; background: #fff; color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif;
  overflow-wrap: break-word;
}
h1 { margin: 0 0 .6rem; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.01em; }
h2 {
  margin: 3rem 0 .8rem; padding-top: .9rem; border-top: 1px solid var(--line); font-size: 1.35rem; line-height: 1.25;
}
h3 { margin: 1.8rem 0 .5rem; font-size: 1.02rem; }
p { margin: .5rem 0 .9rem; max-width: 46rem; }
a { color: var(--accent); }
nav { margin: 1.4rem 0 0; font-size: .92rem; }
nav ol { display: flex; flex-wrap: wrap; gap: .15rem 1.3rem; margin: 0; padding: 0; list-style: none; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.lead { font-size: 1.08rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0; }
.facts div {
  padding: .7rem .9rem; border: 1px solid var(--line); border-radius: 6px; background: var(--pale); min-width: 0;
}
.facts dt { color: var(--soft); font-size: .82rem; }
.facts dd { margin: .1rem 0 0; font-size: 1.1rem; font-weight: 600; line-height: 1.3; }
.scroll { overflow-x: auto; margin: .8rem 0 1.2rem; }
.table { margin: 1rem 0 1.5rem; }
.table .scroll { margin: 0; }
table { border-collapse: collapse; font-size: .88rem; line-height: 1.4; font-variant-numeric: tabular-nums; }
.caption { margin: 0 0 .3rem; color: var(--soft); font-size: .88rem; line-height: 1.4; }
th, td { padding: .36rem .6rem .36rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom: 1.5px solid #9aa7b2; color: var(--soft); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 600; }
th + th, td + td, th + td { padding-left: .6rem; }
.number { text-align: right; white-space: nowrap; }
th.number { white-space: normal; }
td.text { min-width: 13rem; }
.short { white-space: nowrap; }
tr.chosen > * { background: #eaf3fa; }
tr.chosen > :first-child { box-shadow: inset 3px 0 0 var(--accent); }
tr > :first-child { padding-left: .55rem; }
tr.failed > * { color: var(--soft); }
.reason { display: block; color: var(--warn); }
.side { display: flex; flex-wrap: wrap; gap: 0 3.5rem; }
.side > * { max-width: 100%; }
.tag {
  display: inline-block; margin-left: .4rem; padding: 0 .45rem; border-radius: 3px; background: var(--accent);
  color: #fff; font-size: .74rem; font-weight: 600;
}
.hash, code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.hash { font-size: .78rem; overflow-wrap: anywhere; min-width: 17rem; }
pre {
  margin: .4rem 0 1.2rem; padding: .8rem 1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: 6px;
  background: var(--pale); font-size: .84rem; line-height: 1.5; overflow-wrap: normal;
}
figure { margin: 1.4rem 0 1.8rem; }
figure .scroll { margin: 0 0 .4rem; }
figure svg { display: block; width: 100%; min-width: 36rem; height: auto; }
figcaption { max-width: 46rem; color: var(--soft); font-size: .9rem; line-height: 1.45; }
figcaption b { color: var(--ink); }
.warnings { margin: .6rem 0 1rem; padding: 0; list-style: none; max-width: 50rem; }
.warnings li { margin: .5rem 0; padding: .55rem .9rem; border-left: 4px solid var(--warn); background: #fdf4ec; }
@media (max-width: 40rem) {
  body { padding: 1.4rem 1rem 3rem; font-size: 15px; }
  h1 { font-size: 1.5rem; }
  .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; }
  .facts dd { font-size: 1rem; }
}
@page { margin: 16mm 15mm; }
@media print {
  html { font-size: 10pt; }
  .facts { grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); }
  body { max-width: none; padding: 0; font-size: 10pt; line-height: 1.4; }
  nav { display: none; }
  h1 { font-size: 17pt; }
  h2 { margin-top: 1.6rem; font-size: 13pt; }
  h2, h3, .caption { break-after: avoid; }
  figure, tr, pre, .facts, .warnings li { break-inside: avoid; }
  .scroll { overflow: visible; }
  figure .scroll { margin: 0 0 .4rem; }
figure svg { min-width: 0; }
  table { font-size: 7.5pt; }
  th, td { padding: .2rem .25rem .2rem 0; }
  th + th, td + td, th + td { padding-left: .25rem; }
  .hash { min-width: 0; font-size: 6.5pt; }
  td.text { min-width: 0; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 8pt; }
  a { color: inherit; text-decoration: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
