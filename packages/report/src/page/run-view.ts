import { messagesOf, type Messages } from './blocks.js';
import { el } from './dom.js';
import { columnsOf, newFilter, visibleRows, type Filter } from './filter.js';
import type { Command } from './keyboard.js';
import { ladderView, type LadderView } from './ladder-view.js';
import { messagePane, type MessagePane } from './message-pane.js';
import type { Model } from './model.js';
import { search } from './search.js';
import { summaryView } from './summary-view.js';
import { toolbar, type Toolbar } from './toolbar.js';

export interface RunView {
  readonly element: HTMLElement;
  readonly commands: Readonly<Record<Command, () => void>>;
  /** Whether the keys that move in it are meant for the ladder. */
  isOnLadder(): boolean;
  forPrint(isOn: boolean): void;
  /** Once it stands in the document. */
  begin(): void;
}

/** As the style sheet has it: there is room for the summary, or for a message. */
const NARROW_PAGE = '(max-width: 700px)';

/** One run: its summary, its ladder, and the message that is open. */
export function runView(model: Model, showHelp: () => void): RunView {
  return new Run(model, showHelp);
}

class Run implements RunView {
  readonly element: HTMLElement;
  readonly commands: Readonly<Record<Command, () => void>>;
  readonly #model: Model;
  readonly #filter: Filter;
  readonly #messages: Messages;
  readonly #bar: Toolbar;
  readonly #ladder: LadderView;
  readonly #pane: MessagePane;
  readonly #body: HTMLElement;
  /** What passes the filter, and the position in it that is active. */
  #rows: number[] = [];
  #active = 0;
  #isOpen = false;
  #searches = 0;

