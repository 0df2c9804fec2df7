import type { Note, Presence, Tuple } from './pidf.js';
import type { XmlElement } from '@ims-sim/xml';

/**
 * What a presentity's publications say together (RFC 3903 7, RFC 4479 3's model): the newest comes first; of tuples with
 * one id the newest counts, and so of persons and devices; equal notes are one. No publication gives a document without
 * tuples, which says nothing about the presentity. What comes of it has at most `maxTuples` tuples.
 */
export function compose(entity: string, newestFirst: readonly Presence[], maxTuples = 100): Presence {
  const tuples = new Map<string, Tuple>();
  const notes = new Map<string, Note>();
  const extensions = new Map<string, XmlElement>();
  for (const publication of newestFirst) {
    for (const tuple of publication.tuples) {
      putNew(tuples, tuple.id, tuple);
    }
    for (const note of publication.notes) {
      putNew(notes, JSON.stringify([note.lang, note.text]), note);
    }
    for (const extension of publication.extensions) {
      putNew(extensions, identityOf(extension), extension);
    }
  }
  return {
    entity,
    tuples: [...tuples.values()].slice(0, maxTuples),
    notes: [...notes.values()],
    extensions: [...extensions.values()],
  };
}

function putNew<V>(map: Map<string, V>, key: string, value: V): void {
  if (!map.has(key)) {
    map.set(key, value);
  }
}

/** Namespace, name and id; without an id, all that it says. */
function identityOf(element: XmlElement): string {
  const id = element.attributes.find(({ name, namespace }) => name === 'id' && namespace === '')?.value;
  return JSON.stringify(id === undefined ? element : [element.namespace, element.name, id]);
}
