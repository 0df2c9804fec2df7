import type { SippCommand } from './read-sipp.js';
import { headerOf, plainBody, type SippMessage, withVariables } from './sipp-message.js';
import type { SippComplaint, SippEntry, Towards } from './sipp-play.js';
import { takesOf } from './sipp-takes.js';

const NOBODY: Towards = { kind: 'nobody' };
/** Stands for whoever is called until the importer knows. */
const SOMEBODY = 'sip:user2_public1@home2.net';

/** A SIPp scenario while it is taken over: where it stands, and what there is so far. */
export class Taking {
  readonly play: SippEntry[] = [];
  readonly files = new Map<string, string>();
  readonly variables = new Map<string, string>();
  readonly complaints: SippComplaint[] = [];
  /** The method of the request that came last, which the next response is to. */
  asked: string | undefined;
  /** Whether that request could not be taken over, which has been said: its response goes with it. */
  isUnread = false;
  readonly #commands: readonly SippCommand[];
  #at = 0;
  #take: Record<string, unknown> = {};

  constructor(commands: readonly SippCommand[]) {
    this.#commands = commands;
  }

  next(): SippCommand | undefined {
    return this.#commands[this.#at++];
  }

  peek(): SippCommand | undefined {
    return this.#commands[this.#at];
  }

  complain({ line }: { readonly line: number }, text: string): void {
    this.complaints.push({ line, text });
  }

  /** An action, with the values that were to be taken since the one before. */
  say(sentence: string, options: Readonly<Record<string, unknown>> = {}, towards: Towards = NOBODY): void {
    const take = this.#take;
    this.#take = {};
    this.play.push({
      sentence,
      options: { ...options, ...(Object.keys(take).length > 0 && { take }) },
      towards,
    });
  }

  /** Values out of what comes; they are of the action that is said next. */
  takes(command: SippCommand): void {
    const { takes, complaints } = takesOf(command);
    Object.assign(this.#take, takes);
    this.complaints.push(...complaints);
  }

  mention(text: string): void {
    for (const [, name = ''] of text.matchAll(/\$\{(field\d+)\}/g)) {
      this.variables.set(name, this.variables.get(name) ?? name);
    }
  }

  /** Of whom it asks: SIPp says it on the command line. */
  uri(message: SippMessage): string {
    const said = withVariables(message.uri);
    if (said === undefined || /\[/.test(said)) {
      this.variables.set('target', SOMEBODY);
      return '${target}';
    }
    this.mention(said);
    return said;
  }

  /** The file of a message's body, each content once. */
  file(command: SippCommand, message: SippMessage): string {
    const body = plainBody(message.body);
    if (body === undefined) {
      this.complain(
        command,
        'the body has keywords that have nothing to correspond to here: they stand in the file as they are',
      );
    }
    const type = headerOf(message, 'content-type', 'c') ?? '';
    const ending = type.includes('sdp') ? 'sdp' : type.includes('xml') ? 'xml' : 'txt';
    const content = body ?? message.body;
    const known = [...this.files].find(([, other]) => other === content)?.[0];
    const name = known ?? `body-${this.files.size + 1}.${ending}`;
    this.files.set(name, content);
    return name;
  }
}
