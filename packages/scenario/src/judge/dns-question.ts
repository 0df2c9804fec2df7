import { peekQuestion } from '@ims-sim/dns/question';
import type { Peeked } from './exchanges.js';

/** The first question of a DNS message, `what`: its type and its name in lower case (RFC 4343); undefined where there is none. */
export function peekDns(bytes: Buffer): Peeked | undefined {
  const question = peekQuestion(bytes);
  return (
    question && {
      isRequest: !question.response,
      what: questionText(question.type, question.name),
      id: question.id,
    }
  );
}

/** As `peekDns` writes it. */
export function questionText(type: string, name: string): string {
  const absolute = name.endsWith('.') ? name.slice(0, -1) : name;
  return `${type.toUpperCase()} ${absolute.toLowerCase()}`;
}
