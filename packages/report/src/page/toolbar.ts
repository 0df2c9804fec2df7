import { button, el } from './dom.js';
import { countOf, type Filter, type Scope } from './filter.js';
import { KIND_NAMES, type Model } from './model.js';
import { ROW_KINDS, type RowKind } from './page-data.js';

export interface Toolbar {
  readonly element: HTMLElement;
  readonly searchBox: HTMLInputElement;
  /** For all to see, and said by a screen reader. */
  status(text: string): void;
  /** Shows what the filter is now. */
  update(): void;
}

export interface ToolbarHandlers {
  changed(): void;
  search(text: string): void;
  failure(direction: 1 | -1): void;
  help(): void;
}

const SCOPES: Readonly<Record<Scope, string>> = { flow: 'Flow', all: 'All', wrong: '✗ Wrong' };

export function toolbar(model: Model, filter: Filter, handlers: ToolbarHandlers): Toolbar {
  const searchBox = el('input', {
    type: 'search',
    id: 'search',
    placeholder: 'Search text, header names  /',
    'aria-label': 'Search messages, header names and decisions',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  let timer = 0;
  searchBox.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => handlers.search(searchBox.value), 200);
  });
  const live = el('p', { class: 'status', role: 'status', 'aria-live': 'polite' });
  const scopes = (Object.keys(SCOPES) as Scope[]).map((scope): [Scope, HTMLButtonElement] => [
    scope,
    button(`${SCOPES[scope]} ${countOf(model, scope)}`, {}, () => {
      filter.scope = scope;
      handlers.changed();
    }),
  ]);
  const kinds = kindsOf(model).map((kind): [RowKind, HTMLButtonElement] => [
    kind,
    button(KIND_NAMES[kind], { class: `kind kind-${kind}` }, () => {
      if (!filter.hidden.delete(kind)) {
        filter.hidden.add(kind);
      }
      handlers.changed();
    }),
  ]);
  const hasFailures = countOf(model, 'wrong') > 0;
  const failure = (label: string, name: string, direction: 1 | -1): HTMLButtonElement =>
    button(label, { 'aria-label': name, title: name, disabled: !hasFailures }, () =>
      handlers.failure(direction),
    );
  const element = el(
    'div',
    { class: 'toolbar', role: 'search', 'aria-label': 'Search and filters' },
    searchBox,
    el(
      'div',
      { class: 'group', role: 'group', 'aria-label': 'Rows by verdict' },
      ...scopes.map(([, it]) => it),
    ),
    el(
      'div',
      { class: 'group', role: 'group', 'aria-label': 'Rows by protocol' },
      ...kinds.map(([, it]) => it),
    ),
    el(
      'div',
      { class: 'group', role: 'group', 'aria-label': 'Failures' },
      failure('✗ ↑', 'Previous failure (p)', -1),
      failure('✗ ↓', 'Next failure (n)', 1),
    ),
    button('?', { 'aria-label': 'Keyboard help', title: 'Keyboard help (?)' }, handlers.help),
    live,
  );
  return {
    element,
    searchBox,
    status: (text) => (live.textContent = text),
    update() {
      scopes.forEach(([scope, it]) => it.setAttribute('aria-pressed', String(scope === filter.scope)));
      kinds.forEach(([kind, it]) => it.setAttribute('aria-pressed', String(!filter.hidden.has(kind))));
    },
  };
}

function kindsOf(model: Model): RowKind[] {
  const seen = new Set<RowKind>();
  for (let row = 0; row < model.count; row += 1) {
    seen.add(model.kind(row));
  }
  return ROW_KINDS.filter((kind) => kind !== 'missing' && seen.has(kind));
}
