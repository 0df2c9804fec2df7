/**
 * A text that was put together (`a + b`), made one piece. V8 keeps the pieces until somebody looks at a character,
 * and a piece that was cut out of a message keeps the whole message: a key that stays for half a minute must not.
 */
export function joined(text: string): string {
  text.charCodeAt(0);
  return text;
}

/** A copy of a text that was cut out of a message. */
export function copied(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
