import { createRequire } from 'node:module';
import type { create } from 'xmlbuilder2';

/** A node under construction; what it can do is xmlbuilder2's. */
export type XmlBuilder = ReturnType<typeof create>;

interface Library {
  readonly create: typeof create;
}

const require = createRequire(import.meta.url);
let loaded: Library | undefined;

/** A document without a root yet; what XML cannot hold becomes U+FFFD, and white space stays as it is given. */
export function newDocument(): XmlBuilder {
  return library().create({
    version: '1.0',
    encoding: 'UTF-8',
    skipWhitespaceOnlyText: false,
    invalidCharReplacement: '\ufffd',
  });
}

/**
 * xmlbuilder2 is some 150 files, a tenth of a second of start-up, so it is loaded with the first document: the I-CSCF
 * shares Cx with the S-CSCF and never sees one. An element that will see one calls this as it starts, and its first
 * document does not wait.
 */
export function loadXmlBuilder(): void {
  library();
}

/** xmlbuilder2, loaded the first time. */
export function library(): Library {
  loaded ??= require('xmlbuilder2') as Library;
  return loaded;
}
