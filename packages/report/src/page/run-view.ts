import { messagesOf } from './blocks.js';
import { el } from './dom.js';
import { columnsOf, newFilter, visibleRows, type Filter } from './filter.js';
import type { Command } from './keyboard.js';
import { ladderView } from './ladder-view.js';
import { messagePane } from './message-pane.js';
import type { Model } from './model.js';
import { search } from './search.js';
import { summaryView } from './summary-view.js';
import { toolbar } from './toolbar.js';

export interface RunView {
  readonly element: HTMLElement;
  readonly commands: Readonly<Record<Command, () => void>>;
  /** Whether the keys that move in it are meant for the ladder. */
  isOnLadder(): boolean;
  forPrint(isOn: boolean): void;
  /** Once it stands in the document. */
  begin(): void;
}

/** One run: its summary, its ladder, and the message that is open. */
export function runView(model: Model, showHelp: () => void): RunView {
  const filter = newFilter(model);
  const messages = messagesOf(model);
  let rows: number[] = [];
  let active = 0;
  let isOpen = false;
  let searches = 0;

  const activate = (position: number): void => {
    active = Math.max(0, Math.min(position, rows.length - 1));
    const row = rows[active];
    ladder.activate(active, isOpen && row !== undefined);
    if (isOpen && row !== undefined) {
      void pane.show(row, filter.needle);
    }
  };
  const open = (position: number): void => {
    isOpen = rows.length > 0;
    body.classList.toggle('open', isOpen);
    activate(position);
  };
  const close = (): void => {
    isOpen = false;
    body.classList.remove('open');
    pane.hide();
    activate(active);
    ladder.grid.focus();
  };
  const refresh = (): void => {
    const row = rows[active];
    rows = visibleRows(model, filter);
    const position = row === undefined ? 0 : rows.findIndex((other) => other >= row);
    active = position < 0 ? Math.max(0, rows.length - 1) : position;
    bar.update();
    ladder.setParticipant(filter.participant);
    ladder.show(rows, filter.needle, columnsOf(model, filter.scope));
    bar.status(statusText(model, rows.length, filter));
    activate(active);
  };
  /** To a row wherever it is: filters that hide it are taken off. */
  const go = (row: number): void => {
    if (row < 0) {
      return;
    }
    if (!rows.includes(row)) {
      Object.assign(filter, { scope: 'all', participant: undefined, found: undefined, needle: '' });
      filter.hidden.clear();
      bar.searchBox.value = '';
      refresh();
    }
    open(rows.indexOf(row));
    ladder.grid.focus();
  };
  const failure = (direction: 1 | -1): void => {
    const isWrong = (position: number): boolean => model.verdict(rows[position] ?? -1) === 'wrong';
    for (let count = 1; count <= rows.length; count += 1) {
      const position = (active + direction * count + rows.length * 2) % rows.length;
      if (isWrong(position)) {
        open(position);
        ladder.grid.focus();
        return;
      }
    }
    bar.status('No failure among the rows shown');
  };
  const find = async (text: string): Promise<void> => {
    const needle = text.trim().toLowerCase();
    searches += 1;
    const mine = searches;
    if (needle !== '') {
      bar.status('Searching…');
    }
    const found = needle === '' ? undefined : await search(model, messages, needle, () => mine !== searches);
    if (mine === searches) {
      Object.assign(filter, { needle, found });
      refresh();
    }
  };

  const bar = toolbar(model, filter, {
    changed: refresh,
    search: (text) => void find(text),
    failure,
    help: showHelp,
  });
  const ladder = ladderView(model, {
    open(position) {
      open(position);
      ladder.grid.focus();
    },
    participant(index) {
      filter.participant = filter.participant === index ? undefined : index;
      refresh();
    },
  });
  const pane = messagePane(model, messages, { close, go });
  const related = (kind: 'before' | 'partner'): void => go(model.data.rows[kind][rows[active] ?? -1] ?? -1);
  const escape = (): void => {
    if (document.activeElement === bar.searchBox) {
      bar.searchBox.value = '';
      void find('');
      ladder.grid.focus();
    } else if (isOpen) {
      close();
    }
  };
  const commands: Readonly<Record<Command, () => void>> = {
    next: () => activate(active + 1),
    previous: () => activate(active - 1),
    pageDown: () => activate(active + ladder.rowsInSight),
    pageUp: () => activate(active - ladder.rowsInSight),
    first: () => activate(0),
    last: () => activate(rows.length - 1),
    enter() {
      if (document.activeElement !== bar.searchBox) {
        open(active);
      }
      ladder.grid.focus();
    },
    escape,
    search() {
      bar.searchBox.focus();
      bar.searchBox.select();
    },
    nextFailure: () => failure(1),
    previousFailure: () => failure(-1),
    hopBefore: () => related('before'),
    partner: () => related('partner'),
    changes: () => pane.toggleChanges(),
    help: showHelp,
  };

  const body = el('div', { class: 'body' }, ladder.element, pane.element);
  const element = el(
    'div',
    { class: 'run' },
    summaryView(model, { go }),
    el(
      'main',
      { 'aria-label': 'Ladder' },
      bar.element,
      el(
        'p',
        { id: 'ladder-hint', class: 'spoken' },
        'Arrow keys move, Enter opens, question mark for all keys.',
      ),
      body,
    ),
  );
  return {
    element,
    commands,
    isOnLadder: () => document.activeElement === ladder.grid || document.activeElement === document.body,
    forPrint: (isOn) => ladder.forPrint(isOn),
    begin() {
      refresh();
      const first = model.data.passed ? -1 : rows.findIndex((row) => model.verdict(row) === 'wrong');
      if (first >= 0) {
        open(first);
      }
      ladder.grid.focus({ preventScroll: true });
    },
  };
}

function statusText(model: Model, shown: number, { needle, found }: Filter): string {
  const of = `${shown} of ${model.count} rows`;
  if (found === undefined) {
    return of;
  }
  const elsewhere = found.reduce((sum, one) => sum + one, 0) - shown;
  return `${of} have “${needle}”${elsewhere > 0 ? `; ${elsewhere} more are filtered out` : ''}`;
}
