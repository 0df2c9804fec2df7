import { button, el } from './dom.js';
import { helpDialog, listenForKeys } from './keyboard.js';
import { loadModel } from './model.js';
import { runView, type RunView } from './run-view.js';

interface IndexEntry {
  readonly title: string;
  readonly passed: boolean;
}

/** The scenarios of the page, where there are several. */
function indexView(
  entries: readonly IndexEntry[],
  current: number,
  show: (run: number) => void,
): HTMLElement | undefined {
  if (entries.length < 2) {
    return undefined;
  }
  const failed = entries.filter(({ passed }) => !passed).length;
  const items = entries.map(({ title, passed }, run) =>
    el(
      'li',
      {},
      button(
        `${passed ? '✓' : '✗'} ${title}`,
        {
          class: passed ? 'right' : 'wrong',
          'aria-label': `${title}, ${passed ? 'passed' : 'failed'}`,
          'aria-current': run === current ? 'page' : undefined,
        },
        () => show(run),
      ),
    ),
  );
  const summary = `${entries.length} scenarios, ${failed === 0 ? 'all passed' : `${failed} failed`}`;
  return el(
    'nav',
    { 'aria-label': 'Scenarios', class: 'index' },
    el('p', { class: 'soft' }, summary),
    el('ol', {}, ...items),
  );
}

function start(): void {
  const app = document.getElementById('app');
  const entries = JSON.parse(document.getElementById('index')?.textContent ?? '[]') as IndexEntry[];
  if (app === null) {
    return;
  }
  let current: RunView | undefined;
  const show = (run: number): void => {
    const view = runView(loadModel(run), () => help.showModal());
    current = view;
    const index = indexView(entries, run, show);
    app.replaceChildren(...(index === undefined ? [] : [index]), view.element, help);
    app.classList.toggle('with-index', index !== undefined);
    view.begin();
  };
  const help = helpDialog();
  listenForKeys(
    (command) => current?.commands[command](),
    () => current?.isOnLadder() ?? false,
  );
  addEventListener('beforeprint', () => current?.forPrint(true));
  addEventListener('afterprint', () => current?.forPrint(false));
  const firstFailed = entries.findIndex(({ passed }) => !passed);
  show(Math.max(0, firstFailed));
}

start();
