import { button, el } from './dom.js';

export type Command =
  | 'next'
  | 'previous'
  | 'pageDown'
  | 'pageUp'
  | 'first'
  | 'last'
  | 'enter'
  | 'escape'
  | 'search'
  | 'nextFailure'
  | 'previousFailure'
  | 'hopBefore'
  | 'partner'
  | 'changes'
  | 'help';

interface KeyBinding {
  readonly keys: readonly string[];
  readonly shown: string;
  readonly does: string;
  readonly command: Command;
  /** Those that are no letters only with the focus on the ladder: elsewhere they have their usual meaning. */
  readonly onLadder?: boolean;
}

const BINDINGS: readonly KeyBinding[] = [
  { keys: ['ArrowDown', 'j'], shown: '↓ j', does: 'next row', command: 'next', onLadder: true },
  { keys: ['ArrowUp', 'k'], shown: '↑ k', does: 'row before', command: 'previous', onLadder: true },
  { keys: ['PageDown'], shown: 'Page ↓', does: 'a page on', command: 'pageDown', onLadder: true },
  { keys: ['PageUp'], shown: 'Page ↑', does: 'a page back', command: 'pageUp', onLadder: true },
  { keys: ['Home', 'g'], shown: 'Home g', does: 'first row', command: 'first', onLadder: true },
  { keys: ['End', 'G'], shown: 'End G', does: 'last row', command: 'last', onLadder: true },
  {
    keys: ['Enter'],
    shown: 'Enter',
    does: 'open the message; again: go into it',
    command: 'enter',
    onLadder: true,
  },
  { keys: ['Escape'], shown: 'Esc', does: 'close the message; leave the search', command: 'escape' },
  { keys: ['/'], shown: '/', does: 'search; Enter goes to what was found', command: 'search' },
  { keys: ['n'], shown: 'n', does: 'next failure', command: 'nextFailure' },
  { keys: ['p'], shown: 'p', does: 'failure before', command: 'previousFailure' },
  { keys: ['h'], shown: 'h', does: 'the same message at the hop before', command: 'hopBefore' },
  { keys: ['a'], shown: 'a', does: 'the answer, or the request that is answered', command: 'partner' },
  { keys: ['c'], shown: 'c', does: 'changes alone, or the whole message', command: 'changes' },
  { keys: ['?'], shown: '?', does: 'this help', command: 'help' },
];

/** Hears the bindings' keys; while something is typed into the search box only Escape and Enter. */
export function listenForKeys(run: (command: Command) => void, isOnLadder: () => boolean): void {
  document.addEventListener('keydown', (event) => {
    const isModified = event.ctrlKey || event.metaKey || event.altKey;
    if (isModified || document.querySelector('dialog[open]') !== null) {
      return;
    }
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === 'search';
    const isHeard = !isTyping || event.key === 'Escape' || event.key === 'Enter';
    const binding = BINDINGS.find(
      ({ keys, onLadder }) =>
        keys.includes(event.key) && (onLadder !== true || event.key.length === 1 || isTyping || isOnLadder()),
    );
    if (isHeard && binding !== undefined) {
      event.preventDefault();
      run(binding.command);
    }
  });
}

/** All bindings, for `?`; Escape or its button closes it. */
export function helpDialog(): HTMLDialogElement {
  const rows = BINDINGS.map(({ shown, does }) =>
    el('tr', {}, el('th', { scope: 'row' }, el('kbd', {}, shown)), el('td', {}, does)),
  );
  const dialog = el(
    'dialog',
    { 'aria-labelledby': 'help-title' },
    el('h2', { id: 'help-title' }, 'Keyboard'),
    el('table', {}, el('tbody', {}, ...rows)),
    el(
      'p',
      { class: 'soft' },
      'Lines of a message: + came with this hop, − went, ~ changed, ✗ is not as specified. † has an erratum.',
    ),
    button('Close', {}, () => dialog.close()),
  );
  return dialog;
}
