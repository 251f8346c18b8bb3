#include "report/style.hpp"

namespace konseki::report {

std::string_view const style_sheet = R"css(
:root { color-scheme: light dark; --paper: #fbfaf7; --card: #ffffff; --ink: #1c1e21; --soft: #5a5f66; --line: #dcd8cf; --accent: #1f4e79; --shade: #f1eee7;
  --critical: #9b1c31; --high: #c2410c; --medium: #a16207; --low: #1d6a72; --informational: #5b6470; --bar: #9aa7b5; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --card: #1c2026; --ink: #e8e6e1; --soft: #a3a9b1; --line: #343a43; --accent: #8fb8e0; --shade: #232932;
  --critical: #ff7b8a; --high: #ff9a5c; --medium: #e6b84c; --low: #5fc3cc; --informational: #a3adba; --bar: #556271; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.6 system-ui, "Segoe UI", "BIZ UDPGothic", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", Meiryo, sans-serif;
  line-break: strict; overflow-wrap: anywhere; }
#show-en:checked ~ .page .ja, #show-ja:checked ~ .page .en { display: none; }
.switch { position: absolute; opacity: 0; pointer-events: none; }
.page { max-width: 1120px; margin: 0 auto; padding: 0 1.25rem 4rem; }
.marking { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; align-items: center; padding: .6rem 0; font-size: .85rem; color: var(--soft); }
.marking b { background: #000; color: #ffc000; padding: .1rem .6rem; font: 700 16px/1.5 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; letter-spacing: .02em; }
.marking b.red { color: #ff2b2b; } .marking b.green { color: #33ff00; } .marking b.clear { color: #fff; }
header { border-top: 6px solid var(--accent); background: var(--card); border-radius: 0 0 10px 10px; padding: 1.4rem 1.6rem 1.2rem; border-left: 1px solid var(--line);
  border-right: 1px solid var(--line); border-bottom: 1px solid var(--line); }
header .head { display: flex; justify-content: space-between; gap: 1rem; align-items: flex-start; flex-wrap: wrap; }
.product { color: var(--soft); font-size: .85rem; letter-spacing: .08em; margin: 0; }
h1 { font-size: 1.9rem; line-height: 1.25; margin: .1rem 0 .3rem; font-weight: 700; }
.languages { display: flex; border: 1px solid var(--line); border-radius: 999px; overflow: hidden; font-size: .85rem; }
.languages label { padding: .3rem .9rem; cursor: pointer; }
#show-en:checked ~ .page label[for=show-en], #show-ja:checked ~ .page label[for=show-ja] { background: var(--accent); color: var(--card); }
#show-en:focus-visible ~ .page .languages, #show-ja:focus-visible ~ .page .languages { outline: 3px solid var(--accent); outline-offset: 2px; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: .8rem 0 0; font-size: .92rem; }
dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; padding: .9rem 0 .2rem; font-size: .9rem; }
a { color: var(--accent); text-underline-offset: .2em; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 .6rem; padding-bottom: .3rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
h4 { font-size: .82rem; margin: .9rem 0 .15rem; color: var(--soft); font-weight: 600; letter-spacing: .03em; }
p { margin: .3rem 0; max-width: 62em; }
.lead { font-size: 1.28rem; line-height: 1.5; margin: .6rem 0 1rem; font-weight: 600; }
.soft { color: var(--soft); } .small { font-size: .86rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: .7rem; margin: .4rem 0 1rem; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; }
.tile .value { font-size: 1.75rem; font-weight: 700; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile .value.word { font-size: 1.02rem; line-height: 1.45; padding: .2rem 0; }
.tile .name { font-size: .84rem; color: var(--soft); }
.tile.critical, .tile.high, .tile.medium, .tile.low, .tile.informational { border-top: 4px solid currentColor; }
.tile.zero { opacity: .55; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); } .informational { color: var(--informational); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; background: var(--card); border: 1px solid var(--line); }
caption { text-align: left; font-weight: 600; padding: .9rem 0 .35rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .65rem; border-bottom: 1px solid var(--line); }
thead th { font-weight: 600; font-size: .82rem; color: var(--soft); background: var(--shade); white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.path { min-width: 14em; } td.t { white-space: nowrap; font-variant-numeric: tabular-nums; }
time { white-space: nowrap; } time .jst { color: var(--soft); display: block; font-size: .86em; }
p time .jst, li time .jst, dd time .jst, .value time .jst { display: inline; margin-left: .5em; } .tile .value time .jst { display: block; margin: 0; font-weight: 400; font-size: .84rem; }
code { font: .88em/1.5 ui-monospace, "DejaVu Sans Mono", Consolas, "Noto Sans Mono CJK JP", monospace; background: var(--shade); border-radius: 4px; padding: .05em .35em; }
code.cmd { user-select: all; -webkit-user-select: all; border: 1px solid var(--line); white-space: nowrap; } code.plain { background: none; padding: 0; }
.hash { font-size: .78em; word-break: break-all; } .odd { background: var(--medium); color: var(--card); border-radius: 3px; padding: 0 .2em; font-family: ui-monospace, monospace; font-size: .85em; }
.badge { display: inline-block; font-size: .8rem; font-weight: 700; border: 1.5px solid currentColor; border-radius: 5px; padding: 0 .5em; white-space: nowrap; line-height: 1.55; }
.chip { display: inline-block; font-size: .8rem; background: var(--shade); border: 1px solid var(--line); border-radius: 5px; padding: 0 .45em; margin: 0 .15em .15em 0; white-space: nowrap; color: var(--ink); }
article { background: var(--card); border: 1px solid var(--line); border-left: 6px solid currentColor; border-radius: 8px; padding: .9rem 1.2rem 1rem; margin: .9rem 0; }
article > * { color: var(--ink); } article h4 { color: var(--soft); } article .top { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: baseline; }
article h3 { margin: 0; font-size: 1.12rem; flex: 1 1 20em; } article .top .badge { color: inherit; }
article.critical .badge { color: var(--critical); } article.high .badge { color: var(--high); } article.medium .badge { color: var(--medium); }
article.low .badge { color: var(--low); } article.informational .badge { color: var(--informational); }
article .two { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 0 2rem; }
.text { white-space: pre-line; }
details { margin: .35rem 0; } summary { cursor: pointer; color: var(--accent); font-size: .9rem; }
ul.traces { list-style: none; margin: .3rem 0 .2rem; padding: 0 0 0 .9rem; border-left: 3px solid var(--line); } ul.traces > li { margin: .55rem 0; }
dl.fields { display: grid; grid-template-columns: minmax(8em, max-content) 1fr; gap: .05rem .9rem; margin: .2rem 0 0; font: .82rem/1.55 ui-monospace, "DejaVu Sans Mono", Consolas, "Noto Sans Mono CJK JP", monospace; }
dl.fields dt { color: var(--soft); } dl.fields dd { margin: 0; white-space: pre-wrap; max-height: 16em; overflow: auto; }
svg { display: block; width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--soft); } svg .axis { stroke: var(--line); stroke-width: 1; }
svg .bar { fill: var(--bar); } svg .critical { fill: var(--critical); } svg .high { fill: var(--high); } svg .medium { fill: var(--medium); } svg .low { fill: var(--low); }
svg.strip { width: 180px; height: 26px; } .chart { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .84rem; margin: .2rem 0 .4rem; }
ol.limits li { margin: .35rem 0; max-width: 62em; }
footer { margin-top: 3rem; border-top: 2px solid var(--line); padding-top: .4rem; }
@media print { :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --shade: #f3f3f3; --accent: #1f4e79; }
  body { font-size: 10pt; } .page { max-width: none; padding: 0; } nav, .languages { display: none; } h2 { break-after: avoid; } article, tr, .tile { break-inside: avoid; }
  article { break-inside: auto; } @page { margin: 16mm 14mm; } }
)css";

}
