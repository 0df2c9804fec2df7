/** The page's style sheet: light and dark as the reader's system has it, and for paper. No colour says what a sign does not say too. */
export const STYLE = `
:root {
  --paper: #fbfcfd; --panel: #ffffff; --ink: #1b2330; --soft: #586577; --line: #d7dde6; --faint: #e9edf3;
  --accent: #1f5fbf; --focus: #1f5fbf; --active: #e8f0fc;
  --right: #176b3f; --right-paper: #e7f5ec; --wrong: #ab2217; --wrong-paper: #fdecea;
  --changed: #7a4b00; --changed-paper: #fff3d6;
  --note: #6b5310; --note-paper: #fff8e1; --note-line: #d9c27a; --mark: #ffe27a;
  --sip: var(--ink); --diameter: #6a3fa0; --dns: #0b6b74; --http: #8a4a12;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --panel: #181d25; --ink: #dde4ee; --soft: #98a5b8; --line: #333d4b; --faint: #232a35;
    --accent: #82b1ff; --focus: #82b1ff; --active: #1f2d44;
    --right: #6fd39b; --right-paper: #16301f; --wrong: #ff9187; --wrong-paper: #3a1a18;
    --changed: #f0c36b; --changed-paper: #3a2d10;
    --note: #e6cf8b; --note-paper: #2c2714; --note-line: #6b5d2b; --mark: #7a6100;
    --diameter: #c3a2f2; --dns: #6fd0da; --http: #e6a66b;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html, body { height: 100%; margin: 0; }
body { background: var(--paper); color: var(--ink); font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif; }
#app { height: 100%; display: flex; flex-direction: column; }
#app.with-index { flex-direction: row; }
.run { flex: 1; min-width: 0; min-height: 0; display: flex; flex-direction: column; }
h1 { font-size: 19px; line-height: 1.3; margin: 0; font-weight: 650; }
h2 { font-size: 15px; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: 13px; margin: 14px 0 4px; }
p { margin: 4px 0; }
.soft { color: var(--soft); font-weight: 400; }
.right { color: var(--right); }
.wrong { color: var(--wrong); }
code, kbd, pre, .message { font-family: var(--mono); font-size: 12.5px; }
kbd { border: 1px solid var(--line); border-bottom-width: 2px; border-radius: 4px; padding: 0 4px; background: var(--panel); font-size: 11.5px; }
code { overflow-wrap: anywhere; }
code.place { color: var(--soft); }
mark { background: var(--mark); color: inherit; border-radius: 2px; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }

button { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 3px 9px; cursor: pointer; white-space: nowrap; }
button:hover { border-color: var(--soft); }
button:disabled { opacity: .45; cursor: default; }
button[aria-pressed='true'] { background: var(--active); border-color: var(--accent); }
button.link { border: 0; background: none; padding: 0; color: var(--accent); text-decoration: underline; text-underline-offset: 2px; white-space: normal; text-align: left; }
button.small { padding: 0 7px; font-size: 12px; margin-left: 6px; }

.index { width: 250px; flex: none; border-right: 1px solid var(--line); overflow: auto; padding: 10px; }
.index ol { list-style: none; margin: 6px 0; padding: 0; }
.index button { width: 100%; text-align: left; white-space: normal; border-color: transparent; background: none; }
.index button[aria-current] { background: var(--active); border-color: var(--accent); }

.summary { padding: 12px 16px 8px; max-height: 42vh; overflow: auto; flex: none; }
.headline { display: flex; gap: 14px; align-items: baseline; flex-wrap: wrap; }
.verdict { font-weight: 650; margin: 0; padding: 1px 10px; border-radius: 99px; border: 1px solid currentColor; }
.verdict.right { background: var(--right-paper); }
.verdict.wrong { background: var(--wrong-paper); }
.figures { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 6px 0; }
.figures div { display: flex; gap: 6px; align-items: baseline; }
.figures dt { color: var(--soft); }
.figures .count dt { order: 2; }
.figures dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
details { margin: 4px 0; }
summary { cursor: pointer; }
.summary ul { margin: 4px 0; padding-left: 14px; list-style: none; }
.summary li { margin: 2px 0; overflow-wrap: anywhere; }
.failures > summary { color: var(--wrong); font-weight: 600; }

main { flex: 1; min-height: 0; display: flex; flex-direction: column; border-top: 1px solid var(--line); }
.toolbar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 7px 16px; border-bottom: 1px solid var(--line); flex: none; }
.toolbar .group { display: flex; }
.toolbar .group button { border-radius: 0; margin-left: -1px; }
.toolbar .group button:focus-visible { position: relative; z-index: 1; }
.toolbar .group button:first-child { border-radius: 6px 0 0 6px; margin-left: 0; }
.toolbar .group button:last-child { border-radius: 0 6px 6px 0; }
.toolbar .kind[aria-pressed='false'] { text-decoration: line-through; color: var(--soft); }
#search { font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 3px 9px; flex: 0 1 200px; }
#search::placeholder { color: var(--soft); opacity: 1; }
.status { margin: 0 0 0 auto; color: var(--soft); font-variant-numeric: tabular-nums; }

.body { flex: 1; min-height: 0; display: flex; }
.ladder { flex: 1; min-width: 0; overflow: auto; position: relative; scrollbar-gutter: stable; }
.ladder { --gutter: 168px; }
.ladder.narrow { --gutter: 132px; }
.narrow .gutter { padding: 0 6px 0 0; }
.narrow .gutter .fine { display: none; }
.ladder:focus-visible { outline: none; }
.heads { position: sticky; top: 0; z-index: 3; display: flex; background: var(--paper); border-bottom: 1px solid var(--line); padding: 5px 0; align-items: center; }
.heads .gutter { border: 0; color: var(--soft); font-size: 12px; }
.participant { flex: none; border-color: transparent; background: none; font-weight: 600; font-size: 12px; padding: 3px 0; overflow: hidden; text-overflow: ellipsis; }
.participant[aria-pressed='true'] { border-color: var(--accent); background: var(--active); }
.grid { position: relative; }
.grid:focus-visible { outline: none; }
.empty { padding: 30px; text-align: center; color: var(--soft); }
.row { position: absolute; left: 0; right: 0; height: 36px; display: flex; cursor: pointer; }
.row.wrong { background: var(--wrong-paper); }
.row:hover .lanes { background: color-mix(in srgb, var(--active) 55%, transparent); }
.row.active, .row.active .gutter { background: var(--active); }
.row.active { box-shadow: inset 0 0 0 1px var(--line); }
.grid:focus-visible .row.active { outline: 2px solid var(--focus); outline-offset: -2px; z-index: 1; }
.grid:focus-visible .row.active .gutter { box-shadow: inset 0 2px var(--focus), inset 0 -2px var(--focus), inset 2px 0 var(--focus); }
.gutter { position: sticky; left: 0; z-index: 2; width: var(--gutter); flex: none; display: grid; grid-template-columns: 38px 34px 1fr; align-items: center; gap: 4px; padding: 0 10px 0 8px; background: var(--paper); color: var(--ink); font-variant-numeric: tabular-nums; }
.row.wrong .gutter { background: var(--wrong-paper); }
.row.active .gutter { background: var(--active); }
.gutter .step { text-align: right; font-weight: 650; }
.gutter .mark { text-align: center; font-weight: 700; }
.row.right .mark { color: var(--right); }
.row.wrong .mark { color: var(--wrong); }
.erratum-sign { color: var(--changed); font-weight: 400; margin-left: 3px; }
.gutter .time { text-align: right; color: var(--soft); font-size: 12px; }
.lanes { position: relative; flex: 1; }
.lanes svg { position: absolute; left: 0; top: 0; }
.lifelines { stroke: var(--line); fill: none; }
.row { --line-ink: var(--sip); }
.row.kind-diameter { --line-ink: var(--diameter); }
.row.kind-dns { --line-ink: var(--dns); }
.row.kind-http { --line-ink: var(--http); }
.row.wrong { --line-ink: var(--wrong); }
.arrow { stroke: var(--line-ink); stroke-width: 1.4; fill: none; }
.row.wrong .arrow { stroke-width: 2.2; }
.arrow.response { stroke-dasharray: 6 4; }
.row.kind-missing .arrow { stroke-dasharray: 2 5; }
.head { fill: var(--line-ink); }
.lanes .label { position: absolute; top: 3px; text-align: center; font-size: 12.5px; line-height: 18px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; color: var(--line-ink); text-shadow: 0 0 3px var(--paper), 0 0 3px var(--paper), 0 0 3px var(--paper), 0 0 3px var(--paper); }
.row.active .label, .row.wrong .label { text-shadow: none; }
.tag { font-size: 10.5px; border: 1px solid currentColor; border-radius: 3px; padding: 0 3px; }
.row.note .label { top: 7px; height: 22px; line-height: 20px; width: auto; text-align: left; color: var(--note); background: var(--note-paper); border: 1px solid var(--note-line); border-radius: 4px; padding: 0 7px; text-shadow: none; }
.row.note.wrong .label { color: var(--wrong); background: var(--panel); border-color: var(--wrong); }
.diamond { fill: var(--note); }
.row.note .label { display: flex; gap: 8px; }
.because { overflow: hidden; text-overflow: ellipsis; }
.clause { color: var(--soft); flex: none; }

.pane { width: min(44%, 760px); min-width: 380px; overflow: auto; border-left: 1px solid var(--line); background: var(--panel); padding: 10px 16px 30px; }
.pane-title { display: flex; gap: 10px; justify-content: space-between; align-items: flex-start; }
.pane .close { font-size: 17px; line-height: 1; padding: 3px 8px; }
.facts { overflow-wrap: anywhere; font-size: 12.5px; }
.judgement { padding: 6px 10px; border-radius: 6px; border: 1px solid currentColor; margin: 8px 0; overflow-wrap: anywhere; }
.judgement.right { background: var(--right-paper); }
.judgement.wrong { background: var(--wrong-paper); }
.differences, .errata { padding-left: 18px; margin: 6px 0; overflow-wrap: anywhere; }
.differences dl, .errata dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 10px; margin: 2px 0 8px; }
.differences dt, .errata dt { color: var(--soft); }
.differences dd, .errata dd { margin: 0; font-family: var(--mono); font-size: 12.5px; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 200px; overflow: auto; }
dd.expected { color: var(--right); }
dd.got { color: var(--wrong); }
.tools { display: flex; gap: 16px; flex-wrap: wrap; }
.message { list-style: none; margin: 8px 0; padding: 4px 0; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); }
.line { display: flex; min-height: 1.45em; padding: 0 8px 0 0; }
.line .sign { flex: none; width: 20px; text-align: center; color: var(--soft); user-select: none; }
.line .text { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 0; }
.line b { font-weight: 650; }
.line.added { background: var(--right-paper); }
.line.added .sign, .line.added .text { color: var(--right); }
.line.removed { background: var(--wrong-paper); }
.line.removed .text { color: var(--wrong); text-decoration: line-through; }
.line.changed { background: var(--changed-paper); }
.line.changed .sign { color: var(--changed); }
.line ins { color: var(--right); font-weight: 650; text-decoration: underline; text-underline-offset: 2px; }
.line del { color: var(--wrong); text-decoration: line-through; }
.line.wrong .sign { color: var(--wrong); font-weight: 700; }
.line.wrong { box-shadow: inset 3px 0 0 var(--wrong); }
.table pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 8px; margin: 6px 0; }

dialog { border: 1px solid var(--line); border-radius: 10px; background: var(--panel); color: var(--ink); padding: 16px 22px; max-width: min(480px, calc(100vw - 24px)); }
dialog::backdrop { background: rgb(0 0 0 / .35); }
dialog table { border-collapse: collapse; margin: 10px 0; }
dialog th { text-align: right; padding: 2px 14px 2px 0; font-weight: 400; white-space: nowrap; }

@media (max-width: 1000px) {
  #app.with-index { flex-direction: column; }
  .index { width: auto; max-height: 120px; border-right: 0; border-bottom: 1px solid var(--line); }
  .body { flex-direction: column; }
  .pane { width: auto; min-width: 0; height: 50%; border-left: 0; border-top: 1px solid var(--line); }
}
@media (max-width: 700px) {
  h1 { font-size: 16px; }
  .summary { padding: 8px 12px 6px; max-height: none; }
  .figures { gap: 0 14px; font-size: 13px; }
  .run { overflow: auto; }
  main { flex: none; height: calc(100% - 60px); }
  .run:has(.body.open) main { height: 100%; border-top: 0; }
  .toolbar { gap: 6px; padding: 6px 12px; font-size: 13px; }
  .toolbar button { padding: 3px 8px; }
  #search { flex: 1 0 190px; }
  .pane { height: 62%; padding: 8px 12px 24px; }
  .run:has(.body.open) :is(.summary, .toolbar), #app:has(.body.open) .index { display: none; }
}
@media (forced-colors: active) {
  .row.active { outline: 2px solid Highlight; outline-offset: -2px; }
}
@media print {
  html, body, #app, .run, main, .body, .ladder { height: auto; display: block; overflow: visible; }
  .toolbar, .index, .close, .tools, button.small { display: none; }
  .summary { max-height: none; }
  .pane { width: auto; border: 0; break-before: page; }
  .row { break-inside: avoid; }
  .heads { position: static; }
}
`;
