import { createHash } from 'node:crypto';
import { pageData } from './build-page-data.js';
import { pageScript } from './page-script.js';
import { STYLE } from './page-style.js';
import type { ReportRun } from './report-run.js';

/**
 * A run as one HTML page that needs nothing beside itself: no request leaves it (its Content-Security-Policy allows none), no
 * script runs but its own, and whatever the messages hold is text. 100,000 messages are packed so that the page opens at once.
 */
export function renderReport(run: ReportRun): string {
  const script = pageScript();
  const entries: { title: string; passed: boolean }[] = [];
  const parts = [run, ...(run.scenarios ?? [])].map((scenario, index) => {
    const { data, blocks } = pageData(scenario);
    entries.push({ title: data.title, passed: data.passed });
    const json = `<script type="application/json" id="run-${index}">${scriptJson(data)}</script>`;
    const packed = blocks.map(
      (block, number) => `<script type="text/plain" id="run-${index}-block-${number}">${block}</script>`,
    );
    return [json, ...packed].join('\n');
  });
  const policy = [
    `default-src 'none'`,
    `script-src '${sha256(script)}'`,
    `style-src '${sha256(STYLE)}'`,
    `img-src data:`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<link rel="icon" href="data:,">',
    `<title>${htmlText(run.title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<noscript><h1>${htmlText(run.title)}</h1><p>The ladder needs JavaScript; ladder.txt has it without.</p></noscript>`,
    '<div id="app"></div>',
    `<script type="application/json" id="index">${scriptJson(entries)}</script>`,
    ...parts,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** JSON that cannot end its script element, nor begin a comment in it. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function htmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The page's script and style are the same for each report that a process writes. */
const hashes = new Map<string, string>();

function sha256(text: string): string {
  const known = hashes.get(text) ?? `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
  hashes.set(text, known);
  return known;
}
