import { fromUtf8, type SipMessage, values } from '@ims-sim/sip';

/** The bodies that actions name, each content once. */
export class BodyFiles {
  /** By the names of the files. */
  readonly contents = new Map<string, string>();
  readonly #names = new Map<string, string>();

  /** The file of a message's body. */
  of(message: SipMessage): string {
    const content = fromUtf8(message.body);
    const known = this.#names.get(content);
    if (known !== undefined) {
      return known;
    }
    const type = values(message, 'content-type')[0] ?? '';
    const ending = type.includes('sdp') ? 'sdp' : type.includes('xml') ? 'xml' : 'txt';
    const name = `body-${this.contents.size + 1}.${ending}`;
    this.contents.set(name, content);
    this.#names.set(content, name);
    return name;
  }

  /** ` with FILE`, or nothing where there is no body. */
  with(message: SipMessage): string {
    return message.body === '' ? '' : ` with ${this.of(message)}`;
  }
}
