import { readFileSync } from 'node:fs';

/** The page's modules, each after those that it imports. */
const MODULES = [
  'page-data',
  'dom',
  'model',
  'blocks',
  'text-diff',
  'message-diff',
  'filter',
  'search',
  'row-view',
  'ladder-view',
  'message-view',
  'message-pane',
  'summary-view',
  'toolbar',
  'keyboard',
  'run-view',
  'main',
] as const;

let joined: string | undefined;

/**
 * The page's modules as one script. They share one scope in place of imports, for a page of one file has nothing to import
 * from: each top-level name stands once among them.
 */
export function pageScript(): string {
  joined ??= `'use strict';(() => {\n${MODULES.map(moduleText).join('\n')}\n})();`;
  return joined;
}

function moduleText(name: string): string {
  return readFileSync(new URL(`page/${name}.js`, import.meta.url), 'utf8')
    .replaceAll(/^import [\s\S]*?;$/gm, '')
    .replaceAll(/^export (?=(?:async )?(?:function|const|let|class)\b)/gm, '')
    .replaceAll(/^export \{\};$/gm, '')
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, '')
    .trim();
}
