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

/** The search box and what filters the rows; `filter` is changed in place, and `handlers.changed` told. */
export function toolbar(model: Model, filter: Filter, handlers: ToolbarHandlers): Toolbar {
  const searchBox = searchInput(handlers.search);
  const live = el('p', { class: 'status', role: 'status', 'aria-live': 'polite' });
  const scopes = scopeButtons(model, filter, handlers.changed);
  const kinds = kindButtons(model, filter, handlers.changed);
  const element = el(
    'div',
    { class: 'toolbar', role: 'search', 'aria-label': 'Search and filters' },
    searchBox,
    group('Rows by verdict', [...scopes.values()]),
    group('Rows by protocol', [...kinds.values()]),
    group('Failures', failureButtons(model, handlers.failure)),
    button('?', { 'aria-label': 'Keyboard help', title: 'Keyboard help (?)' }, handlers.help),
    live,
  );
  return {
    element,
    searchBox,
    status: (text) => (live.textContent = text),
    update() {
      scopes.forEach((it, scope) => it.setAttribute('aria-pressed', String(scope === filter.scope)));
      kinds.forEach((it, kind) => it.setAttribute('aria-pressed', String(!filter.hidden.has(kind))));
    },
  };
}

/** Searches when nothing was typed for a moment. */
function searchInput(search: (text: string) => void): HTMLInputElement {
  const input = el('input', {
    type: 'search',
    id: 'search',
    placeholder: 'Search messages  /',
    'aria-label': 'Search messages, header names and decisions',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  let timer = 0;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(input.value), 200);
  });
  return input;
}

function scopeButtons(model: Model, filter: Filter, changed: () => void): Map<Scope, HTMLButtonElement> {
  return new Map(
    (Object.keys(SCOPES) as Scope[]).map((scope) => [
      scope,
      button(`${SCOPES[scope]} ${countOf(model, scope)}`, {}, () => {
        filter.scope = scope;
        changed();
      }),
    ]),
  );
}

function kindButtons(model: Model, filter: Filter, changed: () => void): Map<RowKind, HTMLButtonElement> {
  return new Map(
    kindsOf(model).map((kind) => [
      kind,
      button(KIND_NAMES[kind], { class: `kind kind-${kind}` }, () => {
        if (!filter.hidden.delete(kind)) {
          filter.hidden.add(kind);
        }
        changed();
      }),
    ]),
  );
}

function failureButtons(model: Model, go: (direction: 1 | -1) => void): HTMLButtonElement[] {
  const disabled = countOf(model, 'wrong') === 0;
  const one = (label: string, name: string, direction: 1 | -1): HTMLButtonElement =>
    button(label, { 'aria-label': name, title: name, disabled }, () => go(direction));
  return [one('✗ ↑', 'Previous failure (p)', -1), one('✗ ↓', 'Next failure (n)', 1)];
}

function group(name: string, buttons: readonly HTMLElement[]): HTMLElement {
  return el('div', { class: 'group', role: 'group', 'aria-label': name }, ...buttons);
}

function kindsOf(model: Model): RowKind[] {
  const seen = new Set<RowKind>();
  for (let row = 0; row < model.count; row += 1) {
    seen.add(model.kind(row));
  }
  return ROW_KINDS.filter((kind) => kind !== 'missing' && seen.has(kind));
}
