/** ITU-T E.164: at most 15 digits. */
const MAX_DIGITS = 15;

/**
 * The number of a global tel URI or of text, as ENUM's application unique string (RFC 6116 3.1): `+12125552222` from
 * `tel:+1-212-555-2222;phone-context=x` or `+1 (212) 555.2222`. Undefined for local numbers and for what is no number.
 */
export function e164Number(telOrNumber: string): string | undefined {
  const isTel = telOrNumber.length > 4 && telOrNumber.slice(0, 4).toLowerCase() === 'tel:';
  let number = '';
  for (let i = isTel ? 4 : 0; i < telOrNumber.length; i++) {
    const character = telOrNumber[i] as string;
    if (character >= '0' && character <= '9') {
      if (number === '' || number.length > MAX_DIGITS) return undefined;
      number += character;
    } else if (character === '+' && number === '') {
      number = '+';
    } else if (character === ';' && isTel) {
      break;
    } else if (!isSeparator(character, isTel)) {
      return undefined;
    }
  }
  return number.length > 1 ? number : undefined;
}

/** RFC 3966 3: visual separators; outside of a URI people also write spaces. */
function isSeparator(character: string, isTel: boolean): boolean {
  return (
    character === '-' ||
    character === '.' ||
    character === '(' ||
    character === ')' ||
    (character === ' ' && !isTel)
  );
}

/** RFC 6116 3.4: the digits in reverse, a label each, below `suffix`. Undefined for what is no global number. */
export function enumDomain(telOrNumber: string, suffix = 'e164.arpa'): string | undefined {
  const number = e164Number(telOrNumber);
  if (number === undefined) return undefined;
  let domain = '';
  for (let i = number.length - 1; i > 0; i--) domain += `${number[i]}.`;
  return domain + suffix;
}