  constructor(model: Model, showHelp: () => void) {
    this.#model = model;
    this.#filter = newFilter(model);
    this.#messages = messagesOf(model);
    this.#bar = toolbar(model, this.#filter, {
      changed: () => this.#refresh(),
      search: (text) => void this.#find(text),
      failure: (direction) => this.#failure(direction),
      help: showHelp,
    });
    this.#ladder = ladderView(model, {
      open: (position) => this.#open(position),
      participant: (index) => {
        this.#filter.participant = this.#filter.participant === index ? undefined : index;
        this.#refresh();
      },
    });
    this.#pane = messagePane(model, this.#messages, {
      close: () => this.#close(),
      go: (row) => this.#go(row),
    });
    this.#body = el('div', { class: 'body' }, this.#ladder.element, this.#pane.element);
    this.element = this.#frame();
    this.commands = this.#commands(showHelp);
  }

  isOnLadder(): boolean {
    return document.activeElement === this.#ladder.grid || document.activeElement === document.body;
  }

  forPrint(isOn: boolean): void {
    this.#ladder.forPrint(isOn);
  }

  begin(): void {
    this.#refresh();
    const first = this.#model.data.passed ? -1 : this.#rows.findIndex((row) => this.#isWrong(row));
    if (first >= 0 && matchMedia(NARROW_PAGE).matches) {
      this.#activate(first); // What is wrong stands above, and the message would take its place.
    } else if (first >= 0) {
      this.#open(first);
    }
    this.#ladder.grid.focus({ preventScroll: true });
  }

  #frame(): HTMLElement {
    const hint = 'Arrow keys move, Enter opens, question mark for all keys.';
    return el(
      'div',
      { class: 'run' },
      summaryView(this.#model, { go: (row) => this.#go(row) }),
      el(
        'main',
        { 'aria-label': 'Ladder' },
        this.#bar.element,
        el('p', { id: 'ladder-hint', class: 'spoken' }, hint),
        this.#body,
      ),
    );
  }

  #commands(help: () => void): Readonly<Record<Command, () => void>> {
    const ladder = this.#ladder;
    return {
      next: () => this.#move(this.#active + 1),
      previous: () => this.#move(this.#active - 1),
      pageDown: () => this.#move(this.#active + ladder.rowsInSight),
      pageUp: () => this.#move(this.#active - ladder.rowsInSight),
      first: () => this.#move(0),
      last: () => this.#move(this.#rows.length - 1),
      enter: () => this.#enter(),
      escape: () => this.#escape(),
      search: () => {
        this.#bar.searchBox.focus();
        this.#bar.searchBox.select();
      },
      nextFailure: () => this.#failure(1),
      previousFailure: () => this.#failure(-1),
      hopBefore: () => this.#goRelated('before'),
      partner: () => this.#goRelated('partner'),
      changes: () => this.#pane.toggleChanges(),
      help,
    };
  }

  /** From the search to what it found, from a row to its message, and into that. */
  #enter(): void {
    if (this.#isTyping()) {
      this.#ladder.grid.focus();
    } else if (this.#isOpen) {
      this.#pane.element.focus();
    } else {
      this.#open(this.#active);
    }
  }

  #isTyping(): boolean {
    return document.activeElement === this.#bar.searchBox;
  }

  #isWrong(row: number | undefined): boolean {
    return this.#model.verdict(row ?? -1) === 'wrong';
  }

  #activate(position: number): void {
    this.#active = Math.max(0, Math.min(position, this.#rows.length - 1));
    const row = this.#rows[this.#active];
    this.#ladder.activate(this.#active, this.#isOpen && row !== undefined);
    if (this.#isOpen && row !== undefined) {
      void this.#pane.show(row, this.#filter.needle);
    }
  }

  /** By keys: from wherever the focus was. */
  #move(position: number): void {
    this.#activate(position);
    this.#ladder.grid.focus();
  }

  #open(position: number): void {
    this.#isOpen = this.#rows.length > 0;
    this.#body.classList.toggle('open', this.#isOpen);
    this.#activate(position);
    this.#ladder.grid.focus();
  }

  #close(): void {
    this.#isOpen = false;
    this.#body.classList.remove('open');
    this.#pane.hide();
    this.#activate(this.#active);
    this.#ladder.grid.focus();
  }

  #escape(): void {
    if (this.#isTyping()) {
      this.#bar.searchBox.value = '';
      void this.#find('');
      this.#ladder.grid.focus();
    } else if (this.#isOpen) {
      this.#close();
    }
  }

  /** After the filter has changed: the row that was active stays so, or the next one that is shown. */
  #refresh(): void {
    const row = this.#rows[this.#active];
    this.#rows = visibleRows(this.#model, this.#filter);
    const position = row === undefined ? 0 : this.#rows.findIndex((other) => other >= row);
    this.#active = position < 0 ? Math.max(0, this.#rows.length - 1) : position;
    const { needle, participant, scope } = this.#filter;
    this.#bar.update();
    this.#ladder.setParticipant(participant);
    this.#ladder.show(this.#rows, needle, columnsOf(this.#model, scope));
    this.#bar.status(statusText(this.#model, this.#rows.length, this.#filter));
    this.#activate(this.#active);
  }

  /** To a row wherever it is: filters that hide it are taken off. */
  #go(row: number): void {
    if (row < 0) {
      return;
    }
    if (!this.#rows.includes(row)) {
      Object.assign(this.#filter, { scope: 'all', participant: undefined, found: undefined, needle: '' });
      this.#filter.hidden.clear();
      this.#bar.searchBox.value = '';
      this.#refresh();
    }
    this.#open(this.#rows.indexOf(row));
  }

  #goRelated(kind: 'before' | 'partner'): void {
    this.#go(this.#model.data.rows[kind][this.#rows[this.#active] ?? -1] ?? -1);
  }

  #failure(direction: 1 | -1): void {
    const { length } = this.#rows;
    for (let count = 1; count <= length; count += 1) {
      const position = (this.#active + direction * count + length * 2) % length;
      if (this.#isWrong(this.#rows[position])) {
        this.#open(position);
        return;
      }
    }
    this.#bar.status('No failure among the rows shown');
  }

  async #find(text: string): Promise<void> {
    const needle = text.trim().toLowerCase();
    this.#searches += 1;
    const mine = this.#searches;
    if (needle !== '') {
      this.#bar.status('Searching…');
    }
    const isLate = (): boolean => mine !== this.#searches;
    const found = needle === '' ? undefined : await search(this.#model, this.#messages, needle, isLate);
    if (!isLate()) {
      Object.assign(this.#filter, { needle, found });
      this.#refresh();
    }
  }
}

function statusText(model: Model, shown: number, { needle, found }: Filter): string {
  const of = `${shown} of ${model.count} rows`;
  if (found === undefined) {
    return of;
  }
  const elsewhere = found.reduce((sum, one) => sum + one, 0) - shown;
  return `${of} have “${needle}”${elsewhere > 0 ? `; ${elsewhere} more are filtered out` : ''}`;
}
